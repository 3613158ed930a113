//! Equations with known answers, each once wrong in the engine and found by the comparison of random models.

use fanfare::run::{Settings, VariantChoice, load_from, replay};
use fanfare::source::Memory;

/// The values of a variable in trial 0, in the order of its cells.
fn values(text: &str, variable: &str) -> Vec<f64> {
    let files = Memory::new().with("model.toml", text);
    let loaded = load_from(&files, "model.toml", &VariantChoice::default())
        .unwrap_or_else(|refused| panic!("{:#?}", refused.problems));
    let replayed = replay(&loaded.model, &Settings::default(), 0).unwrap();
    (replayed.nodes.iter())
        .filter(|cell| cell.name == variable)
        .map(|cell| cell.value)
        .collect()
}

/// At a country, `cumulative(x)` at another region was that of the country's own region: both had one place in the memory of terms.
#[test]
fn a_reduction_over_regions_reads_every_region_also_at_a_country() {
    let model = |is: &str| {
        format!(
            r#"
fanfare = 1
name = "regions"
[dimensions.year]
range = [2023, 2024]
time = true
[dimensions.region]
labels = ["a", "b"]
[dimensions.country]
labels = ["c", "d"]
parent.region = {{ c = "a", d = "b" }}
[data.x]
over = ["region", "year"]
values = {{ a = {{ 2023 = 1, 2024 = 2 }}, b = {{ 2023 = 10, 2024 = 20 }} }}
[data.y]
over = ["country"]
values = {{ c = 100, d = 200 }}
[variables.v]
is = '{is}'
[outputs.v]
places = ["country"]
"#
        )
    };
    // By country, then by year. Sums over regions: 11 and 33; the largest: 10 and 30; at region b: 10 and 30.
    for (is, expected) in [
        (
            "y + sum(cumulative(x), region)",
            [111.0, 133.0, 211.0, 233.0],
        ),
        (
            "y + max(cumulative(x), region)",
            [110.0, 130.0, 210.0, 230.0],
        ),
        (
            "y + cumulative(x)[region = \"b\"]",
            [110.0, 130.0, 210.0, 230.0],
        ),
        (
            "y + sum(interpolate(x, {0: 0, 100: 100}), region)",
            [111.0, 122.0, 211.0, 222.0],
        ),
        (
            "y + sum(cumulative(x), region) + cumulative(x)",
            [112.0, 136.0, 221.0, 263.0],
        ),
    ] {
        // Dimensions in the order of their declaration: year, country.
        let found = values(&model(is), "v");
        assert_eq!(
            found,
            [expected[0], expected[2], expected[1], expected[3]],
            "{is}"
        );
    }
}
