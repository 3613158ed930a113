//! A bound on how deep a model file nests, found before the TOML parser builds a tree of it.

/// Most levels of tables, lists and dotted keys. A model needs about eight.
pub(super) const DEPTH_LIMIT: usize = 64;

/// The offset at which the text nests too deep.
///
/// The TOML parser limits brackets and the parts of one key, each alone; together they reach depths of several thousand,
/// and a tree as deep as that overflows the stack when it is dropped. Dots of numbers count as well, which is harmless.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Levels opened by each bracket that is still open: its key's dots and itself.
    let mut open: Vec<usize> = Vec::new();
    let mut depth = 0;
    let mut dots = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            quote @ (b'"' | b'\'') => {
                at = end_of_string(bytes, at, quote);
                continue;
            }
            b'.' => dots += 1,
            b',' => dots = 0,
            b'\n' if open.is_empty() => dots = 0,
            b'[' | b'{' => {
                open.push(dots + 1);
                depth += dots + 1;
                dots = 0;
            }
            b']' | b'}' => {
                depth -= open.pop().unwrap_or(0);
                dots = 0;
            }
            _ => {}
        }
        if depth + dots > DEPTH_LIMIT {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    at + rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

/// The offset after a string; one that is not closed ends with its line or, if it may span lines, with the text.
fn end_of_string(bytes: &[u8], start: usize, quote: u8) -> usize {
    let multi = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if multi { 3 } else { 1 };
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'\\' && quote == b'"' {
            at += 2;
        } else if multi && bytes[at..].starts_with(&[quote; 3]) {
            let run = bytes[at..]
                .iter()
                .take_while(|byte| **byte == quote)
                .count();
            return at + run;
        } else if !multi && byte == quote {
            return at + 1;
        } else if !multi && byte == b'\n' {
            return at;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_dots_add_up() {
        assert_eq!(too_deep(&format!("a = {}", "[".repeat(64))), None);
        assert_eq!(too_deep(&format!("a = {}", "[".repeat(65))), Some(4 + 64));
        assert!(too_deep(&format!("{}x = 1", "a.".repeat(65))).is_some());
        assert!(too_deep(&"{ a.b.c = ".repeat(20)).is_some());
        assert!(too_deep(&"{ a = ".repeat(20)).is_none());
    }

    #[test]
    fn long_flat_files_are_not_deep() {
        let text = "[inputs.a]\nis = 'x.y.z' # a.b.c.d [[[[\nlist = [1.5, 2.5]\nx = \"\\\"[[\"\n"
            .repeat(1000);
        assert_eq!(too_deep(&text), None);
        let text = "a = [\n1.5, # ]\n2.5,\n]\nb = '''[[[['''\nc = \"\"\"[\\\"\"\"\"\n".repeat(1000);
        assert_eq!(too_deep(&text), None);
    }
}
