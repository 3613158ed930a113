//! Text in double quotes, and in quotes that should have been double.

use super::super::lookalike::is_other_quote;
use super::super::token::{TokenKind, shortened};
use super::Lexer;

impl Lexer<'_> {
    pub(super) fn text_in_quotes(&mut self) {
        let start = self.position;
        self.position += 1;
        let mut content = String::new();
        let mut reported = false;
        loop {
            match self.peek() {
                Some('"') => {
                    self.position += 1;
                    break;
                }
                Some('\\') => {
                    let after = self.rest()[1..].chars().next();
                    if let Some(escaped @ ('"' | '\\')) = after {
                        content.push(escaped);
                        self.position += 2;
                    } else {
                        let end = self.position + 1 + after.map_or(0, char::len_utf8);
                        let problem = self
                            .problem(
                                "bad-escape",
                                self.position,
                                end,
                                "a backslash stands here without its partner".to_owned(),
                            )
                            .expected("`\\\"` or `\\\\`")
                            .hint("write `\\\\` for one backslash; other characters are written as they are");
                        self.diagnostics.push(problem);
                        reported = true;
                        self.position += 1;
                    }
                }
                None | Some('\n' | '\r') => {
                    let problem = self
                        .problem(
                            "unterminated-text",
                            start,
                            self.position,
                            "this text has no closing quote".to_owned(),
                        )
                        .expected("`\"` before the end of the line")
                        .hint("close the text with `\"`");
                    self.diagnostics.push(problem);
                    reported = true;
                    break;
                }
                Some(sign) => {
                    content.push(sign);
                    self.position += sign.len_utf8();
                }
            }
        }
        self.push(TokenKind::Text(content), start, reported);
    }

    pub(super) fn text_in_other_quotes(&mut self, opening: char) {
        let start = self.position;
        self.position += opening.len_utf8();
        let content_start = self.position;
        self.skip(|sign| !(is_other_quote(sign) || matches!(sign, '"' | '\n' | '\r')));
        let content = self.text[content_start..self.position].to_owned();
        if let Some(closing) = self
            .peek()
            .filter(|sign| is_other_quote(*sign) || *sign == '"')
        {
            self.position += closing.len_utf8();
        }
        let problem = self
            .problem(
                "bad-quote",
                start,
                self.position,
                format!("`{opening}` does not begin a text"),
            )
            .expected("straight double quotes")
            .hint(format!("write `\"{}\"`", shortened(&content)));
        self.diagnostics.push(problem);
        self.push(TokenKind::Text(content), start, true);
    }
}
