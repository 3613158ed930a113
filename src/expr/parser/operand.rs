//! Operands: numbers, text, names and calls.

use super::super::ast::{Argument, Expr, ExprKind, Ident};
use super::super::precedence::Precedence;
use super::super::token::{Bracket, TokenKind};
use super::{Parser, Tree};
use crate::diag::Spanned;

impl Parser<'_> {
    /// Reads one operand with its slices.
    pub(super) fn operand(&mut self) -> Tree {
        self.skip_stray_operators();
        let place = self.current_span();
        let kind = match &self.current().kind {
            TokenKind::Number(value) => ExprKind::Number(*value),
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            TokenKind::Text(text) => ExprKind::Text(text.clone()),
            TokenKind::Name(name) => {
                let name = Spanned::new(name.clone(), place);
                return self.named(name);
            }
            TokenKind::Open(bracket) => {
                let bracket = *bracket;
                return self.nested(place, |parser| parser.bracketed(bracket));
            }
            TokenKind::Not => {
                return self.nested(place, |parser| parser.expression(Precedence::Not));
            }
            _ => {
                self.report_unexpected("a number, a name, text or `(`", None);
                return self.placeholder(place);
            }
        };
        self.advance();
        self.tree(kind, place, 0)
    }

    /// `1 + * 2`: the stray operator is reported, the operand behind it still read.
    fn skip_stray_operators(&mut self) {
        while matches!(
            self.current().kind,
            TokenKind::Operator(_) | TokenKind::Percent | TokenKind::Question
        ) {
            let hint = "an operator has a value on each side".to_owned();
            self.report_unexpected("an operand", Some(hint));
            self.advance();
        }
    }

    /// `if a then b`: the rest of the argument is not read.
    #[cold]
    #[inline(never)]
    fn bare_if(&mut self) -> Tree {
        let span = self.current_span();
        let hint = "write `if(condition, then, otherwise)`".to_owned();
        self.report_unexpected("`if(`", Some(hint));
        self.skip_to_boundary();
        self.placeholder(span)
    }

    /// A name, or a call of it, and slices of that.
    fn named(&mut self, name: Ident) -> Tree {
        let is_call = self.next().kind == TokenKind::Open(Bracket::Round);
        if name.value == "if" && !is_call {
            return self.bare_if();
        }
        self.advance();
        let tree = if is_call {
            self.nested(name.span, |parser| parser.call(name))
        } else {
            let span = name.span;
            self.tree(ExprKind::Name(name.value), span, 0)
        };
        self.slices(tree)
    }

    fn bracketed(&mut self, bracket: Bracket) -> Tree {
        match bracket {
            Bracket::Round => {
                let tree = self.parenthesised();
                self.slices(tree)
            }
            Bracket::Square => self.list(),
            Bracket::Curly => self.map(),
        }
    }

    fn call(&mut self, function: Ident) -> Tree {
        let mut below = 0;
        let (arguments, span) = self.sequence(Bracket::Round, "an argument", |parser| {
            parser.argument(&mut below)
        });
        self.check_argument_names(&arguments);
        let span = function.span.to(span);
        let kind = ExprKind::Call {
            function,
            arguments,
        };
        self.tree(kind, span, below)
    }

    fn argument(&mut self, below: &mut u32) -> Option<Argument> {
        let mut name = None;
        if let TokenKind::Name(word) = &self.current().kind
            && self.next().kind == TokenKind::Assign
        {
            name = Some(Spanned::new(word.clone(), self.current_span()));
            self.advance();
            self.advance();
        }
        let tree = self.expression(Precedence::Or);
        *below = tree.height.max(*below);
        let by = self.by(&tree.expr);
        Some(Argument {
            name,
            value: tree.expr,
            by,
        })
    }

    /// Reads `by region` after a dimension.
    fn by(&mut self, value: &Expr) -> Option<Ident> {
        if !matches!(&self.current().kind, TokenKind::Name(word) if word == "by") {
            return None;
        }
        if !matches!(value.kind, ExprKind::Name(_)) {
            self.report_unexpected(
                "`by` after the name of a dimension",
                Some("write `sum(x, country by region)`".to_owned()),
            );
        }
        self.advance();
        let TokenKind::Name(parent) = &self.current().kind else {
            self.report_unexpected(
                "the name of a parent dimension",
                Some("write `sum(x, country by region)`".to_owned()),
            );
            return None;
        };
        let parent = parent.clone();
        let span = self.advance();
        Some(Spanned::new(parent, span))
    }
}
