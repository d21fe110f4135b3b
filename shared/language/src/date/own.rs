//! Dates that duckling reads wrongly or not at all.

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use regex::Captures;

use contract::interpret::Grain;

use super::Piece;
use super::named::{
    DAY_AFTER, DAY_OF, DAY_WORD, END_OF, END_OF_DAY, TO_LAST, WEEKEND, YEAR_DAY, day_after, day_of,
    day_word, end_of, end_of_day, to_last, weekend, year_day,
};
use crate::context::{Context, NextWeekday};
use crate::number;
use crate::pattern::{patterns, words};

patterns! {
    IN_DAYS = r"\bin (?:about |another |exactly )?(NUM) (days?|weeks?|wks?|fortnights?|months?|years?|yrs?)\b(?:'s?)?(?: time)?(?: (?:from )?(?:now|today))?";
    DAYS_ON = r"\b(NUM) (days?|weeks?|wks?|fortnights?|months?|years?|yrs?) (?:from now|from today|later|out)\b";
    CLOCK_ON = r"\b(NUM) (minutes?|mins?|hours?|hrs?) (?:later)\b";
    FROM_WEEKDAY = r"\b(NUM) (days?|weeks?|months?) (?:from|after) (?:next |this )?(WD)\b";
    WEEKDAY_NUMBER = r"\b(WD),? (?:the )?(\d{1,2})\b";
    NEXT_WEEKDAY = r"\bnext (WD)\b";
    CLOCK_OF_PART = r"\b(?:at |@ ?|around |by )?(\d{1,2})(?:[:.](\d\d))?(?: o'?clock)? (?:in the |at )?(?:early |late )?(morning|afternoon|evening|night)\b";
    CLOCKS = r"\b(?:from |between )?(\d{1,2})(?::(\d\d))?\s?(am|pm)?\s?(?:-|to|until|till|and)\s?(\d{1,2})(?::(\d\d))?\s?(am|pm)\b";
    NUMERIC = r"\b(?:on )?(\d{1,2})([./-])(\d{1,2})([./-])(\d{4}|\d{2})\b";
    DAY_MONTH = r"\b(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (MON)\b\.?(?:,? ((?:19|20|21)\d\d)\b)?";
    DAY_MONTHS = r"\b(?:from |on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (MON)\b\.? ?(?:-|to|until|till|through|thru) ?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (MON)\b\.?(?:,? ((?:19|20|21)\d\d)\b)?";
    THEN_CLOCK = r"^,? ?(?:(?:at |@ ?)\d|\d{1,2}(?::\d\d|\s?[ap]\.?m))";
}

/// Finds them in `work`; longer readings first, none overlapping.
pub(crate) fn find(work: &str, context: &Context) -> Vec<Piece> {
    type Reader = fn(&Captures, &str, &Context) -> Option<Piece>;
    let readers: [(&crate::pattern::Pattern, Reader); 19] = [
        (&CLOCKS, clocks),
        (&NUMERIC, numeric),
        (&DAY_MONTHS, day_months),
        (&DAY_MONTH, day_month),
        (&DAY_OF, day_of),
        (&DAY_WORD, day_word),
        (&CLOCK_OF_PART, clock_of_part),
        (&FROM_WEEKDAY, from_weekday),
        (&IN_DAYS, in_days),
        (&DAYS_ON, in_days),
        (&CLOCK_ON, clock_on),
        (&WEEKDAY_NUMBER, weekday_number),
        (&NEXT_WEEKDAY, next_weekday),
        (&END_OF_DAY, end_of_day),
        (&END_OF, end_of),
        (&WEEKEND, weekend),
        (&DAY_AFTER, day_after),
        (&YEAR_DAY, year_day),
        (&TO_LAST, to_last),
    ];
    let mut pieces: Vec<Piece> = Vec::new();
    for (pattern, read) in readers {
        for found in pattern.captures_iter(work).take(8) {
            if let Some(piece) = read(&found, work, context)
                && !pieces
                    .iter()
                    .any(|p| crate::text::overlap(&p.range, &piece.range))
            {
                pieces.push(piece);
            }
        }
    }
    pieces
}

pub(super) fn range(found: &Captures) -> Range<usize> {
    found.get(0).map_or(0..0, |m| m.range())
}

pub(super) fn span(number: &str, unit: &str) -> Option<Span> {
    let n = number::cardinal(number)?;
    Some(match unit.as_bytes() {
        [b'd', ..] => n.days(),
        [b'w', ..] => n.weeks(),
        [b'f', ..] => (n * 2).weeks(),
        [b'm', b'o', ..] => n.months(),
        [b'y', ..] => n.years(),
        _ => return None,
    })
}

/// "8:00 early morning", "9 in the evening".
fn clock_of_part(found: &Captures, _: &str, _: &Context) -> Option<Piece> {
    let (hour, minute) = (
        words(found, 1).parse::<i8>().ok()?,
        words(found, 2).parse::<i8>().unwrap_or(0),
    );
    let hour = match (words(found, 3), hour) {
        (_, h) if !(1..=12).contains(&h) => return None,
        ("morning", h) => h % 12,
        ("night", h) if h < 6 || h == 12 => h % 12,
        (_, h) => h % 12 + 12,
    };
    let mut range = range(found);
    if words(found, 0).starts_with("by ") {
        range.start += 3;
    }
    let mut piece = Piece::day(
        range,
        Date::MIN,
        if found.get(2).is_some() {
            Grain::Minute
        } else {
            Grain::Hour
        },
    );
    piece.day = None;
    piece.time = jiff::civil::Time::new(hour, minute, 0, 0).ok();
    piece.time.is_some().then_some(piece)
}

/// "from 3 to 5pm": the second half of the day stands for both, unless that would turn it round.
fn clocks(found: &Captures, _: &str, _: &Context) -> Option<Piece> {
    let clock = |hour: usize, minute: usize, half: &str| {
        let hour = words(found, hour)
            .parse::<i8>()
            .ok()
            .filter(|h| (1..=12).contains(h))?;
        let hour = if half == "pm" {
            hour % 12 + 12
        } else {
            hour % 12
        };
        jiff::civil::Time::new(hour, words(found, minute).parse().unwrap_or(0), 0, 0).ok()
    };
    let half = words(found, 6);
    let ends = clock(4, 5, half)?;
    let first = match words(found, 3) {
        "" => clock(1, 2, half)
            .filter(|t| *t < ends)
            .or_else(|| clock(1, 2, "am"))?,
        said => clock(1, 2, said)?,
    };
    let mut piece = Piece::day(range(found), Date::MIN, Grain::Minute);
    piece.day = None;
    piece.time = Some(first);
    piece.ends = Some(ends);
    Some(piece)
}

/// "13/04/21", "23.04.2022": in the person's order, or in the other where only that is a date.
fn numeric(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    if words(found, 2) != words(found, 4) {
        return None;
    }
    let number = |n: usize| words(found, n).parse::<i16>().ok();
    let (a, b, year) = (number(1)? as i8, number(3)? as i8, number(5)?);
    let year = if year < 100 { 2000 + year } else { year };
    let day_first = words(found, 2) == "."
        || context.settings.date_order == crate::context::DateOrder::DayFirst;
    let (first, other) = (Date::new(year, b, a), Date::new(year, a, b));
    let day = if day_first {
        first.or(other)
    } else {
        other.or(first)
    }
    .ok()?;
    Some(Piece::day(range(found), day, Grain::Day))
}

/// "3 dec at 10am", "5 march 2027": what stands behind them makes duckling lose the day.
fn day_month(found: &Captures, work: &str, context: &Context) -> Option<Piece> {
    let range = range(found);
    let (before, after) = (work.get(..range.start)?, work.get(range.end..)?);
    let alone = words(found, 3).is_empty() && !THEN_CLOCK.is_match(after);
    if alone || super::hand::LINK.is_match(before) {
        return None;
    }
    let (day, month) = (
        words(found, 1).parse().ok()?,
        number::month(words(found, 2))?,
    );
    let day = super::named::in_year(context, words(found, 3), |year| {
        Date::new(year, month, day).ok()
    })?;
    Some(Piece::day(range, day, Grain::Day))
}

/// "3 dec to 5 jan": both ends in one year, or the second in the next.
fn day_months(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let end = |day: usize, month: usize| {
        let (day, month) = (words(found, day).parse::<i8>(), words(found, month));
        number::month(month).zip(day.ok())
    };
    let ((month, day), (last_month, last_day)) = (end(1, 2)?, end(3, 4)?);
    let over = i16::from((last_month, last_day) < (month, day));
    let of = |year: i16| Date::new(year, month, day).ok();
    let first = match words(found, 5).parse::<i16>() {
        // It stands behind the second: "28 dec to 3 jan 2027" begins in the year before.
        Ok(year) => of(year - over)?,
        Err(_) => super::named::in_year(context, "", of)?,
    };
    let last = Date::new(first.year() + over, last_month, last_day).ok()?;
    let mut piece = Piece::day(range(found), first, Grain::Day);
    piece.through = Some(last.at(0, 0, 0, 0)).filter(|_| last > first);
    Some(piece)
}

fn in_days(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let day = context
        .now
        .date()
        .checked_add(span(words(found, 1), words(found, 2))?)
        .ok()?;
    let mut piece = Piece::day(range(found), day, Grain::Day);
    piece.relative = true;
    Some(piece)
}

fn clock_on(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let n = number::cardinal(words(found, 1))?;
    let span = if words(found, 2).starts_with('m') {
        n.minutes()
    } else {
        n.hours()
    };
    let at = context.now.checked_add(span).ok()?.datetime();
    let mut piece = Piece::day(range(found), at.date(), Grain::Minute);
    piece.time = Some(at.time());
    piece.exact = true;
    Some(piece)
}

fn from_weekday(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let base = coming(context.now.date(), number::weekday(words(found, 3))?);
    Some(Piece::day(
        range(found),
        base.checked_add(span(words(found, 1), words(found, 2))?)
            .ok()?,
        Grain::Day,
    ))
}

/// "monday 21": the next Monday that is a 21st.
fn weekday_number(found: &Captures, work: &str, context: &Context) -> Option<Piece> {
    let range = range(found);
    let rest = work.get(range.end..).unwrap_or_default();
    let next = rest
        .trim_start()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let clock = rest.starts_with([':', '/', '.', '-', 'h', 'a', 'p'])
        && !rest.starts_with(". ")
        && rest != "."
        || matches!(
            next,
            "am" | "pm"
                | "a"
                | "p"
                | "h"
                | "oclock"
                | "o"
                | "to"
                | "minutes"
                | "hours"
                | "of"
                | "percent"
                | "people"
        )
        || number::month(next).is_some()
        || number::weekday(next).is_some();
    if clock {
        return None;
    }
    let (weekday, number) = (
        number::weekday(words(found, 1))?,
        words(found, 2).parse::<i8>().ok()?,
    );
    // Up to 12 it may be an hour.
    if number <= 12 && !words(found, 0).contains("the ") {
        return None;
    }
    let day = days(context.now.date())
        .take(366 * 8)
        .find(|d| d.weekday() == weekday && d.day() == number)?;
    Some(Piece::day(range, day, Grain::Day))
}

fn next_weekday(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    if context.settings.next_weekday == NextWeekday::NextWeek {
        return None;
    }
    Some(Piece::day(
        range(found),
        coming(context.now.date(), number::weekday(words(found, 1))?),
        Grain::Day,
    ))
}

/// The first such weekday after `from`.
pub(crate) fn coming(from: Date, weekday: Weekday) -> Date {
    days(from)
        .skip(1)
        .find(|d| d.weekday() == weekday)
        .unwrap_or(from)
}

/// The Monday of the week of `day`.
pub(crate) fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().since(Weekday::Monday));
    day.checked_sub(back.days()).unwrap_or(day)
}

/// `from` and every day after it.
pub(crate) fn days(from: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |d| d.tomorrow().ok())
}
