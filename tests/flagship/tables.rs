//! What the oracle reads: the tables of the model's folder and the calibrated rows printed in its README.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The years of the model.
pub const YEARS: [i32; 5] = [2023, 2024, 2025, 2026, 2027];

/// The folder of the model.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/flash-calling")
}

/// A region.
pub struct Region {
    pub name: String,
    pub android_share: f64,
    pub price_drift: f64,
    pub arpu: f64,
    pub churn: f64,
}

/// A country or a rest-of-region member.
pub struct Member {
    pub key: String,
    pub region: usize,
    /// Has a place of its own.
    pub reported: bool,
    pub subscriptions: f64,
    pub subscriptions_year: i32,
    pub population: f64,
    pub internet_percent: f64,
    /// Logarithm of the list price over 0.08 USD.
    pub log_price: f64,
}

/// All numbers of the folder that the oracle needs.
pub struct Tables {
    pub regions: Vec<Region>,
    pub members: Vec<Member>,
    pub world_odds: [f64; 5],
    pub rollout_path: [f64; 5],
    pub monetised_2023: f64,
    pub monetised_2027: f64,
}

type Row = BTreeMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = folder().join("data").join(file);
    csv::Reader::from_path(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .deserialize()
        .map(|row| row.unwrap())
        .collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: '{}' is no number", row[column]))
}

impl Tables {
    pub fn read() -> Self {
        let regions: Vec<Region> = rows("regions.csv")
            .iter()
            .map(|row| Region {
                name: row["region"].clone(),
                android_share: number(row, "android_share"),
                price_drift: number(row, "price_drift_per_year"),
                arpu: number(row, "arpu_usd_month"),
                churn: number(row, "churn_per_month"),
            })
            .collect();
        let region_of = |row: &Row| {
            regions
                .iter()
                .position(|region| region.name == row["region"])
                .unwrap()
        };
        let prices: BTreeMap<String, f64> = rows("a2p_sms_price.csv")
            .iter()
            .filter(|row| row["provider"] == "Telesign" && row["list_date"] == "2023-04-24")
            .map(|row| (row["iso3"].clone(), number(row, "price_usd_per_msg")))
            .collect();
        let member = |row: &Row, key: &str, reported: bool| Member {
            key: row[key].clone(),
            region: region_of(row),
            reported,
            subscriptions: number(row, "mobile_subscriptions"),
            subscriptions_year: if reported {
                row["subscriptions_year"].parse().unwrap()
            } else {
                2024
            },
            population: number(row, "population"),
            internet_percent: number(row, "internet_users_pct"),
            log_price: f64::NAN,
        };
        let mut members: Vec<Member> = rows("countries.csv")
            .iter()
            .map(|row| member(row, "iso3", true))
            .collect();
        for country in &mut members {
            country.log_price = (prices[&country.key] / 0.08).ln();
        }
        for row in rows("rest_of_region.csv") {
            let mut rest = member(&row, "code", false);
            let listed = || {
                members
                    .iter()
                    .filter(|other| other.reported && other.region == rest.region)
            };
            let weighted: f64 = listed().map(|k| k.subscriptions * k.log_price).sum();
            rest.log_price = weighted / listed().map(|k| k.subscriptions).sum::<f64>();
            members.push(rest);
        }
        let calibrated = calibrated_rows();
        let column = |column: usize| -> [f64; 5] {
            std::array::from_fn(|year| calibrated[year][column].parse().unwrap())
        };
        Self {
            regions,
            members,
            world_odds: column(1),
            rollout_path: column(2),
            monetised_2023: calibrated[0][3].parse().unwrap(),
            monetised_2027: calibrated[4][3].parse().unwrap(),
        }
    }
}

/// The table of section 4 whose rows begin with a year: year, world odds, rollout path, monetised share.
fn calibrated_rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let found: Vec<Vec<String>> = YEARS
        .iter()
        .map(|year| {
            let start = format!("| {year} |");
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with(&start))
                .collect();
            assert_eq!(lines.len(), 1, "rows of the README that begin with {start}");
            lines[0]
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect();
    found
}
