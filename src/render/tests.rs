//! Charts and report of the sample document.

use crate::result::sample::{sample, sample_of};
use crate::result::{Key, LabelProbability, Labels, ResultDocument, SetInfo, WORLD};

use super::text_width::width;
use super::*;

fn pair_of(document: &ResultDocument) -> String {
    let chart = FanChart {
        outputs: &["revenue", "loss"],
        place: WORLD,
        at: &Labels::new(),
        crossing: Some("revenue_over_loss"),
    };
    fan_chart(document, &chart).unwrap()
}

fn single_of(document: &ResultDocument) -> String {
    fan_chart(
        document,
        &FanChart {
            outputs: &["loss"],
            place: WORLD,
            at: &Labels::new(),
            crossing: None,
        },
    )
    .unwrap()
}

fn panels_of(document: &ResultDocument, columns: usize) -> String {
    small_multiples(
        document,
        &SmallMultiples {
            outputs: &["revenue", "loss"],
            place: "region",
            crossing: Some("revenue_over_loss"),
            columns,
        },
    )
    .unwrap()
}

/// Long titles, three outputs, negative values, a variant with long names and a date axis of fifteen labels.
fn awkward() -> ResultDocument {
    let mut document = sample_of(400);
    let long = "Losses of all operators to undetected and unmonetised flash calls including displaced messages";
    document.outputs.get_mut("loss").unwrap().title = long.to_owned();
    document
        .crossings
        .get_mut("revenue_over_loss")
        .unwrap()
        .title = format!("Revenue passes: {long} & so on <soon>");
    document.run.set = vec![SetInfo {
        node: "monetised_share".to_owned(),
        is: "beta(median = 0.5, concentration = 40) * something_else".to_owned(),
    }];
    document.run.scenario = Some("slow_rollout".to_owned());
    for cell in &mut document.outputs.get_mut("revenue").unwrap().cells {
        for value in cell
            .quantiles
            .iter_mut()
            .chain([&mut cell.central])
            .flatten()
        {
            *value -= 200e6;
        }
    }
    let mut third = document.outputs.get("revenue").unwrap().clone();
    third.title = "Net position against a world without flash calls".to_owned();
    document.outputs.insert("net", third);
    let longer = |cells: &mut Vec<crate::result::CellResult>| {
        let world: Vec<_> = cells
            .iter()
            .filter(|cell| cell.place == WORLD)
            .cloned()
            .collect();
        for shift in [5, 10] {
            for mut cell in world.clone() {
                let year = cell.at.get("year").and_then(Key::number).unwrap();
                cell.at.insert("year", Key::from(year + shift));
                cells.push(cell);
            }
        }
    };
    for name in ["revenue", "loss", "net"] {
        longer(&mut document.outputs.get_mut(name).unwrap().cells);
    }
    let cell = &mut document
        .crossings
        .get_mut("revenue_over_loss")
        .unwrap()
        .cells[0];
    let later = |list: &mut Vec<LabelProbability>| {
        for year in 2028..=2037 {
            list.push(LabelProbability {
                at: [("year", Key::from(year))].into_iter().collect(),
                probability: 0.012_345,
                error: Some(0.000_5),
            });
        }
    };
    later(&mut cell.first);
    later(&mut cell.by);
    document
}

fn awkward_chart() -> String {
    let chart = FanChart {
        outputs: &["revenue", "loss", "net"],
        place: WORLD,
        at: &Labels::new(),
        crossing: Some("revenue_over_loss"),
    };
    fan_chart(&awkward(), &chart).unwrap()
}

fn all_charts() -> Vec<(&'static str, String)> {
    let document = sample();
    let few = sample_of(400);
    let alone = SmallMultiples {
        outputs: &["revenue"],
        place: "region",
        crossing: None,
        columns: 3,
    };
    let mut long_panels = sample();
    long_panels
        .crossings
        .get_mut("revenue_over_loss")
        .unwrap()
        .title = "Detection gain passes the losses to undetected calls".to_owned();
    long_panels.outputs.get_mut("loss").unwrap().title = "Losses of all operators to undetected and unmonetised flash calls including displaced messages".to_owned();
    vec![
        ("pair.svg", pair_of(&document)),
        ("pair-few.svg", pair_of(&few)),
        ("single.svg", single_of(&document)),
        ("panels.svg", panels_of(&document, 4)),
        ("panels-few.svg", panels_of(&few, 2)),
        ("panels-long.svg", panels_of(&long_panels, 4)),
        (
            "panels-single.svg",
            small_multiples(&document, &alone).unwrap(),
        ),
        ("awkward.svg", awkward_chart()),
        (
            "awkward-panels.svg",
            small_multiples(
                &awkward(),
                &SmallMultiples {
                    outputs: &["revenue", "loss", "net"],
                    place: "region",
                    crossing: None,
                    columns: 4,
                },
            )
            .unwrap(),
        ),
    ]
}

fn attribute<'a>(mark: &'a str, name: &str) -> &'a str {
    let start = mark
        .find(&format!(" {name}=\""))
        .unwrap_or_else(|| panic!("{name} in {mark}"))
        + name.len()
        + 3;
    mark[start..].split('"').next().unwrap()
}

fn number(mark: &str, name: &str) -> f64 {
    attribute(mark, name).parse().unwrap()
}

/// Left, top, right, bottom and text of every line of text.
fn text_boxes(svg: &str) -> Vec<(f64, f64, f64, f64, String)> {
    let texts = svg.lines().filter(|line| line.starts_with("<text "));
    let boxes = texts.map(|line| {
        let content = line
            .split_once('>')
            .unwrap()
            .1
            .trim_end_matches("</text>")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        let (x, y, size) = (
            number(line, "x"),
            number(line, "y"),
            number(line, "font-size"),
        );
        let wide = width(&content, size, line.contains("font-weight"));
        let left = if line.contains("\"middle\"") {
            x - wide / 2.0
        } else if line.contains("\"end\"") {
            x - wide
        } else {
            x
        };
        // Capitals reach 0.72 of the size above the base line, descenders 0.21 below it.
        (left, y - 0.72 * size, left + wide, y + 0.21 * size, content)
    });
    boxes.collect()
}

fn points(mark: &str) -> Vec<(f64, f64)> {
    let pair = |point: &str| {
        point
            .split_once(',')
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .unwrap()
    };
    attribute(mark, "points").split(' ').map(pair).collect()
}

/// Also writes the charts to the folder in `FANFARE_CHARTS`, to be looked at.
#[test]
fn no_text_overlaps_another_or_leaves_the_page() {
    for (name, svg) in all_charts() {
        if let Some(folder) = std::env::var_os("FANFARE_CHARTS") {
            std::fs::write(std::path::Path::new(&folder).join(name), &svg).unwrap();
        }
        let (page_width, page_height) = (number(&svg, "width"), number(&svg, "height"));
        let boxes = text_boxes(&svg);
        assert!(boxes.len() > 15, "{name}");
        for (index, (left, top, right, bottom, text)) in boxes.iter().enumerate() {
            assert!(
                *left >= 0.0 && *top >= 0.0 && *right <= page_width && *bottom <= page_height,
                "{name}: {text} leaves the page"
            );
            for (other_left, other_top, other_right, other_bottom, other) in &boxes[index + 1..] {
                let apart = right <= other_left
                    || other_right <= left
                    || bottom <= other_top
                    || other_bottom <= top;
                assert!(apart, "{name}: {text} overlaps {other}");
            }
        }
    }
}

#[test]
fn bands_stand_where_the_quantiles_are() {
    let document = sample();
    let svg = pair_of(&document);
    let ticks: Vec<(f64, f64)> = text_boxes(&svg)
        .iter()
        .filter(|tick| tick.2 < 62.0)
        .filter_map(|(_, top, _, bottom, text)| Some((text.parse().ok()?, (top + bottom) / 2.0)))
        .collect();
    let (zero, last) = (ticks[0], ticks[ticks.len() - 1]);
    assert_eq!((zero.0, last.0), (0.0, 1600.0));
    let per_million = (zero.1 - last.1) / (last.0 - zero.0);
    let axis = svg
        .lines()
        .find(|line| line.starts_with("<line") && line.contains("stroke=\"#5f5f5f\""))
        .map(|line| number(line, "y1"))
        .unwrap();
    for (order, output) in ["revenue", "loss"].into_iter().enumerate() {
        let series = document.series(output, WORLD, &Labels::new()).unwrap();
        for (class, low, high) in [("band-90", 0.05, 0.95), ("band-50", 0.25, 0.75)] {
            let mark = svg
                .lines()
                .filter(|line| line.contains(&format!("class=\"band {class}\"")))
                .nth(order)
                .unwrap();
            let outline = points(mark);
            assert_eq!(outline.len(), 10);
            for (index, (_, cell)) in series.cells.iter().enumerate() {
                for (level, (_, y)) in [(low, outline[index]), (high, outline[9 - index])] {
                    let value = cell.quantiles[document.level_index(level).unwrap()].unwrap();
                    // Coordinates have two decimals, and each end of the tick scale is off by as much.
                    assert!(
                        (axis - y - value / 1e6 * per_million).abs() < 0.03,
                        "{output} {class} {index}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_fan_alone_has_nine_nested_bands_that_darken_inwards() {
    let svg = single_of(&sample());
    let bands: Vec<&str> = svg
        .lines()
        .filter(|line| line.contains("class=\"band band-"))
        .collect();
    assert_eq!(
        bands
            .iter()
            .map(|band| attribute(band, "class"))
            .collect::<Vec<_>>(),
        (1..=9)
            .rev()
            .map(|tenth| format!("band band-{tenth}0"))
            .collect::<Vec<_>>()
    );
    let height = |band: &str| points(band)[4].1 - points(band)[5].1;
    assert!(
        bands
            .windows(2)
            .all(|pair| height(pair[1]) < height(pair[0]))
    );
    let red = |band: &str| u8::from_str_radix(&attribute(band, "fill")[1..3], 16).unwrap();
    assert!(bands.windows(2).all(|pair| red(pair[1]) < red(pair[0])));
    assert_eq!(svg.matches("class=\"central-mark\"").count(), 5);
    assert_eq!(svg.matches("class=\"median\"").count(), 1);
}

#[test]
fn bars_of_the_strip_are_proportional_to_the_probabilities() {
    let svg = pair_of(&sample());
    let heights: Vec<f64> = svg
        .lines()
        .filter(|line| line.contains("class=\"probability\""))
        .map(|line| number(line, "height"))
        .collect();
    assert_eq!(heights.len(), 6);
    for (height, probability) in heights
        .iter()
        .zip([0.0003, 0.0087, 0.0612, 0.1978, 0.4121, 0.3199])
    {
        // Heights have two decimals.
        assert!(
            (height / heights[4] - probability / 0.4121).abs() < 2e-4,
            "{probability}"
        );
    }
    assert!(svg.contains(">41.21 ± 0.05 %</text>") && svg.contains(">never</text>"));
}

#[test]
fn the_text_alternative_states_the_numbers_and_is_linked() {
    let svg = pair_of(&sample());
    let description = svg.lines().find(|line| line.starts_with("<desc ")).unwrap();
    assert!(description.contains("Operator revenue from flash calls in 2027: median 450 million USD/year, 5 % to 95 % of trials 131.1 to 1545."), "{description}");
    assert!(
        description.contains("2027 41.21 ± 0.05 %, never 31.99 ± 0.05 %."),
        "{description}"
    );
    for id in attribute(&svg, "aria-labelledby").split(' ') {
        assert!(svg.contains(&format!("id=\"{id}\"")));
    }
    assert!(svg.contains("of 1,000,000 trials"));
}

#[test]
fn every_panel_has_a_scale_of_its_own() {
    let svg = panels_of(&sample(), 4);
    assert_eq!(svg.matches("class=\"band band-90\"").count(), 16);
    assert!(svg.contains("each panel has its own vertical scale"));
    assert!(svg.contains(">800</text>") && svg.contains(">80</text>"));
}

#[test]
fn charts_say_what_they_lack() {
    let document = sample();
    let at = Labels::new();
    let chart = |outputs: &[&str], place: &str, crossing: Option<&str>| {
        fan_chart(
            &document,
            &FanChart {
                outputs,
                place,
                at: &at,
                crossing,
            },
        )
        .unwrap_err()
    };
    assert_eq!(
        chart(&["profit"], WORLD, None),
        ChartError::UnknownOutput("profit".to_owned())
    );
    assert!(matches!(
        chart(&["loss"], "country", None),
        ChartError::NotAtPlace { .. }
    ));
    assert!(matches!(
        chart(&["loss"], WORLD, Some("x")),
        ChartError::UnknownCrossing { .. }
    ));
    assert_eq!(chart(&[], WORLD, None), ChartError::Count(0));
    assert_eq!(chart(&["loss"; 4], WORLD, None), ChartError::Count(4));
    let broken = |change: fn(&mut ResultDocument)| {
        let mut document = sample();
        change(&mut document);
        fan_chart(
            &document,
            &FanChart {
                outputs: &["loss", "revenue"],
                place: WORLD,
                at: &Labels::new(),
                crossing: None,
            },
        )
        .unwrap_err()
    };
    assert!(matches!(
        broken(|d| d.outputs.get_mut("loss").unwrap().unit = None),
        ChartError::NotComparable { .. }
    ));
    assert!(matches!(
        broken(|d| d.outputs.get_mut("loss").unwrap().cells[2].quantiles[2] = None),
        ChartError::NoValue { label: 2025, .. }
    ));
    assert!(matches!(
        broken(|d| d.outputs.get_mut("loss").unwrap().cells[2].central = None),
        ChartError::NoValue { .. }
    ));
    assert!(matches!(
        broken(|d| d.quantile_levels[2] = 0.06),
        ChartError::NoLevel(_)
    ));
    assert!(matches!(
        broken(|d| d.model.time = None),
        ChartError::NoTime(_) | ChartError::NotAtPlace { .. }
    ));
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    for ((name, one), (_, two)) in all_charts().into_iter().zip(all_charts()) {
        assert_eq!(one, two, "{name}");
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
        driver("Recall", "India", 0.05, None),
    ];
    let text = report(&sample(), &plan, &drivers);
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 100 && line.trim_end() == line)
    );
    insta::assert_snapshot!(text, @r#"
    Flash calling: operator revenue against loss, 2023–2027

    World: “Operator revenue from flash calls” passes “Loss to undetected flash calls” for the first
    time in 2027 in 41.21 ± 0.05 % of trials, by 2027 in 68.01 ± 0.05 %.

    Operator revenue from flash calls, World (million USD/year)
      year       5 %      50 %      95 %      mean   central  at level
      2023     0.290      2.46      20.9      5.73      2.46      46 %
      2024      2.46     15.00      91.6      27.5     15.00      46 %
      2025     17.07      75.0       330     112.4      75.0      46 %
      2026      59.0     220.0       820     303.0     220.0      46 %
      2027     131.1       450      1545       596       450      46 %

    Loss to undetected flash calls, World (million USD/year)
      year       5 %      50 %      95 %      mean   central  at level
      2023      67.5     120.0     213.4     127.6     120.0      46 %
      2024     126.9     245.0       473     265.4     245.0      46 %
      2025     178.9     375.0       786     415.0     375.0      46 %
      2026     140.6     320.0       728     362.6     320.0      46 %
      2027      89.5     240.0       644     287.3     240.0      46 %

    Revenue passes loss, World (share of trials)
      year          first in               by
      2023   0.030 ± 0.002 %  0.030 ± 0.002 %
      2024   0.870 ± 0.009 %  0.900 ± 0.009 %
      2025     6.12 ± 0.02 %    7.02 ± 0.03 %
      2026    19.78 ± 0.04 %   26.80 ± 0.04 %
      2027    41.21 ± 0.05 %   68.01 ± 0.05 %
      never   31.99 ± 0.05 %
    Back at or below after a crossing: 2.14 ± 0.01 %.
    Already above in 2023, counted there: 0.030 ± 0.002 %.

    Revenue passes loss by region (share of trials)
      region                          by 2027
      North America            64.16 ± 0.05 %
      Latin America            32.08 ± 0.05 %
      West Europe              52.13 ± 0.05 %
      Central and East Europe  36.09 ± 0.05 %
      Far East and China       44.11 ± 0.05 %
      Indian Subcontinent      16.04 ± 0.04 %
      Rest of Asia Pacific     28.07 ± 0.04 %
      Africa and Middle East   20.05 ± 0.04 %

    Drivers of “Operator revenue from flash calls” (rank correlation)
      input                        correlation     place
      Midpoint of the roll-out  -0.612 ± 0.006     World
      Recall                          ≈ 0.0500     India

    warning[unused-source]: the source `gsma-2022` is never cited

    1,000,000 trials, seed 1, random design, generator chacha8, engine 0.1.0. Digits shown are those
    that the Monte Carlo error supports; ± is one standard error.
    "#);
}

#[test]
fn a_report_of_an_awkward_result_keeps_its_width_and_names_what_is_missing() {
    let mut document = awkward();
    document.run.error_df = Some(15.0);
    document.dimensions.get_mut("region").unwrap()[0].label =
        "The region with the longest name of all regions ".repeat(3);
    let plan = ReportPlan {
        crossing: Some("revenue_over_loss".to_owned()),
        outputs: vec!["profit".to_owned(), "net".to_owned()],
        ..ReportPlan::default()
    };
    let text = report(&document, &plan, &[]);
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    for part in [
        "no output `profit`",
        "Scenario: slow_rollout",
        "Set: monetised_share",
        "± 2.13 errors (from the spread of replicates, 15 degrees of freedom)",
        "…",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let unknown = report(
        &document,
        &ReportPlan {
            crossing: Some("x".to_owned()),
            ..ReportPlan::default()
        },
        &[],
    );
    assert!(unknown.contains("no crossing `x`"));
}
