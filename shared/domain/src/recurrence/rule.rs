//! An RFC 5545 recurrence rule as data, and its normal form as text.

use std::fmt;

use jiff::civil::{Date, DateTime, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RuleError;

/// A recurrence rule (RFC 5545 section 3.3.10, with RSCALE=GREGORIAN and SKIP of RFC 7529).
///
/// Made by parsing: `"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR".parse()`. Its `Display` is the normal form: fixed order of parts, lists
/// sorted, what is the default left out. Equal rules have equal text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    pub(super) freq: Freq,
    /// At least 1.
    pub(super) interval: u32,
    pub(super) end: End,
    pub(super) week_start: Weekday,
    pub(super) by_month: Vec<i16>,
    pub(super) by_week_no: Vec<i16>,
    pub(super) by_year_day: Vec<i16>,
    pub(super) by_month_day: Vec<i16>,
    pub(super) by_day: Vec<ByDay>,
    pub(super) by_hour: Vec<i16>,
    pub(super) by_minute: Vec<i16>,
    pub(super) by_second: Vec<i16>,
    pub(super) by_set_pos: Vec<i16>,
    pub(super) skip: Skip,
}

/// How often, before the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "RFC 5545's own words")]
pub enum Freq {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// It goes on.
    Never,
    /// After this many occurrences.
    Count(u32),
    /// With the last occurrence at or before this.
    Until(Until),
}

/// The three ways of RFC 5545 to write UNTIL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Until {
    /// Through the end of this day.
    Date(Date),
    /// This wall time in the zone of the start.
    Local(DateTime),
    /// This moment, written in UTC.
    Utc(DateTime),
}

/// A weekday, every one (`nth` 0) or the nth of the month or year, counted from the end when negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByDay {
    /// -53 to 53; 0 is every one.
    pub nth: i16,
    /// Which day of the week.
    pub day: Weekday,
}

/// What becomes of a day that a month or year does not have (RFC 7529).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Skip {
    /// It is left out.
    #[default]
    Omit,
    /// The last day before it.
    Backward,
    /// The first day after it.
    Forward,
}

impl Rule {
    /// A rule that only has a frequency; at least every `interval` (0 counts as 1).
    pub fn every(interval: u32, freq: Freq) -> Self {
        Self {
            freq,
            interval: interval.max(1),
            end: End::Never,
            week_start: Weekday::Monday,
            by_month: Vec::new(),
            by_week_no: Vec::new(),
            by_year_day: Vec::new(),
            by_month_day: Vec::new(),
            by_day: Vec::new(),
            by_hour: Vec::new(),
            by_minute: Vec::new(),
            by_second: Vec::new(),
            by_set_pos: Vec::new(),
            skip: Skip::Omit,
        }
    }

    /// FREQ.
    pub fn freq(&self) -> Freq {
        self.freq
    }

    /// INTERVAL, at least 1.
    pub fn interval(&self) -> u32 {
        self.interval
    }

    /// COUNT or UNTIL.
    pub fn end(&self) -> End {
        self.end
    }

    /// BYDAY, sorted.
    pub fn by_day(&self) -> &[ByDay] {
        &self.by_day
    }

    /// BYMONTHDAY, sorted.
    pub fn by_month_day(&self) -> &[i16] {
        &self.by_month_day
    }

    /// BYMONTH, sorted.
    pub fn by_month(&self) -> &[i16] {
        &self.by_month
    }

    /// BYHOUR, sorted.
    pub fn by_hour(&self) -> &[i16] {
        &self.by_hour
    }

    /// SKIP.
    pub fn skip(&self) -> Skip {
        self.skip
    }

    /// The same rule with another end.
    #[must_use]
    pub fn with_end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Writes down the day that the rule takes from its start, so that it stays when the start moves to a shorter month.
    pub(super) fn pin_days(&mut self, start: DateTime) {
        let chosen = !(self.by_week_no.is_empty()
            && self.by_year_day.is_empty()
            && self.by_month_day.is_empty()
            && self.by_day.is_empty());
        let monthly = matches!(self.freq, Freq::Monthly | Freq::Yearly);
        if chosen || !monthly || start.day() <= 28 {
            return;
        }
        self.by_month_day.push(start.day().into());
        if self.freq == Freq::Yearly && self.by_month.is_empty() {
            self.by_month.push(start.month().into());
        }
    }

    /// Refuses what is too frequent for a task: more than one occurrence an hour.
    pub fn check_for_task(&self) -> Result<(), RuleError> {
        let words = match self.freq {
            Freq::Secondly => "a task cannot repeat by the second: use FREQ=HOURLY or slower",
            Freq::Minutely => "a task cannot repeat by the minute: use FREQ=HOURLY or slower",
            _ if self.by_second.len() > 1 || self.by_minute.len() > 1 => {
                "a task can come at most once an hour: give one minute and one second (BYMINUTE, BYSECOND)"
            }
            _ => return Ok(()),
        };
        Err(RuleError::TooFrequent(words.to_owned()))
    }
}

impl Freq {
    pub(super) const ALL: [(Self, &'static str); 7] = [
        (Self::Secondly, "SECONDLY"),
        (Self::Minutely, "MINUTELY"),
        (Self::Hourly, "HOURLY"),
        (Self::Daily, "DAILY"),
        (Self::Weekly, "WEEKLY"),
        (Self::Monthly, "MONTHLY"),
        (Self::Yearly, "YEARLY"),
    ];

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(freq, _)| *freq == self)
            .map_or("", |(_, name)| name)
    }
}

pub(super) const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS
        .iter()
        .find(|(known, _)| *known == day)
        .map_or("", |(_, name)| name)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.freq.name())?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(until) => write!(f, ";UNTIL={until}")?,
        }
        if self.week_start != Weekday::Monday {
            write!(f, ";WKST={}", weekday_name(self.week_start))?;
        }
        list(f, "BYMONTH", &self.by_month)?;
        list(f, "BYWEEKNO", &self.by_week_no)?;
        list(f, "BYYEARDAY", &self.by_year_day)?;
        list(f, "BYMONTHDAY", &self.by_month_day)?;
        list(f, "BYDAY", &self.by_day)?;
        list(f, "BYHOUR", &self.by_hour)?;
        list(f, "BYMINUTE", &self.by_minute)?;
        list(f, "BYSECOND", &self.by_second)?;
        list(f, "BYSETPOS", &self.by_set_pos)?;
        match self.skip {
            Skip::Omit => Ok(()),
            Skip::Backward => f.write_str(";RSCALE=GREGORIAN;SKIP=BACKWARD"),
            Skip::Forward => f.write_str(";RSCALE=GREGORIAN;SKIP=FORWARD"),
        }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, part: &str, values: &[T]) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        if at == 0 {
            write!(f, ";{part}={value}")?;
        } else {
            write!(f, ",{value}")?;
        }
    }
    Ok(())
}

impl fmt::Display for ByDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nth != 0 {
            write!(f, "{}", self.nth)?;
        }
        f.write_str(weekday_name(self.day))
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time, zulu) = match self {
            Self::Date(date) => (*date, None, ""),
            Self::Local(at) => (at.date(), Some(at.time()), ""),
            Self::Utc(at) => (at.date(), Some(at.time()), "Z"),
        };
        write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day())?;
        if let Some(time) = time {
            write!(
                f,
                "T{:02}{:02}{:02}{zulu}",
                time.hour(),
                time.minute(),
                time.second()
            )?;
        }
        Ok(())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: RuleError| {
            serde::de::Error::custom(format_args!("{}: {error}", error.code()))
        })
    }
}
