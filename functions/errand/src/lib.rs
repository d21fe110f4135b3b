//! All functions put together over one store: what the binary serves, and what the stories of `tests` run.

mod functions;

pub use functions::Functions;
