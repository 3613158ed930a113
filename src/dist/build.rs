//! From parameters to a distribution.

use super::distribution::Distribution;
use super::error::DistributionError;
use super::family::{FamilyInfo, families};
use super::listed::Listed;
use super::parametrisation::{Choice, Parametrisation, Slot};
use super::truncated::{Truncated, TruncatedNormal};

/// The value of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValue {
    /// A number.
    Number(f64),
    /// A list of numbers (`values`, `weights`).
    List(Vec<f64>),
}

/// Most numbers that one parametrisation takes: 16 quantiles, two ends, min and max.
const MOST: usize = 24;

/// The distribution with these parameters, given in the order of `parametrisation.names`. Allocates nothing for natural parameters of numbers
/// (a truncated family other than normal and lognormal boxes its base).
///
/// # Errors
/// Names the parameter that is outside its domain, or says why no member of the family fits.
pub fn build(
    parametrisation: &Parametrisation,
    values: &[ParameterValue],
) -> Result<Distribution, DistributionError> {
    let names = &parametrisation.names;
    if values.len() != names.len() || names.len() > MOST {
        return Err(DistributionError::Count {
            expected: names.len(),
            given: values.len(),
        });
    }
    let family: &FamilyInfo = &families()[parametrisation.family_index];
    if let Choice::Lists = parametrisation.choice {
        return build_listed(parametrisation, values);
    }
    let mut natural = [0.0; MOST];
    let mut n_natural = 0;
    let mut quantiles = [(0.0, 0.0); MOST];
    let mut n_quantiles = 0;
    let (mut min, mut max) = (None, None);
    for ((name, slot), value) in names.iter().zip(&parametrisation.slots).zip(values) {
        let ParameterValue::Number(number) = *value else {
            return Err(DistributionError::Kind {
                parameter: name.clone(),
                expected: "a number",
            });
        };
        let domain = |allowed: &str| DistributionError::Domain {
            parameter: name.clone(),
            given: number,
            allowed: allowed.to_owned(),
        };
        match *slot {
            Slot::Min | Slot::Max => {
                if number.is_nan() {
                    return Err(domain("a number"));
                }
                if matches!(slot, Slot::Min) {
                    min = Some(number)
                } else {
                    max = Some(number)
                }
            }
            _ if !number.is_finite() => return Err(domain("a finite number")),
            Slot::Natural(index) => {
                natural[index] = number;
                n_natural += 1;
            }
            Slot::Quantile(level) => {
                quantiles[n_quantiles] = (level, number);
                n_quantiles += 1;
            }
        }
    }
    let natural = &natural[..n_natural];
    let quantiles = &mut quantiles[..n_quantiles];
    let bounds = (min.is_some() || max.is_some()).then(|| {
        (
            min.unwrap_or(f64::NEG_INFINITY),
            max.unwrap_or(f64::INFINITY),
        )
    });
    match parametrisation.choice {
        Choice::Form(index) => {
            let base = (family.forms[index].make)(natural)?;
            match bounds {
                Some((min, max)) => truncate(base, min, max),
                None => Ok(base),
            }
        }
        Choice::Quantiles(index) => {
            let form = &family.quantile_forms[index];
            quantiles.sort_by(|a, b| a.0.total_cmp(&b.0));
            if let Some(pair) = quantiles.windows(2).find(|pair| !(pair[0].1 < pair[1].1)) {
                let problem = format!(
                    "the quantile {} at level {} is not below {} at level {}",
                    pair[0].1, pair[0].0, pair[1].1, pair[1].0
                );
                return Err(DistributionError::NoMember {
                    family: family.name.to_owned(),
                    what: "quantiles",
                    problem,
                });
            }
            match bounds {
                None => {
                    let found = (form.fit)(quantiles, natural)?;
                    confirm(family.name, &found, quantiles)?;
                    Ok(found)
                }
                Some((min, max)) => {
                    fit_truncated(family.name, |q| (form.fit)(q, natural), quantiles, min, max)
                }
            }
        }
        Choice::Lists => build_listed(parametrisation, values),
    }
}

/// Truncation, in score space for normal and lognormal.
fn truncate(base: Distribution, min: f64, max: f64) -> Result<Distribution, DistributionError> {
    match base {
        Distribution::Normal(n) => Ok(Distribution::TruncatedNormal(TruncatedNormal::new(
            n.mean, n.sd, false, min, max,
        )?)),
        Distribution::Lognormal(n) => Ok(Distribution::TruncatedNormal(TruncatedNormal::new(
            crate::math::ln(n.median),
            n.sd_log,
            true,
            min,
            max,
        )?)),
        other => Ok(Distribution::Truncated(Truncated::new(other, min, max)?)),
    }
}

/// Whether the solved distribution has the stated quantiles, to 1e-9 of their size or spread.
fn confirm(
    family: &str,
    found: &Distribution,
    quantiles: &[(f64, f64)],
) -> Result<(), DistributionError> {
    let spread = quantiles[quantiles.len() - 1].1 - quantiles[0].1;
    for &(level, value) in quantiles {
        let got = found.quantile(level, 1.0 - level);
        if !((got - value).abs() <= 1e-9 * value.abs().max(spread)) {
            let problem =
                format!("the closest member found has {got} at level {level} instead of {value}");
            return Err(DistributionError::NoMember {
                family: family.to_owned(),
                what: "quantiles",
                problem,
            });
        }
    }
    Ok(())
}

/// The truncated member whose quantiles after truncation are those stated: the levels before truncation depend on the member, so they are
/// found by repeated substitution, and the result is confirmed.
fn fit_truncated(
    family: &str,
    fit: impl Fn(&[(f64, f64)]) -> Result<Distribution, DistributionError>,
    quantiles: &[(f64, f64)],
    min: f64,
    max: f64,
) -> Result<Distribution, DistributionError> {
    for &(level, value) in quantiles {
        if !(value > min && value < max) {
            let problem =
                format!("{value} at level {level} is not between min = {min} and max = {max}");
            return Err(DistributionError::NoMember {
                family: family.to_owned(),
                what: "quantiles",
                problem,
            });
        }
    }
    let mut outer: Vec<(f64, f64)> = quantiles.to_vec();
    for _ in 0..2_000 {
        let base = fit(&outer)?;
        let (low, high) = (base.cdf(min), base.cdf(max));
        let mut change: f64 = 0.0;
        for (next, &(level, _)) in outer.iter_mut().zip(quantiles) {
            let updated = low + level * (high - low);
            change = change.max((updated - next.0).abs());
            next.0 = updated;
        }
        if !(change > 1e-15) {
            break;
        }
        let possible = outer.iter().all(|q| q.0 > 0.0 && q.0 < 1.0)
            && outer.windows(2).all(|w| w[0].0 < w[1].0);
        if !possible {
            break;
        }
    }
    let found = truncate(fit(&outer)?, min, max)?;
    confirm(family, &found, quantiles)?;
    Ok(found)
}

fn build_listed(
    parametrisation: &Parametrisation,
    values: &[ParameterValue],
) -> Result<Distribution, DistributionError> {
    let mut lists: [&[f64]; 2] = [&[], &[]];
    let mut given = [false; 2];
    for ((name, slot), value) in parametrisation
        .names
        .iter()
        .zip(&parametrisation.slots)
        .zip(values)
    {
        let ParameterValue::List(list) = value else {
            return Err(DistributionError::Kind {
                parameter: name.clone(),
                expected: "a list of numbers",
            });
        };
        if let Slot::Natural(index) = *slot {
            lists[index] = list;
            given[index] = true;
        }
    }
    let equal = if given[1] {
        Vec::new()
    } else {
        vec![1.0; lists[0].len()]
    };
    Ok(Distribution::Listed(Listed::new(
        lists[0],
        if given[1] { lists[1] } else { &equal },
    )?))
}
