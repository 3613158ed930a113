//! Charts and report of the sample document.

use crate::result::sample::{sample, sample_of};
use crate::result::{Labels, SetInfo, WORLD};

use super::*;

fn pair() -> String {
    let chart = FanChart {
        outputs: &["revenue", "loss"],
        place: WORLD,
        at: &Labels::new(),
        crossing: Some("revenue_over_loss"),
    };
    fan_chart(&sample(), &chart).unwrap()
}

fn single() -> String {
    fan_chart(
        &sample(),
        &FanChart {
            outputs: &["loss"],
            place: WORLD,
            at: &Labels::new(),
            crossing: None,
        },
    )
    .unwrap()
}

fn panels(n_trials: u64) -> String {
    small_multiples(
        &sample_of(n_trials),
        &SmallMultiples {
            outputs: &["revenue", "loss"],
            place: "region",
            crossing: Some("revenue_over_loss"),
            columns: 4,
        },
    )
    .unwrap()
}

/// Writes the charts to the folder in `FANFARE_CHARTS`, to be looked at.
#[test]
fn charts_can_be_written_for_inspection() {
    let charts = [
        ("pair.svg", pair()),
        ("single.svg", single()),
        ("panels.svg", panels(1_000_000)),
        ("panels-few.svg", panels(400)),
    ];
    let single_panels = small_multiples(
        &sample(),
        &SmallMultiples {
            outputs: &["revenue"],
            place: "region",
            crossing: None,
            columns: 3,
        },
    )
    .unwrap();
    let few = fan_chart(
        &sample_of(400),
        &FanChart {
            outputs: &["revenue", "loss"],
            place: WORLD,
            at: &Labels::new(),
            crossing: Some("revenue_over_loss"),
        },
    )
    .unwrap();
    for (name, chart) in charts
        .into_iter()
        .chain([("panels-single.svg", single_panels), ("pair-few.svg", few)])
    {
        assert!(
            chart.starts_with("<svg ") && chart.ends_with("</svg>\n"),
            "{name}"
        );
        if let Some(folder) = std::env::var_os("FANFARE_CHARTS") {
            std::fs::write(std::path::Path::new(&folder).join(name), chart).unwrap();
        }
    }
}

#[test]
fn report_of_the_sample() {
    let plan = ReportPlan {
        crossing: Some("revenue_over_loss".to_owned()),
        outputs: vec!["revenue".to_owned(), "loss".to_owned()],
        fan: Vec::new(),
        drivers_of: Some("revenue".to_owned()),
    };
    let driver = |input: &str, place: &str, correlation, error| Driver {
        input: input.to_owned(),
        place: place.to_owned(),
        correlation,
        error,
    };
    let drivers = [
        driver("Midpoint of the roll-out", "World", -0.6123, Some(0.0062)),
        driver(
            "Price of a flash call over that of a message",
            "World",
            0.317,
            Some(0.009),
        ),
        driver("Recall", "India", 0.05, None),
    ];
    let text = report(&sample(), &plan, &drivers);
    println!("{text}");
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 100 && line.trim_end() == line)
    );
}
