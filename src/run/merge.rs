//! Which parts make up one run, and in which order; why others do not.

use super::part_header::{Difference, Goal, PartHeader, list};
use super::round::first_trial;
use crate::stats::Blocks;

/// Why parts do not make up one run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// No part at all.
    #[error("there is no part to merge")]
    Nothing,
    /// Parts of different runs.
    #[error("{first} and {second} are parts of different runs: {}", list(.differences))]
    Different {
        /// Name of a part.
        first: String,
        /// Name of another.
        second: String,
        /// In what they differ.
        differences: Vec<Difference>,
    },
    /// A checkpoint of a run whose number of trials is open.
    #[error(
        "{part} is a checkpoint of a run with --until, which ends when it is precise enough: continue it with --resume"
    )]
    Open {
        /// Name of the part.
        part: String,
    },
    /// The same trials twice.
    #[error("{first} and {second} overlap: both hold trials {from} to {to}")]
    Overlap {
        /// Name of a part.
        first: String,
        /// Name of another.
        second: String,
        /// First trial in common.
        from: u64,
        /// Last trial in common.
        to: u64,
    },
    /// Trials that no part holds.
    #[error("trials {from} to {to} are missing: they lie {place}")]
    Gap {
        /// First missing trial.
        from: u64,
        /// Last missing trial.
        to: u64,
        /// Between which parts.
        place: String,
    },
}

/// The order of the parts (name, header) in their run, as indices.
///
/// # Errors
/// The first reason why they do not make up one whole run.
pub fn order_of_parts(parts: &[(String, PartHeader)]) -> Result<Vec<usize>, Misfit> {
    let (first_name, first) = parts.first().ok_or(Misfit::Nothing)?;
    for (name, header) in parts {
        if header.goal != Goal::Trials {
            return Err(Misfit::Open { part: name.clone() });
        }
        let differences = first.differences(header);
        if !differences.is_empty() {
            return Err(Misfit::Different {
                first: first_name.clone(),
                second: name.clone(),
                differences,
            });
        }
    }
    let blocks = Blocks::new(first.trials, first.design.points());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&part| (parts[part].1.units.start, parts[part].1.units.end));
    let mut next = 0;
    let mut before: Option<&str> = None;
    for &part in &order {
        let (name, header) = &parts[part];
        let units = &header.units;
        if let Some(before) = before
            && units.start < next
        {
            return Err(Misfit::Overlap {
                first: before.to_owned(),
                second: name.clone(),
                from: first_trial(&blocks, units.start),
                to: first_trial(&blocks, next.min(units.end.max(units.start + 1))) - 1,
            });
        }
        if units.start > next {
            let place = match before {
                Some(before) => format!("between {before} and {name}"),
                None => format!("before {name}, which comes first"),
            };
            return Err(gap(&blocks, next, units.start, place));
        }
        next = units.end;
        before = Some(name);
    }
    let last = before.unwrap_or(first_name);
    if next < blocks.n_units() {
        let place = format!("after {last}, which comes last");
        return Err(gap(&blocks, next, blocks.n_units(), place));
    }
    Ok(order)
}

fn gap(blocks: &Blocks, from: u64, to: u64, place: String) -> Misfit {
    Misfit::Gap {
        from: first_trial(blocks, from),
        to: first_trial(blocks, to) - 1,
        place,
    }
}
