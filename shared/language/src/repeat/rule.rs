//! A recurrence rule as it is being read, its RRULE text, and the days it falls on.

use std::fmt::Write;

use jiff::civil::{Date, Weekday};

use crate::date::{days, monday};
use crate::number;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Freq {
    Secondly,
    Minutely,
    Hourly,
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// What RFC 5545 can say, as far as people say it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rule {
    pub(crate) freq: Freq,
    pub(crate) interval: i64,
    pub(crate) months: Vec<i8>,
    pub(crate) weeks: Vec<i64>,
    pub(crate) year_days: Vec<i64>,
    pub(crate) month_days: Vec<i64>,
    /// With a rank within the month or year; 0 is every one.
    pub(crate) weekdays: Vec<(i64, Weekday)>,
    pub(crate) positions: Vec<i64>,
    pub(crate) times: Vec<(i8, i8)>,
    pub(crate) count: Option<i64>,
    pub(crate) until: Option<Date>,
}

impl Rule {
    pub(crate) fn every(freq: Freq, interval: i64) -> Self {
        Self {
            freq,
            interval: interval.max(1),
            ..Self::default()
        }
    }

    pub(crate) fn on(mut self, days: impl IntoIterator<Item = Weekday>) -> Self {
        self.weekdays = days.into_iter().map(|d| (0, d)).collect();
        self
    }

    /// Whether a day that some months lack was asked for, so that the last day stands in (RFC 7529).
    fn skips_back(&self, start: Date) -> bool {
        let implied = self.month_days.is_empty()
            && self.weekdays.is_empty()
            && self.year_days.is_empty()
            && self.weeks.is_empty();
        let days: Vec<i64> = if implied {
            vec![i64::from(start.day())]
        } else {
            self.month_days.clone()
        };
        let last = match self.freq {
            Freq::Monthly => 28,
            Freq::Yearly
                if self.months.contains(&2) || self.months.is_empty() && start.month() == 2 =>
            {
                28
            }
            _ => return false,
        };
        days.iter().any(|d| *d > last)
    }

    /// The RRULE; `until` as its text form, which depends on whether the series has a time.
    pub(crate) fn rrule(&self, start: Date, until: Option<String>) -> String {
        let mut rule = String::new();
        if self.skips_back(start) {
            rule.push_str("RSCALE=GREGORIAN;");
        }
        let freq = match self.freq {
            Freq::Secondly => "SECONDLY",
            Freq::Minutely => "MINUTELY",
            Freq::Hourly => "HOURLY",
            Freq::Daily => "DAILY",
            Freq::Weekly => "WEEKLY",
            Freq::Monthly => "MONTHLY",
            Freq::Yearly => "YEARLY",
        };
        let _ = write!(rule, "FREQ={freq}");
        if self.interval > 1 {
            let _ = write!(rule, ";INTERVAL={}", self.interval);
        }
        list(&mut rule, "BYMONTH", &self.months);
        list(&mut rule, "BYWEEKNO", &self.weeks);
        list(&mut rule, "BYYEARDAY", &self.year_days);
        list(&mut rule, "BYMONTHDAY", &self.month_days);
        let weekdays: Vec<String> = self
            .weekdays
            .iter()
            .map(|(n, d)| {
                if *n == 0 {
                    number::letters(*d).to_owned()
                } else {
                    format!("{n}{}", number::letters(*d))
                }
            })
            .collect();
        list(&mut rule, "BYDAY", &weekdays);
        if self.times.len() > 1 {
            let mut hours: Vec<i8> = self.times.iter().map(|t| t.0).collect();
            let mut minutes: Vec<i8> = self.times.iter().map(|t| t.1).collect();
            hours.dedup();
            minutes.dedup();
            list(&mut rule, "BYHOUR", &hours);
            list(&mut rule, "BYMINUTE", &minutes);
        }
        list(&mut rule, "BYSETPOS", &self.positions);
        if let Some(count) = self.count {
            let _ = write!(rule, ";COUNT={count}");
        } else if let Some(until) = until {
            let _ = write!(rule, ";UNTIL={until}");
        }
        if self.skips_back(start) {
            rule.push_str(";SKIP=BACKWARD");
        }
        rule
    }

    /// Its days from `from` on.
    pub(crate) fn days_from(&self, from: Date) -> impl Iterator<Item = Date> {
        let limit = if self.freq == Freq::Yearly {
            366 * 9 * self.interval.min(8)
        } else {
            366 * 2 * self.interval.min(24)
        };
        days(from)
            .take(limit as usize)
            .filter(move |d| self.falls_on(*d, from))
    }

    fn falls_on(&self, day: Date, from: Date) -> bool {
        let apart = match self.freq {
            Freq::Daily => whole_days(from, day),
            Freq::Weekly => whole_days(monday(from), monday(day)) / 7,
            Freq::Monthly => months(from, day),
            Freq::Yearly => i64::from(day.year()) - i64::from(from.year()),
            _ => 0,
        };
        apart % self.interval.max(1) == 0
            && (self.months.is_empty() || self.months.contains(&day.month()))
            && (self.weeks.is_empty()
                || self.weeks.contains(&i64::from(day.iso_week_date().week())))
            && (self.year_days.is_empty() || self.year_days.contains(&i64::from(day.day_of_year())))
            && (self.month_days.is_empty() || self.month_days.iter().any(|d| is_month_day(day, *d)))
            && (self.weekdays.is_empty()
                || self
                    .weekdays
                    .iter()
                    .any(|(n, d)| day.weekday() == *d && (*n == 0 || self.is_nth(day, *n))))
            && (self.implied(from, day))
            && (self.positions.is_empty() || self.in_position(day))
    }

    /// Without a day of its own a rule falls on the day of its start.
    fn implied(&self, from: Date, day: Date) -> bool {
        if !(self.weekdays.is_empty() && self.month_days.is_empty() && self.year_days.is_empty()) {
            return true;
        }
        match self.freq {
            Freq::Weekly => day.weekday() == from.weekday(),
            Freq::Monthly => is_month_day(day, i64::from(from.day())),
            Freq::Yearly if !self.weeks.is_empty() => day.weekday() == from.weekday(),
            Freq::Yearly if !self.months.is_empty() => day.day() == 1 || day == from,
            Freq::Yearly => is_month_day(day, i64::from(from.day())) && day.month() == from.month(),
            _ => true,
        }
    }

    fn is_nth(&self, day: Date, n: i64) -> bool {
        let month = self.freq == Freq::Monthly || !self.months.is_empty();
        let (at, length) = if month {
            (i64::from(day.day()), i64::from(day.days_in_month()))
        } else {
            (i64::from(day.day_of_year()), i64::from(day.days_in_year()))
        };
        if n > 0 {
            (at - 1) / 7 + 1 == n
        } else {
            (length - at) / 7 + 1 == -n
        }
    }

    fn in_position(&self, day: Date) -> bool {
        let of_month: Vec<Date> = days(day.first_of_month())
            .take_while(|d| d.month() == day.month())
            .filter(|d| self.weekdays.iter().any(|(_, w)| d.weekday() == *w))
            .collect();
        self.positions.iter().any(|p| {
            let index = if *p > 0 {
                Some(*p as usize - 1)
            } else {
                of_month.len().checked_sub(p.unsigned_abs() as usize)
            };
            index.and_then(|i| of_month.get(i)) == Some(&day)
        })
    }
}

/// Whether `day` is the `n`th of its month; past its end that is the last one, as words mean it.
fn is_month_day(day: Date, n: i64) -> bool {
    let length = i64::from(day.days_in_month());
    let wanted = if n < 0 { length + 1 + n } else { n.min(length) };
    i64::from(day.day()) == wanted
}

fn whole_days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |s| i64::from(s.get_days()))
}

fn months(from: Date, to: Date) -> i64 {
    (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month())
        - i64::from(from.month())
}

fn list<T: ToString>(rule: &mut String, name: &str, values: &[T]) {
    if !values.is_empty() {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let _ = write!(rule, ";{name}={}", values.join(","));
    }
}
