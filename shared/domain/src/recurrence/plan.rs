//! A rule with its start: what each period (a year, a month, … an hour) holds.

use jiff::civil::DateTime;

use super::calendar::{self, DAY, Ymd};
use super::rule::{Freq, Rule, Skip};

/// A rule with the values that RFC 5545 takes from the start filled in.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) freq: Freq,
    pub(super) interval: i64,
    /// Seconds of wall time since 1970; nothing before it is an occurrence.
    pub(super) start: i64,
    week_start: i64,
    months: Vec<i16>,
    week_nos: Vec<i16>,
    year_days: Vec<i16>,
    month_days: Vec<i16>,
    /// (nth, weekday from Monday 0); nth 0 is every one.
    days: Vec<(i64, i64)>,
    pub(super) hours: Vec<i64>,
    pub(super) minutes: Vec<i64>,
    pub(super) seconds: Vec<i64>,
    pub(super) set_pos: Vec<i16>,
    pub(super) skip: Skip,
}

/// A day of a period, and whether it stands for one that the month does not have.
pub(super) type Day = (i64, bool);

/// Which part already chose the day, and so is not asked again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    No,
    ByMonthDay,
    ByYearDay,
}

impl Plan {
    pub(super) fn new(rule: &Rule, start: DateTime) -> Self {
        let second = calendar::seconds(start);
        let today = calendar::ymd(second.div_euclid(DAY));
        let wide = |list: &[i16]| {
            list.iter()
                .map(|value| i64::from(*value))
                .collect::<Vec<i64>>()
        };
        // Second 60 is a leap second; wall clocks here end at 59.
        let mut seconds: Vec<i64> = rule
            .by_second
            .iter()
            .map(|value| i64::from(*value).min(59))
            .collect();
        seconds.dedup();
        let mut plan = Self {
            freq: rule.freq,
            interval: i64::from(rule.interval),
            start: second,
            week_start: rule.week_start.to_monday_zero_offset().into(),
            months: rule.by_month.clone(),
            week_nos: rule.by_week_no.clone(),
            year_days: rule.by_year_day.clone(),
            month_days: rule.by_month_day.clone(),
            days: rule
                .by_day
                .iter()
                .map(|day| (day.nth.into(), day.day.to_monday_zero_offset().into()))
                .collect(),
            hours: wide(&rule.by_hour),
            minutes: wide(&rule.by_minute),
            seconds,
            set_pos: rule.by_set_pos.clone(),
            skip: rule.skip,
        };
        plan.fill_days(today, calendar::weekday(second.div_euclid(DAY)));
        let fill = |list: &mut Vec<i64>, above: Freq, value: i64| {
            if list.is_empty() && rule.freq > above {
                list.push(value);
            }
        };
        fill(
            &mut plan.hours,
            Freq::Hourly,
            second.rem_euclid(DAY) / 3_600,
        );
        fill(
            &mut plan.minutes,
            Freq::Minutely,
            second.rem_euclid(3_600) / 60,
        );
        fill(&mut plan.seconds, Freq::Secondly, second.rem_euclid(60));
        plan
    }

    fn fill_days(&mut self, today: Ymd, weekday: i64) {
        let chosen = !(self.week_nos.is_empty()
            && self.year_days.is_empty()
            && self.month_days.is_empty()
            && self.days.is_empty());
        if chosen {
            return;
        }
        match self.freq {
            Freq::Yearly => {
                if self.months.is_empty() {
                    self.months.push(today.month as i16);
                }
                self.month_days.push(today.day as i16);
            }
            Freq::Monthly => self.month_days.push(today.day as i16),
            Freq::Weekly => self.days.push((0, weekday)),
            _ => {}
        }
    }

    /// The number of the period that holds this second, on a scale without gaps.
    pub(super) fn period_of(&self, second: i64) -> i64 {
        let day = second.div_euclid(DAY);
        let date = calendar::ymd(day);
        match self.freq {
            Freq::Yearly => date.year,
            Freq::Monthly => date.year * 12 + date.month - 1,
            Freq::Weekly => (calendar::week_start(day, self.week_start) - self.first_week()) / 7,
            Freq::Daily => day,
            Freq::Hourly => second.div_euclid(3_600),
            Freq::Minutely => second.div_euclid(60),
            Freq::Secondly => second,
        }
    }

    /// A week's first day long before any date, so that weeks count up from 0.
    fn first_week(&self) -> i64 {
        calendar::week_start(calendar::number(-1, 1, 1), self.week_start)
    }

    /// The first day of a period of a day or longer.
    pub(super) fn first_day(&self, period: i64) -> i64 {
        match self.freq {
            Freq::Yearly => calendar::number(period, 1, 1),
            Freq::Monthly => calendar::number(period.div_euclid(12), period.rem_euclid(12) + 1, 1),
            Freq::Weekly => self.first_week() + period * 7,
            Freq::Daily => period,
            Freq::Hourly => period.div_euclid(24),
            Freq::Minutely => period.div_euclid(1_440),
            Freq::Secondly => period.div_euclid(DAY),
        }
    }

    /// The days of a period in order, and how many were looked at.
    pub(super) fn days_of(&self, period: i64) -> (Vec<Day>, u32) {
        let first = self.first_day(period);
        match self.freq {
            Freq::Yearly => self.days_of_months(period, 1..=12),
            Freq::Monthly => {
                let month = period.rem_euclid(12) + 1;
                self.days_of_months(period.div_euclid(12), month..=month)
            }
            Freq::Weekly => (self.fitting(first..first + 7), 7),
            _ => (self.fitting(first..first + 1), 1),
        }
    }

    fn fitting(&self, days: std::ops::Range<i64>) -> Vec<Day> {
        days.filter(|day| self.fits(*day, Chosen::No))
            .map(|day| (day, false))
            .collect()
    }

    fn days_of_months(&self, year: i64, months: std::ops::RangeInclusive<i64>) -> (Vec<Day>, u32) {
        if self.freq == Freq::Yearly && self.month_days.is_empty() && !self.year_days.is_empty() {
            return self.days_of_year(year);
        }
        let mut days = Vec::new();
        let mut looked = 1;
        for month in months.filter(|month| self.fits_month(*month)) {
            let first = calendar::number(year, month, 1);
            let length = calendar::month_length(year, month);
            if self.month_days.is_empty() {
                looked += 31;
                days.extend(self.fitting(first..first + length));
                continue;
            }
            for wanted in &self.month_days {
                looked += 1;
                let day = self.place(i64::from(*wanted), first, length);
                days.extend(day.filter(|(day, _)| self.fits(*day, Chosen::ByMonthDay)));
            }
        }
        (sorted(days), looked)
    }

    fn days_of_year(&self, year: i64) -> (Vec<Day>, u32) {
        let (first, length) = (calendar::number(year, 1, 1), calendar::year_length(year));
        let placed = self
            .year_days
            .iter()
            .filter_map(|wanted| self.place(i64::from(*wanted), first, length));
        let days = placed
            .filter(|(day, _)| self.fits(*day, Chosen::ByYearDay))
            .collect();
        (sorted(days), 1 + self.year_days.len() as u32)
    }

    /// The nth day (from the end when negative) of a month or year; when it is too short, what SKIP says.
    fn place(&self, wanted: i64, first: i64, length: i64) -> Option<Day> {
        let at = if wanted > 0 {
            wanted - 1
        } else {
            length + wanted
        };
        match self.skip {
            _ if (0..length).contains(&at) => Some((first + at, false)),
            Skip::Backward if at >= length => Some((first + length - 1, true)),
            Skip::Forward if at >= length => Some((first + length, true)),
            _ => None,
        }
    }

    pub(super) fn fits_month(&self, month: i64) -> bool {
        self.months.is_empty() || self.months.contains(&(month as i16))
    }

    /// Whether a day passes every filter of the rule that did not choose it.
    fn fits(&self, day: i64, chosen: Chosen) -> bool {
        let date = calendar::ymd(day);
        let month = || {
            let length = calendar::month_length(date.year, date.month);
            self.fits_month(date.month) && named(&self.month_days, date.day, length)
        };
        let of_year = || {
            let first = calendar::number(date.year, 1, 1);
            named(
                &self.year_days,
                day - first + 1,
                calendar::year_length(date.year),
            )
        };
        (chosen == Chosen::ByMonthDay || month())
            && (chosen == Chosen::ByYearDay || self.year_days.is_empty() || of_year())
            && self.fits_weekday(day, date)
            && self.fits_week_no(day)
    }

    fn fits_week_no(&self, day: i64) -> bool {
        if self.week_nos.is_empty() {
            return true;
        }
        let (week, weeks) = calendar::week_number(day, self.week_start);
        named(&self.week_nos, week, weeks)
    }

    fn fits_weekday(&self, day: i64, date: Ymd) -> bool {
        let weekday = calendar::weekday(day);
        let mut days = self
            .days
            .iter()
            .filter(|(_, wanted)| *wanted == weekday)
            .peekable();
        if days.peek().is_none_or(|(nth, _)| *nth == 0) {
            return self.days.is_empty() || days.peek().is_some();
        }
        // RFC 5545: the nth of the month, and of the year only where FREQ=YEARLY comes without BYMONTH.
        let (before, after) = if self.freq == Freq::Yearly && self.months.is_empty() {
            let of_year = day - calendar::number(date.year, 1, 1);
            (of_year, calendar::year_length(date.year) - 1 - of_year)
        } else {
            (
                date.day - 1,
                calendar::month_length(date.year, date.month) - date.day,
            )
        };
        days.any(|(nth, _)| *nth == 0 || *nth == before / 7 + 1 || *nth == -(after / 7) - 1)
    }

    /// Whether no month asked for ever has a day asked for: 30 February.
    pub(super) fn never(&self) -> bool {
        let longest = |month: i64| calendar::month_length(2_000, month);
        let possible = |month| {
            self.month_days
                .iter()
                .any(|day| i64::from(day.abs()) <= longest(month))
        };
        let moved = self.skip != Skip::Omit && matches!(self.freq, Freq::Yearly | Freq::Monthly);
        let some = (1..=12).any(|month| self.fits_month(month) && possible(month));
        !self.month_days.is_empty() && !moved && !some
    }

    /// Whether every period holds equally many.
    pub(super) fn is_uniform(&self) -> bool {
        let filtered = !(self.months.is_empty()
            && self.week_nos.is_empty()
            && self.year_days.is_empty()
            && self.month_days.is_empty());
        let finer = match self.freq {
            Freq::Yearly | Freq::Monthly | Freq::Secondly => false,
            Freq::Weekly => true,
            Freq::Daily => self.days.is_empty(),
            Freq::Hourly => self.days.is_empty() && self.hours.is_empty(),
            Freq::Minutely => {
                self.days.is_empty() && self.hours.is_empty() && self.minutes.is_empty()
            }
        };
        finer && !filtered
    }

    /// The first day from `day` on that some period could hold, looking at months only.
    pub(super) fn next_fitting_month(&self, day: i64) -> i64 {
        let mut date = calendar::ymd(day);
        if self.fits_month(date.month) {
            return day;
        }
        for _ in 0..12 {
            date = Ymd {
                year: date.year + date.month / 12,
                month: date.month % 12 + 1,
                day: 1,
            };
            if self.fits_month(date.month) {
                break;
            }
        }
        calendar::number(date.year, date.month, 1)
    }
}

/// Whether a list names a position, counted from the start or, negative, from the end; an empty one names all.
fn named(list: &[i16], position: i64, length: i64) -> bool {
    let has = |value: i64| list.binary_search(&(value as i16)).is_ok();
    list.is_empty() || has(position) || has(position - length - 1)
}

/// In order, each day once; one that was really named wins over one moved onto it.
fn sorted(mut days: Vec<Day>) -> Vec<Day> {
    days.sort_unstable();
    days.dedup_by_key(|(day, _)| *day);
    days
}
