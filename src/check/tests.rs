//! Models with mistakes, and models without.
