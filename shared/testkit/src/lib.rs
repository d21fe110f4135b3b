//! testkit
pub mod skip;
