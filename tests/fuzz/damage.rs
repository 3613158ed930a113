//! Damage to a text: bytes, words, lines, numbers at extremes, deep nesting, huge ranges.

use fanfare::dist::families;
use fanfare::expr::builtins;

use crate::grammar::Choices;

const NUMBERS: [&str; 24] = [
    "0",
    "-1",
    "1",
    "2",
    "-0.0",
    "0.5",
    "1e308",
    "-1e308",
    "1e400",
    "5e-324",
    "1e-320",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "4294967296",
    "nan",
    "inf",
    "-inf",
    "65536",
    "2023.5",
    "1_000_000",
    "0x10",
    "1e",
];

const WORDS: [&str; 54] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ".",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "^",
    ":",
    "'",
    "\"",
    "'''",
    "#",
    "\n",
    "\t",
    "\\",
    "e",
    "pi",
    "world",
    "by",
    "and",
    "or",
    "not",
    "true",
    "false",
    "if",
    "year",
    "country",
    "region",
    "product",
    "weight",
    "i0",
    "v0",
    "d_year",
    "over",
    "is",
    "rollup",
    "unit",
    "é",
    "\u{0}",
    "\u{feff}",
    "2024-02-30",
];

/// Declarations at the edge of what is allowed, or beyond.
const LINES: [&str; 30] = [
    "[dimensions.huge]\nrange = [0, 99999]\n[data.h]\nover = ['huge']\nvalues = {}\ndefault = 1\n[outputs.h]",
    "[dimensions.huge]\nrange = [1, 1000001]\n",
    "[dimensions.huge]\nrange = [-9223372036854775808, 9223372036854775807]\n",
    "[dimensions.huge]\nrange = [0, 999999]\n[inputs.h]\nover = ['huge', 'country', 'year']\nis = 'normal(mean = 0, sd = 1)'\n[outputs.h]",
    "[dimensions.wide]\nrange = [0, 3000]\n[variables.w]\nover = ['wide', 'country']\nis = 'wide * price'\n[outputs.w]\nis = 'sum(w, wide)'",
    "[inputs.far]\nis = 'normal(mean = 0, sd = 1, min = 37)'\n[outputs.far]",
    "[inputs.far]\nis = 'metalog(p001 = 1, p01 = 2, p05 = 3, p25 = 4, p50 = 5, p75 = 6, p95 = 7, p99 = 8, p999 = 9)'\n[outputs.far]",
    "[inputs.many]\nis = 'binomial(n = 1e300, p = 0.5)'\n[outputs.many]",
    "[inputs.many]\nis = 'poisson(mean = 1e18)'\n[outputs.many]",
    "[inputs.many]\nis = 'negative_binomial(r = 1e-9, p = 1e-9)'\n[outputs.many]",
    "[inputs.many]\nis = 'geometric(p = 1e-300)'\n[outputs.many]",
    "[inputs.many]\nis = 'beta(alpha = 1e-8, beta = 1e8)'\n[outputs.many]",
    "[inputs.many]\nis = 'gamma(shape = 1e9, scale = 1e-9)'\n[outputs.many]",
    "[inputs.many]\nis = 'student_t(location = 0, scale = 1, df = 1e-3)'\n[outputs.many]",
    "[inputs.many]\nis = 'discrete_uniform(low = -1e15, high = 1e15)'\n[outputs.many]",
    "[inputs.many]\nis = 'inverse_gaussian(mean = 1e9, shape = 1e-9)'\n[outputs.many]",
    "[inputs.many]\nis = 'gev(p05 = 1, p50 = 1.000001, p95 = 1e9)'\n[outputs.many]",
    "[variables.loop]\nis = 'loop + 1'\n[outputs.loop]",
    "[variables.loop]\nover = ['year']\nis = 'prev(loop, 1) * 1e200'\n[outputs.loop]",
    "[variables.a1]\nis = 'a2 + 1'\n[variables.a2]\nis = 'a1 * 2'\n[outputs.a1]",
    "[[correlations]]\nbetween = ['i0', 'i1']\nkind = 'pearson'\nvalue = 1\n",
    "[[correlations]]\nbetween = ['i0', 'i0']\nkind = 'copula'\nvalues = [[1, 2], [2, 1]]\n",
    "[data.t]\ntable = '../../etc/passwd'\ncolumn = 'x'\n",
    "[data.t]\nover = ['country']\ntable = 'data/countries.csv'\ncolumn = 'users'\nindex = { country = 'name' }\n",
    "[outputs.q]\nis = 'quantile(price, 1.5, country)'\n",
    "[outputs.q]\nis = '(1 / 0) + ln(-1) + 0 ^ -1'\n",
    "[outputs.q]\nis = 'interpolate(1, {1: 2, 1: 3})'\n",
    "[defaults.inputs]\nover = ['year', 'country', 'product']\n",
    "[scenarios.s]\nset.i0 = [{ where = { country = ['C1', 'nobody'] }, is = 'nothing' }]\n",
    "[evidence.x]\nobserves = 'price'\nis = 'normal(mean = d, sd = 1)'\nholds = '1'\n",
];

/// A random call of a family, or an expression of functions at extremes.
pub fn fragment(choices: &mut Choices) -> String {
    if choices.chance(60) {
        let family = choices.pick(families());
        // Metalogs have quantiles only.
        let natural = if family.forms.is_empty() {
            &[]
        } else {
            choices.pick(family.forms).parameters
        };
        let mut parameters: Vec<String> = (natural.iter())
            .map(|parameter| {
                let value = if parameter.list {
                    format!(
                        "[{}, 2, {}]",
                        choices.pick(&NUMBERS),
                        choices.pick(&NUMBERS)
                    )
                } else if choices.chance(60) {
                    choices.decimal(0.0, 5.0)
                } else {
                    (*choices.pick(&NUMBERS)).to_owned()
                };
                format!("{} = {value}", parameter.name)
            })
            .collect();
        if let (Some(form), true) = (
            family.quantile_forms.first(),
            natural.is_empty() || choices.chance(40),
        ) {
            parameters = (0..form.fewest)
                .map(|k| {
                    format!(
                        "p{}5 = {}",
                        2 * k + 1,
                        choices.decimal(k as f64, k as f64 + 2.0)
                    )
                })
                .collect();
            parameters.extend(
                form.with
                    .iter()
                    .map(|p| format!("{} = {}", p.name, choices.decimal(-1.0, 4.0))),
            );
        }
        if choices.chance(30) {
            parameters.push(format!("min = {}", choices.pick(&NUMBERS)));
        }
        if choices.chance(20) {
            parameters.push(format!("max = {}", choices.pick(&NUMBERS)));
        }
        return format!("{}({})", family.name, parameters.join(", "));
    }
    let names: Vec<&str> = builtins().map(|entry| entry.name).collect();
    let name = *choices.pick(&names);
    let arguments: Vec<String> = (0..choices.below(4))
        .map(|_| {
            if choices.chance(50) {
                (*choices.pick(&NUMBERS)).to_owned()
            } else {
                (*choices.pick(&WORDS)).to_owned()
            }
        })
        .collect();
    format!("{name}({})", arguments.join(", "))
}

/// Where numbers stand: byte ranges.
fn numbers(text: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let is_start = text[at].is_ascii_digit()
            && (at == 0 || !(text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_'));
        if is_start {
            let start = at;
            while at < text.len() && (text[at].is_ascii_digit() || text[at] == b'.') {
                at += 1;
            }
            found.push((start, at));
        }
        at += 1;
    }
    found
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split(|byte| *byte == b'\n').collect()
}

/// The text after one damage.
pub fn damaged(choices: &mut Choices, text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    if text.is_empty() {
        return b"fanfare = 1".to_vec();
    }
    let place = choices.below(text.len());
    match choices.below(13) {
        0 => text[place] = choices.below(256) as u8,
        1 => {
            let n = 1 + choices.below(8);
            text.drain(place..(place + n).min(text.len()));
        }
        2 => {
            let n = (1 + choices.below(60)).min(text.len() - place);
            let copied = text[place..place + n].to_vec();
            let to = choices.below(text.len());
            text.splice(to..to, copied);
        }
        3 | 4 => {
            let word = *choices.pick(&WORDS);
            text.splice(place..place, word.bytes());
        }
        5 | 6 => {
            let found = numbers(&text);
            if !found.is_empty() {
                let (start, end) = *choices.pick(&found);
                text.splice(start..end, choices.pick(&NUMBERS).bytes());
            }
        }
        7 => {
            let mut kept = lines(&text);
            kept.remove(choices.below(kept.len()));
            text = kept.join(&b'\n');
        }
        8 => {
            let mut all = lines(&text);
            let (from, to) = (choices.below(all.len()), choices.below(all.len()));
            all.swap(from, to);
            text = all.join(&b'\n');
        }
        9 => {
            let line = *choices.pick(&LINES);
            text.push(b'\n');
            text.extend_from_slice(line.as_bytes());
        }
        10 => nest(choices, &mut text),
        _ => {
            // Another definition in place of one that stands.
            let all = lines(&text);
            let definitions: Vec<usize> = (0..all.len())
                .filter(|&k| all[k].starts_with(b"is = '"))
                .collect();
            if !definitions.is_empty() {
                let chosen = *choices.pick(&definitions);
                let new = format!("is = '{}'", fragment(choices)).into_bytes();
                let mut all: Vec<Vec<u8>> = all.into_iter().map(<[u8]>::to_vec).collect();
                all[chosen] = new;
                text = all.join(&b'\n');
            }
        }
    }
    text
}

/// Nesting around an expression, or a list, table or dotted key of great depth.
fn nest(choices: &mut Choices, text: &mut Vec<u8>) {
    let depth = *choices.pick(&[5, 60, 64, 65, 127, 128, 129, 500, 513, 5000, 100_000]);
    let form = choices.below(9);
    let (open, inner, close) = match form {
        0 => ("(", "price", ")"),
        1 => ("-", "price", ""),
        2 => ("not ", "true", ""),
        3 => ("abs(", "d", ")"),
        4 => ("2 ^ ", "d", ""),
        5 => ("d + ", "d", ""),
        6 => ("sum((", "price", ") + price, country)"),
        7 => ("[", "1", "]"),
        _ => ("a.", "b", ""),
    };
    let nested = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
    let line = match form {
        7 => format!("\n[data.deep]\nvalues = {nested}\n"),
        8 => format!("\n[{nested}]\nx = 1\n"),
        2 => format!("\n[outputs.deep]\nis = 'if({nested}, 1, 0)'\n"),
        _ => format!("\n[outputs.deep]\nis = '{nested}'\n"),
    };
    text.extend_from_slice(line.as_bytes());
}
