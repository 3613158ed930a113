//! The model of these tests: persistence, shared variance, a correlation, roll-ups, a ratio, a discrete output, a crossing, joint statistics.

use fanfare::run::{Loaded, VariantChoice, load_from};
use fanfare::source::Memory;

/// A table beside the model, so that parts have more than one file to carry.
pub const PRICES: &str = "product,price\na,1.5\nb,2.5\n";

/// The model; `n_regions` × 5 countries and `n_years` decide the number of cells: 2 and 3 make 82 targets, 7 and 6 make 394.
pub fn text(n_regions: usize, n_years: usize) -> String {
    let regions: Vec<String> = (0..n_regions).map(|r| format!("r{r}")).collect();
    let countries: Vec<String> = (0..n_regions * 5).map(|c| format!("c{c}")).collect();
    let parents: Vec<String> = (0..n_regions * 5)
        .map(|c| format!("c{c} = \"r{}\"", c / 5))
        .collect();
    let last = 2020 + n_years;
    format!(
        r#"fanfare = 1
name = "market"
title = "Market"
[dimensions.year]
range = [2021, {last}]
time = true
[dimensions.region]
labels = {regions:?}
[dimensions.country]
labels = {countries:?}
parent.region = {{ {parents} }}
[dimensions.product]
labels = ["a", "b"]
[data.price]
over = ["product"]
table = "prices.csv"
column = "price"
index = {{ product = "product" }}
[inputs.growth]
title = "Growth"
over = ["country", "year"]
is = 'normal(mean = 0.1, sd = 0.2)'
persist = 0.8
alike = {{ world = 0.3, region = 0.3 }}
[inputs.cost]
title = "Cost"
over = ["country", "year"]
is = 'normal(mean = 1.2, sd = 0.1)'
persist = 0.8
alike = {{ world = 0.3, region = 0.3 }}
[inputs.launches]
title = "Launches"
is = 'poisson(mean = 2)'
[[correlations]]
between = ["growth", "cost"]
kind = "copula"
value = 0.4
[variables.sales]
title = "Sales"
is = 'mean(price, product) * exp(cumulative(growth)) + 0.1 * launches'
rollup = "sum"
[variables.costs]
title = "Costs"
is = 'exp(cost)'
rollup = "sum"
[outputs.sales]
title = "Sales"
places = ["country", "region", "world"]
[outputs.share]
title = "Costs in sales"
is = 'costs / sales'
places = ["world"]
[outputs.launches]
title = "Launches"
places = ["world"]
[crossings.profit]
title = "Sales above costs"
of = 'sales'
above = 'costs'
[joint.money]
title = "Money"
of = ["sales", "costs"]
places = ["world"]
[scenarios.dear]
title = "Dear"
set.cost = 'normal(mean = 1.5, sd = 0.1)'
"#,
        parents = parents.join(", ")
    )
}

pub fn files(text: &str) -> Memory {
    Memory::new()
        .with("model.toml", text)
        .with("prices.csv", PRICES)
}

pub fn loaded_as(text: &str, variant: &VariantChoice) -> Loaded {
    load_from(&files(text), "model.toml", variant)
        .unwrap_or_else(|refused| panic!("{:#?}", refused.problems))
}

pub fn loaded(text: &str) -> Loaded {
    loaded_as(text, &VariantChoice::default())
}
