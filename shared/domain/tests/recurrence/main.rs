//! How a task comes back: r_3_1, r_3_3, r_3_4, r_3_5.

mod agreement;
mod cases;
mod next;
mod properties;
mod rule_texts;
mod rules;
mod series;

use domain::recurrence::{CivilWhen, Next, Note, Recurrence, Rule};
use jiff::Timestamp;

pub(crate) fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

pub(crate) fn when(text: &str) -> CivilWhen {
    text.parse().expect("a date")
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// A recurrence in Berlin.
pub(crate) fn repeated(rrule: &str, start: &str) -> Recurrence {
    Recurrence::new(rule(rrule), when(start), "Europe/Berlin".parse().ok())
}

pub(crate) fn shown(next: Option<Next>) -> String {
    let note = |note: Note| serde_json::to_string(&note).expect("a word");
    next.map_or_else(
        || "none".to_owned(),
        |next| {
            format!(
                "{}{}",
                next.occurrence,
                next.note.map_or_else(String::new, note)
            )
        },
    )
}
