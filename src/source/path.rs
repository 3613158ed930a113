//! The one spelling of a path inside the model's folder.

use super::SourceError;

/// Checks a relative path by its text alone and returns its one spelling: parts joined by `/`, without `.` and empty parts.
///
/// # Errors
/// [`SourceError::PathOutside`] for an absolute path, a `..` part, a backslash, a drive letter or a control character.
/// All systems refuse the same paths, so that a model that runs on one runs on every other.
pub fn normal_path(relative: &str) -> Result<String, SourceError> {
    let refuse = |reason| {
        Err(SourceError::PathOutside {
            path: relative.escape_debug().to_string(),
            reason,
        })
    };
    if relative.is_empty() {
        return refuse("is an empty path");
    }
    if relative.chars().any(char::is_control) {
        return refuse("contains a control character");
    }
    if relative.contains('\\') {
        return refuse("contains a backslash");
    }
    if relative.starts_with('/') {
        return refuse("is an absolute path");
    }
    let bytes = relative.as_bytes();
    if bytes.len() >= 2 && bytes[1] == b':' && bytes[0].is_ascii_alphabetic() {
        return refuse("starts with a drive letter");
    }
    let mut parts = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => return refuse("goes up with `..`"),
            _ => parts.push(part),
        }
    }
    if parts.is_empty() {
        return refuse("names the folder itself");
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_inside_the_folder_get_one_spelling() {
        assert_eq!(normal_path("data/a.csv").unwrap(), "data/a.csv");
        assert_eq!(normal_path("./data//./a.csv").unwrap(), "data/a.csv");
        assert_eq!(normal_path("..data/a..csv").unwrap(), "..data/a..csv");
    }

    #[test]
    fn paths_that_may_leave_the_folder_are_refused() {
        for path in [
            "",
            ".",
            "./",
            "/etc/passwd",
            "//host/share",
            "..",
            "../a.csv",
            "data/../../a.csv",
            "data/../a.csv",
            "a\\b.csv",
            "..\\a.csv",
            "C:/a.csv",
            "c:a.csv",
            "a\0b",
            "a\nb",
        ] {
            let error = normal_path(path).unwrap_err();
            assert_eq!(error.code(), "path-outside", "{path:?}");
        }
    }
}
