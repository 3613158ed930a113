//! The flagship once more as one plain function of one trial, written from its README: shares no code with the engine but the raw uniforms.

#![allow(
    clippy::needless_range_loop,
    reason = "indices are those of the equations"
)]

use std::f64::consts::LN_10;

use fanfare::plan::{Component, StreamKey};
use fanfare::sample::uniform;
use statrs::distribution::{ContinuousCDF, Normal};

use super::tables::{Tables, YEARS};

/// A2P SMS of the world by year, messages.
const A2P: [f64; 5] = [2.62e12, 2.72e12, 2.82e12, 2.93e12, 2.88e12];

/// One value for each year.
pub type Years = [f64; 5];

/// The outputs that are sums over members, for one place.
#[derive(Clone, Default)]
pub struct Totals {
    pub subscriptions: Years,
    pub contacts: Years,
    pub flash_calls: Years,
    pub identified: Years,
    pub undetected: Years,
    pub monetised: Years,
    pub blocked: Years,
    pub displaced_sms: Years,
    pub authentication_sms: Years,
    pub authentication_revenue: Years,
    pub revenue: Years,
    pub losses_undetected: Years,
    pub losses_unmonetised: Years,
    pub recovered: Years,
    pub wrongly_blocked: Years,
    pub blocking_penalty: Years,
    pub displaced_value: Years,
    pub platform_revenue: Years,
    pub ott_users: Years,
    pub ott_flash_calls: Years,
    pub ott_potential_loss: Years,
}

/// The raw uniforms of one trial as standard normal scores.
struct Draws {
    seed: u64,
    trial: u64,
    standard: Normal,
}

impl Draws {
    fn at(&self, input: &str, component: Component, labels: &[(&str, &str)]) -> f64 {
        let labels = labels
            .iter()
            .map(|&(dimension, label)| (dimension.to_owned(), label.to_owned()))
            .collect();
        let key = StreamKey {
            input: input.to_owned(),
            component,
            labels,
            cell: 0,
        };
        uniform(self.seed, &key, self.trial)
    }

    fn uniform(&self, input: &str) -> f64 {
        self.at(input, Component::Own, &[])
    }

    fn z(&self, input: &str, labels: &[(&str, &str)]) -> f64 {
        self.standard
            .inverse_cdf(self.at(input, Component::Own, labels))
    }

    /// LN(m; σ) without dimensions.
    fn lognormal(&self, input: &str, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.z(input, &[])).exp()
    }

    /// LL(m; σ) without dimensions.
    fn logit_normal(&self, input: &str, median: f64, sigma: f64) -> f64 {
        logistic(logit(median) + sigma * self.z(input, &[]))
    }

    /// N(μ; σ) without dimensions.
    fn normal(&self, input: &str, mean: f64, sd: f64) -> f64 {
        mean + sd * self.z(input, &[])
    }

    /// The components world, region, own of an input over countries that is `alike`.
    fn components(&self, input: &str, country: &str, region: &str) -> [f64; 3] {
        let z = |component, labels: &[(&str, &str)]| {
            self.standard.inverse_cdf(self.at(input, component, labels))
        };
        [
            z(Component::World, &[]),
            z(
                Component::Parent("region".to_owned()),
                &[("region", region)],
            ),
            z(Component::Own, &[("country", country)]),
        ]
    }
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// √0.3·world + √0.3·region + √0.4·own.
fn alike(components: [f64; 3]) -> f64 {
    0.3f64.sqrt() * (components[0] + components[1]) + 0.4f64.sqrt() * components[2]
}

/// All members of one trial: for each member, in the order of the tables, its yearly values.
pub fn oracle(tables: &Tables, seed: u64, trial: u64) -> Vec<Totals> {
    let standard = Normal::new(0.0, 1.0).unwrap();
    let draws = Draws {
        seed,
        trial,
        standard,
    };
    let members = &tables.members;
    let n = members.len();
    let year_keys = YEARS.map(|year| year.to_string());
    let by_year = |input: &str| -> Years {
        std::array::from_fn(|t| draws.z(input, &[("year", &year_keys[t])]))
    };
    let by_region = |input: &str| -> Vec<f64> {
        let z = |name: &str| draws.z(input, &[("region", name)]);
        tables
            .regions
            .iter()
            .map(|region| z(&region.name))
            .collect()
    };
    let by_member = |input: &str| -> Vec<f64> {
        let z = |key: &str| draws.z(input, &[("country", key)]);
        members.iter().map(|member| z(&member.key)).collect()
    };
    let x: Vec<f64> = members.iter().map(|member| member.log_price).collect();
    let s: Years = std::array::from_fn(|t| t as f64);

    // (2), (3)
    let growth = by_member("subscription_growth");
    let error = by_member("subscription_error");
    let grown = |c: usize, t: usize| {
        let g = 1.021 * (0.05 * growth[c]).exp();
        g.powi(YEARS[t] - members[c].subscriptions_year)
    };
    let subscriptions = |c: usize, t: usize| {
        let gsd: f64 = match members[c].key.as_str() {
            "KWT" | "PHL" | "NGA" | "UKR" => 1.10,
            _ => 1.03,
        };
        members[c].subscriptions * (gsd.ln() * error[c]).exp() * grown(c, t)
    };
    let internet_users = |c: usize, t: usize| {
        members[c].population * members[c].internet_percent / 100.0 * grown(c, t)
    };

    // (4), (5)
    let a2p_error = by_year("a2p_error");
    let share = draws.logit_normal("authentication_share", 0.50, 0.80);
    let world_contacts: Years =
        std::array::from_fn(|t| A2P[t] * (0.05 * a2p_error[t]).exp() * share);
    let contact_region = by_region("contact_region_effect");
    let contact_own = by_member("contact_effect");
    let weight: Vec<Years> = (0..n)
        .map(|c| {
            let effect = (0.25 * contact_region[members[c].region] + 0.35 * contact_own[c]).exp();
            std::array::from_fn(|t| internet_users(c, t) * effect)
        })
        .collect();
    let sum = |of: &dyn Fn(usize) -> f64| -> f64 { (0..n).map(of).sum() };
    let contacts: Vec<Years> = (0..n)
        .map(|c| std::array::from_fn(|t| world_contacts[t] * weight[c][t] / sum(&|k| weight[k][t])))
        .collect();

    // (6), (7), (8)
    let elasticity = draws.normal("adoption_elasticity", 0.5, 0.3);
    let adoption_region = by_region("adoption_region_effect");
    let adoption_own = by_member("adoption_effect");
    let china = draws.lognormal("china_effect", 0.30, 0.80);
    let propensity: Vec<f64> = (0..n)
        .map(|c| {
            let member = &members[c];
            let android = match member.key.as_str() {
                "JPN" => 0.40,
                _ => tables.regions[member.region].android_share,
            };
            let own_sd = if member.reported { 0.80 } else { 0.50 };
            let nu = if member.key == "CHN" { china } else { 1.0 };
            (elasticity * x[c]).exp()
                * android
                * (0.60 * adoption_region[member.region]).exp()
                * (own_sd * adoption_own[c]).exp()
                * nu
        })
        .collect();
    let level = draws.lognormal("adoption_level", 1.0, 0.50);
    let shocks = by_year("adoption_shock").map(|z| 0.30 * z);
    let cumulated: Years = std::array::from_fn(|t| shocks[..=t].iter().sum());
    let odds = |c: usize, t: usize| {
        let mean = sum(&|k| contacts[k][t] * propensity[k]) / sum(&|k| contacts[k][t]);
        tables.world_odds[t] * level * (cumulated[t] - cumulated[3]).exp() * propensity[c] / mean
    };

    // (9), (10), (11), (12)
    let exponent = {
        let z = |price: f64| (price - 0.70) / 0.15;
        let (low, high) = (standard.cdf(z(0.3)), standard.cdf(z(1.1)));
        let u = draws.uniform("price_exponent");
        0.70 + 0.15 * standard.inverse_cdf(low + u * (high - low))
    };
    let passthrough = draws.logit_normal("drift_passthrough", 0.25, 0.70);
    let price_error = by_member("list_price_error");
    let relative: Vec<Years> = (0..n)
        .map(|c| {
            let sd = if members[c].reported { 0.28 } else { 0.50 };
            let drift = tables.regions[members[c].region].price_drift;
            std::array::from_fn(|t| {
                (exponent * x[c]).exp()
                    * drift.powf(passthrough * s[t])
                    * (sd * price_error[c]).exp()
            })
        })
        .collect();
    let revenue_2023 = draws.lognormal("sms_revenue_2023", 24e9, 0.35);
    let price_growth = draws.normal("sms_price_growth", 0.02, 0.03);
    let sms_price: Vec<Years> = (0..n)
        .map(|c| {
            std::array::from_fn(|t| {
                let earned = revenue_2023
                    * (world_contacts[t] / world_contacts[0])
                    * (price_growth * s[t]).exp();
                earned * relative[c][t] / sum(&|k| contacts[k][t] * relative[k][t])
            })
        })
        .collect();
    let premium = draws.lognormal("displaced_premium", 1.5, 0.30);
    let ratio = draws.lognormal("price_ratio", 0.40, 0.40);
    let ratio_own = by_member("price_ratio_effect");
    let ratio_trend = draws.normal("price_ratio_trend", 0.0, 0.05);
    let ratio_slope = draws.normal("price_ratio_slope", -0.15, 0.15);

    // (13), (14)
    let rollout_level = draws.normal("rollout_level", 0.0, 0.30);
    let rollout_trend = draws.normal("rollout_trend", 0.0, 0.20);
    let rollout_slope = draws.normal("rollout_slope", 0.25, 0.25);
    let rollout_region = by_region("rollout_region_effect");
    let rollout_own = by_member("rollout_effect");
    let rollout_shock = |c: usize| -> Years {
        let fresh: Years = std::array::from_fn(|t| {
            let labels = [
                ("country", members[c].key.as_str()),
                ("year", &year_keys[t]),
            ];
            draws.z("rollout_shock", &labels)
        });
        let mut z = fresh;
        for t in 1..5 {
            z[t] = 0.8 * z[t - 1] + (1.0f64 - 0.8 * 0.8).sqrt() * fresh[t];
        }
        z
    };

    // (15), (16)
    let monetised_level = draws.normal("monetised_level", 0.0, 0.50);
    let monetised_trend = draws.normal("monetised_trend", 0.0, 0.15);
    let monetised_region = by_region("monetised_region_effect");
    let monetised_own = by_member("monetised_effect");
    // The smallest value whose cumulated probability reaches u; P(0) = 0.3.
    let japan_blocks = draws.uniform("japan_blocks") > 0.3;
    let monetised_path: Years = {
        let (first, last) = (logit(tables.monetised_2023), logit(tables.monetised_2027));
        std::array::from_fn(|t| first + (last - first) * s[t] / 4.0)
    };

    // (17), (18)
    let displacement_level = draws.logit_normal("displacement_level", 0.38, 0.67);
    let displacement_region = by_region("displacement_region_effect");
    let fallback = draws.logit_normal("fallback_share", 0.65, 0.60);

    // (22) … (25)
    let false_level = draws.lognormal("false_positive_level", 2e-4, 5f64.ln());
    let calls = draws.lognormal("legitimate_calls", 110.0, 0.60);
    let calls_region = by_region("legitimate_calls_region_effect");
    let arpu_region = by_region("arpu_region_effect");
    let arpu_own = by_member("arpu_effect");
    let service_margin = draws.logit_normal("service_margin", 0.40, 0.50);
    let churn_effect = by_region("churn_effect");
    let call_value = draws.lognormal("lost_call_value", 0.01, 3f64.ln());
    let extra_churn = {
        // ln(0.01 / 10⁻⁴) = ln 100
        let kept = standard.cdf(2.0 * LN_10 / 3f64.ln());
        let z = standard.inverse_cdf(draws.uniform("churn_per_blocked_call") * kept);
        1e-4 * (3f64.ln() * z).exp()
    };

    // (28) … (30)
    let operator_share = draws.logit_normal("operator_share", 0.60, 0.65);
    let ott_2023 = draws.lognormal("ott_users_2023", 3.8e9, 0.10);
    let ott_ratio = draws.lognormal("ott_ratio", 0.25, 0.60);

    let mut all = Vec::with_capacity(n);
    for c in 0..n {
        let member = &members[c];
        let (r, key) = (member.region, member.key.as_str());
        let region = &tables.regions[r];

        // The 2 × 2 Cholesky factor of the correlation 0.4, streams in the order of their names.
        let first = draws.components("detection_rate", key, &region.name);
        let second = draws.components("false_positive_effect", key, &region.name);
        let joined: [f64; 3] =
            std::array::from_fn(|k| 0.4 * first[k] + (1.0f64 - 0.4 * 0.4).sqrt() * second[k]);
        let recall = logistic(logit(0.88) + 0.50 * alike(first));
        let false_positive_rate = (false_level * (2f64.ln() * alike(joined)).exp()).min(0.02);

        let displacement = logistic(logit(displacement_level) + 0.25 * displacement_region[r]);
        let arpu = match key {
            "JPN" => 44.0,
            "ISR" | "KWT" | "QAT" | "SAU" | "ARE" => 13.0,
            _ => region.arpu,
        };
        let lifetime_value =
            arpu * (0.30 * arpu_region[r]).exp() * (0.30 * arpu_own[c]).exp() * service_margin
                / (region.churn * (0.30 * churn_effect[r]).exp());
        let shock = rollout_shock(c);

        let mut of = Totals::default();
        for t in 0..5 {
            let odds = odds(c, t);
            let flash = contacts[c][t] * odds / (1.0 + odds);
            let p = sms_price[c][t] * premium;
            let flash_price = p
                * ratio
                * (0.20 * ratio_own[c]).exp()
                * (ratio_trend * s[t] + ratio_slope * x[c]).exp();
            let rollout = logistic(
                logit(tables.rollout_path[t])
                    + rollout_level
                    + rollout_trend * s[t]
                    + rollout_slope * x[c]
                    + 0.50 * rollout_region[r]
                    + 0.60 * rollout_own[c]
                    + 0.20 * shock[t],
            );
            let identified = flash * rollout * recall;
            let undetected = flash - identified;
            let india = if key == "IND" { -0.6 } else { 0.0 };
            let monetised_share = if key == "JPN" && japan_blocks {
                0.0
            } else {
                logistic(
                    monetised_path[t]
                        + monetised_level
                        + monetised_trend * s[t]
                        + 0.40 * monetised_region[r]
                        + 0.70 * monetised_own[c]
                        + india,
                )
            };
            let monetised = identified * monetised_share;
            let blocked = identified - monetised;
            let displaced = displacement * (undetected + monetised + blocked * (1.0 - fallback));
            let wrongly_blocked = subscriptions(c, t)
                * calls
                * (0.40 * calls_region[r]).exp()
                * rollout
                * false_positive_rate
                * (1.0 - monetised_share);

            of.subscriptions[t] = subscriptions(c, t);
            of.contacts[t] = contacts[c][t];
            of.flash_calls[t] = flash;
            of.identified[t] = identified;
            of.undetected[t] = undetected;
            of.monetised[t] = monetised;
            of.blocked[t] = blocked;
            of.displaced_sms[t] = displaced;
            of.authentication_sms[t] = contacts[c][t] - displaced;
            of.authentication_revenue[t] = contacts[c][t] * sms_price[c][t] - displaced * p;
            of.revenue[t] = monetised * flash_price;
            of.losses_undetected[t] = undetected * displacement * p;
            of.losses_unmonetised[t] =
                of.losses_undetected[t] + blocked * displacement * (1.0 - fallback) * p;
            of.recovered[t] = blocked * displacement * fallback * p;
            of.wrongly_blocked[t] = wrongly_blocked;
            of.blocking_penalty[t] = wrongly_blocked * (call_value + extra_churn * lifetime_value);
            of.displaced_value[t] = displaced * p;
            of.platform_revenue[t] = (monetised + undetected) * flash_price / operator_share;
            of.ott_users[t] = ott_2023 * 1.065f64.powf(s[t]) * internet_users(c, t)
                / sum(&|k| internet_users(k, t));
            of.ott_flash_calls[t] = flash * ott_ratio;
            of.ott_potential_loss[t] = of.ott_flash_calls[t] * displacement * p;
        }
        all.push(of);
    }
    all
}
