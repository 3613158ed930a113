//! Dimensions, labels, shapes and the map from labels to cells.

mod dimensions;
mod shape;

pub use dimensions::{Dimension, DimensionId, Dimensions, LabelInfo, ParentLink};
pub use shape::{Assignment, Shape};
