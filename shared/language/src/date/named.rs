//! Days that have a name: the end of the month, this weekend, the 40th day of the year.

use jiff::ToSpan;
use jiff::civil::{Date, time};
use regex::Captures;

use contract::interpret::Grain;

use super::own::{days, monday, range};
use super::{Piece, Role};
use crate::context::Context;
use crate::number;
use crate::pattern::{patterns, words};

patterns! {
    END_OF_DAY = r"\b(?:at |by )?(?:the )?(?:eod|cob|end of (?:the |my |this )?(?:business |work(?:ing)? ?)?day|close of business)\b";
    END_OF = r"\b(?:at |by )?(?:the )?(?:eow|eom|eoy|end of (?:(the|this|next) )?(week|month|year|MON))\b";
    WEEKEND = r"\b(?:on |over |at )?(?:(this|next|the|coming|this coming|upcoming|the coming) )weekend\b";
    DAY_AFTER = r"\bthe (?:day after|next day|following day)\s*(?:[.?!,]|$)";
    YEAR_DAY = r"\b(?:the )?(\d{1,3})(?:st|nd|rd|th) day(?: of (?:the year|((?:19|20|21)\d\d)))?\b";
    TO_LAST = r"\b(?:on )?(?:the )?(\d(?:nd|rd|th)|second|third|fourth) to (?:the )?last (WD) (?:in|of) (MON)(?:,? ((?:19|20|21)\d\d))?\b";
    DAY_OF = r"\b(?:on )?(?:the )?((?:twenty |thirty )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|eleventh|twelfth|\w+teenth|twentieth|thirtieth|\d{1,2}(?:st|nd|rd|th)) day of (MON)\b(?:,? ((?:19|20|21)\d\d))?";
    DAY_WORD = r"\b(?:on )?the ((?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)\b(?: of (this|next|the) month)?";
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one reader among those that may find nothing"
)]
pub(super) fn end_of_day(found: &Captures, _: &str, _: &Context) -> Option<Piece> {
    let mut range = range(found);
    if words(found, 0).starts_with("by ") {
        range.start += 3;
    }
    let mut piece = Piece::day(range, Date::MIN, Grain::Minute);
    piece.day = None;
    piece.time = Some(time(23, 59, 0, 0));
    Some(piece)
}

pub(super) fn end_of(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
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

pub(super) fn weekend(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
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

pub(super) fn day_after(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
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

pub(super) fn year_day(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let n = words(found, 1).parse::<i64>().ok()?;
    let said = words(found, 0).contains(" of ");
    if !(1..=366).contains(&n) || !said && n <= 31 {
        return None;
    }
    let day = in_year(context, words(found, 2), |year| {
        Date::new(year, 1, 1)
            .ok()?
            .checked_add((n - 1).days())
            .ok()
            .filter(|d| d.year() == year)
    })?;
    Some(Piece::day(range(found), day, Grain::Day))
}

pub(super) fn to_last(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let (n, weekday, month) = (
        number::ordinal(words(found, 1))?,
        number::weekday(words(found, 2))?,
        number::month(words(found, 3))?,
    );
    let day = in_year(context, words(found, 4), |year| {
        Date::new(year, month, 1)
            .ok()?
            .nth_weekday_of_month(-(n as i8), weekday)
            .ok()
    })?;
    Some(Piece::day(range(found), day, Grain::Day))
}

/// "the twentieth", of this month or the next.
pub(super) fn day_word(found: &Captures, work: &str, context: &Context) -> Option<Piece> {
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

pub(super) fn day_of(found: &Captures, _: &str, context: &Context) -> Option<Piece> {
    let (n, month) = (
        number::ordinal(words(found, 1))?,
        number::month(words(found, 2))?,
    );
    let day = in_year(context, words(found, 3), |year| {
        Date::new(year, month, n as i8).ok()
    })?;
    let mut piece = Piece::day(range(found), day, Grain::Day);
    piece.role = Role::Due;
    Some(piece)
}

/// That day of the year that is said, or the first such that has not passed.
pub(super) fn in_year(
    context: &Context,
    said: &str,
    day_of: impl Fn(i16) -> Option<Date>,
) -> Option<Date> {
    let today = context.now.date();
    if let Ok(year) = said.parse() {
        return day_of(year);
    }
    // A leap day may be eight years away.
    (0..=8)
        .filter_map(|years| day_of(today.year() + years))
        .find(|day| *day >= today)
}
