//! The rows of tests/reference/distributions.json.

use fanfare::dist::{Distribution, ParameterValue, build, parametrisation};
use serde_json::Value;

/// One distribution and what is known of it.
pub struct Row(pub Value);

/// All rows.
pub fn rows() -> Vec<Row> {
    let file: Value =
        serde_json::from_str(include_str!("../reference/distributions.json")).unwrap();
    let rows: Vec<Row> = file["rows"]
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .map(Row)
        .collect();
    assert!(rows.len() > 100);
    rows
}

impl Row {
    pub fn family(&self) -> &str {
        self.0["family"].as_str().unwrap()
    }

    /// As written in a model.
    pub fn text(&self) -> String {
        let parameters: Vec<String> = (self.0["parameters"].as_array().unwrap().iter())
            .map(|pair| format!("{} = {}", pair[0].as_str().unwrap(), pair[1]))
            .collect();
        format!("{}({})", self.family(), parameters.join(", "))
    }

    pub fn distribution(&self) -> Distribution {
        let pairs = self.0["parameters"].as_array().unwrap();
        let names: Vec<&str> = pairs.iter().map(|pair| pair[0].as_str().unwrap()).collect();
        let values: Vec<ParameterValue> = (pairs.iter())
            .map(|pair| match pair[1].as_array() {
                Some(list) => {
                    ParameterValue::List(list.iter().map(|x| x.as_f64().unwrap()).collect())
                }
                None => ParameterValue::Number(pair[1].as_f64().unwrap()),
            })
            .collect();
        let chosen = parametrisation(self.family(), &names).unwrap();
        build(&chosen, &values).unwrap_or_else(|error| panic!("{}: {error}", self.text()))
    }

    /// Whether `min` or `max` is among the parameters.
    pub fn is_truncated(&self) -> bool {
        let pairs = self.0["parameters"].as_array().unwrap();
        pairs
            .iter()
            .any(|pair| pair[0] == "min" || pair[0] == "max")
    }

    /// The triples of a list; nothing where there is none.
    pub fn triples(&self, key: &str) -> Vec<[f64; 3]> {
        let list = self.0[key].as_array().map_or(&[][..], Vec::as_slice);
        (list.iter())
            .map(|row| [0, 1, 2].map(|k| row[k].as_f64().unwrap()))
            .collect()
    }
}
