//! Recurrences by rank: "the first friday of each month", "every 4th and 10th", "the end of every year".

use jiff::civil::Weekday;

use super::cursor::Cursor;
use super::head::{GROUP, UNIT_OF, group_days, unit};
use super::rule::{Freq, Rule};
use crate::number;
use crate::pattern::{patterns, words};

patterns! {
    OF_PERIOD = r"^\s*(?:day )?(?:of|in|on) (?:the|each|every|a) (?:(other|alternate|\d{1,2}(?:st|nd|rd|th)?|second|third|fourth|sixth|two|three|four|six) )?(months?|years?|quarters?)\b";
    DAY = r"^\s*days?\b";
    OF_MONTHS = r"^\s*(?:of|in) ";
    EDGE = r"^\s*(?:on )?(?:at )?(?:the )?(begin|beginning|start|end|last) (?:of )?(?:the )?";
    EACH_PERIOD = r"^\s*(?:of |day of )?(?:each|every) (?:(other|\d{1,2}(?:st|nd|rd|th)?|second|third|two|three|four|six) )?(months?|years?|weeks?)\b";
}

/// "4th day", "first friday of the month", "4th and 10th of the month", "5th fri".
pub(super) fn by_rank(c: &mut Cursor) -> Option<Rule> {
    let ranks = c.ranks();
    let first = *ranks.first()?;
    let mut ahead = *c;
    ahead.at += ahead.rest().len() - ahead.rest().trim_start().len();
    let days = c.weekdays();
    if !days.is_empty() {
        if let Some(rule) = c.attempt(|c| nth_weekdays(c, &ranks, &days)) {
            return Some(rule);
        }
        if ranks.len() == 1 && first > 1 {
            return Some(Rule::every(Freq::Weekly, first).on(days));
        }
        let pairs = ranks
            .iter()
            .flat_map(|n| days.iter().map(move |d| (*n, *d)))
            .collect();
        return Some(Rule {
            weekdays: pairs,
            ..Rule::every(Freq::Monthly, 1)
        });
    }
    if let Some(rule) = c.attempt(|c| of_period(c, &ranks)) {
        return Some(rule);
    }
    if let Some(rule) = c.attempt(|c| of_named_month(c, &ranks)) {
        return Some(rule);
    }
    if ranks.len() == 1 && first > 1 {
        c.at = ahead.at;
        if let Some(found) = c.eat(&GROUP) {
            return Some(Rule::every(Freq::Weekly, first).on(group_days(words(&found, 1))));
        }
        if let Some(found) = c.eat(&UNIT_OF) {
            let (freq, times) = unit(words(&found, 1))?;
            return Some(Rule::every(freq, first * times));
        }
    }
    // "every 15th"
    (ranks.iter().all(|n| (-1..=31).contains(n))).then(|| Rule {
        month_days: ranks,
        ..Rule::every(Freq::Monthly, 1)
    })
}

/// "… friday [and second tuesday] of each month", "… thursday in november".
fn nth_weekdays(c: &mut Cursor, ranks: &[i64], days: &[Weekday]) -> Option<Rule> {
    let mut pairs: Vec<(i64, Weekday)> = ranks
        .iter()
        .flat_map(|n| days.iter().map(move |d| (*n, *d)))
        .collect();
    while let Some(more) = c.attempt(|c| {
        c.eat(&super::cursor::AND)?;
        let ranks = c.ranks();
        let days = c.weekdays();
        let more: Vec<(i64, Weekday)> = ranks
            .iter()
            .flat_map(|n| days.iter().map(move |d| (*n, *d)))
            .collect();
        (!more.is_empty()).then_some(more)
    }) {
        pairs.extend(more);
    }
    if let Some(found) = c.eat(&OF_PERIOD) {
        let (freq, times) = unit(words(&found, 2))?;
        return Some(Rule {
            weekdays: pairs,
            ..Rule::every(freq, times * interval(words(&found, 1)))
        });
    }
    c.eat(&OF_MONTHS)?;
    let months = c.list(Cursor::month);
    (!months.is_empty()).then(|| Rule {
        months,
        weekdays: pairs,
        ..Rule::every(Freq::Yearly, 1)
    })
}

fn interval(word: &str) -> i64 {
    match word {
        "" => 1,
        "other" | "alternate" => 2,
        word => number::ordinal(word)
            .or_else(|| number::cardinal(word))
            .unwrap_or(1),
    }
}

fn of_period(c: &mut Cursor, ranks: &[i64]) -> Option<Rule> {
    let found = c.eat(&OF_PERIOD).or_else(|| c.eat(&EACH_PERIOD))?;
    by_day_of(ranks, unit(words(&found, 2))?, interval(words(&found, 1)))
}

fn by_day_of(ranks: &[i64], unit: (Freq, i64), interval: i64) -> Option<Rule> {
    let rule = Rule::every(unit.0, unit.1 * interval);
    let ranks = ranks.to_vec();
    Some(match unit.0 {
        Freq::Yearly => Rule {
            year_days: ranks,
            ..rule
        },
        Freq::Monthly if ranks.iter().all(|n| n.abs() <= 31) => Rule {
            month_days: ranks,
            ..rule
        },
        _ => return None,
    })
}

/// "4th of july" after "every".
fn of_named_month(c: &mut Cursor, ranks: &[i64]) -> Option<Rule> {
    c.eat(&DAY);
    c.eat(&OF_MONTHS)?;
    let months = c.list(Cursor::month);
    (!months.is_empty()).then(|| Rule {
        months,
        month_days: ranks.to_vec(),
        ..Rule::every(Freq::Yearly, 1)
    })
}

/// "the 4th of every month", "first and third friday of each month": "every" comes last.
pub(super) fn ranked(c: &mut Cursor) -> Option<Rule> {
    let ranks = c.ranks();
    ranks.first()?;
    let days = c.weekdays();
    let before = c.at;
    let rule = if days.is_empty() {
        of_period(c, &ranks)?
    } else {
        nth_weekdays(c, &ranks, &days)?
    };
    // "the first friday of the month" is one day, "of each month" comes back.
    let said = c.eaten_since(before);
    (said.contains("each ") || said.contains("every ")).then_some(rule)
}

/// "end of each month", "beginning of every year".
pub(super) fn edge(c: &mut Cursor) -> Option<Rule> {
    let found = c.eat(&EDGE)?;
    let last = matches!(words(&found, 1), "end" | "last");
    let found = c.eat(&EACH_PERIOD)?;
    by_day_of(
        &[if last { -1 } else { 1 }],
        unit(words(&found, 2))?,
        interval(words(&found, 1)),
    )
}
