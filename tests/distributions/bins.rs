//! Draws of whole runs fall into bins as often as the definitions say.

use std::fmt::Write;

use fanfare::run::{Settings, Unobserved, VariantChoice, load_from, simulate};
use fanfare::source::Memory;

use crate::rows::rows;

const TRIALS: u64 = 200_000;

/// For each family a crossing tells the bin of a draw: the "years" are bins, and the first edge that is not below the draw names its bin.
/// The chi-square statistic of right draws exceeds its bound with probability 1e-6 for each family; the seed is fixed.
#[test]
fn counts_of_whole_runs_meet_the_definitions() {
    let rows: Vec<_> = rows()
        .into_iter()
        .filter(|row| row.0["bins"].is_array())
        .collect();
    assert_eq!(rows.len(), fanfare::dist::families().len());
    let most = 49;
    let mut text = format!(
        "fanfare = 1\nname = \"bins\"\n[dimensions.bin]\nrange = [1, {most}]\ntime = true\n"
    );
    for row in &rows {
        let family = row.family();
        let bins = row.0["bins"].as_array().unwrap();
        // Families with fewer bins repeat their last edge, which no draw reaches first.
        let edges: Vec<String> = (0..most)
            .map(|k| format!("{:?}", bins[k.min(bins.len() - 1)][0].as_f64().unwrap()))
            .collect();
        writeln!(text, "[inputs.x_{family}]\nis = '{}'", row.text()).unwrap();
        writeln!(
            text,
            "[data.edge_{family}]\nover = [\"bin\"]\nvalues = [{}]",
            edges.join(", ")
        )
        .unwrap();
        writeln!(text, "[crossings.c_{family}]\nof = 'edge_{family}'\nabove = 'x_{family}'\nplaces = [\"world\"]").unwrap();
    }
    writeln!(text, "[outputs.x]\nis = 'x_normal'\nplaces = [\"world\"]").unwrap();
    let loaded = load_from(
        &Memory::new().with("model.toml", text.as_str()),
        "model.toml",
        &VariantChoice::default(),
    )
    .unwrap_or_else(|refused| panic!("{:#?}\n{text}", refused.problems));
    let settings = Settings {
        trials: TRIALS,
        seed: 2,
        ..Settings::default()
    };
    let document = simulate(&loaded, &settings, &Unobserved).unwrap();
    for row in &rows {
        let family = row.family();
        let cell = &document
            .crossings
            .get(format!("c_{family}").as_str())
            .unwrap()
            .cells[0];
        let shares: Vec<f64> = cell.first.iter().map(|bin| bin.probability).collect();
        let bins = row.0["bins"].as_array().unwrap();
        let mut statistic = 0.0;
        let mut before = 0.0;
        for (k, share) in shares.iter().enumerate() {
            let below = if k < bins.len() {
                bins[k][1].as_f64().unwrap()
            } else {
                before
            };
            if k >= bins.len() {
                assert_eq!(*share, 0.0, "{family}");
                continue;
            }
            let expected = below - before;
            statistic += (share - expected) * (share - expected) / expected;
            before = below;
        }
        // The last bin: beyond all edges.
        let rest = 1.0 - before;
        let beyond = 1.0 - shares.iter().sum::<f64>();
        statistic += (beyond - rest) * (beyond - rest) / rest;
        statistic *= TRIALS as f64;
        let bound = row.0["chi_square_at_1e-6"].as_f64().unwrap();
        assert!(
            statistic < bound,
            "{}: {statistic}, at most {bound}",
            row.text()
        );
        println!("{family}: {statistic:.1} of at most {bound:.1}");
    }
}
