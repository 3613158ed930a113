//! Quantiles into the far tails, tail probabilities and moments of every family by an independent computation with 60 digits.

use std::collections::{BTreeMap, BTreeSet};

use fanfare::dist::{Distribution, families};

use crate::rows::rows;

/// Relative agreement of all values. The reference is right to the last digit of a double; ours lose some to their formulas.
const TOLERANCE: f64 = 1e-9;

/// Relative difference, where a value that should be 0 counts by `scale`.
fn off(found: f64, expected: f64, scale: f64) -> f64 {
    if found == expected {
        return 0.0;
    }
    (found - expected).abs() / expected.abs().max(scale)
}

/// All that is wrong, so that one run shows every family.
struct Report {
    wrong: Vec<String>,
    worst: BTreeMap<String, f64>,
    checked: usize,
}

impl Report {
    fn new() -> Self {
        Self {
            wrong: Vec::new(),
            worst: BTreeMap::new(),
            checked: 0,
        }
    }

    fn check(&mut self, family: &str, what: String, found: f64, expected: f64, scale: f64) {
        self.checked += 1;
        let off = off(found, expected, scale);
        let worst = self.worst.entry(family.to_owned()).or_insert(0.0);
        *worst = worst.max(off);
        if !(off <= TOLERANCE) {
            self.wrong.push(format!(
                "{what}: {found:e}, not {expected:e} (off by {off:.1e})"
            ));
        }
    }

    fn end(self, at_least: usize) {
        println!("{:#?}", self.worst);
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.checked >= at_least, "only {} values", self.checked);
    }
}

/// The distance between the quartiles.
fn spread(d: &Distribution) -> f64 {
    d.quantile(0.75, 0.25) - d.quantile(0.25, 0.75)
}

#[test]
fn every_family_has_reference_values() {
    let known: BTreeSet<String> = rows().iter().map(|row| row.family().to_owned()).collect();
    for family in families() {
        assert!(known.contains(family.name), "{}", family.name);
    }
}

#[test]
fn quantiles_are_those_of_the_definitions_far_into_both_tails() {
    let mut report = Report::new();
    for row in rows() {
        let d = row.distribution();
        let list = row.0["quantiles"].as_array().map_or(&[][..], Vec::as_slice);
        let spread = spread(&d);
        let is_truncated = row.is_truncated();
        for triple in list {
            let (side, tail) = (triple[0].as_str().unwrap(), triple[1].as_f64().unwrap());
            let beyond = if side == "lower" {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            let expected = triple[2].as_f64().unwrap_or(beyond);
            let found = match side {
                "lower" => d.quantile(tail, 1.0 - tail),
                _ => d.quantile(1.0 - tail, tail),
            };
            // No draw has a level beyond 1e-16; after truncation a further one may not exist among the levels before it.
            if is_truncated && tail < 1e-16 {
                continue;
            }
            // A draw next to a bound that truncates is a difference, with the digits of the spread; so is the middle of a symmetric family.
            let scale = match (is_truncated, tail > 1e-6) {
                (true, _) => 1e-3 * spread,
                (false, true) => 1e-6 * spread,
                (false, false) => 1e-300,
            };
            report.check(
                row.family(),
                format!("{} {side} {tail:e}", row.text()),
                found,
                expected,
                scale,
            );
        }
    }
    report.end(1500);
}

#[test]
fn tail_probabilities_are_those_of_the_definitions() {
    let mut report = Report::new();
    for row in rows() {
        let d = row.distribution();
        let (low, high) = d.support();
        let bounds: f64 = [low, high]
            .iter()
            .filter(|bound| bound.is_finite())
            .map(|bound| bound.abs())
            .sum();
        let is_truncated = row.is_truncated();
        for [x, below, above] in row
            .triples("tails")
            .into_iter()
            .chain(row.triples("counts"))
        {
            // Beside the tolerance, what the rounding of x and of the bounds is worth; after truncation, that of levels of size 1 too.
            let mut rounding = 0.0;
            if !d.is_discrete() {
                let step = 8.0 * f64::EPSILON * (x.abs() + bounds);
                // At an end where the density is 0 it is not a step away.
                let density = d.density(x - step).max(d.density(x + step));
                rounding += step * density.max(d.density(x));
            }
            if is_truncated {
                rounding += d.density(x) * 8.0 * f64::EPSILON * spread(&d) + 1e-15;
            }
            let scale = 1e-300 + rounding / TOLERANCE;
            let family = row.family();
            report.check(
                family,
                format!("{} cdf({x:e})", row.text()),
                d.cdf(x),
                below,
                scale,
            );
            report.check(
                family,
                format!("{} survival({x:e})", row.text()),
                d.survival(x),
                above,
                scale,
            );
        }
    }
    report.end(3000);
}

#[test]
fn discrete_quantiles_step_at_the_probabilities_of_the_definitions() {
    let mut checked = 0;
    for row in rows() {
        let d = row.distribution();
        for [x, below, above] in row.triples("counts") {
            // A little below the probability up to x the quantile is x or less; a little above it is beyond x.
            if below > 1e-300 {
                let (p, q) = (below * (1.0 - 1e-9), above + below * 1e-9);
                assert!(
                    d.quantile(p, q) <= x,
                    "{} {x} {}",
                    row.text(),
                    d.quantile(p, q)
                );
                checked += 1;
            }
            if above > 1e-300 {
                let (p, q) = (below + above * 1e-9, above * (1.0 - 1e-9));
                assert!(
                    d.quantile(p, q) > x,
                    "{} {x} {}",
                    row.text(),
                    d.quantile(p, q)
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn moments_are_those_of_the_definitions() {
    let mut report = Report::new();
    for row in rows() {
        let d = row.distribution();
        for (name, found) in [("mean", d.mean()), ("sd", d.sd())] {
            match (found, row.0[name].as_f64()) {
                (Some(found), Some(expected)) => {
                    let scale = row.0["sd"].as_f64().unwrap_or(0.0) * 1e-6;
                    report.check(
                        row.family(),
                        format!("{} {name}", row.text()),
                        found,
                        expected,
                        scale,
                    );
                }
                (None, None) => report.checked += 1,
                (found, expected) => report.wrong.push(format!(
                    "{} {name}: {found:?}, not {expected:?}",
                    row.text()
                )),
            }
        }
    }
    report.end(200);
}
