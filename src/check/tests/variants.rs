//! Mistakes in scenarios, strategies and arguments.

use super::model;

fn with(variants: &str) -> super::Case {
    model(&format!(
        "[dimensions.country]\nlabels = [\"JPN\", \"DEU\"]\nparent.region = {{ JPN = \"asia\", DEU = \"europe\" }}\n[dimensions.region]\nlabels = [\"asia\", \"europe\"]\n[data.price]\nover = [\"country\"]\nvalues = [1, 2]\nunit = \"USD\"\n[inputs.rate]\nover = [\"country\"]\nis = 'uniform(low = 0, high = 1)'\n[inputs.level]\nis = 'uniform(low = 0, high = 1)'\n[variables.cost]\nis = 'price * rate * level'\n[outputs.cost]\nplaces = [\"country\"]\n{variants}\n"
    ))
}

fn codes(case: &super::Case) -> Vec<String> {
    let all = case.problems();
    all.iter()
        .map(|problem| problem.split(' ').nth(1).unwrap_or(problem).to_owned())
        .collect()
}

#[test]
fn unused_variants_are_checked() {
    for (set, expected) in [
        ("set.rate = 0.5", &[][..]),
        ("set.rate = 'beta(alpha = 2, beta = 2)'", &[]),
        ("set.cost = 'price * rate'", &[]),
        ("set.price = 3", &[]),
        ("set.price = '2 * price'", &["cycle"]),
        ("set.prise = 3", &["unknown-name"]),
        (
            "set.rate = 'beta(alpha = 2, beta = -2)'",
            &["out-of-domain"],
        ),
        (
            "set.cost = 'normal(mean = 0, sd = 1)'",
            &["misplaced-distribution"],
        ),
        (
            "set.price = 'normal(mean = 0, sd = 1)'",
            &["misplaced-distribution"],
        ),
        ("set.cost = 'rate'", &["unit-mismatch"]),
        ("set.level = 'sum(rate, country) / 2'", &[]),
        ("set.level = 'rate'", &["shape"]),
        ("set.rate = 'cost / price'", &["cycle"]),
        (
            "set.rate = [{ where = { country = \"JPN\" }, is = 0.1 }]",
            &[],
        ),
        (
            "set.rate = [{ where = { region = \"asia\" }, is = 0.1 }]",
            &[],
        ),
        (
            "set.rate = [{ where = { country = \"JPM\" }, is = 0.1 }]",
            &["unknown-label"],
        ),
        (
            "set.level = [{ where = { country = \"JPN\" }, is = 0.1 }]",
            &["no-such-dimension"],
        ),
        (
            "set.rate = [{ where = { country = \"JPN\", region = \"europe\" }, is = 0.1 }]",
            &["no-effect"],
        ),
        (
            "set.rate = [{ where = { country = \"JPN\" }, is = 0.1 }, { where = { region = \"asia\" }, is = 0.2 }]",
            &["no-effect"],
        ),
    ] {
        for section in ["scenarios", "strategies"] {
            let case = with(&format!("[{section}.s]\n{set}"));
            assert_eq!(codes(&case), expected, "{set}: {:#?}", case.diagnostics());
        }
    }
}

#[test]
fn a_scenario_and_a_strategy_set_different_cells() {
    let text = |scenario: &str, strategy: &str| {
        with(&format!(
            "[scenarios.a]\nset.rate = [{{ where = {{ country = \"{scenario}\" }}, is = 0.1 }}]\n[strategies.b]\nset.rate = [{{ where = {{ country = \"{strategy}\" }}, is = 0.1 }}]"
        ))
    };
    assert_eq!(codes(&text("JPN", "JPN")), [""; 0]);
    let both = text("JPN", "JPN").scenario("a").strategy("b");
    assert_eq!(codes(&both), ["override-conflict"]);
    assert_eq!(both.diagnostics()[0].related.len(), 1);
    assert_eq!(
        codes(&text("JPN", "DEU").scenario("a").strategy("b")),
        [""; 0]
    );
    assert_eq!(
        codes(
            &text("JPN", "DEU")
                .scenario("a")
                .set("rate", "uniform(low = 0, high = 0.5)")
        ),
        [""; 0]
    );
}

#[test]
fn a_variant_sets_something_and_an_argument_each_node_once() {
    for section in ["scenarios", "strategies"] {
        let case = with(&format!("[{section}.s]\ntitle = \"nothing\""));
        assert_eq!(codes(&case), ["no-effect"]);
    }
    let case = with("").set("rate", "0.5").set("level", "0.5");
    assert_eq!(codes(&case), ["idle-input", "idle-input"]);
    let case = with("").set("rate", "0.5").set("rate", "0.6");
    assert_eq!(codes(&case), ["idle-input", "duplicate-override"]);
    let found = &case.diagnostics()[1];
    assert!(
        found.span > Some(found.related[0].span),
        "the second is reported"
    );
}

#[test]
fn variants_are_known() {
    let text = "[scenarios.slow]\nset.rate = 0.5";
    let case = with(text).scenario("slwo");
    assert_eq!(codes(&case), ["unknown-scenario"]);
    assert_eq!(case.diagnostics()[0].hints, ["did you mean `slow`?"]);
    assert_eq!(codes(&with(text).strategy("slow")), ["unknown-strategy"]);
    assert_eq!(codes(&with(text).set("rat", "0.5")), ["unknown-name"]);
}

#[test]
fn what_a_variant_leaves_idle_is_a_warning() {
    assert_eq!(
        codes(&with("[scenarios.a]\nset.cost = 'price * level'").scenario("a")),
        ["idle-input"]
    );
    assert_eq!(
        codes(&with("[scenarios.a]\nset.rate = 0.5").scenario("a")),
        ["idle-input"]
    );
    assert_eq!(codes(&with("").set("rate", "0.5")), ["idle-input"]);
    let correlated = "[inputs.other]\nover = [\"country\"]\nis = 'uniform(low = 0, high = 1)'\n[outputs.other]\nplaces = [\"country\"]\n[[correlations]]\nbetween = [\"rate\", \"other\"]\nkind = \"spearman\"\nvalue = 0.5\n[scenarios.a]\nset.rate = 0.5";
    assert_eq!(
        codes(&with(correlated).scenario("a")),
        ["idle-input", "idle-correlation"]
    );
    // The scores stay correlated as before, though the replaced input no longer draws on them.
    let base = &with(correlated).checked().correlations[0];
    let varied = &with(correlated).scenario("a").checked().correlations[0];
    assert_eq!(varied.inputs, base.inputs);
    assert_eq!(varied.scores, base.scores);
}

#[test]
fn a_variant_keeps_the_shape_and_unit_of_the_base() {
    let checked = with("").set("cost", "price * 2").checked();
    let node = checked.node(checked.find("cost").unwrap());
    assert_eq!(node.shape.len(), 1);
    assert_eq!(node.unit.to_string(), "USD");
}
