//! Problems of a model as text for people: the source line, what was expected, and how to mend it.

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};

use crate::diag::{Diagnostic, Severity, Span};
use crate::source::{SourceFile, SourceMap};

/// Characters of a source line that are shown; longer lines are cut around the place.
const LINE_WIDTH: usize = 110;
/// Places of one file up to this many lines apart share an excerpt.
const EXCERPT_LINES: usize = 200;

/// Renders each problem with its source line, in the given order, and a line that counts them.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        let excerpts = excerpts(diagnostic, sources);
        let mut rendered = renderer.render(&[group(diagnostic, &excerpts)]);
        for excerpt in &excerpts {
            if let Some((cut, whole)) = excerpt.corrected_header() {
                rendered = rendered.replacen(&cut, &whole, 1);
            }
        }
        text.push_str(&rendered);
        text.push_str("\n\n");
    }
    text.push_str(&summary(diagnostics));
    text
}

/// Renders each problem as `path:line:column: error[code]: message`.
#[must_use]
pub fn render_short(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        if let Some((file, span)) = place(diagnostic.span, sources) {
            let position = file.position(span.start);
            text.push_str(&format!(
                "{}:{}:{}: ",
                printable(&file.display_path),
                position.line,
                position.column
            ));
        }
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let message = printable(&diagnostic.message);
        text.push_str(&format!("{severity}[{}]: {message}\n", diagnostic.code));
    }
    text
}

/// `2 errors, 1 warning`, or nothing for nothing.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity, singular: &str| {
        let n = diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count();
        match n {
            0 => None,
            1 => Some(format!("1 {singular}")),
            _ => Some(format!("{n} {singular}s")),
        }
    };
    let counts = [
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    if counts.is_empty() {
        String::new()
    } else {
        format!("{}\n", counts.join(", "))
    }
}

/// The places of a problem: its own first, the others with it where they are near, else on their own.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Excerpt<'a>> {
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    if let Some((file, span)) = place(diagnostic.span, sources) {
        let expected = &diagnostic.expected;
        excerpts.push(Excerpt::new(file, span, expected, AnnotationKind::Primary));
    }
    for related in &diagnostic.related {
        let Some((file, span)) = place(Some(related.span), sources) else {
            continue;
        };
        let excerpt = Excerpt::new(file, span, &related.text, AnnotationKind::Context);
        match excerpts.iter_mut().find(|earlier| earlier.joins(&excerpt)) {
            Some(earlier) => earlier.join(excerpt),
            None => excerpts.push(excerpt),
        }
    }
    excerpts
}

fn group<'a>(diagnostic: &'a Diagnostic, excerpts: &[Excerpt<'a>]) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code);
    let mut elements: Vec<Element<'a>> = excerpts
        .iter()
        .map(|excerpt| excerpt.snippet().into())
        .collect();
    if excerpts.is_empty() && !diagnostic.expected.is_empty() {
        let expected = printable(&diagnostic.expected);
        elements.push(Level::NOTE.message(expected).into());
    }
    for hint in &diagnostic.hints {
        elements.push(Level::HELP.message(printable(hint)).into());
    }
    Group::with_title(title).elements(elements)
}

fn place(span: Option<Span>, sources: &SourceMap) -> Option<(&SourceFile, Span)> {
    let span = span?;
    Some((sources.get(span.file)?, span))
}

/// One marked place: its byte range lies within its line.
struct Mark<'a> {
    line: usize,
    start: usize,
    end: usize,
    label: &'a str,
    kind: AnnotationKind,
}

/// Lines of one file with marked places.
struct Excerpt<'a> {
    file: &'a SourceFile,
    first_line: usize,
    last_line: usize,
    marks: Vec<Mark<'a>>,
}

impl<'a> Excerpt<'a> {
    /// One place; of a place that spans lines, the part on the first of them.
    fn new(file: &'a SourceFile, span: Span, label: &'a str, kind: AnnotationKind) -> Self {
        let line = file.position(span.start).line;
        let (line_start, line_end) = file.line_range(line).unwrap_or((0, 0));
        let start = file
            .char_start(span.start as usize)
            .clamp(line_start, line_end);
        let end = file.char_start(span.end as usize).clamp(start, line_end);
        let mark = Mark {
            line,
            start,
            end,
            label,
            kind,
        };
        Self {
            file,
            first_line: line,
            last_line: line,
            marks: vec![mark],
        }
    }

    fn joins(&self, other: &Self) -> bool {
        let first = self.first_line.min(other.first_line);
        let last = self.last_line.max(other.last_line);
        std::ptr::eq(self.file, other.file)
            && last - first <= EXCERPT_LINES
            && self.corrected_header().is_none()
            && other.corrected_header().is_none()
    }

    fn join(&mut self, other: Self) {
        self.first_line = self.first_line.min(other.first_line);
        self.last_line = self.last_line.max(other.last_line);
        self.marks.extend(other.marks);
    }

    /// The renderer counts columns in the text it is given. Where that is a cut line, what it prints and what it should print.
    fn corrected_header(&self) -> Option<(String, String)> {
        let mark = self.marks.first()?;
        let (line_start, line_end) = self.file.line_range(mark.line)?;
        let (start, _) = cut(&self.file.text, line_start, line_end, mark.start);
        if start == line_start {
            return None;
        }
        // The ellipsis is one column.
        let shown = self.file.text[start..mark.start].chars().count() + 2;
        let column = self.file.text[line_start..mark.start].chars().count() + 1;
        let path = printable(&self.file.display_path);
        let line = mark.line;
        Some((
            format!("{path}:{line}:{shown}"),
            format!("{path}:{line}:{column}"),
        ))
    }

    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let mut text = String::new();
        let mut annotations: Vec<Annotation<'a>> = Vec::new();
        for line in self.first_line..=self.last_line {
            let marks = || self.marks.iter().filter(|mark| mark.line == line);
            let (line_start, line_end) = self.file.line_range(line).unwrap_or((0, 0));
            let from = marks().map(|mark| mark.start).min().unwrap_or(line_start);
            let (start, end) = cut(&self.file.text, line_start, line_end, from);
            if start > line_start {
                text.push('…');
            }
            let base = text.len();
            text.push_str(&without_controls(&self.file.text[start..end]));
            for mark in marks() {
                let from = mark.start.clamp(start, end);
                let to = mark.end.clamp(from, end);
                let label = (!mark.label.is_empty()).then(|| printable(mark.label));
                let range = base + from - start..base + to - start;
                annotations.push(mark.kind.span(range).label(label));
            }
            if end < line_end {
                text.push('…');
            }
            text.push('\n');
        }
        Snippet::source(text)
            .path(printable(&self.file.display_path))
            .line_start(self.first_line)
            .annotations(annotations)
    }
}

/// The same text, byte for byte as long, with characters that act on a terminal replaced; tabs stay.
fn without_controls(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => c,
            _ if c.is_ascii_control() => '?',
            // U+0080 to U+009F take two bytes, and so does this.
            _ if c.is_control() => '¿',
            _ => c,
        })
        .collect()
}

/// The part of a line that is shown: all of a short one, else some characters before `from` and more after it.
fn cut(text: &str, line_start: usize, line_end: usize, from: usize) -> (usize, usize) {
    // Four bytes a character at most: a cheap test first, as a line may hold megabytes.
    if line_end - line_start <= LINE_WIDTH {
        return (line_start, line_end);
    }
    let before = text[line_start..from].char_indices().rev();
    let start = before
        .map(|(at, _)| line_start + at)
        .take(LINE_WIDTH / 3)
        .last()
        .unwrap_or(from);
    let end = text[start..line_end]
        .char_indices()
        .nth(LINE_WIDTH)
        .map_or(line_end, |(at, _)| start + at);
    (start, end)
}

/// Control characters written out, so that no text of a model can act on the terminal.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<char>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;
    use crate::source::{FileId, Memory};

    const MODEL: &str = "fanfare = 1\nname = \"demo\"\n\n[inputs.price]\nis = 2\nuntis = \"USD\"\n";

    fn sources(text: &str) -> (SourceMap, FileId) {
        let mut sources = SourceMap::new();
        let memory = Memory::new().with("model.toml", text);
        let file = sources.load(&memory, "model.toml").unwrap();
        (sources, file)
    }

    #[test]
    fn a_problem_shows_its_line_what_was_expected_and_a_hint() {
        let mut sources = SourceMap::new();
        let mut problems = Diagnostics::new();
        let memory = Memory::new().with("model.toml", MODEL);
        let model = crate::model::read_model(&memory, "model.toml", &mut sources, &mut problems);
        assert!(model.is_none());
        let problems = problems.into_sorted();
        insta::assert_snapshot!(render(&problems, &sources, false), @r#"
        error[unknown-key]: unknown key `untis` in [inputs.price]
         --> model.toml:6:1
          |
        6 | untis = "USD"
          | ^^^^^ one of `title`, `over`, `unit`, `rollup`, `sources`, `basis`, `as_of`, `alike`, `persist`, `stream`, `note`, `is`
          |
          = help: did you mean `unit`?

        1 error
        "#);
        assert_eq!(
            render_short(&problems, &sources),
            "model.toml:6:1: error[unknown-key]: unknown key `untis` in [inputs.price]\n"
        );
        assert!(render(&problems, &sources, true).contains("\u{1b}["));
    }

    #[test]
    fn related_places_stand_in_the_same_excerpt_or_in_one_of_their_own() {
        let (mut sources, model) = sources(MODEL);
        let memory = Memory::new().with("t.csv", "a,b,a\n1,2,3\n");
        let table = sources.load(&memory, "t.csv").unwrap();
        let problem = Diagnostic::error("duplicate-key", Span::new(model, 58, 63), "twice")
            .expected("a key of its own")
            .related(Span::new(model, 12, 16), "first here")
            .related(Span::new(table, 4, 5), "and here");
        insta::assert_snapshot!(render(&[problem], &sources, false), @r#"
        error[duplicate-key]: twice
         --> model.toml:6:10
          |
        2 | name = "demo"
          | ---- first here
        ...
        6 | untis = "USD"
          |          ^^^^ a key of its own
          |
         ::: t.csv:1:5
          |
        1 | a,b,a
          |     - and here

        1 error
        "#);
    }

    #[test]
    fn a_problem_of_no_file_is_shown_without_an_excerpt() {
        let mut problem =
            Diagnostic::error("bad-argument", Span::new(FileId(9), 0, 0), "no trials");
        problem.span = None;
        let problem = problem
            .expected("a number above 0")
            .hint("try --trials 1e6");
        insta::assert_snapshot!(render(std::slice::from_ref(&problem), &SourceMap::new(), false), @r#"
        error[bad-argument]: no trials
         |
         = note: a number above 0
         = help: try --trials 1e6

        1 error
        "#);
        let short = render_short(&[problem], &SourceMap::new());
        assert_eq!(short, "error[bad-argument]: no trials\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_place_and_keep_their_column() {
        let text = format!(
            "x = [{}here{}]\n",
            "1, ".repeat(200_000),
            ", 1".repeat(200_000)
        );
        let (sources, file) = sources(&text);
        let start = u32::try_from(text.find("here").unwrap()).unwrap();
        let problem =
            Diagnostic::error("wrong-type", Span::new(file, start, start + 4), "no number")
                .expected("a number");
        let rendered = render(&[problem], &sources, false);
        insta::assert_snapshot!(rendered, @r#"
        error[wrong-type]: no number
         --> model.toml:1:600006
          |
        1 | …1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, here, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,…
          |                                      ^^^^ a number

        1 error
        "#);
    }

    #[test]
    fn places_at_the_end_over_lines_or_out_of_range_are_rendered() {
        let text = "a = [\n1,\n2]\né";
        let (sources, file) = sources(text);
        let n = u32::try_from(text.len()).unwrap();
        for (start, end) in [(0, n), (4, n), (n, n), (n - 1, n), (n + 5, n + 9), (9, 3)] {
            let problem = Diagnostic::warning("w", Span::new(file, start, end), "m").expected("e");
            assert!(render(&[problem], &sources, false).contains("warning[w]: m"));
        }
        let (empty, file) = sources_empty();
        let problem = Diagnostic::error("e", Span::new(file, 0, 0), "m");
        assert!(render(&[problem], &empty, false).contains("error[e]: m"));
    }

    fn sources_empty() -> (SourceMap, FileId) {
        sources("")
    }

    #[test]
    fn control_characters_of_a_model_do_not_reach_the_terminal() {
        let (sources, file) = sources("a\u{1b}[31m \u{9b}= 1\n");
        let problem = Diagnostic::error("e", Span::new(file, 0, 2), "key `a\u{1b}[31m`")
            .expected("no \u{1b}")
            .hint("drop \u{1b}");
        let acts = |text: String| text.contains(|c: char| c.is_control() && c != '\n');
        assert!(!acts(render(
            std::slice::from_ref(&problem),
            &sources,
            false
        )));
        assert!(!acts(render_short(&[problem], &sources)));
    }
}
