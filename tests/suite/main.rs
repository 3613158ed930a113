//! The language and the command, case by case: mistakes and their messages, examples and their answers, every key of every model.

mod command;
mod examples;
mod hostile;
mod mistakes;
mod models;
mod mutations;
