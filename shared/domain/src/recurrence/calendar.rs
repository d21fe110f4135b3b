//! Whole days as plain numbers: what expanding a rule needs, without allocation and without a way to fail.

use jiff::civil::{Date, DateTime};

/// Seconds in a civil day.
pub(super) const DAY: i64 = 86_400;

/// 9999-12-31, the last day there is.
pub(super) const LAST_DAY: i64 = number(9999, 12, 31);

/// A civil date in parts.
#[derive(Clone, Copy)]
pub(super) struct Ymd {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's `days_from_civil`).
pub(super) const fn number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day number (Howard Hinnant's `civil_from_days`).
pub(super) const fn ymd(number: i64) -> Ymd {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    Ymd {
        year,
        month,
        day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
    }
}

/// 0 is Monday.
pub(super) const fn weekday(number: i64) -> i64 {
    (number + 3).rem_euclid(7)
}

pub(super) const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) const fn year_length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

pub(super) const fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The first day of the week that holds this day, when weeks start on `first` (0 is Monday).
pub(super) const fn week_start(number: i64, first: i64) -> i64 {
    number - (weekday(number) - first).rem_euclid(7)
}

/// The number of this day's week, and how many weeks its year has (RFC 5545 3.3.10: week 1 has at least four days).
pub(super) const fn week_number(day: i64, first: i64) -> (i64, i64) {
    let start = week_start(day, first);
    let year = ymd(start + 3).year;
    let week_one = week_start(number(year, 1, 4), first);
    let next_one = week_start(number(year + 1, 1, 4), first);
    ((start - week_one) / 7 + 1, (next_one - week_one) / 7)
}

/// Seconds of wall time since 1970-01-01T00:00:00.
pub(super) fn seconds(at: DateTime) -> i64 {
    let date = at.date();
    let days = number(date.year().into(), date.month().into(), date.day().into());
    days * DAY + i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second())
}

/// The wall time of that many seconds; nothing outside of the years 1 to 9999.
pub(super) fn wall(seconds: i64) -> Option<DateTime> {
    let Ymd { year, month, day } = ymd(seconds.div_euclid(DAY));
    let of_day = seconds.rem_euclid(DAY);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    let hour = (of_day / 3_600) as i8;
    Some(date.at(hour, (of_day / 60 % 60) as i8, (of_day % 60) as i8, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_agree_with_jiff_on_every_day() {
        let mut date = Date::constant(1, 1, 1);
        let first = number(1, 1, 1);
        for number in first..=LAST_DAY {
            let parts = ymd(number);
            assert_eq!(super::number(parts.year, parts.month, parts.day), number);
            if number % 37 == 0 || parts.day > 27 || parts.month < 2 {
                date = Date::new(parts.year as i16, parts.month as i8, parts.day as i8)
                    .unwrap_or(date);
                assert_eq!(
                    i64::from(date.weekday().to_monday_zero_offset()),
                    weekday(number)
                );
                assert_eq!(
                    i64::from(date.days_in_month()),
                    month_length(parts.year, parts.month)
                );
                assert_eq!(
                    i64::from(date.iso_week_date().week()),
                    week_number(number, 0).0
                );
            }
        }
    }
}
