//! Random expressions whose dimensions are known while they are written, so that most of them are accepted.

use super::Choices;

/// Dimensions as bits; a country implies its region.
pub const YEAR: u8 = 1;
pub const REGION: u8 = 2;
pub const COUNTRY: u8 = 4;
pub const PRODUCT: u8 = 8;
pub const ALL: [(u8, &str); 4] = [
    (YEAR, "year"),
    (REGION, "region"),
    (COUNTRY, "country"),
    (PRODUCT, "product"),
];

/// Dimensions without those that a child implies.
pub fn normal(shape: u8) -> u8 {
    if shape & COUNTRY != 0 {
        shape & !REGION
    } else {
        shape
    }
}

/// Whether values over `shape` may stand where `allowed` is known.
pub fn fits(shape: u8, allowed: u8) -> bool {
    let allowed = if allowed & COUNTRY != 0 {
        allowed | REGION
    } else {
        allowed
    };
    shape & !allowed == 0
}

/// A node that may be read.
#[derive(Clone)]
pub struct Known {
    pub name: String,
    pub shape: u8,
    pub is_truth: bool,
}

/// Writes expressions over the nodes known so far.
pub struct Expressions<'a> {
    pub choices: &'a mut Choices,
    pub nodes: &'a [Known],
    /// Labels by dimension, in the order of [`ALL`].
    pub labels: &'a [Vec<String>; 4],
    /// Whether functions are guarded so that arguments stay moderate and inside their domain.
    pub guarded: bool,
    /// Whether reductions and steps in time may occur (an output reads nodes at places that leave dimensions open).
    pub wide: bool,
}

type Written = (String, u8);

impl Expressions<'_> {
    /// A number whose dimensions are all in `allowed`.
    pub fn number(&mut self, depth: usize, allowed: u8) -> Written {
        if depth == 0 || self.choices.chance(8) {
            return self.leaf(allowed);
        }
        let most = if self.wide { 21 } else { 13 };
        match self.choices.below(most) {
            0..=3 => {
                let (a, s) = self.number(depth - 1, allowed);
                let (b, t) = self.number(depth - 1, allowed);
                let op = *self.choices.pick(&["+", "-", "*", "/"]);
                let b = if op == "/" && self.guarded {
                    format!("(abs({b}) + 0.3)")
                } else {
                    b
                };
                (format!("({a} {op} {b})"), normal(s | t))
            }
            4 => {
                let (a, s) = self.number(depth - 1, allowed);
                let (b, t) = self.number(depth - 1, allowed);
                let text = if self.guarded {
                    format!("(abs({a}) + 0.2) ^ clamp({b}, -2, 2)")
                } else {
                    format!("({a}) ^ ({b})")
                };
                (format!("({text})"), normal(s | t))
            }
            5..=7 => {
                let (x, s) = self.number(depth - 1, allowed);
                (self.function(&x), s)
            }
            8 => {
                let (c, s) = self.truth(depth - 1, allowed);
                let (a, t) = self.number(depth - 1, allowed);
                let (b, u) = self.number(depth - 1, allowed);
                (format!("if({c}, {a}, {b})"), normal(s | t | u))
            }
            9 => {
                let name = *self.choices.pick(&["min", "max"]);
                let n = 2 + self.choices.below(2);
                let parts: Vec<Written> = (0..n).map(|_| self.number(depth - 1, allowed)).collect();
                // A bare dimension would make it a reduction.
                let list: Vec<String> = parts.iter().map(|(x, _)| format!("({x} + 0.5)")).collect();
                let shape = parts.iter().fold(0, |all, (_, s)| all | s);
                (format!("{name}({})", list.join(", ")), normal(shape))
            }
            10 => {
                let (x, s) = self.number(depth - 1, allowed);
                let (low, t) = self.number(depth - 1, allowed);
                (format!("clamp({x}, {low}, {low} + 1)"), normal(s | t))
            }
            11 => {
                let (y, s) = self.number(depth - 1, allowed);
                let (x, t) = self.number(depth - 1, allowed);
                (format!("atan2({y}, {x})"), normal(s | t))
            }
            12 => {
                let (t, s) = self.number(depth - 1, allowed);
                let (a, u) = self.number(depth - 1, allowed);
                let (b, v) = self.number(depth - 1, allowed);
                let text = format!("interpolate({t}, {{-1: {a}, 0.5: {b}, 2: 1.5}})");
                (text, normal(s | u | v))
            }
            13..=16 => self.reduction(depth, allowed),
            17 => self.slice(depth, allowed),
            18 if allowed & YEAR != 0 => {
                let (x, s) = self.over(YEAR, depth - 1, allowed);
                let (start, t) = self.number(depth - 1, allowed);
                (format!("prev({x}, {start})"), normal(s | t))
            }
            19 if allowed & YEAR != 0 => {
                let (x, s) = self.over(YEAR, depth - 1, allowed);
                (format!("cumulative({x})"), s)
            }
            _ => {
                let (x, s) = self.number(depth - 1, allowed);
                (format!("(-{x})"), s)
            }
        }
    }

    /// A condition.
    pub fn truth(&mut self, depth: usize, allowed: u8) -> Written {
        let truths: Vec<Known> = (self.nodes.iter())
            .filter(|node| node.is_truth && fits(node.shape, allowed))
            // Rolled up, a truth value is a share.
            .filter(|node| self.wide || node.shape & (REGION | COUNTRY) == 0)
            .cloned()
            .collect();
        if depth == 0 || self.choices.chance(15) {
            if !truths.is_empty() && self.choices.chance(50) {
                let node = self.choices.pick(&truths);
                return (node.name.clone(), node.shape);
            }
            if self.choices.chance(70)
                && let Some(test) = self.label_test(allowed)
            {
                return test;
            }
            return ((*self.choices.pick(&["true", "false"])).to_owned(), 0);
        }
        match self.choices.below(if self.wide { 6 } else { 5 }) {
            0..=2 => {
                let (a, s) = self.number(depth - 1, allowed);
                let (b, t) = self.number(depth - 1, allowed);
                let op = *self.choices.pick(&["<", "<=", ">", ">=", "==", "!="]);
                // A bare year beside `==` would be read as a label test.
                (format!("({a} + 0 {op} {b} + 0)"), normal(s | t))
            }
            3 => {
                let (a, s) = self.truth(depth - 1, allowed);
                let (b, t) = self.truth(depth - 1, allowed);
                let op = *self.choices.pick(&["and", "or"]);
                (format!("({a} {op} {b})"), normal(s | t))
            }
            4 => {
                let (a, s) = self.truth(depth - 1, allowed);
                (format!("(not {a})"), s)
            }
            _ => {
                let name = *self.choices.pick(&["any", "all"]);
                self.over_labels(name, depth, allowed)
            }
        }
    }

    fn label_test(&mut self, allowed: u8) -> Option<Written> {
        let (bit, name) = self.some_dimension(allowed)?;
        let label = self.label_of(bit);
        let op = *self.choices.pick(&["==", "!="]);
        let shown = if bit == YEAR {
            label
        } else {
            format!("\"{label}\"")
        };
        Some((format!("{name} {op} {shown}"), bit))
    }

    fn some_dimension(&mut self, allowed: u8) -> Option<(u8, &'static str)> {
        // A place tells the year, not always the country.
        let allowed = if self.wide { allowed } else { allowed & YEAR };
        let open: Vec<(u8, &str)> = (ALL.iter().copied())
            .filter(|(bit, _)| fits(*bit, allowed))
            .collect();
        (!open.is_empty()).then(|| *self.choices.pick(&open))
    }

    fn label_of(&mut self, bit: u8) -> String {
        let labels = &self.labels[bit.trailing_zeros() as usize];
        self.choices.pick(labels).clone()
    }

    fn leaf(&mut self, allowed: u8) -> Written {
        let open: Vec<Known> = (self.nodes.iter())
            .filter(|node| !node.is_truth && fits(node.shape, allowed))
            .cloned()
            .collect();
        match self.choices.below(10) {
            0..=6 if !open.is_empty() => {
                let node = self.choices.pick(&open);
                (node.name.clone(), node.shape)
            }
            7 if allowed & YEAR != 0 && self.wide => ("(year - 2023)".to_owned(), YEAR),
            8 => ((*self.choices.pick(&["pi", "e"])).to_owned(), 0),
            _ => (self.choices.decimal(0.1, 3.0), 0),
        }
    }

    /// A function of one argument.
    fn function(&mut self, x: &str) -> String {
        const NAMES: [&str; 15] = [
            "abs",
            "sign",
            "floor",
            "round",
            "sin",
            "cos",
            "logistic",
            "normal_cdf",
            "sqrt",
            "exp",
            "ln",
            "log10",
            "tan",
            "logit",
            "normal_quantile",
        ];
        let name = *self.choices.pick(&NAMES);
        if !self.guarded {
            return format!("{name}({x})");
        }
        match name {
            "sqrt" => format!("sqrt(abs({x}))"),
            "exp" => format!("exp(clamp({x}, -3, 3))"),
            "ln" | "log10" => format!("{name}(abs({x}) + 0.1)"),
            "tan" => format!("tan(logistic({x}))"),
            "logit" | "normal_quantile" => format!("{name}(0.05 + 0.9 * logistic({x}))"),
            "normal_cdf" => format!("normal_cdf(clamp({x}, -6, 6))"),
            "sin" | "cos" => format!("{name}(clamp({x}, -50, 50))"),
            _ => format!("{name}({x})"),
        }
    }

    /// A number that runs over `bit` for certain.
    fn over(&mut self, bit: u8, depth: usize, allowed: u8) -> Written {
        let (x, s) = self.number(depth, allowed | bit);
        if s & bit != 0 {
            return (x, s);
        }
        let carriers: Vec<Known> = (self.nodes.iter())
            .filter(|node| {
                !node.is_truth && node.shape & bit != 0 && fits(node.shape, allowed | bit)
            })
            .cloned()
            .collect();
        let node = self.choices.pick(&carriers);
        let shape = normal(s | node.shape);
        (format!("({x} + {})", node.name), shape)
    }

    /// What a reduction over a dimension may run over inside: within a region's reduction no country.
    fn inside(bit: u8, allowed: u8) -> u8 {
        if bit == REGION {
            allowed & !COUNTRY
        } else {
            allowed
        }
    }

    fn reduction(&mut self, depth: usize, allowed: u8) -> Written {
        const NAMES: [&str; 8] = [
            "sum", "mean", "product", "min", "max", "median", "quantile", "count",
        ];
        let name = *self.choices.pick(&NAMES);
        self.over_labels(name, depth, allowed)
    }

    fn over_labels(&mut self, name: &str, depth: usize, allowed: u8) -> Written {
        let (bit, dimension) = *self.choices.pick(&ALL);
        // Inside, a country's region is not told unless the country is.
        let outer = if bit == COUNTRY {
            allowed & !REGION
        } else {
            allowed
        };
        let (x, s) = if matches!(name, "any" | "all" | "count") {
            let (x, s) = self.over(bit, depth - 1, Self::inside(bit, outer));
            let (y, t) = self.number(depth - 1, Self::inside(bit, outer));
            let shape = normal(s | t);
            if shape & bit == 0 {
                return self.leaf(allowed);
            }
            (format!("{x} > {y}"), shape)
        } else {
            self.over(bit, depth - 1, Self::inside(bit, outer))
        };
        if s & bit == 0 {
            return self.leaf(allowed);
        }
        let by = bit == COUNTRY && fits(REGION, allowed) && self.choices.chance(40);
        let to = if by { "country by region" } else { dimension };
        let rest = normal((s & !bit) | if by { REGION } else { 0 });
        // `mean(x)` of one argument that is a list of names needs no care: the dimension comes last.
        let text = match name {
            "quantile" => format!("quantile({x}, {}, {to})", self.choices.decimal(0.0, 1.0)),
            _ => format!("{name}({x}, {to})"),
        };
        (text, rest)
    }

    fn slice(&mut self, depth: usize, allowed: u8) -> Written {
        let (bit, dimension) = *self.choices.pick(&ALL);
        let outer = if bit == COUNTRY {
            allowed & !REGION
        } else {
            allowed
        };
        let (x, s) = self.over(bit, depth - 1, Self::inside(bit, outer));
        if s & bit == 0 {
            return self.leaf(allowed);
        }
        let label = self.label_of(bit);
        let shown = if bit == YEAR {
            label
        } else {
            format!("\"{label}\"")
        };
        (format!("({x})[{dimension} = {shown}]"), normal(s & !bit))
    }
}
