//! The pieces of the design are accepted and mean what they say.

use super::model;
use crate::check::{Body, NodeId, PlaceLevel, TermKind};

const COUNTRIES: &str = "iso3,name,region,subscriptions,reported\nCAN,Canada,North America,10,true\nJPN,Japan,Asia,20,true\nXNA,Rest of North America,North America,5,false\n";
const REGIONS: &str = "region\nNorth America\nAsia\n";
const PRICES: &str = "iso3,provider,list_date,price\nCAN,Telesign,2023-04-24,0.1\nCAN,Telesign,2023-07-11,0.2\nJPN,Telesign,2023-04-24,0.3\nXNA,Telesign,2023-04-24,0.4\nZZZ,Other,2023-04-24,9\n";

fn flagship() -> super::Case {
    model(
        r#"
[dimensions.year]
range = [2023, 2027]
time = true
[dimensions.country]
table = "countries.csv"
key = "iso3"
label = "name"
parent.region = "region"
reported = "reported"
[dimensions.region]
table = "regions.csv"
key = "region"
[data.subscriptions]
over = ["country"]
table = "countries.csv"
column = "subscriptions"
unit = "subscription"
rollup = "sum"
[data.list_price]
over = ["country"]
table = "prices.csv"
index = { country = "iso3" }
where = { provider = "Telesign", list_date = 2023-04-24 }
column = "price"
unit = "USD/message"
[data.reference_price]
value = 0.08
unit = "USD/message"
[data.block_only]
over = ["country"]
values = { JPN = 0.7 }
default = 0
[data.calls_each]
value = 12
unit = "call/subscription/year"
[inputs.detection_rate]
over = ["country"]
is = 'beta(median = 0.88, concentration = 40)'
alike = { world = 0.3, region = 0.3 }
[inputs.elasticity]
is = 'normal(mean = -0.5, sd = 0.1)'
[inputs.rollout_shock]
over = ["country", "year"]
is = 'normal(mean = 0, sd = 0.2)'
persist = 0.8
[variables.calls]
is = 'subscriptions * calls_each * (list_price / reference_price)^elasticity * exp(rollout_shock) * (1 - block_only)'
unit = "call/year"
rollup = "sum"
[variables.identified]
is = 'calls * detection_rate'
unit = "call/year"
rollup = "sum"
[variables.allocation]
is = 'subscriptions / sum(subscriptions, country by region)'
rollup = { mean = "subscriptions" }
[variables.stock]
over = ["country", "year"]
is = 'prev(stock, 0) + identified'
unit = "call/year"
rollup = "none"
[outputs.identified_share]
is = 'identified / calls'
places = ["country", "region", "world"]
unit = "1"
[outputs.allocation]
places = ["region"]
[outputs.stock]
places = ["country"]
[crossings.most]
of = 'identified'
above = 'calls - identified'
[joint.both]
of = ["identified", "calls"]
places = ["world"]
[evidence.many]
observes = 'sum(identified[year = 2027], country)'
is = 'lognormal(median = 450e6, gsd = 1.10)'
[evidence.grows]
holds = 'sum(identified[year = 2026], country) < sum(identified[year = 2027], country)'
softness = 0.05
[conditions.all]
on = ["many", "grows"]
[strategies.block]
set.detection_rate = 0
[scenarios.slow]
set.elasticity = 'normal(mean = -0.4, sd = 0.8)'
set.block_only = [{ where = { country = "JPN" }, is = 0.1 }, { where = { region = "North America" }, is = '0.2' }]
"#,
    )
    .table("countries.csv", COUNTRIES)
    .table("regions.csv", REGIONS)
    .table("prices.csv", PRICES)
}

#[test]
fn the_model_of_the_design_is_accepted() {
    let checked = flagship().checked();
    assert_eq!(checked.warnings, []);
    assert!(checked.has_units);
    let country = checked.dimensions.find("country").unwrap();
    assert!(!checked.dimensions.at(country).labels[2].reported);
    assert_eq!(checked.dimensions.at(country).labels[1].title, "Japan");
    let values = |name: &str| match &checked.node(checked.find(name).unwrap()).parts[0].body {
        Body::Values(values) => values.clone(),
        _ => panic!("no values"),
    };
    assert_eq!(values("list_price"), [0.1, 0.3, 0.4]);
    assert_eq!(values("block_only"), [0.0, 0.7, 0.0]);
}

#[test]
fn operands_come_before_their_readers() {
    let checked = flagship().checked();
    let place = |name: &str| {
        let id = checked.find(name).unwrap();
        checked.order.iter().position(|own| *own == id).unwrap()
    };
    assert_eq!(checked.order.len(), checked.nodes.len());
    assert!(place("calls") < place("identified"));
    assert!(place("identified") < place("stock"));
    assert!(place("rollout_shock") < place("calls"));
}

#[test]
fn places_of_a_crossing_are_all_levels_without_time() {
    let checked = flagship().checked();
    let names: Vec<&str> = (checked.crossings[0].places.iter())
        .map(|place| place.name.as_str())
        .collect();
    assert_eq!(names, ["country", "region", "world"]);
    let time = checked.dimensions.time().unwrap();
    assert!(
        checked.crossings[0]
            .places
            .iter()
            .all(|place| !place.shape.contains(time))
    );
    let output = &checked.outputs[0];
    assert_eq!(output.places[2].level, PlaceLevel::World);
    assert_eq!(output.places[2].shape.len(), 1);
    assert_eq!(output.places[1].shape.len(), 2);
}

#[test]
fn a_scenario_replaces_some_cells() {
    let checked = flagship().scenario("slow").checked();
    let node = checked.node(checked.find("block_only").unwrap());
    assert_eq!(node.parts.len(), 3);
    assert_eq!(node.parts[0].cells, None);
    assert_eq!(node.parts[1].cells, Some(vec![false, true, false]));
    assert_eq!(node.parts[2].cells, Some(vec![true, false, true]));
    let elasticity = checked.node(checked.find("elasticity").unwrap());
    assert_eq!(elasticity.parts.len(), 1);
}

#[test]
fn a_strategy_that_fixes_an_input_keeps_its_stream_and_warns_of_what_is_idle() {
    let case = flagship().strategy("block");
    let checked = case.checked();
    let node = checked.node(checked.find("detection_rate").unwrap());
    assert!(matches!(&node.parts[..], [part] if matches!(part.body, Body::Formula(_))));
    assert_eq!(node.stream.as_ref().unwrap().alike.len(), 2);
    assert_eq!(case.problems(), ["38:9 idle-input"]);
}

#[test]
fn an_argument_wins_over_the_scenario() {
    let checked = flagship()
        .scenario("slow")
        .set("elasticity", "-0.3")
        .checked();
    let node = checked.node(checked.find("elasticity").unwrap());
    let [part] = &node.parts[..] else {
        panic!("one part")
    };
    let Body::Formula(term) = &part.body else {
        panic!("a number")
    };
    assert!(matches!(term.kind, TermKind::Apply(..)));
}

#[test]
fn a_regional_value_broadcasts_to_its_countries() {
    let checked = model(
        r#"
[dimensions.country]
labels = ["a", "b"]
parent.region = { a = "r", b = "s" }
[dimensions.region]
labels = ["r", "s"]
[data.tariff]
over = ["region"]
values = [1, 2]
[data.users]
over = ["country"]
values = [3, 4]
rollup = "sum"
[variables.x]
is = 'users * tariff * (region == "r")'
rollup = "sum"
[outputs.x]
places = ["country", "region", "world"]
"#,
    )
    .checked();
    let country = checked.dimensions.find("country").unwrap();
    let shape = &checked.node(NodeId(2)).shape;
    assert!(shape.contains(country) && shape.len() == 1);
}

#[test]
fn a_model_without_dimensions_and_units_is_accepted() {
    let checked = model(
        r#"
[inputs.cost]
is = 'normal(mean = 100, sd = 10)'
[outputs.double]
is = '2 * cost + 1'
"#,
    )
    .checked();
    assert!(!checked.has_units);
    assert_eq!(checked.outputs[0].places.len(), 1);
    assert_eq!(checked.outputs[0].places[0].name, "world");
}

#[test]
fn nodes_may_read_each_other_through_prev() {
    let checked = model(
        r#"
[dimensions.year]
range = [1, 3]
time = true
[inputs.growth]
over = ["year"]
is = 'normal(mean = 0, sd = 1)'
[variables.a]
over = ["year"]
is = 'prev(b, 1) + growth'
[variables.b]
over = ["year"]
is = '2 * a'
[outputs.b]
"#,
    )
    .checked();
    assert_eq!(checked.nodes.len(), 3);
    let place = |name: &str| {
        checked
            .order
            .iter()
            .position(|id| *id == checked.find(name).unwrap())
    };
    assert!(place("a") < place("b"));
}
