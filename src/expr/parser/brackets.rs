//! What stands in brackets: parentheses, slices, lists and maps.

use super::super::ast::{BinaryOp, ExprKind, MapEntry, Selector};
use super::super::precedence::Precedence;
use super::super::token::{Bracket, TokenKind};
use super::{Parser, Tree};
use crate::diag::{Diagnostic, Span, Spanned};

impl Parser<'_> {
    pub(super) fn parenthesised(&mut self) -> Tree {
        let (trees, span) = self.sequence(Bracket::Round, "an expression", |parser| {
            Some(parser.expression(Precedence::Or))
        });
        let ends_with_comma = !self.stopped
            && self
                .position
                .checked_sub(2)
                .is_some_and(|before| self.tokens[before].kind == TokenKind::Comma);
        let mut trees = trees.into_iter();
        match (trees.next(), trees.next()) {
            (Some(mut tree), None) if !ends_with_comma => {
                // Messages about `(a + b)` point at its parentheses too.
                tree.expr.span = span;
                tree
            }
            (None, _) => {
                self.tell(
                    Diagnostic::error(
                        "unexpected-token",
                        span,
                        "found nothing in these parentheses",
                    )
                    .expected("an expression")
                    .hint("write what is meant between them, or remove them"),
                );
                self.placeholder(span)
            }
            (Some(_), second) => {
                self.tell(
                    Diagnostic::error(
                        "unexpected-token",
                        second.map_or(span, |second| second.expr.span),
                        "found a comma in parentheses that hold one expression",
                    )
                    .expected("`)`")
                    .hint("a list is `[a, b]`; a call names its function; the decimal sign is a point"),
                );
                self.placeholder(span)
            }
        }
    }

    /// Reads the slices that follow an operand.
    pub(super) fn slices(&mut self, mut tree: Tree) -> Tree {
        while self.current().kind == TokenKind::Open(Bracket::Square) && !self.stopped {
            let (selectors, brackets) =
                self.sequence(Bracket::Square, "`dimension = label`", Self::selector);
            if selectors.is_empty() {
                self.tell_if_quiet(brackets);
            }
            let names = selectors
                .iter()
                .map(|selector: &Selector| &selector.dimension);
            self.check_unique("duplicate-selector", "dimension", names);
            let span = tree.expr.span.to(brackets);
            let kind = ExprKind::Slice {
                operand: Box::new(tree.expr),
                selectors,
            };
            tree = self.tree(kind, span, tree.height);
        }
        tree
    }

    /// Reports empty brackets, unless what stood in them was already reported.
    fn tell_if_quiet(&mut self, brackets: Span) {
        let told = self.diagnostics.iter().any(|problem| {
            problem
                .span
                .is_some_and(|span| span.start >= brackets.start)
        });
        if !told {
            self.tell(
                Diagnostic::error("unexpected-token", brackets, "found empty brackets")
                    .expected("`dimension = label`")
                    .hint("write `x[year = 2027]`"),
            );
        }
    }

    fn selector(&mut self) -> Option<Selector> {
        const EXAMPLE: &str = "a slice is `x[year = 2027, country = \"DEU\"]`";
        let TokenKind::Name(dimension) = &self.current().kind else {
            let hint = format!("{EXAMPLE}; a sum over a dimension is `sum(x, country)`");
            self.report_unexpected("the name of a dimension", Some(hint));
            self.skip_to_boundary();
            return None;
        };
        let dimension = Spanned::new(dimension.clone(), self.current_span());
        self.advance();
        if self.current().kind == TokenKind::Assign {
            self.advance();
        } else {
            self.report_unexpected("`=` and a label", Some(EXAMPLE.to_owned()));
            self.skip_to_boundary();
            return None;
        }
        let place = self.current_span();
        let negative = self.current().kind == TokenKind::Operator(BinaryOp::Subtract)
            && matches!(self.next().kind, TokenKind::Number(_));
        if negative {
            self.advance();
        }
        let label = match &self.current().kind {
            TokenKind::Text(text) => text.clone(),
            TokenKind::Number(_) => {
                let digits = self
                    .written(self.position, self.position + 1)
                    .replace('_', "");
                if negative {
                    format!("-{digits}")
                } else {
                    digits
                }
            }
            TokenKind::Name(name) => {
                let hint = format!("labels stand in double quotes: `\"{name}\"`");
                self.report_unexpected("a label", Some(hint));
                self.skip_to_boundary();
                return None;
            }
            _ => {
                let hint = format!("{EXAMPLE}, with one label for each dimension");
                self.report_unexpected("a label: text in double quotes, or a number", Some(hint));
                self.skip_to_boundary();
                return None;
            }
        };
        let span = place.to(self.advance());
        Some(Selector {
            dimension,
            label: Spanned::new(label, span),
        })
    }

    pub(super) fn list(&mut self) -> Tree {
        let mut below = 0;
        let (items, span) = self.sequence(Bracket::Square, "an item", |parser| {
            let tree = parser.expression(Precedence::Or);
            below = tree.height.max(below);
            Some(tree.expr)
        });
        self.tree(ExprKind::List(items), span, below)
    }

    pub(super) fn map(&mut self) -> Tree {
        let mut below = 0;
        let (entries, span) = self.sequence(Bracket::Curly, "`number: value`", |parser| {
            parser.map_entry(&mut below)
        });
        self.check_keys(&entries);
        self.tree(ExprKind::Map(entries), span, below)
    }

    fn map_entry(&mut self, below: &mut u32) -> Option<MapEntry> {
        const EXAMPLE: &str = "a map is `{2023: a, 2027: b}`";
        let place = self.current_span();
        let negative = self.current().kind == TokenKind::Operator(BinaryOp::Subtract);
        if negative {
            self.advance();
        }
        let TokenKind::Number(size) = self.current().kind else {
            self.report_unexpected("a number as the key", Some(EXAMPLE.to_owned()));
            self.skip_to_boundary();
            return None;
        };
        let span = place.to(self.advance());
        let key = Spanned::new(if negative { -size } else { size }, span);
        if self.current().kind == TokenKind::Colon {
            self.advance();
        } else {
            self.report_unexpected("`:` and a value", Some(EXAMPLE.to_owned()));
            self.skip_to_boundary();
            return None;
        }
        let tree = self.expression(Precedence::Or);
        *below = tree.height.max(*below);
        Some(MapEntry {
            key,
            value: tree.expr,
        })
    }
}
