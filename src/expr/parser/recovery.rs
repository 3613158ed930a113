//! Reporting a mistake once, and finding the place where reading can go on.

use super::super::token::{Bracket, TokenKind};
use super::Parser;
use crate::diag::Diagnostic;

impl Parser<'_> {
    /// Reports `problem` at the current token, unless something was already reported there.
    #[cold]
    #[inline(never)]
    pub(super) fn report(&mut self, problem: Diagnostic) {
        let told = self.last_reported == Some(self.position) || self.current().reported;
        if !self.stopped && !told {
            self.diagnostics.push(problem);
        }
        self.last_reported = Some(self.position);
    }

    /// Reports what was found at the current token and what was expected.
    #[cold]
    #[inline(never)]
    pub(super) fn report_unexpected(&mut self, expected: &str, hint: Option<String>) {
        let problem = Diagnostic::error(
            "unexpected-token",
            self.current_span(),
            format!("found {}", self.describe_current()),
        )
        .expected(expected)
        .hint_if(hint);
        self.report(problem);
    }

    /// Reports that a limit is passed and reads nothing more.
    #[cold]
    #[inline(never)]
    pub(super) fn stop(&mut self, problem: Diagnostic) {
        if !self.stopped {
            self.diagnostics.push(problem);
        }
        self.stopped = true;
        self.position = self.tokens.len() - 1;
    }

    /// Reports what stands after the end of the expression.
    #[cold]
    #[inline(never)]
    pub(super) fn report_leftover(&mut self) {
        let hint = match &self.current().kind {
            TokenKind::Comma => Some(
                "arguments stand in the parentheses of a call; the decimal sign is a point"
                    .to_owned(),
            ),
            TokenKind::Close(bracket) => Some(format!(
                "no `{}` is open here; remove it",
                bracket.opening()
            )),
            TokenKind::Colon => Some("`:` stands only in a map: `{2023: a, 2027: b}`".to_owned()),
            TokenKind::Name(name) if name == "by" => {
                Some("`by` stands only in a reduction: `sum(x, country by region)`".to_owned())
            }
            _ => None,
        };
        self.report_unexpected("an operator or the end of the expression", hint);
    }

    /// Moves to the next comma or closing bracket of the list that is being read, past all brackets opened on the way.
    pub(super) fn skip_to_boundary(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.current().kind {
                TokenKind::End => return,
                TokenKind::Comma if depth == 0 => return,
                TokenKind::Close(_) => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                }
                TokenKind::Open(_) => depth += 1,
                _ => {}
            }
            self.advance();
        }
    }

    /// Moves past the brackets that open here, whatever they hold.
    pub(super) fn skip_brackets(&mut self) {
        self.advance();
        self.skip_to_boundary();
        while self.current().kind == TokenKind::Comma {
            self.advance();
            self.skip_to_boundary();
        }
        self.advance();
    }

    /// Whether a bracket of this kind is open outside the innermost one.
    pub(super) fn closes_outer(&self, bracket: Bracket) -> bool {
        self.open
            .split_last()
            .is_some_and(|(_, outer)| outer.contains(&bracket))
    }
}
