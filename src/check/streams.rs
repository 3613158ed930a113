//! What the randomness of inputs hangs on: stream names, what cells have in common, persistence.

use std::collections::BTreeMap;

use super::checked::{AlikeLevel, StreamInfo};
use super::context::Context;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::dimension::Shape;
use crate::model::{InputDecl, ModelFile};

/// The sum of shares may exceed 1 by this much: 0.7 + 0.2 + 0.1 is 1 + 2^-53 in doubles.
const SHARE_ROUNDING: f64 = 1e-12;

/// The name in the address of each draw.
pub(super) fn stream_name(input: &InputDecl) -> &str {
    input
        .stream
        .as_ref()
        .map_or(&input.name.value, |stream| &stream.value)
}

/// The stream of an input that was checked; `None` where a dimension of `alike` is unknown.
pub(super) fn stream(input: &InputDecl, context: &Context) -> Option<StreamInfo> {
    let mut alike = Vec::new();
    for (name, share) in &input.alike {
        let level = if name.value == "world" {
            AlikeLevel::World
        } else {
            AlikeLevel::Parent(context.names.dimension(&name.value)?)
        };
        alike.push((level, share.value));
    }
    // The order of keys in a file is no part of the model.
    alike.sort_by_key(|(level, _)| *level);
    Some(StreamInfo {
        name: stream_name(input).to_owned(),
        alike,
        persist: input.persist.as_ref().map(|persist| persist.value),
    })
}

/// Checks `stream`, `alike` and `persist` of all inputs.
pub(super) fn check(
    file: &ModelFile,
    shapes: &[Option<Shape>],
    context: &Context,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for input in &file.inputs {
        let span = input
            .stream
            .as_ref()
            .map_or(input.name.span, |stream| stream.span);
        if let Some(stream) = input
            .stream
            .as_ref()
            .filter(|stream| stream.value == input.name.value)
        {
            diagnostics.push(
                Diagnostic::error(
                    "useless-stream",
                    stream.span,
                    "the stream bears the name of the input anyway",
                )
                .expected("the name that the input had before it was renamed"),
            );
        }
        match seen.get(stream_name(input)) {
            Some(first) => diagnostics.push(
                Diagnostic::error(
                    "duplicate-stream",
                    span,
                    format!(
                        "two inputs would draw from the stream \"{}\"",
                        stream_name(input)
                    ),
                )
                .expected("a stream of its own")
                .related(*first, "the other input"),
            ),
            None => {
                seen.insert(stream_name(input), span);
            }
        }
        let node = context.names.node(&input.name.value);
        if let Some(shape) = node.and_then(|id| shapes[id.0 as usize].as_ref()) {
            check_alike(input, shape, context, diagnostics);
            check_persist(input, shape, context, diagnostics);
        }
    }
}

fn check_alike(input: &InputDecl, shape: &Shape, context: &Context, diagnostics: &mut Diagnostics) {
    let dimensions = context.dimensions;
    let time = dimensions.time();
    let has_members = shape.iter().any(|id| Some(id) != time);
    let mut sum = 0.0;
    for (name, share) in &input.alike {
        sum += share.value;
        if !(share.value > 0.0 && share.value <= 1.0) {
            diagnostics.push(
                Diagnostic::error(
                    "out-of-domain",
                    share.span,
                    format!("a share of {}", share.value),
                )
                .expected("a share of variance above 0 and at most 1"),
            );
        }
        let useless = if name.value == "world" {
            !has_members
        } else {
            let Some(id) = context.names.expect_dimension(name, diagnostics) else {
                continue;
            };
            shape.contains(id) || !shape.covers(id, dimensions)
        };
        if useless {
            diagnostics.push(
                Diagnostic::error(
                    "useless-alike",
                    name.span,
                    format!(
                        "`{}` has no cells that could be alike below `{}`",
                        input.name.value, name.value
                    ),
                )
                .expected("`world`, or a parent of one of the dimensions in `over`"),
            );
        }
    }
    if sum > 1.0 + SHARE_ROUNDING {
        let span = input
            .alike
            .iter()
            .map(|(_, share)| share.span)
            .reduce(Span::to);
        diagnostics.push(
            Diagnostic::error(
                "out-of-domain",
                span.unwrap_or(input.name.span),
                format!(
                    "the shares of `{}` add up to {}",
                    input.name.value,
                    // Decimal shares do not add up exactly: 0.7 + 0.6 = 1.2999999999999998.
                    (sum * 1e9).round() / 1e9
                ),
            )
            .expected("shares of variance that add up to at most 1"),
        );
    }
}

fn check_persist(
    input: &InputDecl,
    shape: &Shape,
    context: &Context,
    diagnostics: &mut Diagnostics,
) {
    let Some(persist) = &input.persist else {
        return;
    };
    if !context
        .dimensions
        .time()
        .is_some_and(|time| shape.contains(time))
    {
        diagnostics.push(
            Diagnostic::error(
                "needs-time",
                persist.span,
                format!(
                    "`{}` does not run over the time dimension",
                    input.name.value
                ),
            )
            .expected("`over` with the dimension that has `time = true`"),
        );
    }
    let value = persist.value;
    if !(value > -1.0 && value < 1.0) || value == 0.0 {
        diagnostics.push(
            Diagnostic::error(
                "out-of-domain",
                persist.span,
                format!("an autocorrelation of {value}"),
            )
            .expected("a number between −1 and 1, other than 0"),
        );
    }
}
