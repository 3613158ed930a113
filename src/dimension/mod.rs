//! Dimensions, labels, shapes and the map from cells to indices.
