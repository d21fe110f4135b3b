//! A civil date, or a date with a wall time: what tasks are due at before any zone comes in.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A date ("2026-11-27") or a wall time ("2026-11-27T15:00:00"), in the years 1 to 9999 when parsed.
///
/// Ordered by time, a date before every time of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CivilWhen {
    /// All day.
    Date(Date),
    /// At this wall time.
    At(DateTime),
}

/// Text that is no date (code `date_impossible`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no date: write 2026-11-27 or 2026-11-27T15:00:00, a day that exists, in the years 1 to 9999"
)]
pub struct NoSuchDate(pub String);

impl CivilWhen {
    /// The day.
    pub fn date(self) -> Date {
        match self {
            Self::Date(date) => date,
            Self::At(at) => at.date(),
        }
    }

    /// The time of day, when it has one.
    pub fn time(self) -> Option<Time> {
        match self {
            Self::Date(_) => None,
            Self::At(at) => Some(at.time()),
        }
    }

    /// The wall time, midnight for a date.
    pub fn datetime(self) -> DateTime {
        match self {
            Self::Date(date) => date.to_datetime(Time::midnight()),
            Self::At(at) => at,
        }
    }

    /// Whether it is a whole day.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Date(_))
    }

    /// `at` in the shape of `self`: a date where this is a date.
    pub(super) fn like(self, at: DateTime) -> Self {
        match self {
            Self::Date(_) => Self::Date(at.date()),
            Self::At(_) => Self::At(at),
        }
    }
}

impl PartialOrd for CivilWhen {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CivilWhen {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |when: &Self| (when.datetime(), !when.is_date());
        key(self).cmp(&key(other))
    }
}

impl FromStr for CivilWhen {
    type Err = NoSuchDate;

    fn from_str(text: &str) -> Result<Self, NoSuchDate> {
        parse(text).ok_or_else(|| NoSuchDate(text.chars().take(40).collect()))
    }
}

/// YYYY-MM-DD, and THH:MM or THH:MM:SS after it; nothing else, so that equal moments have equal text.
fn parse(text: &str) -> Option<CivilWhen> {
    let date = Date::new(
        digits(text, 0, 4)?,
        digits(text, 5, 2)? as i8,
        digits(text, 8, 2)? as i8,
    )
    .ok()?;
    let bytes = text.as_bytes();
    let dashes = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    if date.year() < 1 || !dashes {
        return None;
    }
    if bytes.len() == 10 {
        return Some(CivilWhen::Date(date));
    }
    let second = match bytes.len() {
        16 => 0,
        19 if bytes.get(16) == Some(&b':') => digits(text, 17, 2)?,
        _ => return None,
    };
    let marks = bytes.get(10) == Some(&b'T') && bytes.get(13) == Some(&b':');
    let time = Time::new(
        digits(text, 11, 2)? as i8,
        digits(text, 14, 2)? as i8,
        second as i8,
        0,
    )
    .ok()?;
    marks.then_some(CivilWhen::At(date.to_datetime(time)))
}

fn digits(text: &str, from: usize, many: usize) -> Option<i16> {
    let part = text.get(from..from + many)?;
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    part.parse().ok()
}

impl fmt::Display for CivilWhen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )?;
        match self.time() {
            None => Ok(()),
            Some(time) => write!(
                f,
                "T{:02}:{:02}:{:02}",
                time.hour(),
                time.minute(),
                time.second()
            ),
        }
    }
}

impl From<Date> for CivilWhen {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<DateTime> for CivilWhen {
    fn from(at: DateTime) -> Self {
        Self::At(at)
    }
}

impl Serialize for CivilWhen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilWhen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error| serde::de::Error::custom(format_args!("date_impossible: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_exactly_or_not_at_all() {
        let check = |text: &str, kept: Option<&str>| {
            let when = text.parse::<CivilWhen>().ok();
            assert_eq!(when.map(|when| when.to_string()).as_deref(), kept, "{text}");
        };
        check("2026-11-27", Some("2026-11-27"));
        check("2026-11-27T15:00", Some("2026-11-27T15:00:00"));
        check("2026-11-27T15:00:59", Some("2026-11-27T15:00:59"));
        check("0001-01-01", Some("0001-01-01"));
        check("0000-01-01", None);
        check("99999-01-01", None);
        check("2026-02-29", None);
        check("2026-11-27T24:00:00", None);
        check("2026-11-27T15:00:00Z", None);
        check("2026-11-27 15:00:00", None);
        check("2026/11/27", None);
        check("20é6-11-27", None);
        check("+026-11-27", None);
        check("", None);
    }
}
