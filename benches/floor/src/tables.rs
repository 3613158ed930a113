//! The numbers of the model's folder: its CSV tables, and the calibrated rows of `model.toml`.

use std::collections::BTreeMap;
use std::path::Path;

/// Years of the model, 2023 first.
pub const N_YEARS: usize = 5;
const FIRST_YEAR: i32 = 2023;

/// A region, with the members that count in it.
pub struct Region {
    pub name: String,
    pub android_share: f64,
    pub price_drift: f64,
    pub arpu: f64,
    pub churn: f64,
    pub members: Vec<Member>,
}

/// A country or a rest-of-region member.
pub struct Member {
    pub key: String,
    /// Index among the 60 reported countries, if it has a place of its own.
    pub country: Option<usize>,
    pub subscriptions: f64,
    /// 2023 less the year of the subscription figure.
    pub years_to_first: f64,
    pub population: f64,
    pub internet_percent: f64,
    /// Logarithm of the list price over 0.08 USD.
    pub log_price: f64,
}

/// All tables.
pub struct Tables {
    pub regions: Vec<Region>,
    pub n_countries: usize,
    pub countries: Vec<String>,
    pub a2p: [f64; N_YEARS],
    pub world_odds: [f64; N_YEARS],
    /// Odds against rollout.
    pub rollout_against: [f64; N_YEARS],
    pub monetised_first: f64,
    pub monetised_last: f64,
}

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, file: &str) -> Vec<Row> {
    let path = folder.join("data").join(file);
    csv::Reader::from_path(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .deserialize()
        .map(|row| row.expect("rows have the columns of the header"))
        .collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: '{}' is no number", row[column]))
}

impl Tables {
    /// Reads the folder of the flagship.
    pub fn read(folder: &Path) -> Self {
        let mut regions: Vec<Region> = rows(folder, "regions.csv")
            .iter()
            .map(|row| Region {
                name: row["region"].clone(),
                android_share: number(row, "android_share"),
                price_drift: number(row, "price_drift_per_year"),
                arpu: number(row, "arpu_usd_month"),
                churn: number(row, "churn_per_month"),
                members: Vec::new(),
            })
            .collect();
        let prices: BTreeMap<String, f64> = rows(folder, "a2p_sms_price.csv")
            .iter()
            .filter(|row| row["provider"] == "Telesign" && row["list_date"] == "2023-04-24")
            .map(|row| (row["iso3"].clone(), number(row, "price_usd_per_msg")))
            .collect();
        let mut countries = Vec::new();
        for row in rows(folder, "countries.csv") {
            let key = row["iso3"].clone();
            let log_price = (prices[&key] / 0.08).ln();
            let years_to_first = f64::from(FIRST_YEAR) - number(&row, "subscriptions_year");
            region_of(&mut regions, &row).members.push(Member {
                key: key.clone(),
                country: Some(countries.len()),
                subscriptions: number(&row, "mobile_subscriptions"),
                years_to_first,
                population: number(&row, "population"),
                internet_percent: number(&row, "internet_users_pct"),
                log_price,
            });
            countries.push(key);
        }
        for row in rows(folder, "rest_of_region.csv") {
            let region = region_of(&mut regions, &row);
            // Equation 1: the mean of the listed countries, weighted by subscriptions.
            let total: f64 = region.members.iter().map(|m| m.subscriptions).sum();
            let weighted = region.members.iter().map(|m| m.subscriptions * m.log_price);
            let log_price = weighted.sum::<f64>() / total;
            region.members.push(Member {
                key: row["code"].clone(),
                country: None,
                subscriptions: number(&row, "mobile_subscriptions"),
                years_to_first: f64::from(FIRST_YEAR) - 2024.0,
                population: number(&row, "population"),
                internet_percent: number(&row, "internet_users_pct"),
                log_price,
            });
        }
        let model = folder.join("model.toml");
        let text = std::fs::read_to_string(&model)
            .unwrap_or_else(|error| panic!("{}: {error}", model.display()));
        let model: toml::Table = text.parse().expect("the model is TOML");
        let data = |name: &str| &model["data"][name];
        let path = |name: &str| -> [f64; N_YEARS] {
            let values = data(name)["values"]
                .as_array()
                .expect("a value for each year");
            assert_eq!(values.len(), N_YEARS, "{name}");
            std::array::from_fn(|t| values[t].as_float().expect("a float"))
        };
        let value = |name: &str| data(name)["value"].as_float().expect("a float");
        Self {
            regions,
            n_countries: countries.len(),
            countries,
            a2p: path("a2p_path"),
            world_odds: path("world_odds_calibrated"),
            rollout_against: path("rollout_calibrated").map(|share| 1.0 / share - 1.0),
            monetised_first: value("monetised_2023"),
            monetised_last: value("monetised_2027"),
        }
    }
}

fn region_of<'a>(regions: &'a mut [Region], row: &Row) -> &'a mut Region {
    regions
        .iter_mut()
        .find(|region| region.name == row["region"])
        .unwrap_or_else(|| panic!("no region {}", row["region"]))
}
