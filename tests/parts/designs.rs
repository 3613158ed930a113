//! Designs on the command line: what is run is said, stored and the same in all variants.

use serde_json::{Value, json};

use crate::command::Cell;

fn run_of(cell: &Cell, folder: &str) -> Value {
    let result: Value =
        serde_json::from_slice(&cell.read(&format!("{folder}/result.json"))).unwrap();
    result["run"].clone()
}

#[test]
fn trials_are_rounded_up_to_whole_replicates_with_a_notice() {
    let cell = Cell::new();
    for (arguments, notice, points, trials) in [
        (
            "--design latin --trials 1001",
            "1008 trials in place of 1001: 63 replicates of 16 points",
            16,
            1008,
        ),
        (
            "--design sobol --trials 1001",
            "1008 trials in place of 1001: 126 replicates of 8 points",
            8,
            1008,
        ),
        (
            "--design latin --trials 1001 --points 100",
            "1600 trials in place of 1001: 16 replicates of 100 points",
            100,
            1600,
        ),
    ] {
        let ended = cell.done(&format!("run market/model.toml {arguments} --out o"));
        assert!(ended.err.contains(notice), "{arguments}: {}", ended.err);
        let run = run_of(&cell, "o");
        assert_eq!(run["trials"], trials);
        assert_eq!(run["points_per_replicate"], points);
        assert_eq!(run["error_df"], json!((trials / points - 1) as f64));
    }
    let exact = cell.done("run market/model.toml --design latin --trials 1600 --out o");
    assert!(!exact.err.contains("in place of"), "{}", exact.err);
    let random = cell.done("run market/model.toml --trials 1001 --out o");
    assert!(!random.err.contains("in place of"), "{}", random.err);
    assert_eq!(run_of(&cell, "o")["error_df"], Value::Null);
}

#[test]
fn variants_keep_the_order_of_the_base_model() {
    let cell = Cell::new();
    let run = "run market/model.toml --design sobol --trials 1024 --quiet";
    cell.done(&format!("{run} --out base"));
    let order = run_of(&cell, "base")["sobol_order"].clone();
    assert!(order.as_array().unwrap().len() > 1, "{order}");
    // The scenario has dearer costs, the override no launches to draw.
    for variant in ["--scenario dear", "--set launches=3"] {
        cell.done(&format!("{run} {variant} --out variant"));
        assert_eq!(run_of(&cell, "variant")["sobol_order"], order);
    }
    for design in ["random", "latin"] {
        cell.done(&format!(
            "run market/model.toml --design {design} --trials 1024 --quiet --out other"
        ));
        assert_eq!(run_of(&cell, "other").get("sobol_order"), None);
    }
}

#[test]
fn shards_of_every_design_merge_with_the_models_folder_gone() {
    for design in ["latin", "sobol"] {
        let cell = Cell::new();
        let run = format!("run market/model.toml --design {design} --trials 20000 --scenario dear");
        cell.done(&format!("{run} --out whole --quiet --joint-sample"));
        for shard in 1..=3 {
            cell.done(&format!("{run} --shard {shard}/3 --out parts --quiet"));
        }
        let other = if design == "latin" {
            "--points 2000"
        } else {
            "--points 512"
        };
        cell.done(&format!("{run} {other} --shard 2/3 --out others --quiet"));
        let misfit = cell.run("merge parts/shard-1-of-3.part others --out merged");
        assert_eq!(misfit.code, Some(2));
        assert!(
            misfit.err.contains("points of a replicate"),
            "{}",
            misfit.err
        );
        std::fs::remove_dir_all(cell.path("market")).unwrap();
        cell.done("merge parts --out merged --quiet --joint-sample");
        cell.assert_same("whole", "merged", &[]);
    }
}
