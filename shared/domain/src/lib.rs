//! What Errand does, without clock, ids, network or database: rows and commands in, events or a refusal out.
//!
//! Everything here is pure and total: the same input gives the same output, and no input panics.

pub mod command;
pub mod event;
pub mod filter;
pub mod id;
pub mod import;
pub mod keep;
pub mod ledger;
pub mod list;
pub mod merge;
pub mod need;
pub mod position;
pub mod record;
pub mod recurrence;
pub mod refusal;
pub mod reminder;
pub mod repeat;
pub mod series;
pub mod settings;
pub mod state;
pub mod task;
#[cfg(test)]
mod testing;
pub mod undo;
pub mod when;
pub mod zone;
