//! Dates that duckling reads wrongly or not at all.

use std::ops::Range;

use jiff::civil::{Date, Weekday, time};
use jiff::{Span, ToSpan};
use regex::Captures;

use contract::interpret::Grain;

use super::{Piece, Role};
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
    END_OF_DAY = r"\b(?:at |by )?(?:the )?(?:eod|cob|end of (?:the |my |this )?(?:business |work(?:ing)? ?)?day|close of business)\b";
    END_OF = r"\b(?:at |by )?(?:the )?(?:eow|eom|eoy|end of (?:(the|this|next) )?(week|month|year|MON))\b";
    WEEKEND = r"\b(?:on |over |at )?(?:(this|next|the|coming|this coming|upcoming|the coming) )weekend\b";
    DAY_AFTER = r"\bthe (?:day after|next day|following day)\s*(?:[.?!,]|$)";
    YEAR_DAY = r"\b(?:the )?(\d{1,3})(?:st|nd|rd|th) day(?: of (?:the year|((?:19|20|21)\d\d)))?\b";
    TO_LAST = r"\b(?:on )?(?:the )?(\d(?:nd|rd|th)|second|third|fourth) to (?:the )?last (WD) (?:in|of) (MON)(?:,? ((?:19|20|21)\d\d))?\b";
    DAY_OF = r"\b(?:on )?(?:the )?((?:twenty |thirty )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|eleventh|twelfth|\w+teenth|twentieth|thirtieth|\d{1,2}(?:st|nd|rd|th)) day of (MON)\b(?:,? ((?:19|20|21)\d\d))?";
    CLOCK_OF_PART = r"\b(?:at |@ ?|around |by )?(\d{1,2})(?:[:.](\d\d))?(?: o'?clock)? (?:in the |at )?(?:early |late )?(morning|afternoon|evening|night)\b";
    CLOCKS = r"\b(?:from |between )?(\d{1,2})(?::(\d\d))?\s?(am|pm)?\s?(?:-|to|until|till|and)\s?(\d{1,2})(?::(\d\d))?\s?(am|pm)\b";
    DAY_WORD = r"\b(?:on )?the ((?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)\b(?: of (this|next|the) month)?";
    NUMERIC = r"\b(?:on )?(\d{1,2})([./-])(\d{1,2})([./-])(\d{4}|\d{2})\b";
}

/// Finds them in `work`; longer readings first, none overlapping.
pub(crate) fn find(work: &str, context: &Context) -> Vec<Piece> {
    type Reader = fn(&Captures, &str, &Context) -> Option<Piece>;
    let readers: [(&crate::pattern::Pattern, Reader); 17] = [
        (&CLOCKS, clocks),
        (&NUMERIC, numeric),
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

fn range(found: &Captures) -> Range<usize> {
    found.get(0).map_or(0..0, |m| m.range())
}

fn span(number: &str, unit: &str) -> Option<Span> {
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

#[expect(
    clippy::unnecessary_wraps,
    reason = "one reader among those that may find nothing"
)]
fn end_of_day(found: &Captures, _: &str, _: &Context) -> Option<Piece> {
    let mut range = range(found);
    if words(found, 0).starts_with("by ") {
        range.start += 3;
    }
    let mut piece = Piece::day(range, Date::MIN, Grain::Minute);
    piece.day = None;
    piece.time = Some(time(23, 59, 0, 0));
    Some(piece)
}

fn end_of(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let today = context.now.date();
    let body = words(found, 0);
    let next = words(found, 1) == "next";
    let unit = words(found, 2);
    let day = if body.ends_with("eow") || unit == "week" {
        let friday = monday(today).checked_add(4.days()).ok()?;
        let end = if friday < today {
            friday.checked_add(2.days()).ok()?
        } else {
            friday
        };
        if next {
            end.checked_add(7.days()).ok()?
        } else {
            end
        }
    } else if body.ends_with("eom") || unit == "month" {
        let month = if next {
            today.first_of_month().checked_add(1.month()).ok()?
        } else {
            today
        };
        month.last_of_month()
    } else if body.ends_with("eoy") || unit == "year" {
        let year = if next {
            today.checked_add(1.year()).ok()?
        } else {
            today
        };
        year.last_of_year()
    } else {
        let first = Date::new(today.year(), number::month(unit)?, 1).ok()?;
        let last = first.last_of_month();
        if last < today {
            first.checked_add(1.year()).ok()?.last_of_month()
        } else {
            last
        }
    };
    let mut range = range(found);
    if body.starts_with("by ") {
        range.start += 3;
    }
    Some(Piece::day(range, day, Grain::Day))
}

fn weekend(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let today = context.now.date();
    let saturday = monday(today).checked_add(5.days()).ok()?;
    let first = if words(found, 1) == "next" {
        saturday.checked_add(7.days()).ok()?
    } else {
        saturday.max(today)
    };
    let mut piece = Piece::day(range(found), first, Grain::Day);
    let sunday = monday(first).checked_add(6.days()).ok()?;
    piece.through = Some(sunday.at(0, 0, 0, 0)).filter(|_| sunday > first);
    Some(piece)
}

fn day_after(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let mut range = range(found);
    range.end = range.start
        + words(found, 0)
            .trim_end_matches(['.', '?', '!', ',', ' '])
            .len();
    Some(Piece::day(
        range,
        context.now.date().tomorrow().ok()?,
        Grain::Day,
    ))
}

fn year_day(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let n = words(found, 1).parse::<i64>().ok()?;
    let said = words(found, 0).contains(" of ");
    if !(1..=366).contains(&n) || !said && n <= 31 {
        return None;
    }
    let today = context.now.date();
    let of = |year: i16| {
        Date::new(year, 1, 1)
            .ok()?
            .checked_add((n - 1).days())
            .ok()
            .filter(|d| d.year() == year)
    };
    let day = match words(found, 2).parse::<i16>() {
        Ok(year) => of(year)?,
        Err(_) => of(today.year())
            .filter(|d| *d >= today)
            .or_else(|| of(today.year() + 1))?,
    };
    Some(Piece::day(range(found), day, Grain::Day))
}

fn to_last(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let (n, weekday, month) = (
        number::ordinal(words(found, 1))?,
        number::weekday(words(found, 2))?,
        number::month(words(found, 3))?,
    );
    let today = context.now.date();
    let of = |year: i16| {
        Date::new(year, month, 1)
            .ok()?
            .nth_weekday_of_month(-(n as i8), weekday)
            .ok()
    };
    let day = match words(found, 4).parse::<i16>() {
        Ok(year) => of(year)?,
        Err(_) => of(today.year())
            .filter(|d| *d >= today)
            .or_else(|| of(today.year() + 1))?,
    };
    Some(Piece::day(range(found), day, Grain::Day))
}

/// "the twentieth", of this month or the next.
fn day_word(found: &Captures, work: &str, context: &Context) -> Option<Piece> {
    let range = range(found);
    let after = work.get(range.end..)?.trim_start();
    let next = after.split(' ').next().unwrap_or_default();
    if after.starts_with("of ") && !words(found, 0).contains(" of ")
        || number::month(next).is_some()
        || matches!(next, "day" | "century" | "floor" | "time")
    {
        return None;
    }
    // "monday the twenty seventh" is for duckling.
    let before = work.get(..range.start)?.trim_end_matches([' ', ',']);
    if before
        .rsplit(' ')
        .next()
        .is_some_and(|word| number::weekday(word).is_some())
    {
        return None;
    }
    let n = number::ordinal(words(found, 1))? as i8;
    let today = context.now.date();
    let first = if words(found, 2) == "next" {
        today.first_of_month().checked_add(1.month()).ok()?
    } else {
        today
    };
    let day = days(first).take(62).find(|d| d.day() == n)?;
    Some(Piece::day(range, day, Grain::Day))
}

fn day_of(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let (n, month) = (
        number::ordinal(words(found, 1))?,
        number::month(words(found, 2))?,
    );
    let today = context.now.date();
    let of = |year: i16| Date::new(year, month, n as i8).ok();
    let day = match words(found, 3).parse::<i16>() {
        Ok(year) => of(year)?,
        Err(_) => of(today.year())
            .filter(|d| *d >= today)
            .or_else(|| of(today.year() + 1))?,
    };
    let mut piece = Piece::day(range(found), day, Grain::Day);
    piece.role = Role::Due;
    Some(piece)
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
