//! Units and their algebra.
