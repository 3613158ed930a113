//! Whether two expressions say the same, wherever they stand.

use super::ast::{Argument, Expr, ExprKind, Ident, MapEntry, Selector};

impl Expr {
    /// Whether both trees are equal but for their places.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (ExprKind::Number(one), ExprKind::Number(two)) => one == two,
            (ExprKind::Bool(one), ExprKind::Bool(two)) => one == two,
            (ExprKind::Text(one), ExprKind::Text(two))
            | (ExprKind::Name(one), ExprKind::Name(two)) => one == two,
            (
                ExprKind::Unary { op, operand },
                ExprKind::Unary {
                    op: other_op,
                    operand: other_operand,
                },
            ) => op == other_op && operand.same_as(other_operand),
            (
                ExprKind::Binary { op, left, right },
                ExprKind::Binary {
                    op: other_op,
                    left: other_left,
                    right: other_right,
                },
            ) => op == other_op && left.same_as(other_left) && right.same_as(other_right),
            (
                ExprKind::Call {
                    function,
                    arguments,
                },
                ExprKind::Call {
                    function: other_function,
                    arguments: other_arguments,
                },
            ) => {
                function.value == other_function.value
                    && all_same(arguments, other_arguments, same_argument)
            }
            (
                ExprKind::Slice { operand, selectors },
                ExprKind::Slice {
                    operand: other_operand,
                    selectors: other_selectors,
                },
            ) => {
                operand.same_as(other_operand)
                    && all_same(selectors, other_selectors, same_selector)
            }
            (ExprKind::Map(one), ExprKind::Map(two)) => all_same(one, two, same_entry),
            (ExprKind::List(one), ExprKind::List(two)) => all_same(one, two, Self::same_as),
            // Every kind is named, so that a new one cannot be forgotten above.
            (
                ExprKind::Number(_)
                | ExprKind::Bool(_)
                | ExprKind::Text(_)
                | ExprKind::Name(_)
                | ExprKind::Unary { .. }
                | ExprKind::Binary { .. }
                | ExprKind::Call { .. }
                | ExprKind::Slice { .. }
                | ExprKind::Map(_)
                | ExprKind::List(_),
                _,
            ) => false,
        }
    }
}

fn all_same<T>(one: &[T], two: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two))
}

fn same_name(one: Option<&Ident>, two: Option<&Ident>) -> bool {
    one.map(|name| &name.value) == two.map(|name| &name.value)
}

fn same_argument(one: &Argument, two: &Argument) -> bool {
    same_name(one.name.as_ref(), two.name.as_ref())
        && same_name(one.by.as_ref(), two.by.as_ref())
        && one.value.same_as(&two.value)
}

fn same_selector(one: &Selector, two: &Selector) -> bool {
    one.dimension.value == two.dimension.value && one.label.value == two.label.value
}

fn same_entry(one: &MapEntry, two: &MapEntry) -> bool {
    one.key.value == two.key.value && one.value.same_as(&two.value)
}
