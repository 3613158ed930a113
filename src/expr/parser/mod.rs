//! From text to a syntax tree: a Pratt parser that goes on after a mistake, so that one reading reports all of them.

mod brackets;
mod operand;
mod operators;
mod recovery;
mod sequence;
#[cfg(test)]
mod tests;
mod unique;

use super::ast::{Expr, ExprKind};
use super::lexer::{Lexed, lex};
use super::limits::{MAX_HEIGHT, MAX_NESTING};
use super::origin::TextOrigin;
use super::precedence::Precedence;
use super::token::{Bracket, Token, TokenKind};
use crate::diag::{Diagnostic, Span};

/// Reads one expression.
///
/// ```
/// use fanfare::expr::{TextOrigin, parse, print};
/// use fanfare::source::FileId;
///
/// let origin = TextOrigin::contiguous(FileId(0), 0);
/// let expr = parse("(weight) / sum(weight,country)", &origin).expect("well formed");
/// assert_eq!(print(&expr), "weight / sum(weight, country)");
/// assert!(parse("1 + * 2", &origin).is_err());
/// ```
///
/// The tree of an accepted text is at most 512 levels high, so that walking, comparing and dropping it is safe on a small stack.
///
/// # Errors
/// Every mistake found, in the order of their places. No text makes it panic.
pub fn parse(text: &str, origin: &TextOrigin) -> Result<Expr, Vec<Diagnostic>> {
    let Lexed {
        tokens,
        diagnostics,
        cut,
    } = lex(text, origin);
    if cut {
        return Err(diagnostics);
    }
    let mut parser = Parser {
        text,
        origin,
        tokens,
        position: 0,
        nesting: 0,
        recursion: 0,
        open: Vec::new(),
        diagnostics,
        last_reported: None,
        stopped: false,
    };
    let expr = parser.whole();
    let mut diagnostics = parser.diagnostics;
    if diagnostics.is_empty() {
        Ok(expr)
    } else {
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        Err(diagnostics)
    }
}

/// A subtree and its height, at most [`MAX_HEIGHT`].
struct Tree {
    expr: Expr,
    height: u32,
}

struct Parser<'t> {
    text: &'t str,
    origin: &'t TextOrigin,
    /// Ends with [`TokenKind::End`], which is never passed.
    tokens: Vec<Token>,
    position: usize,
    nesting: u32,
    /// Calls of [`Parser::expression`] that are under way.
    recursion: u32,
    /// Brackets that are open here, outermost first.
    open: Vec<Bracket>,
    diagnostics: Vec<Diagnostic>,
    /// The token of the last report: one mistake is reported once.
    last_reported: Option<usize>,
    /// A limit was passed; nothing more is read or reported.
    stopped: bool,
}

impl Parser<'_> {
    fn whole(&mut self) -> Expr {
        let tree = self.expression(Precedence::Or);
        while self.current().kind != TokenKind::End {
            self.report_leftover();
            self.advance();
            if matches!(self.current().kind, TokenKind::Operator(_)) {
                self.advance();
            }
            if self.current().kind != TokenKind::End {
                self.expression(Precedence::Or);
            }
        }
        tree.expr
    }

    fn current(&self) -> &Token {
        &self.tokens[self.position.min(self.tokens.len() - 1)]
    }

    fn next(&self) -> &Token {
        &self.tokens[(self.position + 1).min(self.tokens.len() - 1)]
    }

    /// Passes the current token and gives its place; the end is never passed.
    fn advance(&mut self) -> Span {
        let span = self.current_span();
        if self.current().kind != TokenKind::End {
            self.position += 1;
        }
        span
    }

    fn current_span(&self) -> Span {
        self.span_of(self.current())
    }

    fn span_of(&self, token: &Token) -> Span {
        self.origin.span(token.start, token.end)
    }

    fn describe_current(&self) -> String {
        self.current().describe(self.text)
    }

    /// The text of the tokens between two places in the token list.
    fn written(&self, first: usize, end: usize) -> &str {
        let from = self.tokens[first].start;
        let to = end
            .checked_sub(1)
            .map_or(from, |last| self.tokens[last].end);
        self.text.get(from..to).unwrap_or("")
    }

    /// Puts a node above its operands, whose greatest height is `below`.
    fn tree(&mut self, kind: ExprKind, span: Span, below: u32) -> Tree {
        if below >= MAX_HEIGHT {
            return self.too_high(span);
        }
        Tree {
            expr: Expr { kind, span },
            height: below + 1,
        }
    }

    /// Stands where nothing readable was found; it never leaves the parser, since a problem was reported.
    fn placeholder(&self, span: Span) -> Tree {
        Tree {
            expr: Expr {
                kind: ExprKind::Bool(false),
                span,
            },
            height: 1,
        }
    }

    /// Reads something one level further in, unless that is too deep.
    fn nested(&mut self, span: Span, read: impl FnOnce(&mut Self) -> Tree) -> Tree {
        if self.nesting >= MAX_NESTING {
            return self.too_nested(span);
        }
        self.nesting += 1;
        let tree = read(self);
        self.nesting -= 1;
        tree
    }

    #[cold]
    #[inline(never)]
    fn too_nested(&mut self, span: Span) -> Tree {
        let problem = Diagnostic::error(
            "nesting",
            span,
            format!("brackets and signs stand more than {MAX_NESTING} deep"),
        )
        .expected(format!("at most {MAX_NESTING} levels"))
        .hint("move inner parts into variables of their own");
        self.stop(problem);
        self.placeholder(span)
    }

    #[cold]
    #[inline(never)]
    fn too_high(&mut self, span: Span) -> Tree {
        let problem = Diagnostic::error(
            "nesting",
            span,
            format!("more than {MAX_HEIGHT} operators and brackets depend on one another"),
        )
        .expected(format!("chains and nestings of at most {MAX_HEIGHT} operators"))
        .hint("move parts into variables of their own; a long sum is a reduction: `sum(x, dimension)`");
        self.stop(problem);
        self.placeholder(span)
    }

    /// The recursion is as deep as the highest tree within the deepest brackets, so that no accepted text reaches this.
    fn too_deep(&mut self) -> Tree {
        let span = self.current_span();
        self.too_high(span)
    }
}
