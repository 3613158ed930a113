//! Elementary and special functions: the one place that chooses an implementation.
