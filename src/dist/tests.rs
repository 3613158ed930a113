//! One battery over a table of distributions: every family, every parametrisation.
