//! The name that was probably meant by a misspelt one.

/// The candidate closest to `name`, if one is close enough to be what was meant; of equally close ones the first.
///
/// Close means: at most a third of the characters of `name` (rounded, at least one, never all) are swapped with their neighbour, replaced, added or
/// left out. Case does not count.
///
/// # Source
/// Damerau, F. J. (1964), "A technique for computer detection and correction of spelling errors", Communications of the ACM 7(3).
#[must_use]
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    let most = ((length + 1) / 3).max(1).min(length.saturating_sub(1));
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let lowered = candidate.to_lowercase();
        // The distance is at least the difference in length; this also keeps long texts out of the quadratic algorithm.
        if lowered.chars().count().abs_diff(length) > most {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &lowered);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    const NAMES: [&str; 6] = [
        "detection_rate",
        "rollout",
        "rollup",
        "price",
        "prices",
        "x",
    ];

    fn found(name: &str) -> Option<&'static str> {
        closest(name, NAMES.into_iter())
    }

    #[test]
    fn misspelt_names_find_their_neighbour() {
        assert_eq!(found("detecton_rate"), Some("detection_rate"));
        assert_eq!(found("rolluot"), Some("rollout"));
        assert_eq!(found("pirce"), Some("price"));
        assert_eq!(found("Rollup"), Some("rollup"));
    }

    #[test]
    fn the_nearest_wins_and_the_first_of_equals() {
        assert_eq!(found("prices_"), Some("prices"));
        assert_eq!(closest("cot", ["cat", "cut"].into_iter()), Some("cat"));
    }

    #[test]
    fn a_third_of_the_name_may_differ_and_no_more() {
        assert_eq!(closest("abcdef", ["abcdxy"].into_iter()), Some("abcdxy"));
        assert_eq!(closest("abcdef", ["abcxyz"].into_iter()), None);
    }

    #[test]
    fn unlike_names_find_nothing() {
        assert_eq!(found("revenue"), None);
        assert_eq!(found("y"), None, "a replaced single letter is another name");
        assert_eq!(found(""), None);
        assert_eq!(found("cost"), None);
    }

    #[test]
    fn a_name_finds_itself_in_another_case() {
        assert_eq!(found("X"), Some("x"));
    }
}
