//! A series in order (rule, include, exclude), and where each occurrence falls in a zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};

use super::expand::Occurrences;
use super::{CivilWhen, Next, Recurrence};

/// Why an occurrence is not where the rule's words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The month does not have the day: the nearest one stands for it (SKIP of RFC 7529).
    ShortMonth,
    /// The wall time does not exist on that day: it moves forward by the gap.
    ClockGap,
    /// The wall time comes twice on that day: the first is meant.
    ClockOverlap,
}

impl Note {
    /// The same for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::ShortMonth => "the month has no such day, so the nearest one is taken",
            Self::ClockGap => {
                "the clock is put forward over this time, so it comes later by as much"
            }
            Self::ClockOverlap => {
                "the clock is put back over this time, so the first of the two is taken"
            }
        }
    }
}

/// One line of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewItem {
    /// The wall time, or date, that the rule gives.
    pub occurrence: CivilWhen,
    /// When that is; none for a whole day.
    pub instant: Option<Timestamp>,
    /// Why it is not where the rule's words say.
    pub note: Option<Note>,
}

impl Recurrence {
    /// Every occurrence, in order.
    pub fn series(&self) -> Series<'_> {
        self.series_from(self.placed_rule().iter(self.start.datetime()), None)
    }

    /// Every occurrence after `moment`, without walking there from the start unless COUNT asks for it.
    pub fn series_after(&self, moment: CivilWhen) -> Series<'_> {
        let (start, moment) = (self.start.datetime(), last_second(moment, self.start));
        self.series_from(self.placed_rule().iter_after(start, moment), Some(moment))
    }

    fn series_from(&self, rule: Occurrences, after: Option<DateTime>) -> Series<'_> {
        let own_time = |date: &CivilWhen| match (date, self.start) {
            (CivilWhen::Date(date), CivilWhen::At(start)) => date.to_datetime(start.time()),
            (_, CivilWhen::Date(_)) => CivilWhen::Date(date.date()).datetime(),
            (date, CivilWhen::At(_)) => date.datetime(),
        };
        let mut extra: Vec<DateTime> = self.include.iter().map(own_time).collect();
        extra.retain(|at| after.is_none_or(|after| *at > after));
        extra.sort_unstable_by(|one, other| other.cmp(one));
        extra.dedup();
        Series {
            recurrence: self,
            rule: rule.peekable(),
            extra,
            last: None,
        }
    }

    /// The next `count` occurrences from the start on, each with its moment in the recurrence's zone (the person's when it floats).
    pub fn preview(&self, count: usize, person: &TimeZone) -> Vec<PreviewItem> {
        self.series()
            .take(count)
            .map(|next| self.placed(next, person))
            .collect()
    }

    /// Where an occurrence falls.
    pub fn placed(&self, next: Next, person: &TimeZone) -> PreviewItem {
        let CivilWhen::At(at) = next.occurrence else {
            return PreviewItem {
                occurrence: next.occurrence,
                instant: None,
                note: next.note,
            };
        };
        let (instant, clock) = place(at, self.zone(person));
        PreviewItem {
            occurrence: next.occurrence,
            instant,
            note: clock.or(next.note),
        }
    }
}

/// The moment of a wall time in a zone: in a gap it moves forward by the gap, in an overlap it is the first. None only at the
/// very end of time.
pub(super) fn place(at: DateTime, zone: &TimeZone) -> (Option<Timestamp>, Option<Note>) {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    let note = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some(Note::ClockGap),
        AmbiguousOffset::Fold { .. } => Some(Note::ClockOverlap),
    };
    (ambiguous.compatible().ok(), note)
}

/// After a date means after all of that day; so it does for a series of dates.
fn last_second(moment: CivilWhen, start: CivilWhen) -> DateTime {
    match (moment, start) {
        (CivilWhen::At(at), CivilWhen::At(_)) => at,
        (moment, _) => moment.date().at(23, 59, 59, 0),
    }
}

/// The occurrences of a recurrence in order: what the rule gives and what is included, without what is excluded.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    recurrence: &'a Recurrence,
    rule: std::iter::Peekable<Occurrences>,
    /// Latest first.
    extra: Vec<DateTime>,
    /// What was given last: a rule by the hour meets a day of a series of dates more than once.
    last: Option<CivilWhen>,
}

impl Iterator for Series<'_> {
    type Item = Next;

    fn next(&mut self) -> Option<Next> {
        loop {
            let extra = self.extra.last().copied();
            let (at, note) = match (self.rule.peek().copied(), extra) {
                (Some(ruled), Some(extra)) if extra < ruled.at => {
                    self.extra.pop();
                    (extra, None)
                }
                (Some(ruled), extra) => {
                    if extra == Some(ruled.at) {
                        self.extra.pop();
                    }
                    self.rule.next();
                    (ruled.at, ruled.moved.map(|_| Note::ShortMonth))
                }
                (None, Some(extra)) => {
                    self.extra.pop();
                    (extra, None)
                }
                (None, None) => return None,
            };
            let occurrence = self.recurrence.start.like(at);
            if self.last == Some(occurrence) || self.recurrence.is_excluded(at) {
                continue;
            }
            self.last = Some(occurrence);
            return Some(Next { occurrence, note });
        }
    }
}
