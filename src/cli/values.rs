//! Values of arguments: numbers of trials, designs, shards, intervals.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::run::{MOST_TRIALS, Shard};
use crate::sample::DesignKind;

pub(super) fn parse_trials(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let number: f64 = plain
        .parse()
        .map_err(|_| "expected a whole number such as 1000000 or 1e6".to_owned())?;
    if !(number >= 1.0 && number.fract() == 0.0) {
        return Err("expected a whole number of at least 1".to_owned());
    }
    if number > MOST_TRIALS as f64 {
        return Err(format!("at most {MOST_TRIALS} trials in one run"));
    }
    Ok(number as u64)
}

/// The designs by name.
pub(super) fn designs() -> impl TypedValueParser<Value = DesignKind> {
    let names = DesignKind::ALL.map(DesignKind::name);
    PossibleValuesParser::new(names).try_map(|name| {
        let kind = DesignKind::ALL.into_iter().find(|kind| kind.name() == name);
        kind.ok_or("no such design")
    })
}

/// `3/16`
pub(super) fn parse_shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(index, of)| {
        Some(Shard {
            index: index.parse().ok()?,
            of: of.parse().ok()?,
        })
    });
    numbers
        .filter(|shard| 1 <= shard.index && shard.index <= shard.of)
        .ok_or_else(|| {
            "expected the number of the shard and of all shards, such as 3/16".to_owned()
        })
}

/// `60s`, `5m`, `1h`, `0.5s`
pub(super) fn parse_interval(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time such as 60s, 5m or 1h".to_owned();
    let split = text.len() - text.chars().last().map_or(0, char::len_utf8);
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|interval| !interval.is_zero())
        .ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_are_whole_positive_and_bounded() {
        assert_eq!(parse_trials("1e6"), Ok(1_000_000));
        assert_eq!(parse_trials("1_000"), Ok(1_000));
        for wrong in ["0", "-5", "1.5", "1e18", "NaN", "inf", "many"] {
            assert!(parse_trials(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shards_are_numbered_from_one() {
        assert_eq!(parse_shard("3/16"), Ok(Shard { index: 3, of: 16 }));
        for wrong in ["0/4", "5/4", "1", "1/0", "-1/4", "1/x", "/", ""] {
            assert!(parse_shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn intervals_have_a_unit() {
        assert_eq!(parse_interval("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(parse_interval("0.5s"), Ok(Duration::from_millis(500)));
        for wrong in [
            "", "5", "s", "-1s", "0s", "NaNs", "infh", "1e300h", "5 min", "5µ",
        ] {
            assert!(parse_interval(wrong).is_err(), "{wrong}");
        }
    }
}
