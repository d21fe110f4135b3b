//! How what happened reaches the functions that asked for it.

pub mod clock;

pub use clock::Clock;
