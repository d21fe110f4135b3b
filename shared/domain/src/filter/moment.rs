//! The dates of a filter: absolute ones, and those relative to now.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{Clock, Compare};
use crate::when::When;

/// A date or moment as a filter names it: a base and at most one distance from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What it counts from.
    pub base: Base,
    /// How far from it; 0 is none.
    pub offset: i32,
    /// In what.
    pub unit: Unit,
}

/// What a filter's date counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The person's day; `tomorrow` is `today+1d`.
    Today,
    /// This moment.
    Now,
    /// A day.
    Date(Date),
    /// A wall time where the person is.
    At(DateTime),
    /// A moment.
    Instant(Timestamp),
}

/// The unit of a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A filter's date placed in time, for comparing.
///
/// What has a time compares by instants: less is `< from`, less or equal `< until`, equal both `>= from` and `< until`, greater or
/// equal `>= from`, greater `>= until`. What is a whole day compares its date with `date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The day, where the person is.
    pub date: Date,
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it: the next day's start, or a microsecond on.
    pub until: Timestamp,
}

/// Farthest distance from a base, either way.
pub(super) const FARTHEST: i32 = 99_999;

impl Moment {
    /// Just that base.
    pub fn at(base: Base) -> Self {
        Self {
            base,
            offset: 0,
            unit: Unit::Day,
        }
    }

    /// Today and that many days.
    pub fn days_from_today(offset: i32) -> Self {
        Self {
            base: Base::Today,
            offset,
            unit: Unit::Day,
        }
    }

    /// Whether it means a whole day.
    pub fn is_day(self) -> bool {
        matches!(self.base, Base::Today | Base::Date(_))
            && (self.offset == 0 || self.unit != Unit::Hour)
    }

    /// Where it is in time. Past the ends of the calendar it stays at the end.
    pub fn range(self, clock: &Clock<'_>) -> Range {
        let zone = clock.zone;
        let base = match self.base {
            Base::Today => clock
                .now
                .to_zoned(zone.clone())
                .date()
                .to_datetime(Time::midnight()),
            Base::Now => clock.now.to_zoned(zone.clone()).datetime(),
            Base::Date(date) => date.to_datetime(Time::midnight()),
            Base::At(at) => at,
            Base::Instant(instant) => instant.to_zoned(zone.clone()).datetime(),
        };
        let exact = match self.base {
            Base::Now => Some(clock.now),
            Base::Instant(instant) => Some(instant),
            _ => None,
        };
        if self.is_day() {
            let date = shifted(base, self.offset, self.unit).date();
            let after = date.tomorrow().unwrap_or(Date::MAX);
            return Range {
                date,
                from: midnight(date, zone),
                until: midnight(after, zone),
            };
        }
        let from = match (exact, self.unit) {
            (Some(exact), _) if self.offset == 0 => exact,
            (exact, Unit::Hour) => {
                let exact = exact.unwrap_or_else(|| instant(base, zone));
                exact
                    .checked_add(Span::new().hours(self.offset))
                    .unwrap_or_else(|_| end(self.offset))
            }
            _ => instant(shifted(base, self.offset, self.unit), zone),
        };
        let until = from
            .checked_add(Span::new().microseconds(1))
            .unwrap_or(Timestamp::MAX);
        Range {
            date: from.to_zoned(zone.clone()).date(),
            from,
            until,
        }
    }
}

impl Range {
    /// Whether an instant compares so with it.
    pub fn holds_instant(&self, compare: Compare, value: Timestamp) -> bool {
        let ordering = match value {
            value if value < self.from => Ordering::Less,
            value if value < self.until => Ordering::Equal,
            _ => Ordering::Greater,
        };
        compare.holds(ordering)
    }

    /// Whether a whole day compares so with it.
    pub fn holds_date(&self, compare: Compare, value: Date) -> bool {
        compare.holds(value.cmp(&self.date))
    }

    pub(super) fn holds_when(&self, compare: Compare, value: &When, zone: &TimeZone) -> bool {
        match value {
            When::Date(date) => self.holds_date(compare, *date),
            timed @ When::At { .. } => timed
                .instant(zone, Time::midnight())
                .is_some_and(|at| self.holds_instant(compare, at)),
        }
    }
}

fn shifted(base: DateTime, offset: i32, unit: Unit) -> DateTime {
    let offset = offset.clamp(-FARTHEST, FARTHEST);
    let span = match unit {
        Unit::Hour => Span::new().try_hours(offset),
        Unit::Day => Span::new().try_days(offset),
        Unit::Week => Span::new().try_weeks(offset),
        Unit::Month => Span::new().try_months(offset),
        Unit::Year => Span::new().try_years(offset),
    };
    let moved = span.and_then(|span| base.checked_add(span));
    moved.unwrap_or(if offset < 0 {
        DateTime::MIN
    } else {
        DateTime::MAX
    })
}

fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    instant(date.to_datetime(Time::midnight()), zone)
}

fn instant(at: DateTime, zone: &TimeZone) -> Timestamp {
    let placed = zone.to_ambiguous_timestamp(at).compatible();
    placed.unwrap_or_else(|_| end(if at.year() < 0 { -1 } else { 1 }))
}

fn end(direction: i32) -> Timestamp {
    if direction < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    }
}

impl Unit {
    pub(super) const ALL: [(Self, &'static str); 5] = [
        (Self::Hour, "h"),
        (Self::Day, "d"),
        (Self::Week, "w"),
        (Self::Month, "m"),
        (Self::Year, "y"),
    ];

    fn letter(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(unit, _)| *unit == self)
            .map_or("", |(_, letter)| letter)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.base, self.offset, self.unit) {
            (Base::Today, 1, Unit::Day) => return f.write_str("tomorrow"),
            (Base::Today, -1, Unit::Day) => return f.write_str("yesterday"),
            (Base::Today, ..) => f.write_str("today")?,
            (Base::Now, ..) => f.write_str("now")?,
            (Base::Date(date), ..) => write!(f, "{date}")?,
            (Base::At(at), ..) => write!(f, "{at}")?,
            (Base::Instant(instant), ..) => write!(f, "{instant}")?,
        }
        if self.offset == 0 {
            return Ok(());
        }
        write!(f, "{:+}{}", self.offset, self.unit.letter())
    }
}
