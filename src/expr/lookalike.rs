//! Signs of other languages and of typography, and what to write instead.

use super::ast::BinaryOp;
use super::token::{Bracket, TokenKind};

use BinaryOp::{
    And, Divide, Equal, GreaterEqual, LessEqual, Multiply, NotEqual, Or, Power, Subtract,
};

/// A sign that is not part of the language, what stands for it here, and the token that the parser reads in its place.
pub(super) struct Lookalike {
    pub(super) sign: &'static str,
    pub(super) instead: &'static str,
    pub(super) token: TokenKind,
}

const fn operator(sign: &'static str, instead: &'static str, op: BinaryOp) -> Lookalike {
    other(sign, instead, TokenKind::Operator(op))
}

const fn other(sign: &'static str, instead: &'static str, token: TokenKind) -> Lookalike {
    Lookalike {
        sign,
        instead,
        token,
    }
}

/// Longer signs before those they begin with.
static LOOKALIKES: &[Lookalike] = &[
    operator("===", "==", Equal),
    operator("!==", "!=", NotEqual),
    operator("**", "^", Power),
    operator("&&", "and", And),
    operator("||", "or", Or),
    operator("<>", "!=", NotEqual),
    operator("=<", "<=", LessEqual),
    operator("=>", ">=", GreaterEqual),
    operator("//", "floor(a / b)", Divide),
    operator("&", "and", And),
    operator("|", "or", Or),
    other("!", "not", TokenKind::Not),
    other("~", "not", TokenKind::Not),
    other(":=", "=", TokenKind::Assign),
    operator("×", "*", Multiply),
    operator("·", "*", Multiply),
    operator("⋅", "*", Multiply),
    operator("∙", "*", Multiply),
    operator("∗", "*", Multiply),
    operator("÷", "/", Divide),
    operator("∕", "/", Divide),
    operator("⁄", "/", Divide),
    operator("−", "-", Subtract),
    operator("–", "-", Subtract),
    operator("—", "-", Subtract),
    operator("‐", "-", Subtract),
    operator("‑", "-", Subtract),
    operator("≤", "<=", LessEqual),
    operator("⩽", "<=", LessEqual),
    operator("≥", ">=", GreaterEqual),
    operator("⩾", ">=", GreaterEqual),
    operator("≠", "!=", NotEqual),
    operator("∧", "and", And),
    operator("∨", "or", Or),
    other("¬", "not", TokenKind::Not),
    other("（", "(", TokenKind::Open(Bracket::Round)),
    other("）", ")", TokenKind::Close(Bracket::Round)),
    other("，", ",", TokenKind::Comma),
    other("：", ":", TokenKind::Colon),
    other("＝", "=", TokenKind::Assign),
];

/// The lookalike that `rest` begins with. `!=` is the language's own and never one.
pub(super) fn lookalike(rest: &str) -> Option<&'static Lookalike> {
    if rest.starts_with("!=") && !rest.starts_with("!==") {
        return None;
    }
    LOOKALIKES
        .iter()
        .find(|lookalike| rest.starts_with(lookalike.sign))
}

/// Quotation marks other than `"`.
pub(super) const fn is_other_quote(sign: char) -> bool {
    matches!(
        sign,
        '\'' | '`' | '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '´'
    )
}

/// Characters of no width, which text copied from a page may carry.
pub(super) const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// What to do about a character that begins no token.
pub(super) fn hint_for(sign: char) -> Option<&'static str> {
    Some(match sign {
        '²' => "write `^2`",
        '³' => "write `^3`",
        '√' => "write `sqrt(x)`",
        '∑' => "write `sum(x, dimension)`",
        '∏' => "write `product(x, dimension)`",
        '∞' => "there is no infinity; leave the bound out",
        '#' => "comments stand outside the expression, after its closing quote",
        ';' => "one `is` holds one expression; arguments are separated by `,`",
        '.' => "a decimal point needs digits on both sides: `0.5`",
        '$' | '€' | '£' => "amounts are plain numbers; the currency belongs in `unit`",
        '\\' => "a backslash stands only inside text, as `\\\"` or `\\\\`",
        sign if sign.is_whitespace() || is_invisible(sign) => {
            "this is a special space or an invisible character; write an ordinary space"
        }
        _ => return None,
    })
}
