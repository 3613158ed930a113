//! Random models in the language of docs/model-file.md: every section, key, function, reduction and family, correct by construction for the
//! most part. One seed gives one text.

mod choices;
mod expression;
mod model;

pub use choices::Choices;
pub use model::write;
