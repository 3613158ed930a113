//! The seed in a document: a JSON number while every reader can hold it exactly, text above.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 2^53: the largest integer up to which a double, and so every browser, holds all integers.
pub const LARGEST_EXACT_INTEGER: u64 = 1 << 53;

/// The user's seed. Above [`LARGEST_EXACT_INTEGER`] it is written as text, since readers that keep numbers as doubles would change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl fmt::Display for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= LARGEST_EXACT_INTEGER {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = Seed;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a seed from 0 to 2^64 - 1, as a number or as text")
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Seed, E> {
                Ok(Seed(value))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Seed, E> {
                text.parse()
                    .map(Seed)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}

impl JsonSchema for Seed {
    fn schema_name() -> Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The user's seed: a number up to 2^53, text above.",
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LARGEST_EXACT_INTEGER},
                {"type": "string", "pattern": "^[0-9]{16,20}$"}
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_numbers_up_to_two_to_the_53_and_text_above() {
        for (seed, text) in [
            (1, "1"),
            (9_007_199_254_740_992, "9007199254740992"),
            (9_007_199_254_740_993, "\"9007199254740993\""),
            (u64::MAX, "\"18446744073709551615\""),
        ] {
            assert_eq!(serde_json::to_string(&Seed(seed)).unwrap(), text);
            assert_eq!(serde_json::from_str::<Seed>(text).unwrap(), Seed(seed));
        }
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for text in ["-1", "1.5", "\"abc\"", "\"18446744073709551616\"", "null"] {
            assert!(serde_json::from_str::<Seed>(text).is_err(), "{text}");
        }
    }
}
