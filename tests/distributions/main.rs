//! All families against values from outside (tests/reference), and against their own former draws.

mod bins;
mod golden;
mod reference;
mod rows;
mod tables;
