//! Tests of the statistics as a whole.
