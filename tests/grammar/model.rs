//! A random model: text and tables.

use std::fmt::Write;

use fanfare::dist::{FamilyInfo, families};

use super::Choices;
use super::expression::{ALL, COUNTRY, Expressions, Known, PRODUCT, REGION, YEAR, normal};

/// A model file and its tables, by path.
pub struct Written {
    /// `model.toml`.
    pub text: String,
    /// The tables beside it.
    pub tables: Vec<(String, String)>,
}

struct Writer {
    choices: Choices,
    text: String,
    nodes: Vec<Known>,
    labels: [Vec<String>; 4],
    regions: Vec<usize>,
    guarded: bool,
    has_units: bool,
    /// Whether `[defaults.inputs]` states every key that it may: then every input runs over country and year.
    defaults: bool,
    first_input_is_truth: bool,
    /// Names under which the draws of inputs go: the input's, or that of its `stream`.
    streams: Vec<String>,
    /// Correlated pairs: names.
    pairs: Vec<[String; 2]>,
    outputs: Vec<String>,
}

/// The model of a seed. `guarded` models keep most values finite.
pub fn write(seed: u64, guarded: bool) -> Written {
    let mut choices = Choices::new(seed);
    let n_regions = 1 + choices.below(3);
    let n_countries = n_regions.max(2) + choices.below(3);
    let n_products = 1 + choices.below(3);
    let named = |stem: &str, n: usize| (1..=n).map(|k| format!("{stem}{k}")).collect::<Vec<_>>();
    let labels = [
        (0..2 + choices.below(3))
            .map(|k| (2023 + k).to_string())
            .collect(),
        named("R", n_regions),
        named("C", n_countries),
        named("P", n_products),
    ];
    // Every region has a country.
    let regions = (0..n_countries)
        .map(|k| {
            if k < n_regions {
                k
            } else {
                choices.below(n_regions)
            }
        })
        .collect();
    let has_units = choices.chance(30);
    let defaults = choices.chance(12);
    let mut writer = Writer {
        choices,
        text: String::new(),
        nodes: Vec::new(),
        labels,
        regions,
        guarded,
        has_units,
        defaults,
        first_input_is_truth: false,
        streams: Vec::new(),
        pairs: Vec::new(),
        outputs: Vec::new(),
    };
    let tables = writer.tables();
    writer.head();
    writer.data();
    writer.inputs();
    writer.variables();
    writer.outputs();
    writer.crossings_and_joint();
    writer.correlations();
    writer.evidence();
    writer.variants();
    writer.rest();
    Written {
        text: writer.text,
        tables,
    }
}

fn quoted(list: &[String]) -> String {
    let list: Vec<String> = list.iter().map(|label| format!("\"{label}\"")).collect();
    format!("[{}]", list.join(", "))
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn tables(&mut self) -> Vec<(String, String)> {
        let mut countries = "code,name,region,shown,users\n".to_owned();
        for k in 0..self.labels[2].len() {
            let (label, region) = (&self.labels[2][k], &self.labels[1][self.regions[k]]);
            let users = self.choices.decimal(0.5, 9.0);
            writeln!(countries, "{label},Country {label},{region},true,{users}").unwrap();
        }
        let mut prices = "land,seller,price\n".to_owned();
        for label in &self.labels[2][..1] {
            writeln!(prices, "{label},A,1.5\n{label},B,2.5").unwrap();
        }
        let errors = "error\n-0.4\n0.1\n0.3\n0.3\n".to_owned();
        vec![
            ("data/countries.csv".to_owned(), countries),
            ("data/prices.csv".to_owned(), prices),
            ("errors.csv".to_owned(), errors),
        ]
    }

    fn head(&mut self) {
        let years = [
            &self.labels[0][0],
            &self.labels[0][self.labels[0].len() - 1],
        ];
        let years = format!("range = [{}, {}]", years[0], years[1]);
        self.line("fanfare = 1\nname = \"random\"");
        if self.choices.chance(50) {
            self.line("title = \"A random model\"");
        }
        self.line("[dimensions.year]");
        self.line(&years);
        self.line("time = true\n[dimensions.region]");
        if self.choices.chance(50) {
            let pairs: Vec<String> = self.labels[1]
                .iter()
                .map(|l| format!("{l} = \"Region {l}\""))
                .collect();
            self.line(&format!("labels = {{ {} }}", pairs.join(", ")));
        } else {
            self.line(&format!("labels = {}", quoted(&self.labels[1])));
        }
        self.line("[dimensions.country]");
        if self.choices.chance(50) {
            self.line("title = \"Country\"\ntable = \"data/countries.csv\"\nkey = \"code\"\nlabel = \"name\"\nparent.region = \"region\"\nreported = \"shown\"");
        } else {
            let pairs: Vec<String> = (self.labels[2].iter().zip(&self.regions))
                .map(|(label, &region)| format!("{label} = \"{}\"", self.labels[1][region]))
                .collect();
            self.line(&format!("labels = {}", quoted(&self.labels[2])));
            self.line(&format!("parent.region = {{ {} }}", pairs.join(", ")));
        }
        self.line("[dimensions.product]");
        self.line(&format!("labels = {}", quoted(&self.labels[3])));
    }

    /// The unit of data and inputs, where the model has units: all the same, so that sums fit, and functions want `1`.
    fn unit(&mut self) {
        if self.has_units {
            self.line("unit = \"1\"");
        }
    }

    /// Keys for the reader.
    fn notes(&mut self) {
        if self.choices.chance(15) {
            self.line("title = \"A node\"\nnote = \"A remark.\"\nbasis = \"judgement\"\nas_of = 2023-04-24\nsources = [\"book\"]");
        }
    }

    /// How a node with places above its cells rolls up: amounts by sum, all others by a mean.
    fn rollup(&mut self, shape: u8, is_amount: bool) {
        if shape & (REGION | COUNTRY) == 0 {
            return;
        }
        if is_amount && !self.has_units && self.choices.chance(70) {
            self.line("rollup = \"sum\"");
        } else if shape & COUNTRY != 0 {
            self.line("rollup = { mean = \"weight\" }");
        } else {
            self.line("rollup = { mean = \"size\" }");
        }
    }

    fn over(shape: u8) -> String {
        let names: Vec<String> = (ALL.iter())
            .filter(|(bit, _)| shape & bit != 0)
            .map(|(_, name)| format!("\"{name}\""))
            .collect();
        format!("over = [{}]", names.join(", "))
    }

    fn know(&mut self, name: &str, shape: u8, is_truth: bool) {
        self.nodes.push(Known {
            name: name.to_owned(),
            shape,
            is_truth,
        });
    }

    fn data(&mut self) {
        // The weight is an amount, with a unit of its own where there are units; no expression reads it.
        self.line("[data.weight]\nover = [\"country\"]\ntable = \"data/countries.csv\"\nindex = { country = \"code\" }\ncolumn = \"users\"\nrollup = \"sum\"");
        if self.has_units {
            self.line("unit = \"user\"");
        }
        let region = self.labels[1][0].clone();
        // A default that no cell needs is an error.
        let default = if self.labels[1].len() > 1 {
            "\ndefault = 2"
        } else {
            ""
        };
        self.line(&format!("[data.size]\nover = [\"region\"]\nvalues = {{ {region} = 3 }}{default}\nrollup = \"sum\""));
        if self.has_units {
            self.line("unit = \"km^2\"");
        }
        self.line("[data.price]\nover = [\"country\"]\ntable = [\"data/prices.csv\"]\nindex = { country = \"land\" }\nwhere = { seller = \"A\" }\ncolumn = \"price\"\ndefault = 0.7");
        self.unit();
        self.rollup(COUNTRY, true);
        self.know("price", COUNTRY, false);
        for (bit, name) in ALL {
            let labels = self.labels[bit.trailing_zeros() as usize].clone();
            let values: Vec<String> = labels
                .iter()
                .map(|_| self.choices.decimal(-2.0, 4.0))
                .collect();
            self.line(&format!("[data.d_{name}]\nover = [\"{name}\"]"));
            if bit == YEAR || self.choices.chance(50) {
                self.line(&format!("values = [{}]", values.join(", ")));
            } else {
                let pairs: Vec<String> = labels
                    .iter()
                    .zip(&values)
                    .map(|(l, v)| format!("{l} = {v}"))
                    .collect();
                self.line(&format!("values = {{ {} }}", pairs.join(", ")));
            }
            self.unit();
            self.rollup(bit, true);
            self.notes();
            self.know(&format!("d_{name}"), bit, false);
        }
        let value = self.choices.decimal(-3.0, 3.0);
        self.line(&format!("[data.d]\nvalue = {value}"));
        self.unit();
        self.know("d", 0, false);
    }

    fn some_shape(&mut self) -> u8 {
        let mut shape = 0;
        for (bit, _) in ALL {
            if self.choices.chance(if bit == PRODUCT { 20 } else { 40 }) {
                shape |= bit;
            }
        }
        normal(shape)
    }

    fn expressions(&mut self, wide: bool) -> Expressions<'_> {
        Expressions {
            choices: &mut self.choices,
            nodes: &self.nodes,
            labels: &self.labels,
            guarded: self.guarded,
            wide,
        }
    }

    /// A draw of some family; parameters of a few families are expressions.
    fn draw(&mut self, shape: u8, fixed: bool) -> (String, bool) {
        if !fixed && self.choices.chance(35) {
            let (a, _) = self.expressions(true).number(2, shape);
            let (b, _) = self.expressions(true).number(1, shape);
            let b = format!("0.2 + abs(clamp({b}, -3, 3))");
            let a = format!("clamp({a}, -5, 5)");
            let text = match self.choices.below(8) {
                0 => format!("normal(mean = {a}, sd = {b})"),
                1 => format!("lognormal(median = exp({a}), gsd = 1.1 + 0.1 * ({b}))"),
                2 => format!("logit_normal(mu = {a}, sigma = {b})"),
                3 => format!("lognormal(mean = exp({a}), sd = {b})"),
                4 => format!("uniform(low = {a}, high = {a} + {b})"),
                5 => format!("gamma(shape = {b}, scale = exp({a}))"),
                6 => format!("normal(mean = {a}, sd = {b}, min = {a} - 1, max = {a} + 2)"),
                _ => format!("student_t(location = {a}, scale = {b}, df = 4)"),
            };
            return (text, false);
        }
        let family: &FamilyInfo = self.choices.pick(families());
        if family.name == "empirical" && self.choices.chance(60) {
            return (
                "empirical(table = \"errors.csv\", column = \"error\")".to_owned(),
                false,
            );
        }
        let mut text = family.example.to_owned();
        if !family.discrete && self.choices.chance(15) {
            // Far enough out that every example has mass between.
            text.insert_str(text.len() - 1, ", min = -1e3, max = 1e4");
        }
        (text, family.name == "bernoulli")
    }

    /// A line that states a key, or none where the default may stand for it.
    fn unless_default(&mut self, write: impl FnOnce(&mut Self)) {
        if !(self.defaults && self.choices.chance(60)) {
            write(self);
        }
    }

    fn input(&mut self, name: &str, shape: u8, is: &str, dependence: &str) {
        self.line(&format!("[inputs.{name}]\nis = '{is}'"));
        if self.defaults && shape == COUNTRY | YEAR {
            self.unless_default(|writer| writer.line(&Self::over(shape)));
        } else {
            self.line(&Self::over(shape));
        }
        self.unless_default(Self::unit);
        // Draws from 0 to 1 are shares, which do not add up.
        let is_amount = ["normal", "lognormal", "gamma", "poisson"]
            .iter()
            .any(|family| is.starts_with(&format!("{family}(")));
        self.unless_default(|writer| writer.rollup(shape, is_amount));
        self.text.push_str(dependence);
        self.notes();
    }

    fn input_shape(&mut self) -> u8 {
        let shape = self.some_shape();
        if self.defaults {
            normal(shape | COUNTRY | YEAR)
        } else {
            shape
        }
    }

    fn inputs(&mut self) {
        for k in 0..2 + self.choices.below(4) {
            let shape = self.input_shape();
            let name = format!("i{k}");
            let (is, is_truth) = self.draw(shape, false);
            let mut dependence = self.dependence(shape);
            if self.choices.chance(10) {
                dependence.push_str(&format!("stream = \"former_{name}\"\n"));
                self.streams.push(format!("former_{name}"));
            } else {
                self.streams.push(name.clone());
            }
            self.input(&name, shape, &is, &dependence);
            self.first_input_is_truth |= k == 0 && is_truth;
            self.know(&name, shape, is_truth);
        }
        if self.choices.chance(50) {
            let shape = self.input_shape();
            let mut dependence = self.dependence(shape);
            if self.defaults {
                dependence = "alike = { world = 0.1 }\npersist = 0.3\n".to_owned();
            }
            let names = [format!("j{}", self.choices.below(3)), "k".to_owned()];
            for name in &names {
                let family = *self.choices.pick(&[
                    "normal(mean = 1, sd = 0.5)",
                    "lognormal(median = 1, gsd = 1.3)",
                    "logit_normal(median = 0.5, sd_logit = 0.4)",
                ]);
                self.input(name, shape, family, &dependence);
                self.know(name, shape, false);
            }
            self.pairs.push(names);
        }
    }

    /// Lines of `alike` and `persist`, where a shape allows them.
    fn dependence(&mut self, shape: u8) -> String {
        let mut lines = String::new();
        let n_alike: usize = (ALL.iter())
            .filter(|(bit, _)| shape & bit != 0 && *bit != YEAR)
            .map(|(bit, _)| self.labels[bit.trailing_zeros() as usize].len())
            .product();
        let has_siblings = self.labels[2].len() > self.labels[1].len();
        if n_alike > 1 && self.choices.chance(40) {
            let several = self.labels[1].len() > 1;
            if shape & COUNTRY != 0 && has_siblings && several && self.choices.chance(60) {
                lines.push_str("alike = { world = 0.3, region = 0.25 }\n");
            } else {
                lines.push_str("alike = { world = 0.4 }\n");
            }
        }
        if shape & YEAR != 0 && self.choices.chance(50) {
            let persist = *self.choices.pick(&["0.7", "-0.4", "0.95"]);
            lines.push_str(&format!("persist = {persist}\n"));
        }
        lines
    }

    fn variables(&mut self) {
        for k in 0..2 + self.choices.below(4) {
            let name = format!("v{k}");
            if self.choices.chance(15) {
                let (is, shape) = self.expressions(true).truth(3, YEAR | COUNTRY);
                self.line(&format!("[variables.{name}]\nis = '{is}'"));
                self.know(&name, shape, true);
                continue;
            }
            let allowed = YEAR | COUNTRY | if self.choices.chance(40) { PRODUCT } else { 0 };
            let depth = 2 + self.choices.below(3);
            let (is, mut shape) = self.expressions(true).number(depth, allowed);
            if self.choices.chance(25) {
                shape = normal(shape | YEAR | if self.choices.chance(50) { COUNTRY } else { 0 });
                self.line(&format!(
                    "[variables.{name}]\nis = '0.5 * prev({name}, d_year) + ({is})'"
                ));
                self.line(&Self::over(shape));
            } else {
                self.line(&format!("[variables.{name}]\nis = '{is}'"));
                if self.choices.chance(30) {
                    shape = normal(shape | REGION);
                    self.line(&Self::over(shape));
                }
            }
            if self.choices.chance(30) {
                self.unit();
            }
            self.rollup(shape, true);
            self.notes();
            self.know(&name, shape, false);
        }
    }

    /// Every node is published, so that none is unused, and some expressions over rolled-up nodes.
    fn outputs(&mut self) {
        for node in self.nodes.clone() {
            let Known {
                name,
                shape,
                is_truth,
            } = node;
            self.line(&format!("[outputs.{name}]"));
            if is_truth {
                let place = [(COUNTRY, "country"), (REGION, "region"), (0, "world")]
                    .into_iter()
                    .find(|(bit, _)| shape & bit == *bit)
                    .map_or("world", |(_, place)| place);
                self.line(&format!("is = 'if({name}, 1, 0)'\nplaces = [\"{place}\"]"));
            } else if self.choices.chance(20) {
                self.line("title = \"An output\"\nnote = \"Of the node.\"");
            }
            self.outputs.push(name);
        }
        for (name, unit) in [("weight", "user"), ("size", "km^2")] {
            self.line(&format!("[outputs.{name}]"));
            if self.has_units {
                self.line(&format!("unit = \"{unit}\""));
            }
        }
        for k in 0..1 + self.choices.below(3) {
            let (is, _) = self.expressions(false).number(3, YEAR | COUNTRY);
            let name = format!("o{k}");
            self.line(&format!("[outputs.{name}]\nis = '{is}'"));
            if self.choices.chance(40) {
                self.unit();
            }
            self.outputs.push(name);
        }
    }

    fn crossings_and_joint(&mut self) {
        let (of, s) = self.expressions(false).number(2, YEAR | COUNTRY);
        let (above, _) = self.expressions(false).number(2, YEAR | COUNTRY);
        let of = if s & YEAR == 0 {
            format!("{of} + d_year")
        } else {
            of
        };
        self.line(&format!("[crossings.c]\nof = '{of}'\nabove = '{above}'"));
        if self.choices.chance(40) {
            self.line("title = \"A crossing\"\nnote = \"First.\"\nplaces = [\"world\"]");
        }
        if self.choices.chance(50) {
            let (a, _) = self.expressions(false).number(1, YEAR);
            let (b, _) = self.expressions(false).number(1, YEAR);
            self.line(&format!("[joint.together]\ntitle = \"Together\"\nof = ['{a} + d', '{b} * 2 + d_year']\nplaces = [\"world\"]"));
        }
    }

    fn correlations(&mut self) {
        for [a, b] in self.pairs.clone() {
            let kind = *self.choices.pick(&["copula", "pearson", "spearman"]);
            self.line(&format!(
                "[[correlations]]\nbetween = [\"{a}\", \"{b}\"]\nkind = \"{kind}\""
            ));
            if self.choices.chance(50) {
                self.line("value = -0.5\nnote = \"A remark.\"\nsources = [\"book\"]");
            } else {
                self.line("values = [[1, 0.3], [0.3, 1]]");
            }
        }
    }

    fn evidence(&mut self) {
        if !self.choices.chance(40) {
            return;
        }
        let (x, _) = self.expressions(true).number(3, 0);
        self.line(&format!("[evidence.seen]\ntitle = \"Seen\"\nobserves = '{x} + d'\nis = 'normal(mean = 2, sd = 3)'\nsources = [\"book\"]\nnote = \"A remark.\""));
        let (x, _) = self.expressions(true).number(2, 0);
        self.line(&format!(
            "[evidence.told]\nholds = '{x} + d > 1'\nsoftness = 0.1"
        ));
        self.line("[conditions.all-of-it]\ntitle = \"All\"\nnote = \"A remark.\"\non = [\"seen\", \"told\"]");
    }

    fn variants(&mut self) {
        if !self.choices.chance(50) {
            return;
        }
        let mut is = self.draw(0, true);
        // What reads a truth value goes on reading one.
        while self.first_input_is_truth != is.1 {
            is = self.draw(0, true);
        }
        let is = is.0;
        self.line(&format!(
            "[scenarios.other-world]\ntitle = \"Other\"\nnote = \"Not this one.\"\nset.i0 = '{is}'"
        ));
        self.line("[strategies.act]\ntitle = \"Act\"\nnote = \"A remark.\"");
        let label = self.labels[2][0].clone();
        self.line(&format!(
            "set.price = [{{ where = {{ country = \"{label}\" }}, is = 0.25 }}]"
        ));
    }

    fn rest(&mut self) {
        self.line("[sources.book]\ntitle = \"A book\"\nurl = \"https://example.org\"\ndate = 2024-01-31\nnote = \"Made up.\"");
        if self.choices.chance(60) {
            let outputs: Vec<String> = self.outputs[..2].to_vec();
            let driven = self.outputs[self.choices.below(self.outputs.len())].clone();
            self.line(&format!("[report]\ncrossing = \"c\"\noutputs = {}\nfan = [\"{}\"]\ndrivers_of = \"{driven}\"", quoted(&outputs), outputs[0]));
        }
        if self.choices.chance(30) {
            let first = self.choices.pick(&self.streams).clone();
            self.line(&format!("[sampling]\nsobol_order = [\"{first}\"]"));
        }
        if self.defaults {
            let unit = if self.has_units { "\nunit = \"1\"" } else { "" };
            self.line(&format!("[defaults.inputs]\nsources = [\"book\"]\nbasis = \"free\"\nas_of = \"2023-04\"\nover = [\"country\", \"year\"]\nrollup = {{ mean = \"weight\" }}\nalike = {{ world = 0.2 }}\npersist = 0.5{unit}"));
        }
        match self.choices.below(6) {
            0 => self.line("[defaults.outputs]\nplaces = [\"world\"]"),
            1 if self.has_units => self.line("[defaults.outputs]\nunit = \"1\""),
            _ => {}
        }
    }
}
