//! Items between brackets, separated by commas: arguments, selectors, map entries, lists.

use super::super::token::{Bracket, TokenKind};
use super::Parser;
use crate::diag::{Diagnostic, Span};

impl Parser<'_> {
    /// Reads items up to the closing bracket; the current token is the opening one. A comma after the last item is allowed.
    ///
    /// Gives the items and the place from the opening to the closing bracket.
    pub(super) fn sequence<T>(
        &mut self,
        bracket: Bracket,
        item_is: &str,
        mut read_item: impl FnMut(&mut Self) -> Option<T>,
    ) -> (Vec<T>, Span) {
        let opening = self.advance();
        self.open.push(bracket);
        let mut items = Vec::new();
        let mut end = opening;
        loop {
            let before = self.position;
            match self.current().kind {
                TokenKind::Close(found) if found == bracket => {
                    end = self.advance();
                    break;
                }
                TokenKind::Close(found) if !self.closes_outer(found) => {
                    let hint = format!("close with `{}`", bracket.closing());
                    self.report_unexpected(&format!("`{}`", bracket.closing()), Some(hint));
                    // Most likely the wrong sort of closing bracket.
                    end = self.advance();
                    break;
                }
                TokenKind::Close(_) | TokenKind::End => {
                    self.report_unclosed(bracket, opening);
                    break;
                }
                TokenKind::Comma => {
                    let hint = "remove the comma, or write what is missing before it".to_owned();
                    self.report_unexpected(item_is, Some(hint));
                    self.advance();
                    continue;
                }
                _ => {}
            }
            items.extend(read_item(self));
            match self.current().kind {
                TokenKind::Comma => {
                    self.advance();
                }
                TokenKind::Close(_) | TokenKind::End => {}
                _ => {
                    let expected = format!("`,` or `{}`", bracket.closing());
                    self.report_unexpected(&expected, None);
                    self.skip_to_boundary();
                    if self.current().kind == TokenKind::Comma {
                        self.advance();
                    }
                }
            }
            if self.position == before && !matches!(self.current().kind, TokenKind::Close(_)) {
                self.advance();
            }
        }
        self.open.pop();
        (items, opening.to(end))
    }

    /// Reports that the bracket opened at `opening` is not closed before the current token.
    pub(super) fn report_unclosed(&mut self, bracket: Bracket, opening: Span) {
        let problem = Diagnostic::error(
            "unclosed-bracket",
            self.current_span(),
            format!(
                "found {}, but `{}` is still open",
                self.describe_current(),
                bracket.opening()
            ),
        )
        .expected(format!("`{}`", bracket.closing()))
        .related(opening, format!("this `{}`", bracket.opening()))
        .hint(format!("close it with `{}`", bracket.closing()));
        self.report(problem);
    }
}
