//! The closest known name to one that is misspelt.

/// The candidate that `name` was probably meant to be: the fewest edits, at most about a third of its length; the first of equals.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Names that are longer are no slips of a finger, and comparing takes the product of the lengths.
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = ((name.chars().count() + 1) / 3).max(1);
    candidates
        .filter(|candidate| candidate.len() <= LONGEST && *candidate != name)
        .map(|candidate| {
            let edits = strsim::osa_distance(&lower, &candidate.to_lowercase());
            (edits, candidate)
        })
        .filter(|(edits, candidate)| *edits <= allowed && *edits < candidate.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_a_finger_find_their_name() {
        let names = ["unit", "title", "over", "sources"];
        let find = |name| closest(name, names.iter().copied());
        assert_eq!(find("untis"), Some("unit"));
        assert_eq!(find("Titel"), Some("title"));
        assert_eq!(find("source"), Some("sources"));
        assert_eq!(find("colour"), None);
        assert_eq!(find("x"), None);
        assert_eq!(find(&"x".repeat(10_000)), None);
    }
}
