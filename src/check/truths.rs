//! Which terms are truth values, so that a number is not taken for a condition by mistake.

use super::checked::{Body, Draw, Operation, ParameterTerm, Part, Term, TermKind};
use super::graph::Order;
use super::inputs;
use super::units::visit;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::expr::Reduction;

/// What is known of a quantity, least true first: the least of several is what is known of a choice among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truthness {
    /// It takes values other than 0 and 1.
    Number,
    /// Its form does not tell.
    Unknown,
    /// It is 0 or 1 always.
    Truth,
}

use Truthness::{Number, Truth, Unknown};

/// What is known of a node, and the part of its definition that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeTruth {
    known: Truthness,
    because: Option<Span>,
}

/// What is known of all nodes. A node without parts is reported elsewhere and passes for a truth value.
///
/// All begin as truth values and lose it by what their definitions say: on a cycle through `prev` what holds at the first label and
/// from one label to the next holds always.
pub(super) fn of_nodes(order: &Order, parts: &[Vec<Part>]) -> Vec<NodeTruth> {
    let mut nodes = vec![
        NodeTruth {
            known: Truth,
            because: None
        };
        parts.len()
    ];
    loop {
        let mut changed = false;
        for id in &order.nodes {
            let index = id.0 as usize;
            let least = (parts[index].iter())
                .map(|part| (of_body(&part.body, &nodes), part.span))
                .min_by_key(|(known, _)| *known);
            if let Some((known, span)) = least
                && known < nodes[index].known
            {
                nodes[index] = NodeTruth {
                    known,
                    because: Some(span),
                };
                changed = true;
            }
        }
        // Each round lowers a node, which has two steps to fall; without a cycle the second round changes nothing.
        if !changed {
            return nodes;
        }
    }
}

fn of_values(values: &[f64]) -> Truthness {
    if values.iter().all(|value| *value == 0.0 || *value == 1.0) {
        Truth
    } else {
        Number
    }
}

fn of_body(body: &Body, nodes: &[NodeTruth]) -> Truthness {
    match body {
        Body::Values(values) => of_values(values),
        Body::Formula(term) => of_term(term, nodes),
        Body::Draw(draw) => of_draw(draw),
    }
}

fn of_draw(draw: &Draw) -> Truthness {
    let chosen = &draw.parametrisation;
    let listed = draw.parameters.iter().find_map(|parameter| {
        let ParameterTerm::List(list) = &parameter.value else {
            return None;
        };
        (parameter.name == "values").then_some(list)
    });
    match chosen.family {
        "bernoulli" => Truth,
        _ if listed.is_some() => listed.map_or(Unknown, |list| of_values(list)),
        _ if !chosen.discrete => Number,
        "poisson" | "geometric" | "negative_binomial" if !chosen.truncated => Number,
        "discrete_uniform"
            if inputs::terms(draw).all(
                |term| matches!(term.kind, TermKind::Number(value) if value == 0.0 || value == 1.0),
            ) =>
        {
            Truth
        }
        _ => Unknown,
    }
}

/// What is known of a term.
pub(super) fn of_term(term: &Term, nodes: &[NodeTruth]) -> Truthness {
    match &term.kind {
        TermKind::Number(value) => of_values(&[*value]),
        TermKind::Node(id) => nodes[id.0 as usize].known,
        TermKind::LabelNumber(_) | TermKind::Interpolate { .. } => Number,
        TermKind::IsLabel(..) => Truth,
        TermKind::Apply(operation, operands) => {
            let known: Vec<Truthness> = operands
                .iter()
                .map(|operand| of_term(operand, nodes))
                .collect();
            let one_less = *operation == Operation::Subtract
                && matches!(operands[0].kind, TermKind::Number(1.0))
                && known[1] == Truth;
            if one_less {
                Truth
            } else {
                of_operation(*operation, &known)
            }
        }
        TermKind::Reduce {
            reduction, operand, ..
        } => {
            let operand = of_term(operand, nodes);
            match reduction {
                Reduction::Any | Reduction::All => Truth,
                Reduction::Count => Number,
                Reduction::Min | Reduction::Max | Reduction::Product => operand,
                Reduction::Sum | Reduction::Mean | Reduction::Median | Reduction::Quantile => {
                    operand.min(Unknown)
                }
            }
        }
        TermKind::Slice { operand, .. } => of_term(operand, nodes),
        TermKind::Cumulative(operand) => of_term(operand, nodes).min(Unknown),
        TermKind::Prev { operand, start } => of_term(operand, nodes).min(of_term(start, nodes)),
    }
}

fn of_operation(operation: Operation, known: &[Truthness]) -> Truthness {
    use Operation as Op;
    let least = known.iter().copied().min().unwrap_or(Unknown);
    let most = known.iter().copied().max().unwrap_or(Unknown);
    match operation {
        Op::Equal
        | Op::NotEqual
        | Op::Less
        | Op::LessEqual
        | Op::Greater
        | Op::GreaterEqual
        | Op::And
        | Op::Or
        | Op::Not => Truth,
        Op::If => known[1..].iter().copied().min().unwrap_or(Unknown),
        Op::Multiply | Op::Abs | Op::Sqrt => least,
        // One of the operands: surely a number only if all are.
        Op::Min | Op::Max => match (least, most) {
            (Truth, _) => Truth,
            (_, Number) => Number,
            _ => Unknown,
        },
        Op::Clamp => match (least, known[0]) {
            (Truth, _) => Truth,
            (_, Number) => Number,
            _ => Unknown,
        },
        // These may turn numbers into 0 and 1.
        Op::Floor | Op::Round | Op::Sign => least.max(Unknown),
        Op::Add | Op::Subtract | Op::Divide => least.min(Unknown),
        Op::Power => known[0].min(Unknown),
        Op::Negate
        | Op::Exp
        | Op::Ln
        | Op::Log10
        | Op::Sin
        | Op::Cos
        | Op::Tan
        | Op::Atan2
        | Op::Logistic
        | Op::Logit
        | Op::NormalCdf
        | Op::NormalQuantile => Number,
    }
}

/// Reports numbers where the terms of these definitions take truth values.
pub(super) fn check_parts(parts: &[Vec<Part>], nodes: &[NodeTruth], diagnostics: &mut Diagnostics) {
    for part in parts.iter().flatten() {
        match &part.body {
            Body::Values(_) => {}
            Body::Formula(term) => check_term(term, nodes, diagnostics),
            Body::Draw(draw) => {
                for term in inputs::terms(draw) {
                    check_term(term, nodes, diagnostics);
                }
            }
        }
    }
}

/// Reports numbers where a term takes truth values: conditions of `if`, operands of `and`, `or`, `not`, of `count`, `any`, `all`.
pub(super) fn check_term(term: &Term, nodes: &[NodeTruth], diagnostics: &mut Diagnostics) {
    visit(term, &mut |term| {
        let asked: &[Term] = match &term.kind {
            TermKind::Apply(Operation::If, operands) => &operands[..1],
            TermKind::Apply(Operation::Not | Operation::And | Operation::Or, operands) => operands,
            TermKind::Reduce {
                reduction: Reduction::Count | Reduction::Any | Reduction::All,
                operand,
                ..
            } => std::slice::from_ref(operand),
            _ => return,
        };
        for operand in asked {
            if of_term(operand, nodes) == Number {
                report(operand, nodes, diagnostics);
            }
        }
    });
}

/// Reports a statement that is not known to be a truth value.
pub(super) fn check_statement(term: &Term, nodes: &[NodeTruth], diagnostics: &mut Diagnostics) {
    if of_term(term, nodes) != Truth {
        report(term, nodes, diagnostics);
    }
}

fn report(term: &Term, nodes: &[NodeTruth], diagnostics: &mut Diagnostics) {
    // Its unit may have told already.
    if diagnostics.contains("not-a-truth-value", term.span) {
        return;
    }
    let diagnostic = Diagnostic::error(
        "not-a-truth-value",
        term.span,
        "this is a number, not a truth value",
    )
    .expected("a comparison, or a value that is 0 or 1")
    .hint("compare it with a number: `x > 0`");
    let because = match &term.kind {
        TermKind::Node(id) => nodes[id.0 as usize].because,
        _ => None,
    };
    diagnostics.push(match because {
        Some(span) => diagnostic.related(span, "defined here"),
        None => diagnostic,
    });
}
