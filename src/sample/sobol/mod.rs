//! Sobol' points with Owen scrambling: nets in every few dimensions, random in every replicate.

mod direction;
mod owen;
mod points;

pub(super) use direction::{Directions, MOST_DIMENSIONS, directions};
pub(super) use points::scramble;
