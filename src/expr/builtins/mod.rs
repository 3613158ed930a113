//! The built-in functions: one closed table of names, arguments, units, meaning and examples.

mod entry;
mod function;
mod named;
mod operator;
mod reduction;
#[cfg(test)]
mod tests;
mod time;

pub use entry::{Arity, Builtin, Constant, Entry, Example, UnitRule};
pub use function::Function;
pub use reduction::Reduction;
pub use time::TimeForm;

/// Every built-in, functions first, then reductions, then the forms along time. `min` and `max` occur twice: as functions and as reductions.
pub fn builtins() -> impl Iterator<Item = Entry> {
    let functions = Function::ALL.iter().map(|function| function.entry());
    let reductions = Reduction::ALL.iter().map(|reduction| reduction.entry());
    let time_forms = TimeForm::ALL.iter().map(|form| form.entry());
    functions.chain(reductions).chain(time_forms)
}

/// The built-ins of this name: none, one, or (`min`, `max`) a function and a reduction.
///
/// ```
/// use fanfare::expr::{Builtin, Function, Reduction, builtins_named};
///
/// let found: Vec<Builtin> = builtins_named("max").map(|entry| entry.builtin).collect();
/// assert_eq!(found, [Builtin::Function(Function::Max), Builtin::Reduction(Reduction::Max)]);
/// ```
pub fn builtins_named(name: &str) -> impl Iterator<Item = Entry> {
    builtins().filter(move |entry| entry.name == name)
}
