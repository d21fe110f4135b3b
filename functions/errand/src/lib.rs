//! The functions of the house, and how they are put together over one store: what the binary serves, all in one process or
//! each alone, and what the stories of `tests` run.

mod functions;
mod published;

pub use functions::{FUNCTIONS, Function, Functions, Given, Part, relay};
