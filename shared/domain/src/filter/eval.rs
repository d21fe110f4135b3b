//! Whether a task is meant, without a database: the live page's check, and the store's mirror in tests.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Compare, DateField, Field, Filter, Moment, Term, Words};
use crate::task::{Priority, Status};
use crate::when::When;

/// Now, and where the person is.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    /// This moment.
    pub now: Timestamp,
    /// The person's zone: whose today it is, and where floating times are.
    pub zone: &'a TimeZone,
}

/// What a filter asks of a task. Names of lists, sections and people are looked up by who implements it.
#[expect(missing_docs, reason = "fields of a task")]
pub trait Subject {
    fn title(&self) -> &str;
    fn notes(&self) -> &str;
    fn status(&self) -> Status;
    fn priority(&self) -> Priority;
    fn tags(&self) -> &[String];
    fn due(&self) -> Option<&When>;
    fn start(&self) -> Option<&When>;
    fn deadline(&self) -> Option<Date>;
    fn created_at(&self) -> Timestamp;
    fn updated_at(&self) -> Timestamp;
    fn closed_at(&self) -> Option<Timestamp>;
    /// In minutes.
    fn estimate(&self) -> Option<u32>;
    /// Whether it is in the list of that name or id.
    fn in_list(&self, list: &str) -> bool;
    /// Whether it is in the section of that name or id.
    fn in_section(&self, section: &str) -> bool;
    /// Whether it is assigned to that person (name, id or `me`).
    fn assigned_to(&self, person: &str) -> bool;
    /// Whether an open task stands in its way.
    fn is_blocked(&self) -> bool;
    fn is_recurring(&self) -> bool;
    /// Whether that field holds anything.
    fn has(&self, field: Field) -> bool;
}

impl Filter {
    /// Whether this task is meant.
    pub fn matches(&self, task: &impl Subject, clock: &Clock<'_>) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(task, clock)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(task, clock)),
            Self::Not(inner) => !inner.matches(task, clock),
            Self::Term(term) => term.matches(task, clock),
        }
    }
}

impl Term {
    fn matches(&self, task: &impl Subject, clock: &Clock<'_>) -> bool {
        match self {
            Self::Status(status) => task.status() == *status,
            Self::Priority(compare, priority) => compare.holds(task.priority().cmp(priority)),
            Self::Tag(tag) => {
                let tag = tag.to_lowercase();
                task.tags().iter().any(|own| own.to_lowercase() == tag)
            }
            Self::List(list) => task.in_list(list),
            Self::Section(section) => task.in_section(section),
            Self::Assignee(person) => task.assigned_to(person),
            Self::Contains(words, text) => {
                let text = text.to_lowercase();
                let title = *words != Words::Notes && task.title().to_lowercase().contains(&text);
                title || (*words != Words::Title && task.notes().to_lowercase().contains(&text))
            }
            Self::Search(text) => search(task, text),
            Self::When(field, compare, moment) => when(task, *field, *compare, *moment, clock),
            Self::Estimate(compare, minutes) => task
                .estimate()
                .is_some_and(|own| compare.holds(own.cmp(minutes))),
            Self::Has(field) => task.has(*field),
            Self::Blocked => task.is_blocked(),
            Self::Recurring => task.is_recurring(),
        }
    }
}

fn search(task: &impl Subject, text: &str) -> bool {
    let all = format!(
        "{}\n{}\n{}",
        task.title(),
        task.notes(),
        task.tags().join("\n")
    )
    .to_lowercase();
    text.to_lowercase()
        .split_whitespace()
        .all(|word| all.contains(word))
}

fn when(
    task: &impl Subject,
    field: DateField,
    compare: Compare,
    moment: Moment,
    clock: &Clock<'_>,
) -> bool {
    let range = moment.range(clock);
    let instant = |at: Option<Timestamp>| at.is_some_and(|at| range.holds_instant(compare, at));
    let due =
        |when: Option<&When>| when.is_some_and(|when| range.holds_when(compare, when, clock.zone));
    match field {
        DateField::Due => due(task.due()),
        DateField::Start => due(task.start()),
        DateField::Deadline => task
            .deadline()
            .is_some_and(|date| range.holds_date(compare, date)),
        DateField::Created => instant(Some(task.created_at())),
        DateField::Updated => instant(Some(task.updated_at())),
        DateField::Closed => instant(task.closed_at()),
    }
}
