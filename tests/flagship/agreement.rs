//! Every output and crossing of the engine against the oracle, place by place, year by year, trial by trial.

use fanfare::dimension::Assignment;
use fanfare::eval::{Sink, Workspace, evaluate};
use fanfare::plan::{Plan, PlanRequest, Target, TargetKind, build};
use fanfare::run::{Settings, replay};
use fanfare::sample::AddressedScores;

use super::flagship;
use super::oracle::{Totals, Years, oracle};
use super::tables::{Tables, YEARS};

/// Largest difference allowed, relative to the size of the terms. Both sides work in doubles (rounding 1.1e-16) with quantile functions good to about
/// 1e-15 relative; the longest chain (score → weight → normalised contacts → price → loss of a sum) stays far below: 1e-9 leaves room for the
/// differences 1 − rollout × recall and 1 − monetised share, which magnify rounding by at most the reciprocal of the difference.
const TOLERANCE: f64 = 1e-9;

const SEED: u64 = 1;

/// What a value should be, and the size of the terms it is the sum of.
struct Expected {
    value: f64,
    scale: f64,
}

impl Expected {
    fn plain(value: f64) -> Self {
        Self {
            value,
            scale: value.abs(),
        }
    }

    /// A sum of terms of either sign: where they cancel, the rounding of the terms stays, so the difference is measured against them.
    fn sum(terms: &[f64]) -> Self {
        Self {
            value: terms.iter().sum(),
            scale: terms.iter().map(|term| term.abs()).sum(),
        }
    }
}

impl Totals {
    fn add(&mut self, other: &Self) {
        for (sum, part) in self.fields().into_iter().zip(other.clone().fields()) {
            for t in 0..5 {
                sum[t] += part[t];
            }
        }
    }

    fn fields(&mut self) -> [&mut Years; 21] {
        [
            &mut self.subscriptions,
            &mut self.contacts,
            &mut self.flash_calls,
            &mut self.identified,
            &mut self.undetected,
            &mut self.monetised,
            &mut self.blocked,
            &mut self.displaced_sms,
            &mut self.authentication_sms,
            &mut self.authentication_revenue,
            &mut self.revenue,
            &mut self.losses_undetected,
            &mut self.losses_unmonetised,
            &mut self.recovered,
            &mut self.wrongly_blocked,
            &mut self.blocking_penalty,
            &mut self.displaced_value,
            &mut self.platform_revenue,
            &mut self.ott_users,
            &mut self.ott_flash_calls,
            &mut self.ott_potential_loss,
        ]
    }

    fn output(&self, name: &str, t: usize) -> Expected {
        let plain = Expected::plain;
        match name {
            "flash_calls_total" => plain(self.flash_calls[t] + self.ott_flash_calls[t]),
            "revenue" => plain(self.revenue[t]),
            "losses_unmonetised" => plain(self.losses_unmonetised[t]),
            "margin" => Expected::sum(&[self.revenue[t], -self.losses_undetected[t]]),
            "net_position" => Expected::sum(&[
                self.revenue[t],
                -self.displaced_value[t],
                -self.blocking_penalty[t],
            ]),
            "detection_gain" => Expected::sum(&[
                self.revenue[t],
                self.recovered[t],
                -self.blocking_penalty[t],
            ]),
            "subscriptions" => plain(self.subscriptions[t]),
            "flash_calls" => plain(self.flash_calls[t]),
            "identified" => plain(self.identified[t]),
            "monetised" => plain(self.monetised[t]),
            "blocked" => plain(self.blocked[t]),
            "undetected" => plain(self.undetected[t]),
            "undetected_share" => plain(self.undetected[t] / self.flash_calls[t]),
            "monetised_share" if self.identified[t] == 0.0 => plain(0.0),
            "monetised_share" => plain(self.monetised[t] / self.identified[t]),
            "platform_revenue" => plain(self.platform_revenue[t]),
            "losses_undetected" => plain(self.losses_undetected[t]),
            "recovered" => plain(self.recovered[t]),
            "wrongly_blocked" => plain(self.wrongly_blocked[t]),
            "blocking_penalty" => plain(self.blocking_penalty[t]),
            "ott_users" => plain(self.ott_users[t]),
            "ott_flash_calls" => plain(self.ott_flash_calls[t]),
            "ott_potential_loss" => plain(self.ott_potential_loss[t]),
            "authentication_sms" => plain(self.authentication_sms[t]),
            "authentication_revenue" => plain(self.authentication_revenue[t]),
            "adoption" => plain(self.flash_calls[t] / self.contacts[t]),
            "displaced_sms" => plain(self.displaced_sms[t]),
            other => panic!("the README has no output {other}"),
        }
    }

    /// What a crossing compares, by year: `of − above` with the size of its terms.
    fn difference(&self, crossing: &str) -> [Expected; 5] {
        std::array::from_fn(|t| match crossing {
            "revenue_over_loss" => Expected::sum(&[self.revenue[t], -self.losses_undetected[t]]),
            "net_of_penalties" => Expected::sum(&[
                self.revenue[t],
                self.recovered[t],
                -self.blocking_penalty[t],
                -self.losses_undetected[t],
            ]),
            other => panic!("the README has no crossing {other}"),
        })
    }
}

/// All places of a trial.
struct Places<'a> {
    tables: &'a Tables,
    members: Vec<Totals>,
    regions: Vec<Totals>,
    world: Totals,
}

impl<'a> Places<'a> {
    fn of(tables: &'a Tables, trial: u64) -> Self {
        let members = oracle(tables, SEED, trial);
        let mut regions = vec![Totals::default(); tables.regions.len()];
        let mut world = Totals::default();
        for (member, totals) in tables.members.iter().zip(&members) {
            regions[member.region].add(totals);
            world.add(totals);
        }
        Self {
            tables,
            members,
            regions,
            world,
        }
    }

    fn at(&self, kind: &str, label: Option<&str>) -> &Totals {
        match (kind, label) {
            ("world", _) => &self.world,
            ("region", Some(name)) => {
                let all = &self.tables.regions;
                &self.regions[all.iter().position(|region| region.name == name).unwrap()]
            }
            ("country", Some(key)) => {
                let all = &self.tables.members;
                let member = all.iter().position(|member| member.key == key).unwrap();
                assert!(all[member].reported, "{key} has no place of its own");
                &self.members[member]
            }
            other => panic!("no such place: {other:?}"),
        }
    }
}

/// Largest difference met, with its place.
#[derive(Default)]
struct Worst {
    relative: f64,
    place: String,
    n_compared: usize,
}

impl Worst {
    fn compare(&mut self, found: f64, expected: &Expected, bound: f64, place: impl Fn() -> String) {
        self.n_compared += 1;
        if found == expected.value {
            return;
        }
        let relative = (found - expected.value).abs() / expected.scale;
        // Written so that NaN fails.
        assert!(
            relative <= bound,
            "{}: engine {found:e}, oracle {:e}, relative to the terms {relative:e}",
            place(),
            expected.value
        );
        if relative > self.relative {
            self.relative = relative;
            self.place = place();
        }
    }
}

/// The date of the first crossing as the README's words have it, and how far the tolerance of its differences moves it.
fn date(differences: &[Expected; 5]) -> (f64, f64) {
    match differences.iter().position(|d| d.value > 0.0) {
        None => (f64::INFINITY, 0.0),
        Some(0) => (f64::NEG_INFINITY, 0.0),
        Some(t) => {
            let (before, after) = (&differences[t - 1], &differences[t]);
            let rise = after.value - before.value;
            let slack = TOLERANCE * (before.scale + after.scale) / rise;
            (f64::from(YEARS[t - 1]) - before.value / rise, slack)
        }
    }
}

struct Rows(Vec<Vec<f64>>);

impl Sink for Rows {
    fn accept(&mut self, target: usize, values: &[f64]) {
        self.0[target].extend_from_slice(values);
    }
}

fn label(at: &Assignment, dimension: &str) -> Option<String> {
    let all = &flagship().model.dimensions;
    at.iter()
        .find(|&(id, _)| all.at(id).name == dimension)
        .map(|(id, label)| all.at(id).labels[label as usize].key.clone())
}

/// Evaluates `n` trials from `first` on in one batch and compares all of them; returns the largest differences of outputs and of dates (in years).
fn compare_batch(plan: &Plan, tables: &Tables, first: u64, n: usize) -> (Worst, Worst) {
    let model = &flagship().model;
    let mut rows = Rows(vec![Vec::with_capacity(n); plan.targets.len()]);
    evaluate(
        plan,
        &mut Workspace::new(plan, n),
        &mut AddressedScores::new(SEED, &plan.streams),
        first,
        n,
        &mut rows,
    );
    let all: Vec<Places> = (first..first + n as u64)
        .map(|trial| Places::of(tables, trial))
        .collect();
    let (mut outputs, mut dates) = (Worst::default(), Worst::default());
    for (Target { kind, at }, row) in plan.targets.iter().zip(&rows.0) {
        assert_eq!(row.len(), n);
        let place_of = |kind: &str| (kind.to_owned(), label(at, kind));
        match *kind {
            TargetKind::Output { output, place } => {
                let output = &model.outputs[output];
                let (kind, place) = place_of(&output.places[place].name);
                let year: i32 = label(at, "year").unwrap().parse().unwrap();
                let t = (year - YEARS[0]) as usize;
                for (k, &found) in row.iter().enumerate() {
                    let expected = all[k].at(&kind, place.as_deref()).output(&output.name, t);
                    outputs.compare(found, &expected, TOLERANCE, || {
                        format!(
                            "{} {kind} {place:?} {year} trial {}",
                            output.name,
                            first + k as u64
                        )
                    });
                }
            }
            TargetKind::First { crossing, place }
            | TargetKind::Recross { crossing, place }
            | TargetKind::Date { crossing, place } => {
                let crossing = &model.crossings[crossing];
                let (name, place) = place_of(&crossing.places[place].name);
                for (k, &found) in row.iter().enumerate() {
                    let totals = all[k].at(&name, place.as_deref());
                    let differences = totals.difference(&crossing.name);
                    let above = differences.each_ref().map(|d| d.value > 0.0);
                    let first_year = above.iter().position(|&above| above);
                    let (value, bound) = match kind {
                        TargetKind::First { .. } => (first_year.unwrap_or(5) as f64, 0.0),
                        TargetKind::Recross { .. } => {
                            let falls = first_year.is_some_and(|t| above[t..].contains(&false));
                            (f64::from(u8::from(falls)), 0.0)
                        }
                        // The date itself is a double near 2025, spaced 2.3e-13.
                        _ => {
                            let (date, slack) = date(&differences);
                            (date, slack + 1e-12)
                        }
                    };
                    dates.compare(found, &Expected { value, scale: 1.0 }, bound, || {
                        format!(
                            "{} {kind:?} {name} {place:?} trial {}",
                            crossing.name,
                            first + k as u64
                        )
                    });
                }
            }
        }
    }
    (outputs, dates)
}

fn plan() -> Plan {
    build(&flagship().model, PlanRequest::Statistics)
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn every_output_at_every_place_is_the_oracles_in_a_thousand_trials() {
    let tables = Tables::read();
    assert_eq!(tables.members.len(), 68);
    let plan = plan();
    // Uneven batches, so that a trial's place in its batch cannot matter.
    for (first, n) in [(0, 377), (377, 1), (378, 622)] {
        let (outputs, dates) = compare_batch(&plan, &tables, first, n);
        assert_eq!(outputs.n_compared, 26 * 69 * 5 * n);
        // First year, recross and date of two crossings.
        assert_eq!(dates.n_compared, 3 * 2 * 69 * n);
        println!("outputs {:e} at {}", outputs.relative, outputs.place);
        println!("dates {:e} at {}", dates.relative, dates.place);
    }
}

#[test]
fn late_trials_are_the_oracles() {
    let (tables, plan) = (Tables::read(), plan());
    for (first, n) in [(999_999, 3), (u64::from(u32::MAX) - 1, 3)] {
        let (outputs, _) = compare_batch(&plan, &tables, first, n);
        assert_eq!(outputs.n_compared, 26 * 69 * 5 * n);
    }
}

#[test]
fn replayed_trials_are_the_oracles() {
    let tables = Tables::read();
    let settings = Settings {
        seed: SEED,
        ..Settings::default()
    };
    for trial in [0, 1, 999, 1_000_000] {
        let replay = replay(&flagship().model, &settings, trial)
            .unwrap_or_else(|problems| panic!("{problems:#?}"));
        let places = Places::of(&tables, trial);
        let mut worst = Worst::default();
        for cell in &replay.outputs {
            let of = |dimension: &str| {
                let found = cell.at.iter().find(|(name, _)| name == dimension);
                found.map(|(_, label)| label.as_str())
            };
            let kind = cell.place.as_deref().unwrap();
            let year: i32 = of("year").unwrap().parse().unwrap();
            let expected = places
                .at(kind, of(kind))
                .output(&cell.name, (year - YEARS[0]) as usize);
            worst.compare(cell.value, &expected, TOLERANCE, || {
                format!("{} {:?} trial {trial}", cell.name, cell.at)
            });
        }
        assert_eq!(worst.n_compared, 26 * 69 * 5);
    }
}
