//! A small SVG writer: the same marks give the same bytes, since every coordinate has two decimals.

use std::fmt::Write;

use super::text_width;

/// Text and axes.
pub(super) const INK: &str = "#333333";
/// Secondary text.
pub(super) const GREY: &str = "#5f5f5f";
/// Grid lines.
pub(super) const GRID: &str = "#e3e3e3";
const FONT: &str = "Helvetica, Arial, sans-serif";

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) [u8; 3]);

/// One hue per output, distinct for colour-blind readers.
///
/// # Source
/// Okabe and Ito, Color Universal Design (2008): blue, vermillion, bluish green.
pub(super) const HUES: [Colour; 3] = [
    Colour([0x00, 0x72, 0xb2]),
    Colour([0xd5, 0x5e, 0x00]),
    Colour([0x00, 0x9e, 0x73]),
];

impl Colour {
    /// The colour as `#rrggbb`.
    pub(super) fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Mixed with white: `strength` 0 is white, 1 the colour itself.
    pub(super) fn on_white(self, strength: f64) -> Self {
        Self(self.0.map(|channel| {
            (255.0 + (f64::from(channel) - 255.0) * strength)
                .round()
                .clamp(0.0, 255.0) as u8
        }))
    }

    /// Darkened for text: 4.5 : 1 against white for every hue.
    pub(super) fn for_text(self) -> Self {
        Self(
            self.0
                .map(|channel| (f64::from(channel) * 0.8).round().clamp(0.0, 255.0) as u8),
        )
    }
}

/// How a text is set.
#[derive(Debug, Clone)]
pub(super) struct TextStyle {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: String,
    /// `start`, `middle` or `end`.
    pub(super) anchor: &'static str,
}

impl TextStyle {
    /// Plain ink from the left.
    pub(super) fn new(size: f64) -> Self {
        Self {
            size,
            bold: false,
            colour: INK.to_owned(),
            anchor: "start",
        }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn colour(self, colour: &str) -> Self {
        Self {
            colour: colour.to_owned(),
            ..self
        }
    }

    pub(super) fn middle(self) -> Self {
        Self {
            anchor: "middle",
            ..self
        }
    }

    pub(super) fn end(self) -> Self {
        Self {
            anchor: "end",
            ..self
        }
    }

    pub(super) fn width(&self, text: &str) -> f64 {
        text_width::width(text, self.size, self.bold)
    }

    pub(super) fn wrap(&self, text: &str, room: f64) -> Vec<String> {
        text_width::wrap(text, self.size, self.bold, room)
    }
}

/// A drawing under way.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    marks: String,
}

impl Drawing {
    /// Filled area.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], fill: &str, opacity: f64, class: &str) {
        let opacity = if opacity < 1.0 {
            format!(" fill-opacity=\"{opacity:.2}\"")
        } else {
            String::new()
        };
        self.mark(&format!(
            "<polygon class=\"{class}\" points=\"{}\" fill=\"{fill}\"{opacity}/>",
            list(points)
        ));
    }

    /// Connected line; `dash` is empty or a dash pattern.
    pub(super) fn polyline(
        &mut self,
        points: &[(f64, f64)],
        stroke: &str,
        width: f64,
        dash: &str,
        class: &str,
    ) {
        let dash = if dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dash}\"")
        };
        let points = list(points);
        self.mark(&format!("<polyline class=\"{class}\" points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.2}\" stroke-linejoin=\"round\"{dash}/>"));
    }

    /// Straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        self.mark(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\" stroke-width=\"{width:.2}\"/>"));
    }

    /// Filled rectangle.
    pub(super) fn rectangle(
        &mut self,
        corner: (f64, f64),
        size: (f64, f64),
        fill: &str,
        class: &str,
    ) {
        let (x, y, width, height) = (
            number(corner.0),
            number(corner.1),
            number(size.0),
            number(size.1),
        );
        self.mark(&format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"));
    }

    /// Open circle on white.
    pub(super) fn ring(&mut self, centre: (f64, f64), radius: f64, stroke: &str, class: &str) {
        let (x, y) = (number(centre.0), number(centre.1));
        self.mark(&format!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius:.2}\" fill=\"#ffffff\" stroke=\"{stroke}\" stroke-width=\"1.20\"/>"));
    }

    /// One line of text; `y` is its base line.
    pub(super) fn text(&mut self, x: f64, y: f64, style: &TextStyle, text: &str) {
        let weight = if style.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let anchor = if style.anchor == "start" {
            String::new()
        } else {
            format!(" text-anchor=\"{}\"", style.anchor)
        };
        let (x, y, size, colour, text) = (
            number(x),
            number(y),
            style.size,
            &style.colour,
            escape(text),
        );
        self.mark(&format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size:.1}\"{weight}{anchor} fill=\"{colour}\">{text}</text>"));
    }

    /// Lines of text, one below the other; returns the base line after the last.
    pub(super) fn lines(&mut self, x: f64, y: f64, style: &TextStyle, lines: &[String]) -> f64 {
        let step = style.size * 1.3;
        let mut base = y;
        for line in lines {
            self.text(x, base, style, line);
            base += step;
        }
        base
    }

    /// The whole file, with its text alternative. `id` tells apart charts that stand in one page.
    pub(super) fn finish(
        self,
        size: (f64, f64),
        id: &str,
        title: &str,
        description: &str,
    ) -> String {
        let (width, height) = size;
        let id: String = id
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-description\" font-family=\"{FONT}\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-description\">{}</desc>\n\
             <rect width=\"{width:.0}\" height=\"{height:.0}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escape(title),
            escape(description),
            self.marks
        )
    }

    fn mark(&mut self, mark: &str) {
        self.marks.push_str(mark);
        self.marks.push('\n');
    }
}

fn list(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let space = if index > 0 { " " } else { "" };
        let written = write!(text, "{space}{},{}", number(*x), number(*y));
        written.expect("writing to a string does not fail");
    }
    text
}

fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    if text == "-0.00" {
        "0.00".to_owned()
    } else {
        text
    }
}

/// Text as XML content; characters that XML 1.0 forbids become the replacement character.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{0}'..='\u{8}'
            | '\u{b}'
            | '\u{c}'
            | '\u{e}'..='\u{1f}'
            | '\u{fffe}'
            | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_escaped() {
        let mut drawing = Drawing::default();
        drawing.text(-0.001, 1.0, &TextStyle::new(10.0), "a < b & \"c\"\u{1}");
        let svg = drawing.finish((10.0, 20.0), "a b", "<t>", "d");
        assert!(svg.contains("<text x=\"0.00\" y=\"1.00\" font-size=\"10.0\" fill=\"#333333\">a &lt; b &amp; &quot;c&quot;\u{fffd}</text>"), "{svg}");
        assert!(
            svg.contains("aria-labelledby=\"a-b-title a-b-description\"")
                && svg.contains("<title id=\"a-b-title\">&lt;t&gt;</title>")
        );
    }

    #[test]
    fn text_colours_have_enough_contrast() {
        // WCAG 2.1 relative luminance; 4.5 : 1 is asked of small text.
        let luminance = |colour: Colour| {
            let linear = |channel: u8| {
                let share = f64::from(channel) / 255.0;
                if share <= 0.03928 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.0[0])
                + 0.7152 * linear(colour.0[1])
                + 0.0722 * linear(colour.0[2])
        };
        for hue in HUES {
            assert!(1.05 / (luminance(hue.for_text()) + 0.05) >= 4.5, "{hue:?}");
        }
    }

    #[test]
    fn mixing_with_white_runs_from_white_to_the_hue() {
        assert_eq!(HUES[0].on_white(0.0).hex(), "#ffffff");
        assert_eq!(HUES[0].on_white(1.0).hex(), "#0072b2");
    }
}
