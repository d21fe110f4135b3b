//! All functions put together over one store: what the binary serves, and what the stories of `tests` run.

mod functions;
mod published;

pub use functions::Functions;
pub use published::FUNCTIONS;
