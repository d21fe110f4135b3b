//! How a task comes back: RFC 5545 rules in wall-clock time, placed in a zone only at the end (DESIGN.md 4.8).

mod calendar;
mod describe;
mod error;
mod expand;
mod next;
mod parse;
mod place;
mod plan;
mod rule;
mod set;
mod when;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use describe::describe;
pub use error::RuleError;
pub use expand::{Moved, Occurrence, Occurrences};
pub use next::{CatchUp, Next};
pub use place::{Note, PreviewItem, Series};
pub use rule::{ByDay, End, Freq, Rule, Skip, Until};
pub use when::{CivilWhen, NoSuchDate};

use crate::zone::ZoneName;

/// Most dates in `include` and in `exclude`.
pub const MOST_EXTRA_DATES: usize = 500;

/// A task's `recurrence` field, in the shape of API.md section 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recurrence {
    /// The rule, as text in JSON.
    pub rrule: Rule,
    /// What the next occurrence is counted from.
    #[serde(default)]
    pub from: CountedFrom,
    /// The first occurrence; a date makes all of them all-day.
    pub start: CivilWhen,
    /// The zone its wall times are in; none floats with the person's.
    #[serde(default)]
    pub time_zone: Option<ZoneName>,
    /// Further occurrences (RDATE).
    #[serde(default)]
    pub include: Vec<CivilWhen>,
    /// Occurrences left out (EXDATE); a date leaves out all of that day.
    #[serde(default)]
    pub exclude: Vec<CivilWhen>,
    /// What becomes of those that passed while the task stayed open.
    #[serde(default)]
    pub missed: Missed,
}

/// What the next occurrence is counted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// The rule and its start, whenever the task was completed.
    #[default]
    Schedule,
    /// The day of completion.
    Completion,
}

/// What becomes of occurrences that passed while the task stayed open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// They are passed over; the next is the first that has not passed.
    #[default]
    Skip,
    /// Each comes in turn.
    Each,
    /// They are passed over and named.
    List,
}

impl Recurrence {
    /// A recurrence by the schedule, with nothing else set.
    pub fn new(rrule: Rule, start: CivilWhen, time_zone: Option<ZoneName>) -> Self {
        Self {
            rrule,
            from: CountedFrom::Schedule,
            start,
            time_zone,
            include: Vec::new(),
            exclude: Vec::new(),
            missed: Missed::Skip,
        }
    }

    /// Refuses what a task cannot have: too frequent, without any occurrence, or parts that contradict each other.
    pub fn check(&self) -> Result<(), RuleError> {
        let rule = &self.rrule;
        rule.check_for_task()?;
        let timed = rule.freq == Freq::Hourly
            || !(rule.by_hour.is_empty() && rule.by_minute.is_empty() && rule.by_second.is_empty());
        if self.start.is_date() && timed {
            let words =
                "the rule names hours or minutes, so its start needs a time: 2026-11-27T15:00:00";
            return Err(RuleError::invalid("start", words));
        }
        if self.from == CountedFrom::Completion && matches!(rule.end, End::Count(_)) {
            let words =
                "COUNT does not go with counting from completion: end it with UNTIL instead";
            return Err(RuleError::invalid("COUNT", words));
        }
        for (name, dates) in [("include", &self.include), ("exclude", &self.exclude)] {
            if dates.len() > MOST_EXTRA_DATES {
                return Err(RuleError::invalid(
                    name,
                    format!("{name} takes at most {MOST_EXTRA_DATES} dates"),
                ));
            }
        }
        if self.series().next().is_none() {
            let words = "this rule gives no date at all from its start on: check its days, months, COUNT and UNTIL";
            return Err(RuleError::NeverMatches(words.to_owned()));
        }
        Ok(())
    }

    /// The zone the wall times are placed in: its own, or the person's when it floats.
    pub fn zone<'a>(&'a self, person: &'a TimeZone) -> &'a TimeZone {
        self.time_zone.as_ref().map_or(person, ZoneName::time_zone)
    }

    /// The same series ended before `occurrence`, and the rest of it from `occurrence` on ("this and following"). Nothing is
    /// left of the first part where `occurrence` is its first.
    pub fn split_at(&self, occurrence: CivilWhen) -> (Option<Self>, Self) {
        let occurrence = match self.start {
            CivilWhen::Date(_) => CivilWhen::Date(occurrence.date()),
            CivilWhen::At(_) => occurrence,
        };
        let cut = occurrence.datetime();
        let first = self
            .series()
            .next()
            .is_some_and(|next| next.occurrence.datetime() < cut);
        let mut before = self.clone();
        let mut rest = self.clone();
        rest.rrule.pin_days(self.start.datetime());
        rest.start = self.start.like(cut);
        if let End::Count(count) = self.rrule.end {
            // COUNT counts what the rule gives, not what was included or excluded.
            let last = cut.checked_sub(jiff::Span::new().seconds(1)).unwrap_or(cut);
            let left = self
                .rrule
                .iter_after(self.start.datetime(), last)
                .left()
                .unwrap_or(0);
            before.rrule.end = End::Count(count.saturating_sub(left));
            rest.rrule.end = End::Count(left);
        } else {
            let last = match occurrence {
                CivilWhen::Date(date) => date.yesterday().ok().map(Until::Date),
                CivilWhen::At(at) => at
                    .checked_sub(jiff::Span::new().seconds(1))
                    .ok()
                    .map(Until::Local),
            };
            before.rrule.end = last.map_or(self.rrule.end, End::Until);
        }
        for (dates, early) in [(&mut before.include, true), (&mut rest.include, false)] {
            dates.retain(|date| (date.datetime() < cut) == early);
        }
        (first.then_some(before), rest)
    }

    /// The rule with an UNTIL in UTC turned into wall time of the recurrence's zone.
    fn placed_rule(&self) -> Rule {
        let mut rule = self.rrule.clone();
        if let (End::Until(Until::Utc(at)), Some(zone)) = (rule.end, &self.time_zone) {
            let local = at
                .to_zoned(TimeZone::UTC)
                .map(|at| at.with_time_zone(zone.time_zone().clone()).datetime());
            rule.end = End::Until(Until::Local(local.unwrap_or(at)));
        }
        rule
    }

    fn is_excluded(&self, at: DateTime) -> bool {
        self.exclude.iter().any(|exclude| match exclude {
            CivilWhen::Date(date) => *date == at.date(),
            CivilWhen::At(exclude) => *exclude == at,
        })
    }
}
