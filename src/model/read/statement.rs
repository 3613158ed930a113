//! Crossings, joint quantities, correlations, evidence and conditions.

use super::reader::Reader;
use super::section::{Item, Section};
use crate::diag::{Diagnostic, Span, Spanned};
use crate::expr::Ident;
use crate::model::{
    ConditionDecl, CorrelationDecl, CorrelationKind, CrossingDecl, EvidenceDecl, JointDecl,
    Statement,
};
use toml::de::DeValue;

impl Reader<'_> {
    /// `[crossings.NAME]`
    pub fn crossing(&mut self, name: Ident, section: &mut Section<'_>) -> Option<CrossingDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let of = section.require(self, "of");
        let of = of.and_then(|item| self.expression(item));
        let above = section.require(self, "above");
        let above = above.and_then(|item| self.expression(item));
        let places = self.places(section);
        let note = section.take("note").and_then(|item| self.text(item));
        Some(CrossingDecl {
            name,
            title,
            of: of?,
            above: above?,
            places,
            note,
        })
    }

    /// `[joint.NAME]`
    pub fn joint(&mut self, name: Ident, section: &mut Section<'_>) -> Option<JointDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let of = section.require(self, "of");
        let places = self.places(section);
        let of = of.and_then(|item| self.list(item, "expressions"))?;
        let of = self.all(of, Self::expression)?;
        Some(JointDecl {
            name,
            title,
            of,
            places,
        })
    }

    fn places(&mut self, section: &mut Section<'_>) -> Vec<Ident> {
        let places = section.take("places").and_then(|item| self.texts(item));
        places.unwrap_or_default()
    }

    /// `[[correlations]]`
    pub fn correlations(&mut self, root: &mut Section<'_>) -> Vec<CorrelationDecl> {
        let Some(item) = root.take("correlations") else {
            return Vec::new();
        };
        let DeValue::Array(list) = item.value else {
            let hint = Some("write [[correlations]] above each");
            self.wrong_type_hint::<()>(item, "a list of tables", hint);
            return Vec::new();
        };
        let mut declared = Vec::new();
        for element in self.elements(item, list) {
            let Some(mut section) = self.section(element, "[[correlations]]".to_owned()) else {
                continue;
            };
            declared.extend(self.correlation(element.span, &mut section));
            section.finish(self);
        }
        declared
    }

    fn correlation(&mut self, span: Span, section: &mut Section<'_>) -> Option<CorrelationDecl> {
        let between_item = section.require(self, "between");
        let between = between_item.and_then(|item| self.texts(item));
        let kind = section.require(self, "kind");
        let kind = kind.and_then(|item| self.correlation_kind(item));
        let value = section.take("value");
        let values = section.take("values");
        let sources = self.sources_key(section);
        let note = section.take("note").and_then(|item| self.text(item));
        let number = value.map(|item| self.number(item));
        let matrix = match (value, values) {
            (Some(value), Some(values)) => {
                let message = "`value` and `values` both state the correlation".to_owned();
                self.conflict(values.key_span, message, value.key_span, "value");
                return None;
            }
            (None, None) => {
                section.missing(self, "`value`, or `values` for more than two inputs");
                return None;
            }
            (None, Some(values)) => self.matrix(values)?,
            (Some(value), None) => {
                let r = number.flatten()?;
                let one = Spanned::new(1.0, value.span);
                vec![vec![one.clone(), r.clone()], vec![r, one]]
            }
        };
        let between = between?;
        let n_inputs = between.len();
        let n_rows = matrix.len();
        if n_rows != n_inputs || matrix.iter().any(|row| row.len() != n_inputs) {
            let stated = values.or(value).map_or(span, |item| item.span);
            let message = format!(
                "the correlation of {n_inputs} inputs needs {n_inputs} rows of {n_inputs} numbers"
            );
            let mut problem = Diagnostic::error("wrong-length", stated, message);
            if let Some(item) = between_item {
                problem = problem.related(item.span, "the inputs");
            }
            self.report(problem.hint("`value` is for two inputs; more of them need `values`"));
            return None;
        }
        Some(CorrelationDecl {
            span,
            between,
            kind: kind?,
            matrix,
            sources,
            note,
        })
    }

    fn correlation_kind(&mut self, item: Item<'_>) -> Option<Spanned<CorrelationKind>> {
        let words = [
            ("copula", CorrelationKind::Copula),
            ("pearson", CorrelationKind::Pearson),
            ("spearman", CorrelationKind::Spearman),
        ];
        let kind = self.word(item, &words)?;
        Some(Spanned::new(kind, item.span))
    }

    fn matrix(&mut self, item: Item<'_>) -> Option<Vec<Vec<Spanned<f64>>>> {
        let rows = self.list(item, "rows")?;
        self.all(rows, |reader, row| {
            let cells = reader.list(row, "numbers")?;
            reader.all(cells, Self::number)
        })
    }

    /// `[evidence.NAME]`
    pub fn evidence(&mut self, name: Ident, section: &mut Section<'_>) -> Option<EvidenceDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let sources = self.sources_key(section);
        let note = section.take("note").and_then(|item| self.text(item));
        let statement = self.statement(section)?;
        Some(EvidenceDecl {
            name,
            title,
            statement,
            sources,
            note,
        })
    }

    fn statement(&mut self, section: &mut Section<'_>) -> Option<Statement> {
        let observes = section.take("observes");
        let is = section.take("is");
        let holds = section.take("holds");
        let softness = section.take("softness");
        match (observes, holds) {
            (Some(observes), Some(holds)) => {
                let message = "`observes` and `holds` are different statements".to_owned();
                self.conflict(holds.key_span, message, observes.key_span, "observes");
                None
            }
            (None, None) => {
                section.missing(self, "`observes` with `is`, or `holds`");
                None
            }
            (Some(observes), None) => {
                if let Some(softness) = softness {
                    let message = "`softness` belongs to `holds`".to_owned();
                    self.conflict(softness.key_span, message, observes.key_span, "observes");
                }
                let quantity = self.expression(observes);
                if is.is_none() {
                    section.missing(self, "`is`, the distribution of the published value");
                }
                let is = is.and_then(|item| self.expression(item))?;
                Some(Statement::Observes {
                    quantity: quantity?,
                    is,
                })
            }
            (None, Some(holds)) => {
                if let Some(is) = is {
                    let message = "`is` belongs to `observes`".to_owned();
                    self.conflict(is.key_span, message, holds.key_span, "holds");
                }
                let condition = self.expression(holds);
                let softness = match softness {
                    Some(item) => Some(self.number(item)?),
                    None => None,
                };
                Some(Statement::Holds {
                    condition: condition?,
                    softness,
                })
            }
        }
    }

    /// `[conditions.NAME]`
    pub fn condition(&mut self, name: Ident, section: &mut Section<'_>) -> Option<ConditionDecl> {
        let title = section.take("title").and_then(|item| self.text(item));
        let on = section.require(self, "on");
        let on = on.and_then(|item| self.texts(item));
        let note = section.take("note").and_then(|item| self.text(item));
        Some(ConditionDecl {
            name,
            title,
            on: on?,
            note,
        })
    }
}
