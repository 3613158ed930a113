//! Units from text: `USD/call`, `kg*m/s^2`, `1/month`, `m^(1/2)`.

use super::{ExponentOverflow, Ratio, Unit};

/// Parentheses within one another.
const MAX_NESTING: u32 = 32;

/// Why a text is not a unit, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnitError {
    /// What was found and what was expected, without a full stop.
    pub message: String,
    /// Byte of the text at which it was found.
    pub at: usize,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Unit {
    /// Reads a unit: symbols joined by `*` and `/` (from left to right: `a/b/c` is `a·b⁻¹·c⁻¹`), powers with `^`, parentheses, and `1`.
    /// A symbol is letters, digits and `_`, beginning with a letter.
    ///
    /// # Errors
    /// The first mistake, with its byte in the text.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let mut reader = Reader {
            text,
            position: 0,
            nesting: 0,
        };
        let unit = reader.product()?;
        match reader.peek() {
            None => Ok(unit),
            Some(sign) => Err(reader.unexpected_after_factor(sign)),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    position: usize,
    nesting: u32,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    /// The next character that is not a space; moves to it.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(' ').len();
        self.rest().chars().next()
    }

    fn error(&self, message: impl Into<String>, hint: Option<&str>) -> UnitError {
        UnitError {
            message: message.into(),
            at: self.position,
            hint: hint.map(str::to_owned),
        }
    }

    /// The characters from here on that `accept` takes; moves past them.
    fn take(&mut self, accept: impl Fn(char) -> bool) -> &str {
        let start = self.position;
        let rest = self.rest();
        self.position += rest.find(|sign| !accept(sign)).unwrap_or(rest.len());
        &self.text[start..self.position]
    }

    fn product(&mut self) -> Result<Unit, UnitError> {
        let mut unit = self.power()?;
        while let Some(sign @ ('*' | '/')) = self.peek() {
            let place = self.position;
            self.position += 1;
            if sign == '*' && self.rest().starts_with('*') {
                return Err(self.error("found `**`, expected `*` or `^`", Some("a power is `m^2`")));
            }
            let factor = self.power()?;
            let joined = if sign == '*' {
                unit.multiply(&factor)
            } else {
                unit.divide(&factor)
            };
            unit = joined.map_err(|overflow| out_of_range(&overflow, place))?;
        }
        Ok(unit)
    }

    fn power(&mut self) -> Result<Unit, UnitError> {
        let base = self.factor()?;
        if self.peek() != Some('^') {
            return Ok(base);
        }
        self.position += 1;
        let place = self.position;
        let exponent = self.exponent()?;
        if self.peek() == Some('^') {
            let hint = "put the power in parentheses: `(m^2)^3`";
            return Err(self.error("found a second `^`, expected one", Some(hint)));
        }
        base.power(exponent)
            .map_err(|overflow| out_of_range(&overflow, place))
    }

    fn factor(&mut self) -> Result<Unit, UnitError> {
        match self.peek() {
            Some('(') => {
                if self.nesting >= MAX_NESTING {
                    let message = format!("parentheses stand more than {MAX_NESTING} deep");
                    return Err(self.error(message, None));
                }
                self.nesting += 1;
                self.position += 1;
                let unit = self.product()?;
                self.nesting -= 1;
                match self.peek() {
                    Some(')') => self.position += 1,
                    Some(sign) => return Err(self.unexpected_after_factor(sign)),
                    None => {
                        return Err(
                            self.error("found the end, expected `)`", Some("close the `(`"))
                        );
                    }
                }
                Ok(unit)
            }
            Some(sign) if sign.is_alphabetic() => {
                let symbol =
                    self.take(|sign| sign.is_alphabetic() || sign.is_ascii_digit() || sign == '_');
                Ok(Unit::symbol(symbol))
            }
            Some(sign) if sign.is_ascii_digit() => {
                let start = self.position;
                let is_one =
                    self.take(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '.')) == "1";
                if is_one {
                    Ok(Unit::one())
                } else {
                    let written = self.text[start..self.position].to_owned();
                    self.position = start;
                    let hint = "units bear no numbers but `1`; a factor such as 12 month/year is a data value with a unit";
                    Err(self.error(
                        format!("found `{written}`, expected a symbol or `1`"),
                        Some(hint),
                    ))
                }
            }
            found => Err(self.unexpected_factor(found)),
        }
    }

    fn unexpected_factor(&self, found: Option<char>) -> UnitError {
        let expected = "expected a symbol such as `USD`, or `1`";
        let Some(sign) = found else {
            let (found, hint) = if self.text.trim().is_empty() {
                ("nothing", "write `1` for a pure number")
            } else {
                ("the end", "write what follows, or remove the operator")
            };
            return self.error(format!("found {found}, {expected}"), Some(hint));
        };
        let hint = match sign {
            '%' => "write `1`, and the value as a fraction: 5 % is 0.05",
            '$' => "write `USD`",
            '€' => "write `EUR`",
            '£' => "write `GBP`",
            '¥' => "write `JPY` or `CNY`",
            '/' => "write `1/month` for a rate",
            '-' | '−' => "a negative power is `month^-1` or `1/month`",
            '°' => "write a symbol of letters, such as `degree`",
            '_' => "a symbol begins with a letter",
            _ => "symbols are letters, digits and `_`, beginning with a letter",
        };
        self.error(format!("found `{sign}`, {expected}"), Some(hint))
    }

    fn unexpected_after_factor(&self, sign: char) -> UnitError {
        let hint = match sign {
            '×' | '·' | '⋅' | '.' => Some("write `*`"),
            '÷' | '∕' | '⁄' => Some("write `/`"),
            '²' => Some("write `^2`"),
            '³' => Some("write `^3`"),
            '⁻' => Some("write `^-1`, or `/`"),
            ')' => Some("no `(` is open here; remove it"),
            '-' => Some("a negative power is `month^-1`; symbols may hold `_`"),
            '+' => Some("units are not added"),
            '%' => Some("write `1`, and the value as a fraction: 5 % is 0.05"),
            _ if self.rest().starts_with("per ") => Some("write `/`"),
            sign if sign.is_alphanumeric() || sign == '(' => {
                Some("write `*` between two symbols; names of two words are joined by `_`")
            }
            _ => None,
        };
        self.error(
            format!("found `{sign}`, expected `*`, `/`, `^` or the end"),
            hint,
        )
    }

    /// `2`, `-1`, `0.5`, `(1/2)`, `(-3/2)`
    fn exponent(&mut self) -> Result<Ratio, UnitError> {
        if self.peek() != Some('(') {
            return self.decimal();
        }
        self.position += 1;
        let numerator = self.decimal()?;
        let mut exponent = numerator;
        if self.peek() == Some('/') {
            self.position += 1;
            let place = self.position;
            let denominator = self.decimal()?;
            exponent = Ratio::new(
                i64::from(denominator.denominator()),
                i64::from(denominator.numerator()),
            )
            .and_then(|inverse| numerator.times(inverse))
            .ok_or_else(|| UnitError {
                message: "this exponent is out of range".to_owned(),
                at: place,
                hint: Some("the denominator is a small number other than 0".to_owned()),
            })?;
        }
        if self.peek() == Some(')') {
            self.position += 1;
            Ok(exponent)
        } else {
            Err(self.error("expected `)` after the exponent", Some("write `m^(1/2)`")))
        }
    }

    fn decimal(&mut self) -> Result<Ratio, UnitError> {
        self.peek();
        let start = self.position;
        let negative = self.rest().starts_with('-');
        if negative {
            self.position += 1;
        }
        self.take(|sign| sign.is_ascii_digit() || sign == '.');
        let written = self.text[start..self.position].to_owned();
        Ratio::from_decimal(&written).ok_or_else(|| {
            self.position = start;
            let has_digit = written.bytes().any(|byte| byte.is_ascii_digit());
            let message = if has_digit {
                format!("`{written}` is no exponent, or out of range")
            } else {
                "expected a number as exponent".to_owned()
            };
            self.error(
                message,
                Some("exponents are small numbers: `m^2`, `m^-1`, `m^0.5`, `m^(1/2)`"),
            )
        })
    }
}

fn out_of_range(overflow: &ExponentOverflow, at: usize) -> UnitError {
    UnitError {
        message: overflow.to_string(),
        at,
        hint: Some("exponents are small numbers".to_owned()),
    }
}
