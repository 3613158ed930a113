//! Which parametrisation a set of argument names selects.

use super::error::ParametrisationError;
use super::family::{FamilyInfo, Parameter, families};

/// A parametrisation of a family, selected by names; [`build`](super::build()) takes the values in the order of `names`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parametrisation {
    /// Name of the family.
    pub family: &'static str,
    /// The argument names, in the order given.
    pub names: Vec<String>,
    /// Whether parameters are solved numerically: then they must be constant over trials.
    pub solved: bool,
    /// Whether `min` or `max` is among the names.
    pub truncated: bool,
    /// Whether the draws are discrete.
    pub discrete: bool,
    pub(super) family_index: usize,
    pub(super) choice: Choice,
    pub(super) slots: Vec<Slot>,
}

impl Parametrisation {
    /// Whether draws are made from the score, of which they are functions unless truncated, and not from its level.
    pub(crate) fn draws_by_score(&self) -> bool {
        matches!(self.family, "normal" | "lognormal" | "logit_normal")
    }
}

/// The selected row of the family's tables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Choice {
    Form(usize),
    Quantiles(usize),
    Lists,
}

/// What one argument is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    Natural(usize),
    Quantile(f64),
    Min,
    Max,
}

/// How a draw is computed from its score when the parameters vary by trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawForm {
    /// `mean + sd·z`: normal by `mean, sd`.
    Affine,
    /// `e^(location + spread·z)`: lognormal; (location, spread) is `(mu, sigma)`, `(ln median, ln gsd)`, `(ln median, sd_log)`, or for `mean, sd`:
    /// `spread² = ln(1 + (sd/mean)²)`, `location = ln mean − spread²/2`.
    ExpAffine,
    /// `logistic(location + spread·z)`: logit-normal; (location, spread) is `(mu, sigma)` or `(logit median, sd_logit)`.
    LogisticAffine,
    /// Anything else: build the distribution and draw from it.
    General,
}

/// The form of the draw for a parametrisation without truncation by natural parameters; `General` for all others.
pub fn draw_form(parametrisation: &Parametrisation) -> DrawForm {
    if parametrisation.solved
        || parametrisation.truncated
        || !matches!(parametrisation.choice, Choice::Form(_))
    {
        return DrawForm::General;
    }
    match parametrisation.family {
        "normal" => DrawForm::Affine,
        "lognormal" => DrawForm::ExpAffine,
        "logit_normal" => DrawForm::LogisticAffine,
        _ => DrawForm::General,
    }
}

/// The level in a quantile name: `p` and at least two digits, read as decimals (`p05` = 0.05, `p975` = 0.975); `None` for other names and for level 0.
pub fn quantile_level(name: &str) -> Option<f64> {
    let digits = name.strip_prefix('p')?;
    if !(2..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Reading the decimal rounds once; dividing digits by a power of ten does the same, but reads less plainly.
    let level: f64 = format!("0.{digits}").parse().ok()?;
    (level > 0.0).then_some(level)
}

/// The parametrisation of `family` that takes exactly these argument names, in any order.
///
/// # Errors
/// If there is no such family, or no parametrisation of it takes the names; the error lists what would fit.
pub fn parametrisation(
    family: &str,
    names: &[&str],
) -> Result<Parametrisation, ParametrisationError> {
    let unknown_family = || ParametrisationError::Family {
        family: family.to_owned(),
    };
    let family_index = families()
        .iter()
        .position(|f| f.name == family)
        .ok_or_else(unknown_family)?;
    let info = &families()[family_index];
    let mut levels: Vec<f64> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let level = if info.quantile_forms.is_empty() {
            None
        } else {
            quantile_level(name)
        };
        // p5 digits differ but p50 and p500 are one level.
        if names[..i].contains(name) || level.is_some_and(|l| levels.contains(&l)) {
            return Err(ParametrisationError::Twice {
                name: (*name).to_owned(),
            });
        }
        levels.extend(level);
        if level.is_none() && !known_names(info).iter().any(|known| known == name) {
            return Err(ParametrisationError::Unknown {
                family: family.to_owned(),
                name: (*name).to_owned(),
                fits: fits(info),
                known: known_names(info).into_iter().map(str::to_owned).collect(),
            });
        }
    }
    let is_bound = |name: &str| !info.discrete && (name == "min" || name == "max");
    let rest: Vec<&str> = names.iter().copied().filter(|n| !is_bound(n)).collect();
    let matches = |parameters: &[Parameter], given: &[&str]| {
        given.len() == parameters.len()
            && given
                .iter()
                .all(|g| parameters.iter().any(|p| p.name == *g))
    };
    let (choice, parameters, solved) = if levels.is_empty() {
        let found = info
            .forms
            .iter()
            .position(|form| matches(form.parameters, &rest));
        let index = found.ok_or_else(|| combination(info))?;
        let form = &info.forms[index];
        (
            if form.lists {
                Choice::Lists
            } else {
                Choice::Form(index)
            },
            form.parameters,
            form.solved,
        )
    } else {
        let others: Vec<&str> = rest
            .iter()
            .copied()
            .filter(|n| quantile_level(n).is_none())
            .collect();
        let fits = |f: &super::family::QuantileForm| {
            matches(f.with, &others) && (f.fewest..=f.most).contains(&levels.len())
        };
        let index = info
            .quantile_forms
            .iter()
            .position(fits)
            .ok_or_else(|| combination(info))?;
        (
            Choice::Quantiles(index),
            info.quantile_forms[index].with,
            true,
        )
    };
    let slot = |name: &&str| {
        if let Some(index) = parameters.iter().position(|p| p.name == *name) {
            return Some(Slot::Natural(index));
        }
        match *name {
            "min" => Some(Slot::Min),
            "max" => Some(Slot::Max),
            other => quantile_level(other).map(Slot::Quantile),
        }
    };
    let slots: Option<Vec<Slot>> = names.iter().map(slot).collect();
    Ok(Parametrisation {
        family: info.name,
        names: names.iter().map(|n| (*n).to_owned()).collect(),
        solved,
        truncated: names.iter().any(|n| is_bound(n)),
        discrete: info.discrete,
        family_index,
        choice,
        slots: slots.ok_or_else(|| combination(info))?,
    })
}

fn combination(info: &FamilyInfo) -> ParametrisationError {
    ParametrisationError::Combination {
        family: info.name.to_owned(),
        fits: fits(info),
    }
}

/// Every fixed name of the family.
fn known_names(info: &FamilyInfo) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    let natural = info.forms.iter().flat_map(|f| f.parameters);
    for parameter in natural.chain(info.quantile_forms.iter().flat_map(|f| f.with)) {
        if !names.contains(&parameter.name) {
            names.push(parameter.name);
        }
    }
    if !info.discrete {
        names.extend(["min", "max"]);
    }
    names
}

/// "give mean and sd, or median and gsd, or two quantiles such as p05 and p95"
fn fits(info: &FamilyInfo) -> String {
    let join = |names: &[&str]| match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let mut ways: Vec<String> = Vec::new();
    for form in info.forms {
        ways.push(join(
            &form.parameters.iter().map(|p| p.name).collect::<Vec<_>>(),
        ));
    }
    for form in info.quantile_forms {
        let examples: &[&str] = match form.fewest {
            1 => &["p50"],
            2 => &["p05", "p95"],
            _ => &["p05", "p50", "p95"],
        };
        let mut names: Vec<&str> = examples.to_vec();
        names.extend(form.with.iter().map(|p| p.name));
        let more = if form.most > form.fewest {
            format!(" (quantiles: {} to {})", form.fewest, form.most)
        } else {
            String::new()
        };
        ways.push(format!("{}{more}", join(&names)));
    }
    let bounds = if info.discrete {
        ""
    } else {
        "; min and max are optional"
    };
    format!("give {}{bounds}", ways.join(", or "))
}
