//! What tests are written with: a house of functions over one store, a clock set by hand, counted ids, and real services.

pub mod clock;
pub mod daprd;
pub mod house;
pub mod ids;
pub mod kafka;
pub mod mailbox;
pub mod port;
pub mod postgres;
pub mod schema;
pub mod ses;
pub mod skip;
pub mod smtp;
pub mod sqlite;

pub use house::{Got, House, Person, Wiring};
