//! Which node reads which, the order of evaluation, and cycles.

use std::collections::VecDeque;

use super::NodeId;
use super::names::{Meaning, Names};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::DimensionId;
use crate::expr::{Expr, ExprKind, Reduction};

/// At which time labels an operand is read, seen from the reader's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// At the same label, or up to it.
    Same,
    /// At earlier labels only.
    Earlier,
    /// At fixed labels or at all of them: no order of time helps.
    Fixed,
}

/// One reading of a node.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: usize,
    reach: Reach,
    span: Span,
}

/// Who reads whom, by [`NodeId`].
#[derive(Debug)]
pub(super) struct Graph {
    edges: Vec<Vec<Edge>>,
}

/// What the graph says about the order.
#[derive(Debug)]
pub(super) struct Order {
    /// Operands first.
    pub(super) nodes: Vec<NodeId>,
    /// For each node whether it lies in a cycle that was refused.
    pub(super) refused: Vec<bool>,
    /// For each node whether it reads itself through `prev`, alone or with others.
    pub(super) lagged: Vec<bool>,
}

impl Graph {
    /// No readings among `n` nodes yet.
    pub(super) fn new(n: usize) -> Self {
        Self {
            edges: vec![Vec::new(); n],
        }
    }

    /// Adds what `expr`, a definition of `reader`, reads.
    pub(super) fn read(
        &mut self,
        reader: NodeId,
        expr: &Expr,
        names: &Names,
        time: Option<DimensionId>,
    ) {
        let mut walk = Walk {
            names,
            time,
            edges: &mut self.edges[reader.0 as usize],
        };
        walk.visit(expr, Reach::Same);
    }

    /// Adds that `reader` needs `to` (a weight).
    pub(super) fn need(&mut self, reader: NodeId, to: NodeId, span: Span) {
        self.edges[reader.0 as usize].push(Edge {
            to: to.0 as usize,
            reach: Reach::Fixed,
            span,
        });
    }

    /// For each node whether it is read, directly or not, from one of `roots`.
    pub(super) fn reachable(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        let mut seen = vec![false; self.edges.len()];
        let mut open: Vec<usize> = roots.into_iter().map(|id| id.0 as usize).collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(self.edges[node].iter().map(|edge| edge.to));
            }
        }
        seen
    }

    /// The order of evaluation; cycles that time does not resolve are reported.
    pub(super) fn order(&self, names: &Names, diagnostics: &mut Diagnostics) -> Order {
        let n = self.edges.len();
        let mut refused = vec![false; n];
        let mut lagged = vec![false; n];
        let mut nodes = Vec::with_capacity(n);
        let components = self.components(0..n, |_| true);
        let mut number = vec![0; n];
        for (position, component) in components.iter().enumerate() {
            for &member in component {
                number[member] = position;
            }
        }
        for (position, component) in components.iter().enumerate() {
            let inside = |edge: &Edge| number[edge.to] == position;
            let reads = |from: usize| self.edges[from].iter().filter(|edge| inside(edge));
            if component.iter().all(|&from| reads(from).next().is_none()) {
                nodes.extend(component.iter().copied().map(node_id));
                continue;
            }
            let mut members = component.clone();
            members.sort_unstable();
            let same = |edge: &Edge| inside(edge) && edge.reach == Reach::Same;
            let mut path = (members.iter())
                .flat_map(|&from| reads(from).map(move |edge| (from, *edge)))
                .find(|(_, edge)| edge.reach == Reach::Fixed)
                .map(|(from, edge)| self.path_back(from, edge, inside));
            let steps = self.components(members.iter().copied(), same);
            for step in &steps {
                let among = |edge: &Edge| same(edge) && step.contains(&edge.to);
                let first = self.edges[step[0]].iter().find(|edge| among(edge));
                if let (None, Some(first)) = (&path, first) {
                    path = Some(self.path_back(step[0], *first, among));
                }
            }
            match path {
                Some(path) => {
                    diagnostics.push(cycle_error(&path, names));
                    for &member in &members {
                        refused[member] = true;
                    }
                    nodes.extend(members.into_iter().map(node_id));
                }
                None => {
                    for &member in &members {
                        lagged[member] = true;
                    }
                    nodes.extend(steps.into_iter().flatten().map(node_id));
                }
            }
        }
        Order {
            nodes,
            refused,
            lagged,
        }
    }

    /// The shortest closed path that begins with `first`; empty where none leads back.
    fn path_back(
        &self,
        from: usize,
        first: Edge,
        keep: impl Fn(&Edge) -> bool,
    ) -> Vec<(usize, Edge)> {
        let mut came: Vec<Option<(usize, Edge)>> = vec![None; self.edges.len()];
        let mut open = VecDeque::from([first.to]);
        came[first.to] = Some((from, first));
        while let Some(node) = open.pop_front() {
            if node == from {
                let mut path = Vec::new();
                let mut at = from;
                while let Some(step) = came[at] {
                    path.push(step);
                    at = step.0;
                    if at == from {
                        break;
                    }
                }
                path.reverse();
                return path;
            }
            for edge in self.edges[node].iter().filter(|edge| keep(edge)) {
                if came[edge.to].is_none() {
                    came[edge.to] = Some((node, *edge));
                    open.push_back(edge.to);
                }
            }
        }
        Vec::new()
    }

    /// Strongly connected components, operands first, each in the order found.
    ///
    /// # Source
    /// Tarjan 1972, SIAM Journal on Computing 1(2), with an explicit stack, so that a chain of any length fits.
    fn components(
        &self,
        roots: impl IntoIterator<Item = usize>,
        keep: impl Fn(&Edge) -> bool,
    ) -> Vec<Vec<usize>> {
        const UNSEEN: usize = usize::MAX;
        let n = self.edges.len();
        let (mut index, mut low) = (vec![UNSEEN; n], vec![0; n]);
        let mut on_stack = vec![false; n];
        let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
        for root in roots {
            if index[root] != UNSEEN {
                continue;
            }
            let mut calls = vec![(root, 0usize)];
            while let Some((node, position)) = calls.pop() {
                if position == 0 {
                    (index[node], low[node]) = (next, next);
                    next += 1;
                    stack.push(node);
                    on_stack[node] = true;
                }
                let Some(edge) = self.edges[node].get(position) else {
                    if low[node] == index[node] {
                        let mut component = Vec::new();
                        while let Some(member) = stack.pop() {
                            on_stack[member] = false;
                            component.push(member);
                            if member == node {
                                break;
                            }
                        }
                        component.reverse();
                        found.push(component);
                    }
                    if let Some(&(caller, _)) = calls.last() {
                        low[caller] = low[caller].min(low[node]);
                    }
                    continue;
                };
                calls.push((node, position + 1));
                if !keep(edge) {
                    continue;
                }
                if index[edge.to] == UNSEEN {
                    calls.push((edge.to, 0));
                } else if on_stack[edge.to] {
                    low[node] = low[node].min(index[edge.to]);
                }
            }
        }
        found
    }
}

fn node_id(node: usize) -> NodeId {
    NodeId(
        u32::try_from(node)
            .expect("a file of 4 GiB would be needed for more nodes than u32 counts"),
    )
}

fn cycle_error(path: &[(usize, Edge)], names: &Names) -> Diagnostic {
    let name = |node: usize| names.nodes[node].name().value.as_str();
    let (from, first) = path[0];
    let mut chain = format!("`{}`", name(from));
    for (_, edge) in path {
        chain.push_str(&format!(" → `{}`", name(edge.to)));
    }
    let mut diagnostic = Diagnostic::error(
        "cycle",
        first.span,
        format!("a node depends on itself: {chain}"),
    )
    .expected("operands that do not lead back here")
    .hint("only `prev(x, start)` may close a cycle: it reads the time label before");
    for (from, edge) in &path[1..] {
        diagnostic = diagnostic.related(
            edge.span,
            format!("`{}` reads `{}` here", name(*from), name(edge.to)),
        );
    }
    diagnostic
}

struct Walk<'a, 'n> {
    names: &'a Names<'n>,
    time: Option<DimensionId>,
    edges: &'a mut Vec<Edge>,
}

impl Walk<'_, '_> {
    fn is_time(&self, name: &str) -> bool {
        self.time.is_some() && self.names.dimension(name) == self.time
    }

    fn visit(&mut self, expr: &Expr, reach: Reach) {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Text(_) => {}
            ExprKind::Name(name) => {
                if let Some(Meaning::Node(id)) = self.names.find(name) {
                    self.edges.push(Edge {
                        to: id.0 as usize,
                        reach,
                        span: expr.span,
                    });
                }
            }
            ExprKind::Unary { operand, .. } => self.visit(operand, reach),
            ExprKind::Binary { left, right, .. } => {
                self.visit(left, reach);
                self.visit(right, reach);
            }
            ExprKind::Call {
                function,
                arguments,
            } => {
                let over_time = Reduction::from_name(&function.value).is_some()
                    && arguments.iter().skip(1).any(
                        |argument| matches!(&argument.value.kind, ExprKind::Name(name) if self.is_time(name)),
                    );
                for (position, argument) in arguments.iter().enumerate() {
                    let inner = match (function.value.as_str(), position) {
                        _ if reach == Reach::Fixed => Reach::Fixed,
                        ("prev", 0) => Reach::Earlier,
                        (_, 0) if over_time => Reach::Fixed,
                        _ => reach,
                    };
                    self.visit(&argument.value, inner);
                }
            }
            ExprKind::Slice { operand, selectors } => {
                let fixed = selectors
                    .iter()
                    .any(|selector| self.is_time(&selector.dimension.value));
                self.visit(operand, if fixed { Reach::Fixed } else { reach });
            }
            ExprKind::Map(entries) => {
                for entry in entries {
                    self.visit(&entry.value, reach);
                }
            }
            ExprKind::List(items) => {
                for item in items {
                    self.visit(item, reach);
                }
            }
        }
    }
}
