//! A task to ask filters about.

use domain::filter::{Field, Subject};
use domain::task::{Priority, Status};
use domain::when::When;
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// What the tests vary; the rest is the same for all.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) status: Status,
    pub(crate) priority: Priority,
    pub(crate) tags: Vec<String>,
    pub(crate) due: Option<When>,
    pub(crate) estimate: Option<u32>,
    pub(crate) list: Option<&'static str>,
    pub(crate) closed_at: Option<Timestamp>,
}

impl Subject for Sample {
    fn title(&self) -> &'static str {
        "Call Mom"
    }
    fn notes(&self) -> &'static str {
        "about the Garden"
    }
    fn status(&self) -> Status {
        self.status
    }
    fn priority(&self) -> Priority {
        self.priority
    }
    fn tags(&self) -> &[String] {
        &self.tags
    }
    fn due(&self) -> Option<&When> {
        self.due.as_ref()
    }
    fn start(&self) -> Option<&When> {
        None
    }
    fn deadline(&self) -> Option<Date> {
        Some(date(2026, 12, 1))
    }
    fn created_at(&self) -> Timestamp {
        moment("2026-11-20T10:00:00Z")
    }
    fn updated_at(&self) -> Timestamp {
        moment("2026-11-23T11:30:00Z")
    }
    fn closed_at(&self) -> Option<Timestamp> {
        self.closed_at
    }
    fn estimate(&self) -> Option<u32> {
        self.estimate
    }
    fn in_list(&self, list: &str) -> bool {
        self.list.is_some_and(|own| own.eq_ignore_ascii_case(list))
    }
    fn in_section(&self, _: &str) -> bool {
        false
    }
    fn assigned_to(&self, person: &str) -> bool {
        person == "me"
    }
    fn is_blocked(&self) -> bool {
        false
    }
    fn is_recurring(&self) -> bool {
        true
    }
    fn has(&self, field: Field) -> bool {
        match field {
            Field::Due => self.due.is_some(),
            Field::List => self.list.is_some(),
            Field::Tag => !self.tags.is_empty(),
            Field::Deadline => true,
            _ => false,
        }
    }
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// An open task, due today at 15:00 in Berlin.
pub(crate) fn sample() -> Sample {
    Sample {
        status: Status::Open,
        priority: Priority::Medium,
        tags: vec!["Home".to_owned(), "phone".to_owned()],
        due: Some(When::At {
            at: "2026-11-23T15:00:00".parse().expect("a time"),
            zone: "Europe/Berlin".parse().ok(),
        }),
        estimate: Some(30),
        list: Some("Work"),
        closed_at: None,
    }
}
