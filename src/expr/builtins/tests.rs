//! The table holds together, and its examples are true by an evaluator of its own over `std`.

use super::super::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use super::super::{TextOrigin, is_keyword, is_name, parse, print};
use super::{Builtin, Constant, Function, Reduction, TimeForm, builtins, builtins_named};
use crate::source::FileId;

const YEARS: [f64; 3] = [2023.0, 2024.0, 2025.0];
/// The documented tolerance: the texts hold 15 digits, so rounding them costs at most 5e-15 of the value.
const TOLERANCE: f64 = 1e-12;

fn tree(text: &str) -> Expr {
    parse(text, &TextOrigin::contiguous(FileId(0), 0))
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// One value for each year; true is 1.
type Series = [f64; 3];

fn truth(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}

fn each(one: Series, two: Series, operation: impl Fn(f64, f64) -> f64) -> Series {
    std::array::from_fn(|year| operation(one[year], two[year]))
}

fn value_of(expr: &Expr) -> Series {
    match &expr.kind {
        ExprKind::Number(value) => [*value; 3],
        ExprKind::Bool(value) => [truth(*value); 3],
        ExprKind::Name(name) if name == "year" => YEARS,
        ExprKind::Name(name) => [Constant::from_name(name).expect(name).value(); 3],
        ExprKind::Unary {
            op: UnaryOp::Negate,
            operand,
        } => value_of(operand).map(|value| -value),
        ExprKind::Binary { op, left, right } => {
            let operation: fn(f64, f64) -> f64 = match op {
                BinaryOp::Subtract => |a, b| a - b,
                BinaryOp::Divide => |a, b| a / b,
                BinaryOp::Power => f64::powf,
                BinaryOp::Greater => |a, b| truth(a > b),
                BinaryOp::Equal => |a, b| truth(a == b),
                other => panic!("no example needs {other:?}"),
            };
            each(value_of(left), value_of(right), operation)
        }
        ExprKind::Call {
            function,
            arguments,
        } => {
            let values: Vec<&Expr> = arguments.iter().map(|argument| &argument.value).collect();
            let of_dimension = matches!(
                values.last().map(|last| &last.kind),
                Some(ExprKind::Name(name)) if name == "year"
            );
            let name = function.value.as_str();
            match (Reduction::from_name(name), TimeForm::from_name(name)) {
                (Some(reduction), _) if of_dimension => [reduced(reduction, &values); 3],
                (_, Some(form)) => along_time(form, &values),
                _ => applied(Function::from_name(name).expect(name), &values),
            }
        }
        other => panic!("no example needs {other:?}"),
    }
}

/// ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …). Source: Marsaglia (2004), "Evaluating the normal distribution", Journal of Statistical Software 11(4).
fn normal_cdf(z: f64) -> f64 {
    let (mut sum, mut term, mut odd) = (z, z, 1.0);
    while sum + term != sum {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    0.5 + sum * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// By bisection of [`normal_cdf`], to the last bit that halving can reach.
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if normal_cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn applied(function: Function, arguments: &[&Expr]) -> Series {
    let values: Vec<Series> = arguments
        .iter()
        .map(|argument| value_of(argument))
        .collect();
    let first = values[0];
    match function {
        Function::If => {
            std::array::from_fn(|year| values[if first[year] == 1.0 { 1 } else { 2 }][year])
        }
        Function::Min => values.iter().fold(first, |a, b| each(a, *b, f64::min)),
        Function::Max => values.iter().fold(first, |a, b| each(a, *b, f64::max)),
        Function::Clamp => each(each(first, values[1], f64::max), values[2], f64::min),
        Function::Abs => first.map(f64::abs),
        Function::Sign => first.map(|x| truth(x > 0.0) - truth(x < 0.0)),
        Function::Floor => first.map(f64::floor),
        Function::Round => first.map(f64::round),
        Function::Sqrt => first.map(f64::sqrt),
        Function::Exp => first.map(f64::exp),
        Function::Ln => first.map(f64::ln),
        Function::Log10 => first.map(f64::log10),
        Function::Sin => first.map(f64::sin),
        Function::Cos => first.map(f64::cos),
        Function::Tan => first.map(f64::tan),
        Function::Atan2 => each(first, values[1], f64::atan2),
        Function::Logistic => first.map(|x| 1.0 / (1.0 + (-x).exp())),
        Function::Logit => first.map(|p| (p / (1.0 - p)).ln()),
        Function::NormalCdf => first.map(normal_cdf),
        Function::NormalQuantile => first.map(normal_quantile),
    }
}

fn reduced(reduction: Reduction, arguments: &[&Expr]) -> f64 {
    let cells = value_of(arguments[0]);
    let mut sorted = cells;
    sorted.sort_by(f64::total_cmp);
    match reduction {
        Reduction::Sum | Reduction::Count => cells.iter().sum(),
        Reduction::Mean => cells.iter().sum::<f64>() / 3.0,
        Reduction::Product => cells.iter().product(),
        Reduction::Min => sorted[0],
        Reduction::Max => sorted[2],
        Reduction::Median => sorted[1],
        Reduction::Quantile => {
            let rank = value_of(arguments[1])[0] * 2.0;
            let below = if rank < 1.0 { 0 } else { 1 };
            let share = rank - if rank < 1.0 { 0.0 } else { 1.0 };
            sorted[below] + share * (sorted[below + 1] - sorted[below])
        }
        Reduction::Any => truth(cells.contains(&1.0)),
        Reduction::All => truth(!cells.contains(&0.0)),
    }
}

fn along_time(form: TimeForm, arguments: &[&Expr]) -> Series {
    let first = value_of(arguments[0]);
    match form {
        TimeForm::Prev => [value_of(arguments[1])[0], first[0], first[1]],
        TimeForm::Cumulative => [first[0], first[0] + first[1], first.iter().sum()],
        TimeForm::Interpolate => {
            let ExprKind::Map(entries) = &arguments[1].kind else {
                panic!("a map: {}", print(arguments[1]));
            };
            let point = |index: usize| {
                let entry = &entries[index];
                (entry.key.value, value_of(&entry.value)[0])
            };
            let ((t0, y0), (t1, y1)) = (point(0), point(1));
            first.map(|t| y0 + (y1 - y0) * ((t - t0) / (t1 - t0)).clamp(0.0, 1.0))
        }
    }
}

#[test]
fn examples_are_true() {
    for entry in builtins() {
        assert!(!entry.examples.is_empty(), "{}", entry.signature);
        for example in entry.examples {
            let found = value_of(&tree(example.expression));
            let stated: Vec<f64> = example
                .value
                .split(", ")
                .map(|text| match text {
                    "true" => 1.0,
                    "false" => 0.0,
                    number => number.parse().unwrap(),
                })
                .collect();
            assert!(stated.len() == 1 || stated.len() == 3, "{example:?}");
            for year in 0..3 {
                let expected = stated[year.min(stated.len() - 1)];
                assert!(
                    (found[year] - expected).abs() <= TOLERANCE * expected.abs(),
                    "{example:?}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn examples_call_their_own_function_with_as_many_arguments_as_it_takes() {
    for entry in builtins() {
        for example in entry.examples {
            let ExprKind::Call {
                function,
                arguments,
            } = tree(example.expression).kind
            else {
                panic!("{example:?} is a call");
            };
            assert_eq!(function.value, entry.name);
            assert!(entry.arity.accepts(arguments.len()), "{example:?}");
        }
    }
}

#[test]
fn signatures_list_the_arguments_that_the_arity_counts() {
    for entry in builtins() {
        let text = entry.signature.replace(", …", "");
        let ExprKind::Call {
            function,
            arguments,
        } = tree(&text).kind
        else {
            panic!("{text} is a call");
        };
        assert_eq!(function.value, entry.name);
        assert_eq!(arguments.len(), entry.arity.least, "{text}");
        let is_open = entry.arity.most.is_none();
        assert_eq!(is_open, entry.signature.contains('…'), "{text}");
        assert!(entry.doc.ends_with('.') && entry.doc.len() > 10, "{text}");
    }
}

#[test]
fn the_table_has_every_name_of_the_language_and_no_other() {
    let design = "if min max clamp abs sign floor round sqrt exp ln log10 sin cos tan atan2 logistic logit normal_cdf \
                  normal_quantile sum mean product min max median quantile count any all prev cumulative interpolate";
    let names: Vec<&str> = builtins().map(|entry| entry.name).collect();
    assert_eq!(names, design.split_whitespace().collect::<Vec<_>>());
    for name in names {
        assert!(is_name(name), "{name}");
        assert!(!is_keyword(name) || name == "if", "{name}");
    }
}

#[test]
fn names_find_their_members() {
    for entry in builtins() {
        let found: Vec<Builtin> = builtins_named(entry.name)
            .map(|entry| entry.builtin)
            .collect();
        assert!(found.contains(&entry.builtin));
        let twice = matches!(entry.name, "min" | "max");
        assert_eq!(found.len(), if twice { 2 } else { 1 }, "{}", entry.name);
    }
    assert_eq!(Function::from_name("sum"), None);
    assert_eq!(builtins_named("lookup").count(), 0);
    assert_eq!(Constant::from_name("pi"), Some(Constant::Pi));
}

#[test]
fn arity_counts_and_says_so() {
    let atan2 = Function::Atan2.entry().arity;
    assert!(!atan2.accepts(1) && atan2.accepts(2) && !atan2.accepts(3));
    assert_eq!(atan2.to_string(), "2 arguments");
    let min = Function::Min.entry().arity;
    assert!(!min.accepts(1) && min.accepts(2) && min.accepts(900));
    assert_eq!(min.to_string(), "2 or more arguments");
    assert_eq!(Function::Abs.entry().arity.to_string(), "1 argument");
    assert_eq!(Reduction::Quantile.dimension_argument(), 2);
}
