//! testkit
pub mod postgres;
pub mod skip;
pub mod smtp;
pub mod sqlite;
