//! A unit and its algebra: products, quotients and rational powers of free symbols.

use std::collections::BTreeMap;
use std::fmt;

use super::Ratio;

/// A product of powers of free symbols: `USD/call`, `kg*m/s^2`, `1`.
///
/// Symbols mean only themselves: `km` and `m` are as different as `USD` and `call`.
///
/// ```
/// use fanfare::unit::Unit;
///
/// let price = Unit::parse("USD/call").expect("a unit");
/// let calls = Unit::parse("call/year").expect("a unit");
/// assert_eq!(price.multiply(&calls).expect("small").to_string(), "USD/year");
/// assert!(price.divide(&price).expect("small").is_one());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Unit {
    /// No exponent is 0.
    powers: BTreeMap<String, Ratio>,
}

/// An exponent whose numerator or denominator does not fit 32 bits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the exponent of `{symbol}` is out of range")]
pub struct ExponentOverflow {
    /// The symbol whose exponent it is.
    pub symbol: String,
}

impl Unit {
    /// The unit of pure numbers, `1`.
    #[must_use]
    pub fn one() -> Self {
        Self::default()
    }

    /// One symbol to the power 1; the caller has checked its form.
    pub(super) fn symbol(symbol: &str) -> Self {
        Self {
            powers: BTreeMap::from([(symbol.to_owned(), Ratio::ONE)]),
        }
    }

    /// Whether this is the unit of pure numbers.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.powers.is_empty()
    }

    /// The symbols with their exponents, in the order of the symbols; no exponent is 0.
    pub fn powers(&self) -> impl Iterator<Item = (&str, Ratio)> {
        self.powers
            .iter()
            .map(|(symbol, exponent)| (symbol.as_str(), *exponent))
    }

    /// The product of two units.
    ///
    /// # Errors
    /// An exponent that leaves the range of 32 bits.
    pub fn multiply(&self, other: &Self) -> Result<Self, ExponentOverflow> {
        let mut powers = self.powers.clone();
        for (symbol, exponent) in &other.powers {
            let own = powers.get(symbol).copied().unwrap_or(Ratio::ZERO);
            let sum = own.plus(*exponent).ok_or_else(|| overflow(symbol))?;
            if sum.is_zero() {
                powers.remove(symbol);
            } else {
                powers.insert(symbol.clone(), sum);
            }
        }
        Ok(Self { powers })
    }

    /// The quotient of two units.
    ///
    /// # Errors
    /// An exponent that leaves the range of 32 bits.
    pub fn divide(&self, other: &Self) -> Result<Self, ExponentOverflow> {
        self.multiply(&other.power(Ratio::whole(-1))?)
    }

    /// The unit to a rational power.
    ///
    /// # Errors
    /// An exponent that leaves the range of 32 bits.
    pub fn power(&self, exponent: Ratio) -> Result<Self, ExponentOverflow> {
        let mut powers = BTreeMap::new();
        for (symbol, own) in &self.powers {
            let product = own.times(exponent).ok_or_else(|| overflow(symbol))?;
            if !product.is_zero() {
                powers.insert(symbol.clone(), product);
            }
        }
        Ok(Self { powers })
    }

    /// The unit whose square this is.
    ///
    /// # Errors
    /// An exponent that leaves the range of 32 bits.
    pub fn square_root(&self) -> Result<Self, ExponentOverflow> {
        self.power(Ratio::HALF)
    }
}

fn overflow(symbol: &str) -> ExponentOverflow {
    ExponentOverflow {
        symbol: symbol.to_owned(),
    }
}

/// Positive powers first, joined by `*`, then each negative one behind a `/`; both in the order of the symbols.
impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for (symbol, exponent) in self.powers() {
            if exponent > Ratio::ZERO {
                if !is_first {
                    formatter.write_str("*")?;
                }
                is_first = false;
                write_power(formatter, symbol, exponent)?;
            }
        }
        for (symbol, exponent) in self.powers() {
            if exponent < Ratio::ZERO {
                if let Some(positive) = exponent.negated() {
                    formatter.write_str(if is_first { "1/" } else { "/" })?;
                    write_power(formatter, symbol, positive)?;
                } else {
                    // -2^31 has no positive counterpart, so it stays an exponent.
                    formatter.write_str(if is_first { "" } else { "*" })?;
                    write_power(formatter, symbol, exponent)?;
                }
                is_first = false;
            }
        }
        if is_first {
            formatter.write_str("1")?;
        }
        Ok(())
    }
}

fn write_power(formatter: &mut fmt::Formatter<'_>, symbol: &str, exponent: Ratio) -> fmt::Result {
    formatter.write_str(symbol)?;
    if exponent == Ratio::ONE {
        Ok(())
    } else if exponent.denominator() == 1 {
        write!(formatter, "^{exponent}")
    } else {
        write!(formatter, "^({exponent})")
    }
}
