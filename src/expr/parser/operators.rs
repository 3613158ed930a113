//! Operators between, before and, by mistake, after operands.

use super::super::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use super::super::limits::{MAX_HEIGHT, MAX_NESTING};
use super::super::precedence::Precedence;
use super::super::printer::print;
use super::super::token::{Bracket, TokenKind};
use super::{Parser, Tree};
use crate::diag::Diagnostic;

/// Longest expression that a hint repeats, in bytes.
const MAX_HINT: usize = 80;

impl Parser<'_> {
    /// Reads an expression whose operators all bind at least as tightly as `loosest`.
    pub(super) fn expression(&mut self, loosest: Precedence) -> Tree {
        if self.recursion >= MAX_HEIGHT + MAX_NESTING {
            return self.too_deep();
        }
        self.recursion += 1;
        let tree = self.operators(loosest);
        self.recursion -= 1;
        tree
    }

    fn operators(&mut self, loosest: Precedence) -> Tree {
        let mut left = self.prefixed(loosest);
        let (mut compared, mut chained) = (false, false);
        while !self.stopped {
            let TokenKind::Operator(op) = self.current().kind else {
                if self.continues_by_mistake(loosest) {
                    left = self.mistaken_operator(left);
                    continue;
                }
                return left;
            };
            if op.precedence() < loosest {
                return left;
            }
            let is_chained = compared && !chained && op.is_comparison();
            compared |= op.is_comparison();
            chained |= is_chained;
            let operator = self.position;
            let missed = self.diagnostics.len();
            left = self.binary(left, op);
            if is_chained && self.diagnostics.len() == missed {
                self.report_chained(operator, &left.expr);
            }
        }
        left
    }

    /// Whether what stands here was probably meant to go on with the expression.
    fn continues_by_mistake(&self, loosest: Precedence) -> bool {
        match &self.current().kind {
            TokenKind::Assign => loosest <= Precedence::Comparison,
            TokenKind::Question => loosest == Precedence::Or,
            TokenKind::Percent => true,
            TokenKind::Name(name) => name != "by",
            _ => self.current().begins_operand(),
        }
    }

    /// Reports what stands where an operator belongs and reads on as if it were one. Apart, to keep the frames of the recursion small.
    #[cold]
    #[inline(never)]
    fn mistaken_operator(&mut self, left: Tree) -> Tree {
        match self.current().kind {
            TokenKind::Assign => {
                self.report_unexpected(
                    "an operator",
                    Some("to compare, use `==`; `=` only names an argument or a label".to_owned()),
                );
                self.binary(left, BinaryOp::Equal)
            }
            TokenKind::Question => self.ternary(left),
            TokenKind::Percent => {
                self.percent();
                left
            }
            _ => self.missing_operator(left),
        }
    }

    /// Reads the operator at the current token and its right operand.
    fn binary(&mut self, left: Tree, op: BinaryOp) -> Tree {
        let place = self.advance();
        let right = if op == BinaryOp::Power {
            self.nested(place, |parser| parser.expression(op.right_operand()))
        } else {
            self.expression(op.right_operand())
        };
        self.join(left, op, right)
    }

    fn join(&mut self, left: Tree, op: BinaryOp, right: Tree) -> Tree {
        let span = left.expr.span.to(right.expr.span);
        let below = left.height.max(right.height);
        let kind = ExprKind::Binary {
            op,
            left: Box::new(left.expr),
            right: Box::new(right.expr),
        };
        self.tree(kind, span, below)
    }

    /// Reads `-x`, `not x` or an operand.
    fn prefixed(&mut self, loosest: Precedence) -> Tree {
        let place = self.current_span();
        match self.current().kind {
            TokenKind::Operator(BinaryOp::Subtract) => self.unary(UnaryOp::Negate),
            TokenKind::Operator(BinaryOp::Add) => {
                self.skip_plus();
                self.nested(place, |parser| parser.prefixed(loosest))
            }
            TokenKind::Not => {
                if loosest > Precedence::Not {
                    self.report_loose_not();
                }
                self.unary(UnaryOp::Not)
            }
            _ => self.operand(),
        }
    }

    #[cold]
    #[inline(never)]
    fn skip_plus(&mut self) {
        let hint = "numbers bear no `+`; remove it".to_owned();
        self.report_unexpected("an operand", Some(hint));
        self.advance();
    }

    #[cold]
    #[inline(never)]
    fn report_loose_not(&mut self) {
        let hint = "`not` binds less tightly than this; write `(not x)`".to_owned();
        self.report_unexpected("an operand", Some(hint));
    }

    fn unary(&mut self, op: UnaryOp) -> Tree {
        let place = self.advance();
        let operand = self.nested(place, |parser| parser.expression(op.precedence()));
        let span = place.to(operand.expr.span);
        let kind = ExprKind::Unary {
            op,
            operand: Box::new(operand.expr),
        };
        self.tree(kind, span, operand.height)
    }

    /// `a < b < c`: `whole` is its tree, `operator` the token of the second comparison.
    #[cold]
    #[inline(never)]
    fn report_chained(&mut self, operator: usize, whole: &Expr) {
        let hint = spelled_out(whole)
            .filter(|text| text.len() <= MAX_HINT)
            .unwrap_or_else(|| "a < b and b < c".to_owned());
        let token = &self.tokens[operator];
        let problem = Diagnostic::error(
            "chained-comparison",
            self.span_of(token),
            format!(
                "{} compares the answer of another comparison",
                token.describe(self.text)
            ),
        )
        .expected("one comparison, or several joined by `and`")
        .hint(format!("write `{hint}`"));
        if !token.reported && !self.stopped {
            self.diagnostics.push(problem);
        }
    }

    /// `c ? a : b`
    fn ternary(&mut self, condition: Tree) -> Tree {
        self.report_unexpected(
            "an operator",
            Some("use `if(condition, then, otherwise)`".to_owned()),
        );
        let place = self.advance();
        let then = self.nested(place, |parser| parser.expression(Precedence::Or));
        let inside_map = self.open.last() == Some(&Bracket::Curly);
        if self.current().kind == TokenKind::Colon && !inside_map {
            self.advance();
            self.nested(place, |parser| parser.expression(Precedence::Or));
        }
        self.join(condition, BinaryOp::Or, then)
    }

    /// `5 %` or `a % b`
    fn percent(&mut self) {
        self.report_unexpected(
            "an operator",
            Some(
                "write 5 % as `0.05`; the remainder of a / b is `a - b * floor(a / b)`".to_owned(),
            ),
        );
        self.advance();
        if self.current().begins_operand() {
            // Read as an operand of its own; one report is enough.
            self.last_reported = Some(self.position);
            self.nested(self.current_span(), Self::operand);
        }
    }

    /// `a b`, `2 (x)`: read as if an operator stood between.
    fn missing_operator(&mut self, left: Tree) -> Tree {
        let hint = match (&left.expr.kind, &self.current().kind) {
            (_, TokenKind::Open(Bracket::Round)) => {
                "write `*` for a product; only a name can be called"
            }
            (_, TokenKind::Open(Bracket::Square)) => {
                "write `(…)[dimension = label]` to slice an expression, or a comma between items"
            }
            (_, TokenKind::Not) => "write `x != y`, or `and not`",
            _ => "write `*` for a product; text and lists are separated by commas",
        };
        let problem = Diagnostic::error(
            "missing-operator",
            self.current_span(),
            format!(
                "found {} directly after {}",
                self.describe_current(),
                self.tokens[self.position.saturating_sub(1)].describe(self.text)
            ),
        )
        .expected("an operator")
        .hint(hint);
        self.report(problem);
        if self.current().kind == TokenKind::Open(Bracket::Square) {
            self.skip_brackets();
            return left;
        }
        let right = self.nested(self.current_span(), |parser| {
            parser.expression(BinaryOp::Multiply.right_operand())
        });
        self.join(left, BinaryOp::Multiply, right)
    }
}

/// `a < b and b < c` for the tree of `a < b < c`.
fn spelled_out(whole: &Expr) -> Option<String> {
    let ExprKind::Binary { op, left, right } = &whole.kind else {
        return None;
    };
    let ExprKind::Binary { right: middle, .. } = &left.kind else {
        return None;
    };
    Some(format!(
        "{} and {} {} {}",
        print(left),
        print(middle),
        op.symbol(),
        print(right)
    ))
}
