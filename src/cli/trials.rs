//! The trials behind a result as a table, and one of them as an example.

use crate::run::{Notability, NotableTrial};

/// One row for each notable trial.
pub(super) fn csv(trials: &[NotableTrial]) -> Vec<u8> {
    let mut text = String::from("quantity,place,at,statistic,statistic_id,trial,value\n");
    for notable in trials {
        let at: Vec<String> = notable
            .at
            .iter()
            .map(|(dimension, key)| format!("{dimension}={key}"))
            .collect();
        let (statistic, id) = match &notable.notability {
            Notability::Minimum => ("minimum", String::new()),
            Notability::Quantile(level) => ("quantile", level.to_string()),
            Notability::Maximum => ("maximum", String::new()),
            Notability::First(label) => ("first", label.clone()),
            Notability::Never => ("never", String::new()),
            Notability::Recross => ("recross", String::new()),
        };
        let value = notable
            .value
            .map_or(String::new(), |value| value.to_string());
        let fields = [
            &notable.name,
            &notable.place,
            &at.join(";"),
            statistic,
            &id,
            &notable.trial.to_string(),
            &value,
        ];
        text.push_str(&fields.map(quoted).join(","));
        text.push('\n');
    }
    text.into_bytes()
}

/// A field of a table, quoted where it must be.
pub(super) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A sentence about one of the trials, and its number: of the crossing that does not come, else of one that does; else of a largest value.
pub(super) fn example(trials: &[NotableTrial], crossing: Option<&str>) -> Option<(String, u64)> {
    let of_crossing = |wanted: &dyn Fn(&Notability) -> bool| {
        trials
            .iter()
            .find(|notable| Some(notable.name.as_str()) == crossing && wanted(&notable.notability))
    };
    if let Some(never) = of_crossing(&|notability| *notability == Notability::Never) {
        let sentence = format!("A world in which {} never comes", never.name);
        return Some((sentence, never.trial));
    }
    if let Some(first) = of_crossing(&|notability| matches!(notability, Notability::First(_)))
        && let Notability::First(label) = &first.notability
    {
        let sentence = format!("A world in which {} first holds in {label}", first.name);
        return Some((sentence, first.trial));
    }
    let largest = trials
        .iter()
        .rev()
        .find(|notable| notable.notability == Notability::Maximum)?;
    let sentence = format!("The world in which {} is largest", largest.name);
    Some((sentence, largest.trial))
}
