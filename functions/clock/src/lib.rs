//! The one function that is always on: finds what is due in the database, fires it, and looks after what stayed behind.
//!
//! A tick is only a hint: whatever was missed is found at the next one, and every step may be done twice or by two clocks.

mod after;
mod handler;
#[cfg(test)]
mod tests;
mod tick;
mod warm;

pub use after::{Left, after_crash, after_import, after_restore};
pub use handler::{Clockwork, tick};
pub use tick::{Bell, ticks};

use domain::event::EventKind;

/// What wakes it beside time: nothing.
pub const SUBSCRIBES: &[EventKind] = &[];
/// What comes of it.
pub const EMITS: &[EventKind] = &[
    EventKind::ReminderSoon,
    EventKind::ReminderDue,
    EventKind::DigestDue,
    EventKind::ReminderCancelled,
    EventKind::TaskPurged,
];
