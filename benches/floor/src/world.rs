//! First pass over a chunk of trials: draws of the world and the regions, and the sums over all members that the second pass divides by.

use crate::row::{B, Generator, Row, exp, multiply_add};
use crate::tables::{N_YEARS, Tables};

type Years = [Row; N_YEARS];

/// Rows of the world for one block; numbers are those of the equations in the model's README.
pub struct World {
    /// (5) contacts for each unit of weight.
    pub contacts: Years,
    /// (7) odds for each unit of propensity.
    pub odds: Years,
    /// (10), (11) price of a displaced message for each unit of relative price.
    pub price: Years,
    /// (12) ρ and exp τ.
    pub ratio: Row,
    pub ratio_step: Row,
    /// (13) −f and −f′.
    pub rollout: Row,
    pub rollout_step: Row,
    /// (15) exp −(M + m) in 2023, and what it is multiplied by from year to year.
    pub monetised: Row,
    pub monetised_step: Row,
    /// (29) OTT users for each internet user.
    pub ott: Years,
    /// (6) η, and the effect of China.
    pub elasticity: Row,
    pub china: Row,
    /// (9) ζ and δ.
    pub exponent: Row,
    pub passthrough: Row,
    /// (12) σ.
    pub ratio_slope: Row,
    /// (13) φ.
    pub rollout_slope: Row,
    /// (15) 1 − J.
    pub japan: Row,
    /// (11) 1/μ.
    pub inverse_premium: Row,
    /// (17) odds against displacement; (18) b.
    pub displacement: Row,
    pub fallback: Row,
    /// (14), (22) common scores of recall and false positives.
    pub recall: Row,
    pub false_positive: Row,
    /// (22) ln e; (23) n; (24) v; (25) l and k.
    pub false_level: Row,
    pub calls: Row,
    pub margin: Row,
    pub call_value: Row,
    pub churn: Row,
    /// (28) 1/o; (30) ω.
    pub inverse_share: Row,
    pub ott_ratio: Row,
}

/// Rows of a region for one block.
pub struct Area {
    pub contacts: Row,
    pub adoption: Row,
    /// (9) D^δ.
    pub drift: Row,
    pub rollout: Row,
    pub recall: Row,
    pub false_positive: Row,
    pub monetised: Row,
    /// (17) displacement.
    pub displacement: Row,
    /// (23) n·n_r.
    pub calls: Row,
    /// (24) α v / (churn χ).
    pub lifetime: Row,
    /// Sums over its members by year.
    pub totals: [Totals; N_YEARS],
}

/// Sums over members that are known before the second pass: in the first-level cache, where those of the second pass cannot lie.
#[derive(Clone, Copy)]
pub struct Totals {
    /// (5) weight; (5), (6) weight times propensity; (9) weight times relative price.
    pub weight: Row,
    pub propensity: Row,
    pub relative: Row,
    /// (2) internet users; (3) subscriptions.
    pub users: Row,
    pub subscriptions: Row,
}

impl Totals {
    pub const ZERO: Self = Self {
        weight: Row::ZERO,
        propensity: Row::ZERO,
        relative: Row::ZERO,
        users: Row::ZERO,
        subscriptions: Row::ZERO,
    };
}

/// What the second pass needs again of a member.
pub struct Stash {
    /// (2) internet users in 2023 and g; (3) subscriptions in 2023.
    pub users: Row,
    pub growth: Row,
    pub subscriptions: Row,
    /// (5) weight in 2023; (6) propensity; (9) relative price in 2023.
    pub weight: Row,
    pub propensity: Row,
    pub relative: Row,
}

impl World {
    pub const ZERO: Self = Self {
        contacts: [Row::ZERO; N_YEARS],
        odds: [Row::ZERO; N_YEARS],
        price: [Row::ZERO; N_YEARS],
        ratio: Row::ZERO,
        ratio_step: Row::ZERO,
        rollout: Row::ZERO,
        rollout_step: Row::ZERO,
        monetised: Row::ZERO,
        monetised_step: Row::ZERO,
        ott: [Row::ZERO; N_YEARS],
        elasticity: Row::ZERO,
        china: Row::ZERO,
        exponent: Row::ZERO,
        passthrough: Row::ZERO,
        ratio_slope: Row::ZERO,
        rollout_slope: Row::ZERO,
        japan: Row::ZERO,
        inverse_premium: Row::ZERO,
        displacement: Row::ZERO,
        fallback: Row::ZERO,
        recall: Row::ZERO,
        false_positive: Row::ZERO,
        false_level: Row::ZERO,
        calls: Row::ZERO,
        margin: Row::ZERO,
        call_value: Row::ZERO,
        churn: Row::ZERO,
        inverse_share: Row::ZERO,
        ott_ratio: Row::ZERO,
    };
}

impl Area {
    pub const ZERO: Self = Self {
        contacts: Row::ZERO,
        adoption: Row::ZERO,
        drift: Row::ZERO,
        rollout: Row::ZERO,
        recall: Row::ZERO,
        false_positive: Row::ZERO,
        monetised: Row::ZERO,
        displacement: Row::ZERO,
        calls: Row::ZERO,
        lifetime: Row::ZERO,
        totals: [Totals::ZERO; N_YEARS],
    };
}

impl Stash {
    pub const ZERO: Self = Self {
        users: Row::ZERO,
        growth: Row::ZERO,
        subscriptions: Row::ZERO,
        weight: Row::ZERO,
        propensity: Row::ZERO,
        relative: Row::ZERO,
    };
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

#[inline(always)]
fn lognormal(g: &mut Generator, row: &mut Row, median: f64, sd: f64) {
    g.normals(row);
    for x in &mut row.0 {
        *x = median * exp(sd * *x);
    }
}

#[inline(always)]
fn logit_normal(g: &mut Generator, row: &mut Row, median: f64, sd: f64) {
    let odds_against = (1.0 - median) / median;
    g.normals(row);
    for x in &mut row.0 {
        *x = 1.0 / (1.0 + odds_against * exp(-sd * *x));
    }
}

#[inline(always)]
fn normal(g: &mut Generator, row: &mut Row, mean: f64, sd: f64) {
    g.normals(row);
    for x in &mut row.0 {
        *x = mean + sd * *x;
    }
}

/// exp(level + trend·s) by year, `first` in 2023.
#[inline(always)]
fn path(first: &Row, step: &Row, years: &mut Years) {
    let mut value = *first;
    for year in years {
        *year = value;
        for i in 0..B {
            value.0[i] *= step.0[i];
        }
    }
}

/// Draws of one block, and sums over members. `areas` has an entry for each region, `stash` for each member, region by region.
#[inline(always)]
pub fn first_pass<'a>(
    tables: &Tables,
    g: &mut Generator,
    world: &mut World,
    areas: impl Iterator<Item = &'a mut Area>,
    mut stash: impl Iterator<Item = &'a mut Stash>,
) {
    let w = world;
    let (mut a, mut b) = (Row::ZERO, Row::ZERO);

    lognormal(g, &mut w.china, 0.30, 0.80);
    normal(g, &mut w.elasticity, 0.5, 0.3);
    g.normals_within(&mut w.exponent, -0.40 / 0.15, 0.40 / 0.15);
    for x in &mut w.exponent.0 {
        *x = 0.70 + 0.15 * *x;
    }
    logit_normal(g, &mut w.passthrough, 0.25, 0.70);
    normal(g, &mut w.ratio_slope, -0.15, 0.15);
    normal(g, &mut w.rollout_slope, 0.25, 0.25);
    g.uniforms(&mut w.japan);
    for x in &mut w.japan.0 {
        *x = if *x < 0.7 { 0.0 } else { 1.0 };
    }
    let mut premium = Row::ZERO;
    lognormal(g, &mut premium, 1.5, 0.30);
    for i in 0..B {
        w.inverse_premium.0[i] = 1.0 / premium.0[i];
    }
    g.normals(&mut w.displacement);
    let against = (1.0 - 0.38) / 0.38;
    for x in &mut w.displacement.0 {
        *x = against * exp(-0.67 * *x);
    }
    logit_normal(g, &mut w.fallback, 0.65, 0.60);
    g.normals(&mut w.recall);
    // Correlation 0.4, component by component.
    g.normals(&mut w.false_positive);
    for i in 0..B {
        w.false_positive.0[i] = 0.4 * w.recall.0[i] + 0.84f64.sqrt() * w.false_positive.0[i];
    }
    normal(g, &mut w.false_level, 2e-4f64.ln(), 5f64.ln());
    lognormal(g, &mut w.calls, 110.0, 0.60);
    logit_normal(g, &mut w.margin, 0.40, 0.50);
    lognormal(g, &mut w.call_value, 0.01, 3f64.ln());
    // Median 10⁻⁴ before truncation at 0.01.
    g.normals_within(&mut w.churn, f64::NEG_INFINITY, 100f64.ln() / 3f64.ln());
    for x in &mut w.churn.0 {
        *x = 1e-4 * exp(3f64.ln() * *x);
    }
    logit_normal(g, &mut w.inverse_share, 0.60, 0.65);
    for x in &mut w.inverse_share.0 {
        *x = 1.0 / *x;
    }
    lognormal(g, &mut w.ott_ratio, 0.25, 0.60);

    // (12), (13) and (15): odds against. Paths are followed from year to year by the members.
    lognormal(g, &mut w.ratio, 0.40, 0.40);
    lognormal(g, &mut w.ratio_step, 1.0, 0.05);
    normal(g, &mut w.rollout, 0.0, -0.30);
    normal(g, &mut w.rollout_step, 0.0, -0.20);
    let first = logit(tables.monetised_first);
    let step = (logit(tables.monetised_last) - first) / (N_YEARS - 1) as f64;
    lognormal(g, &mut w.monetised, (-first).exp(), -0.50);
    lognormal(g, &mut w.monetised_step, (-step).exp(), -0.15);

    // (4) world contacts, kept in `contacts` until the sums are known.
    let mut share = Row::ZERO;
    logit_normal(g, &mut share, 0.50, 0.80);
    for (t, row) in w.contacts.iter_mut().enumerate() {
        g.normals(row);
        for i in 0..B {
            row.0[i] = tables.a2p[t] * exp(0.05 * row.0[i]) * share.0[i];
        }
    }
    // (10) revenue over contacts, times the premium.
    lognormal(g, &mut a, 24e9, 0.35);
    g.normals(&mut b);
    for i in 0..B {
        a.0[i] *= premium.0[i] / w.contacts[0].0[i];
        b.0[i] = exp(0.02 + 0.03 * b.0[i]);
    }
    path(&a, &b, &mut w.price);
    // (29)
    lognormal(g, &mut a, 3.8e9, 0.10);
    path(&a, &Row([1.065; B]), &mut w.ott);
    // (7) Θ exp(H_t − H_2026): the path is anchored in 2026.
    lognormal(g, &mut a, 1.0, 0.50);
    w.odds[3] = a;
    for t in [4, 2, 1, 0] {
        // The shock of year u moves from u − 1 to u; before 2026 backwards.
        let (from, sign) = if t == 4 { (3, 0.30) } else { (t + 1, -0.30) };
        g.normals(&mut b);
        for i in 0..B {
            b.0[i] = w.odds[from].0[i] * exp(sign * b.0[i]);
        }
        w.odds[t] = b;
    }

    let mut sums = [Totals::ZERO; N_YEARS];
    for (region, area) in tables.regions.iter().zip(areas) {
        draw_area(region, g, w, area);
        area.totals = [Totals::ZERO; N_YEARS];
        for member in &region.members {
            let s = stash.next().expect("a stash for each member");
            draw_member(member, region.android_share, g, w, area, s);
            let (mut weight, mut relative) = (s.weight, s.relative);
            let (mut users, mut subscriptions) = (s.users, s.subscriptions);
            for totals in &mut area.totals {
                add_member(
                    totals,
                    [&mut weight, &mut relative, &mut users, &mut subscriptions],
                    [&s.propensity, &s.growth, &area.drift],
                );
            }
        }
        for (sum, part) in sums.iter_mut().zip(&area.totals) {
            for i in 0..B {
                sum.weight.0[i] += part.weight.0[i];
                sum.propensity.0[i] += part.propensity.0[i];
                sum.relative.0[i] += part.relative.0[i];
                sum.users.0[i] += part.users.0[i];
            }
        }
    }
    for (t, sums) in sums.iter().enumerate() {
        for i in 0..B {
            let world_contacts = w.contacts[t].0[i];
            let weight = sums.weight.0[i];
            let odds = tables.world_odds[t] * w.odds[t].0[i];
            w.contacts[t].0[i] = world_contacts / weight;
            w.odds[t].0[i] = odds * weight / sums.propensity.0[i];
            // B_t μ / Σ contacts·relative, contacts = world · weight / Σ weight; the world's contacts of year t cancel.
            w.price[t].0[i] *= weight / sums.relative.0[i];
            w.ott[t].0[i] /= sums.users.0[i];
        }
    }
}

#[inline(always)]
fn add_member(totals: &mut Totals, values: [&mut Row; 4], fixed: [&Row; 3]) {
    let [weight, relative, users, subscriptions] = values;
    let [propensity, growth, drift] = fixed;
    for i in 0..B {
        let (x, growth) = (weight.0[i], growth.0[i]);
        totals.weight.0[i] += x;
        totals.users.0[i] += users.0[i];
        totals.subscriptions.0[i] += subscriptions.0[i];
        totals.propensity.0[i] = multiply_add(x, propensity.0[i], totals.propensity.0[i]);
        totals.relative.0[i] = multiply_add(x, relative.0[i], totals.relative.0[i]);
        weight.0[i] = x * growth;
        users.0[i] *= growth;
        subscriptions.0[i] *= growth;
        relative.0[i] *= drift.0[i];
    }
}

#[inline(always)]
fn draw_area(region: &crate::tables::Region, g: &mut Generator, w: &World, area: &mut Area) {
    let mut b = Row::ZERO;
    g.normals(&mut area.contacts);
    g.normals(&mut area.adoption);
    g.normals(&mut area.rollout);
    g.normals(&mut area.recall);
    g.normals(&mut area.false_positive);
    g.normals(&mut area.monetised);
    g.normals(&mut area.displacement);
    g.normals(&mut area.calls);
    g.normals(&mut area.lifetime);
    g.normals(&mut b);
    let drift = region.price_drift.ln();
    let root = 0.3f64.sqrt();
    for i in 0..B {
        area.drift.0[i] = exp(drift * w.passthrough.0[i]);
        // The common part of both scores, √0.3 each.
        let false_positive = 0.4 * area.recall.0[i] + 0.84f64.sqrt() * area.false_positive.0[i];
        area.false_positive.0[i] = root * (w.false_positive.0[i] + false_positive);
        area.recall.0[i] = root * (w.recall.0[i] + area.recall.0[i]);
        area.displacement.0[i] =
            1.0 / (1.0 + w.displacement.0[i] * exp(-0.25 * area.displacement.0[i]));
        area.calls.0[i] = w.calls.0[i] * exp(0.40 * area.calls.0[i]);
        area.lifetime.0[i] =
            w.margin.0[i] / region.churn * exp(0.30 * (area.lifetime.0[i] - b.0[i]));
    }
}

#[inline(always)]
fn draw_member(
    member: &crate::tables::Member,
    android_share: f64,
    g: &mut Generator,
    w: &World,
    area: &Area,
    s: &mut Stash,
) {
    let reported = member.country.is_some();
    let (adoption_sd, price_sd) = if reported { (0.80, 0.28) } else { (0.50, 0.50) };
    let android = if member.key == "JPN" {
        0.40
    } else {
        android_share
    };
    let error = match member.key.as_str() {
        "KWT" | "PHL" | "NGA" | "UKR" => 1.10f64,
        _ => 1.03,
    }
    .ln();
    let base_users = member.population * member.internet_percent / 100.0;
    let (x, years) = (member.log_price, member.years_to_first);
    g.normals(&mut s.growth);
    g.normals(&mut s.weight);
    g.normals(&mut s.propensity);
    g.normals(&mut s.relative);
    g.normals(&mut s.subscriptions);
    let (log_growth, log_users, log_android) = (1.021f64.ln(), base_users.ln(), android.ln());
    for i in 0..B {
        let growth = log_growth + 0.05 * s.growth.0[i];
        s.growth.0[i] = exp(growth);
        let start = if years == 0.0 {
            1.0
        } else {
            exp(years * growth)
        };
        s.users.0[i] = base_users * start;
        s.subscriptions.0[i] = member.subscriptions * exp(error * s.subscriptions.0[i]) * start;
        let effects = 0.25 * area.contacts.0[i] + 0.35 * s.weight.0[i];
        s.weight.0[i] = exp(log_users + effects) * start;
        s.propensity.0[i] = exp(log_android
            + w.elasticity.0[i] * x
            + 0.60 * area.adoption.0[i]
            + adoption_sd * s.propensity.0[i]);
        s.relative.0[i] = exp(w.exponent.0[i] * x + price_sd * s.relative.0[i]);
    }
    if member.key == "CHN" {
        for i in 0..B {
            s.propensity.0[i] *= w.china.0[i];
        }
    }
}
