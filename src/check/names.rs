//! Which name means which dimension or node; duplicates and reserved names are refused here.

use std::collections::{BTreeMap, BTreeSet};

use super::NodeKind;
use super::checked::NodeId;
use crate::diag::{Diagnostic, Diagnostics, Span, closest};
use crate::dimension::DimensionId;
use crate::expr::Ident;
use crate::model::{DataDecl, InputDecl, ModelFile, NodeInfo, VariableDecl};

/// The declaration behind a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declared<'a> {
    /// `[data.*]`
    Data(&'a DataDecl),
    /// `[inputs.*]`
    Input(&'a InputDecl),
    /// `[variables.*]`
    Variable(&'a VariableDecl),
}

impl<'a> Declared<'a> {
    /// Its name.
    pub(super) fn name(self) -> &'a Ident {
        match self {
            Self::Data(data) => &data.name,
            Self::Input(input) => &input.name,
            Self::Variable(variable) => &variable.name,
        }
    }

    /// Its unit, roll-up, sources and so on.
    pub(super) fn info(self) -> &'a NodeInfo {
        match self {
            Self::Data(data) => &data.info,
            Self::Input(input) => &input.info,
            Self::Variable(variable) => &variable.info,
        }
    }

    /// Its section.
    pub(super) fn kind(self) -> NodeKind {
        match self {
            Self::Data(_) => NodeKind::Data,
            Self::Input(_) => NodeKind::Input,
            Self::Variable(_) => NodeKind::Variable,
        }
    }

    /// The dimensions it states; `None` for a variable that leaves them to its equation.
    pub(super) fn over(self) -> Option<&'a [Ident]> {
        match self {
            Self::Data(data) => Some(&data.over),
            Self::Input(input) => Some(&input.over),
            Self::Variable(variable) => variable.over.as_ref().map(|over| over.value.as_slice()),
        }
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A node.
    Node(NodeId),
    /// A dimension.
    Dimension(DimensionId),
}

/// All names of a model.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// Data, inputs and variables in the order of the file.
    pub(super) nodes: Vec<Declared<'a>>,
    entries: BTreeMap<&'a str, (Meaning, Span)>,
    outputs: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Collects the names of a file and reports duplicates.
    pub(super) fn collect(file: &'a ModelFile, diagnostics: &mut Diagnostics) -> Self {
        let nodes: Vec<_> = (file.data.iter().map(Declared::Data))
            .chain(file.inputs.iter().map(Declared::Input))
            .chain(file.variables.iter().map(Declared::Variable))
            .collect();
        let mut entries: BTreeMap<&'a str, (Meaning, Span)> = BTreeMap::new();
        let meanings = (0u16..)
            .map(|id| Meaning::Dimension(DimensionId(id)))
            .zip(file.dimensions.iter().map(|dimension| &dimension.name))
            .chain(
                (0u32..)
                    .map(|id| Meaning::Node(NodeId(id)))
                    .zip(nodes.iter().map(|node| node.name())),
            );
        for (meaning, name) in meanings {
            if let Some((_, first)) = entries.get(name.value.as_str()) {
                diagnostics.push(
                    Diagnostic::error(
                        "duplicate-name",
                        name.span,
                        format!("the name `{}` is declared twice", name.value),
                    )
                    .expected("a name that no dimension, data, input or variable bears yet")
                    .related(*first, "first declared here"),
                );
                continue;
            }
            entries.insert(&name.value, (meaning, name.span));
        }
        let outputs = (file.outputs.iter())
            .map(|output| output.name.value.as_str())
            .collect();
        Self {
            nodes,
            entries,
            outputs,
        }
    }

    /// What a name stands for.
    pub(super) fn find(&self, name: &str) -> Option<Meaning> {
        self.entries.get(name).map(|(meaning, _)| *meaning)
    }

    /// Whether an output bears this name.
    pub(super) fn is_output(&self, name: &str) -> bool {
        self.outputs.contains(name)
    }

    /// The node with this name.
    pub(super) fn node(&self, name: &str) -> Option<NodeId> {
        match self.find(name)? {
            Meaning::Node(id) => Some(id),
            Meaning::Dimension(_) => None,
        }
    }

    /// The dimension with this name.
    pub(super) fn dimension(&self, name: &str) -> Option<DimensionId> {
        match self.find(name)? {
            Meaning::Dimension(id) => Some(id),
            Meaning::Node(_) => None,
        }
    }

    /// The declaration of a node.
    pub(super) fn at(&self, id: NodeId) -> Declared<'a> {
        self.nodes[id.0 as usize]
    }

    /// All nodes with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, Declared<'a>)> + '_ {
        (0u32..).map(NodeId).zip(self.nodes.iter().copied())
    }

    /// A hint with the closest of all names.
    pub(super) fn suggest(&self, name: &str) -> Option<String> {
        did_you_mean(name, self.entries.keys().copied())
    }

    /// A hint with the closest node.
    pub(super) fn suggest_node(&self, name: &str) -> Option<String> {
        did_you_mean(
            name,
            self.nodes.iter().map(|node| node.name().value.as_str()),
        )
    }

    /// A hint with the closest dimension.
    pub(super) fn suggest_dimension(&self, name: &str) -> Option<String> {
        let dimensions = self.entries.iter().filter_map(|(name, (meaning, _))| {
            matches!(meaning, Meaning::Dimension(_)).then_some(*name)
        });
        did_you_mean(name, dimensions)
    }

    /// The dimension with this name, or an error with the closest one.
    pub(super) fn expect_dimension(
        &self,
        name: &Ident,
        diagnostics: &mut Diagnostics,
    ) -> Option<DimensionId> {
        let found = self.dimension(&name.value);
        if found.is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "unknown-dimension",
                    name.span,
                    format!("there is no dimension `{}`", name.value),
                )
                .expected("the name of a dimension")
                .hint_if(self.suggest_dimension(&name.value)),
            );
        }
        found
    }

    /// The node with this name, or an error with the closest one.
    pub(super) fn expect_node(
        &self,
        name: &Ident,
        diagnostics: &mut Diagnostics,
    ) -> Option<NodeId> {
        let found = self.node(&name.value);
        if found.is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "unknown-name",
                    name.span,
                    format!("there is no data, input or variable `{}`", name.value),
                )
                .expected("the name of a node")
                .hint_if(self.suggest_node(&name.value)),
            );
        }
        found
    }
}

/// `did you mean `x`?` for the closest candidate.
pub(super) fn did_you_mean<'n>(
    name: &str,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    closest(name, candidates.into_iter()).map(|best| format!("did you mean `{best}`?"))
}
