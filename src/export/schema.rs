//! The JSON Schema of `result.json`, generated from the types so that it cannot drift from them.

use schemars::generate::SchemaSettings;

use crate::result::ResultDocument;

/// The JSON Schema (draft 2020-12) of `fanfare-result/1`, as indented text that ends with a line feed.
pub fn schema() -> String {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<ResultDocument>();
    let mut text =
        serde_json::to_string_pretty(&schema).expect("a schema is plain JSON with text keys");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::export::json;
    use crate::result::sample::sample;

    /// Regenerate with `UPDATE_SCHEMA=1 cargo test --lib export::schema`.
    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/result.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), schema());
    }

    fn sample_value() -> Value {
        serde_json::from_slice(&json(&sample()).unwrap()).unwrap()
    }

    #[test]
    fn the_sample_is_valid() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&sample_value())
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn broken_documents_are_not_valid() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let breaks: [(&str, Value); 7] = [
            ("/format", "fanfare-result/2".into()),
            ("/run/seed", (-1).into()),
            ("/outputs/revenue/cells/0/central", "high".into()),
            ("/outputs/revenue/cells/0/at/year", 2023.5.into()),
            (
                "/crossings/revenue_over_loss/cells/0/never/probability",
                1.5.into(),
            ),
            (
                "/crossings/revenue_over_loss/cells/0/first/0/year",
                Value::Null,
            ),
            ("/sources/juniper-2023", Value::Null),
        ];
        for (pointer, value) in breaks {
            let mut broken = sample_value();
            *broken.pointer_mut(pointer).unwrap() = value;
            assert!(!validator.is_valid(&broken), "{pointer}");
        }
        let mut missing = sample_value();
        missing
            .pointer_mut("/run")
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove("error_df");
        let mut unknown = sample_value();
        unknown
            .pointer_mut("/run")
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert("host".to_owned(), "x".into());
        assert!(!validator.is_valid(&unknown));
        // A nullable key may be left out: serde reads a missing `Option` as none. Keys that are not nullable may not.
        let mut without_trials = sample_value();
        without_trials
            .pointer_mut("/run")
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove("trials");
        assert!(!validator.is_valid(&without_trials));
        assert!(validator.is_valid(&missing));
    }
}
