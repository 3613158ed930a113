//! The story of a check: names, dimensions, data, equations, what is published, variants.

use std::rc::Rc;

use super::build::{Builder, Built, Fixed};
use super::checked::{CheckedModel, Node, Rollup};
use super::context::{Context, has_units};
use super::correlations;
use super::data::DataReader;
use super::dimensions::read_dimensions;
use super::inputs::DrawReader;
use super::names::{Declared, Names, did_you_mean};
use super::outputs::ReadingChecker;
use super::over::{Over, resolve_over};
use super::overrides::{self, Definition, Definitions, Touched, What};
use super::sampling;
use super::tables::Tables;
use super::usage;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::dimension::Shape;
use crate::model::{ModelFile, OverrideDecl, RollupDecl, VariantDecl};
use crate::source::{Source, SourceMap};

/// Most dimensions of a model.
const MAX_DIMENSIONS: usize = 64;

/// What a run changes of the base model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variant<'a> {
    /// Name of a scenario.
    pub scenario: Option<&'a str>,
    /// Name of a strategy.
    pub strategy: Option<&'a str>,
    /// Arguments `--set NODE=EXPRESSION`; they win over both.
    pub set: &'a [OverrideDecl],
}

/// Checks a model and all its variants, and applies the chosen one.
///
/// # Errors
/// All problems of the model, in the order of their places; warnings stand among them.
pub fn check(
    file: ModelFile,
    source: &dyn Source,
    sources: &mut SourceMap,
    variant: &Variant,
) -> Result<CheckedModel, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::new();
    let checked = check_file(&file, source, sources, variant, &mut diagnostics);
    let failed = diagnostics.has_errors();
    let list = diagnostics.into_sorted();
    match checked {
        Some(mut model) if !failed => {
            model.warnings = list;
            model.file = file;
            Ok(model)
        }
        _ => Err(list),
    }
}

fn check_file(
    file: &ModelFile,
    source: &dyn Source,
    sources: &mut SourceMap,
    variant: &Variant,
    diagnostics: &mut Diagnostics,
) -> Option<CheckedModel> {
    if let Some(extra) = file.dimensions.get(MAX_DIMENSIONS) {
        diagnostics.push(
            Diagnostic::error(
                "too-large",
                extra.name.span,
                format!("more than {MAX_DIMENSIONS} dimensions"),
            )
            .expected(format!("at most {MAX_DIMENSIONS} dimensions")),
        );
        return None;
    }
    let names = Names::collect(file, diagnostics);
    let mut tables = Tables::new(source, sources);
    let read = read_dimensions(file, &names, &mut tables, diagnostics);
    let context = Context {
        names: &names,
        dimensions: &read.dimensions,
        broken: &read.broken,
        has_units: has_units(file, &names),
    };
    let overs: Vec<Option<Over>> = (names.nodes.iter())
        .map(|node| {
            resolve_over(
                node.over()?,
                node.name(),
                &names,
                &read.dimensions,
                diagnostics,
            )
        })
        .collect();
    let base = base_definitions(file, &context, &overs, &mut tables, diagnostics);
    let stated: Vec<Option<Shape>> = (overs.iter())
        .map(|over| over.as_ref().map(|over| over.shape.clone()))
        .collect();

    let mut next_id = 0;
    let mut draws = DrawReader::new(&mut tables, &base);
    let mut builder = Builder {
        context: &context,
        stated: &stated,
        next_id: &mut next_id,
        diagnostics,
    };
    let built = builder.build(&base, None, &mut draws);
    super::streams::check(file, &built.shapes, &context, diagnostics);
    let sobol_order = sampling::check(file, &built.shapes, &context, diagnostics);
    let groups = correlations::check(file, &built, None, &context, draws.constants(), diagnostics);
    let is_share: Vec<bool> = (built.parts.iter())
        .map(|parts| draws.is_share(parts, &built.shapes, &context))
        .collect();
    let readings = ReadingChecker {
        context: &context,
        file,
        shapes: &built.shapes,
        units: &built.units,
        is_share: &is_share,
        truths: &built.truths,
        next_id: &mut next_id,
        diagnostics,
    }
    .check(&mut draws);
    let base_reached = usage::reached(file, &base, &readings.rolled_up, &context);
    if usage::publishes(file, diagnostics) {
        usage::unused_nodes(&base_reached, &context, diagnostics);
        usage::unused_dimensions(file, &built.shapes, &context, diagnostics);
    }
    usage::childless_labels(&built.parts, &readings, &read, diagnostics);
    usage::unused_rollups(&readings.rolled_up, &context, diagnostics);
    usage::references(file, &context, diagnostics);

    let mut variants = Variants {
        file,
        context: &context,
        base: &base,
        built: &built,
        stated: &stated,
        groups: &groups,
    };
    for declaration in file.scenarios.iter().chain(&file.strategies) {
        let (_, applied, _) =
            variants.build(&[&declaration.set], &mut draws, &mut next_id, diagnostics);
        readings.check_truths(&applied.truths, diagnostics);
        overrides::sets_something(declaration, diagnostics);
    }
    overrides::each_once(variant.set, diagnostics);
    let scenario = choose("scenario", variant.scenario, &file.scenarios, diagnostics);
    let strategy = choose("strategy", variant.strategy, &file.strategies, diagnostics);
    let lists: Vec<&[OverrideDecl]> = [scenario, strategy, Some(variant.set)]
        .into_iter()
        .flatten()
        .collect();
    if let (Some(scenario), Some(strategy)) = (scenario, strategy) {
        variants.conflicts(scenario, strategy, diagnostics);
    }
    let chosen = if lists.iter().all(|list| list.is_empty()) {
        None
    } else {
        let (definitions, chosen, groups) =
            variants.build(&lists, &mut draws, &mut next_id, diagnostics);
        readings.check_truths(&chosen.truths, diagnostics);
        let reached = usage::reached(file, &definitions, &readings.rolled_up, &context);
        usage::idle_inputs(
            &base_reached,
            &reached,
            &chosen.parts,
            &context,
            diagnostics,
        );
        correlations::idle(file, &chosen, &context, diagnostics);
        Some((chosen, groups))
    };
    if diagnostics.has_errors() {
        return None;
    }
    let (built, groups) = chosen.unwrap_or((built, groups));
    let nodes = nodes(&context, built.shapes, built.units, built.parts)?;
    Some(CheckedModel {
        name: file.name.value.clone(),
        title: file
            .title
            .as_ref()
            .map_or_else(|| file.name.value.clone(), |title| title.value.clone()),
        nodes,
        order: built.order.nodes,
        correlations: groups,
        outputs: readings.outputs,
        crossings: readings.crossings,
        joints: readings.joints,
        evidence: readings.evidence,
        sobol_order,
        has_units: context.has_units,
        warnings: Vec::new(),
        file: file.clone(),
        dimensions: read.dimensions,
    })
}

/// The definitions of the base model: values of data, equations and distributions.
fn base_definitions<'a>(
    file: &'a ModelFile,
    context: &Context<'a>,
    overs: &[Option<Over>],
    tables: &mut Tables,
    diagnostics: &mut Diagnostics,
) -> Definitions<'a> {
    let mut reader = DataReader {
        file,
        names: context.names,
        dimensions: context.dimensions,
        broken: context.broken,
        tables,
    };
    let mut definitions = Definitions::new();
    for (node, over) in context.names.nodes.iter().zip(overs) {
        let (what, span) = match node {
            Declared::Data(data) => {
                let values = over
                    .as_ref()
                    .and_then(|over| reader.read(data, over, diagnostics));
                let what = values.map_or(What::Broken, |values| What::Values(Rc::new(values)));
                (what, data.name.span)
            }
            Declared::Input(input) => (What::Formula(&input.is), input.is.span),
            Declared::Variable(variable) => (What::Formula(&variable.is), variable.is.span),
        };
        definitions.push(vec![Definition {
            cells: None,
            what,
            overriding: false,
            span,
        }]);
    }
    definitions
}

fn choose<'f>(
    what: &str,
    name: Option<&str>,
    declared: &'f [VariantDecl],
    diagnostics: &mut Diagnostics,
) -> Option<&'f [OverrideDecl]> {
    let name = name?;
    let found = declared.iter().find(|variant| variant.name.value == name);
    if found.is_none() {
        let known = declared.iter().map(|variant| variant.name.value.as_str());
        diagnostics.push(Diagnostic {
            code: if what == "scenario" {
                "unknown-scenario"
            } else {
                "unknown-strategy"
            },
            severity: Severity::Error,
            message: format!("the model has no {what} `{name}`"),
            span: None,
            expected: format!("the name of a {what}"),
            related: Vec::new(),
            hints: did_you_mean(name, known).into_iter().collect(),
        });
    }
    found.map(|variant| variant.set.as_slice())
}

/// The base model, and what is needed to apply variants to it.
struct Variants<'a, 'c> {
    file: &'a ModelFile,
    context: &'a Context<'c>,
    base: &'a Definitions<'a>,
    built: &'a Built,
    stated: &'a [Option<Shape>],
    groups: &'a [super::CorrelationGroup],
}

impl<'a> Variants<'a, '_> {
    /// The base model with these lists of overrides applied in turn.
    fn build<'v>(
        &mut self,
        lists: &[&'v [OverrideDecl]],
        draws: &mut DrawReader,
        next_id: &mut u32,
        diagnostics: &mut Diagnostics,
    ) -> (Definitions<'v>, Built, Vec<super::CorrelationGroup>)
    where
        'a: 'v,
    {
        let mut definitions: Definitions<'v> = self.base.clone();
        for list in lists {
            overrides::apply(
                &mut definitions,
                list,
                self.context,
                &self.built.shapes,
                diagnostics,
            );
        }
        let fixed = Fixed {
            shapes: &self.built.shapes,
            units: &self.built.units,
        };
        let built = Builder {
            context: self.context,
            stated: self.stated,
            next_id,
            diagnostics,
        }
        .build(&definitions, Some(&fixed), draws);
        let groups = correlations::check(
            self.file,
            &built,
            Some(self.groups),
            self.context,
            draws.constants(),
            diagnostics,
        );
        (definitions, built, groups)
    }

    fn touched(&self, list: &[OverrideDecl]) -> Touched {
        // Problems of each list were reported when it was applied alone.
        let mut known = Diagnostics::new();
        let mut definitions = self.base.clone();
        overrides::apply(
            &mut definitions,
            list,
            self.context,
            &self.built.shapes,
            &mut known,
        )
    }

    fn conflicts(
        &self,
        scenario: &[OverrideDecl],
        strategy: &[OverrideDecl],
        diagnostics: &mut Diagnostics,
    ) {
        overrides::conflicts(
            &self.touched(scenario),
            &self.touched(strategy),
            self.context,
            &self.built.shapes,
            diagnostics,
        );
    }
}

fn nodes(
    context: &Context,
    shapes: Vec<Option<Shape>>,
    units: Vec<Option<crate::unit::Unit>>,
    parts: Vec<Vec<super::Part>>,
) -> Option<Vec<Node>> {
    let mut nodes = Vec::with_capacity(parts.len());
    for (((declared, shape), unit), parts) in (context.names.nodes.iter())
        .zip(shapes)
        .zip(units)
        .zip(parts)
    {
        let info = declared.info();
        let name = declared.name();
        let rollup = info.rollup.as_ref().and_then(|rollup| match &rollup.value {
            RollupDecl::Sum => Some(Rollup::Sum),
            RollupDecl::None => Some(Rollup::None),
            RollupDecl::Mean(weight) => context.names.node(&weight.value).map(Rollup::Mean),
        });
        nodes.push(Node {
            name: name.value.clone(),
            title: info
                .title
                .as_ref()
                .map_or_else(|| name.value.clone(), |title| title.value.clone()),
            kind: declared.kind(),
            shape: shape?,
            unit: unit?,
            rollup,
            parts,
            stream: match declared {
                Declared::Input(input) => Some(super::streams::stream(input, context)?),
                Declared::Data(_) | Declared::Variable(_) => None,
            },
            sources: info
                .sources
                .iter()
                .map(|source| source.value.clone())
                .collect(),
            basis: info.basis.as_ref().map(|basis| basis.value),
            as_of: info.as_of.as_ref().map(|date| date.value.clone()),
            note: info.note.as_ref().map(|note| note.value.clone()),
            span: name.span,
        });
    }
    Some(nodes)
}
