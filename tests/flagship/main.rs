//! The flagship model: an independent second evaluation of it, its published statements, its memory and its replay.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agreement;
mod memory;
mod oracle;
mod replay;
mod statements;
mod tables;

use std::sync::OnceLock;

use fanfare::run::{Loaded, VariantChoice, load};

/// The model as it stands in the repository.
fn flagship() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        load(
            &tables::folder().join("model.toml"),
            &VariantChoice::default(),
        )
        .unwrap_or_else(|refused| panic!("{:#?}", refused.problems))
    })
}
