//! Widths of text in Helvetica, so that labels can be laid out without a font.

/// Advance widths of the printable ASCII characters in thousandths of the font size, from the space on.
///
/// # Source
/// Adobe, Font Metrics for PDF Core 14 Fonts (1997), Helvetica; Arial and Liberation Sans share them.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Other characters count as wide as a wide letter, so that a label is never too long for its room.
const OTHER: u16 = 667;

/// Width of a text in the unit of the font size; bold is about 7 % wider.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let units: u32 = text
        .chars()
        .map(|letter| {
            u32::from(
                (letter as usize)
                    .checked_sub(32)
                    .and_then(|index| WIDTHS.get(index))
                    .copied()
                    .unwrap_or(OTHER),
            )
        })
        .sum();
    f64::from(units) / 1000.0 * size * if bold { 1.07 } else { 1.0 }
}

/// Breaks a text at spaces into lines not wider than `room`; a longer word stands alone.
pub(super) fn wrap(text: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, bold) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        assert_eq!(width("Wi", 1000.0, false), 944.0 + 222.0);
        assert_eq!(width("~ ", 1000.0, false), 584.0 + 278.0);
        assert_eq!(width("é", 1000.0, false), f64::from(OTHER));
    }

    #[test]
    fn lines_stay_within_their_room() {
        let lines = wrap(
            "Operator revenue from monetised flash calls",
            12.0,
            true,
            120.0,
        );
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(line, 12.0, true) <= 120.0));
        assert_eq!(
            lines.join(" "),
            "Operator revenue from monetised flash calls"
        );
        assert_eq!(wrap("Unbreakable", 12.0, false, 1.0), ["Unbreakable"]);
    }
}
