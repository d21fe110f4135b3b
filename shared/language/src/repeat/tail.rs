//! What follows the head: on which days, in which months, at what times.

use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::cursor::Cursor;
use super::head::month_days;
use super::rule::{Freq, Rule};
use crate::pattern::{patterns, words};

patterns! {
    WITH = r"^[\s,]*(?:(?:on|in|of|at|during)\s+)?(?:the\s+)?";
    AT = r"^[\s,]*(?:at |@ ?)";
    IN_PART = r"^[\s,]*(?:in the |at )(morning|afternoon|evening|night)s?\b";
    GROUPS = r"^(weekdays?|workdays?|weekends?)\b";
    WEEK_NUMBER = r"^[\s,]*(?:in |on |during )?(?:the )?week (\d{1,2})\b";
    INSTANCE = r"^\s*(?:instances?|occurrences?) of\b";
    EDGE = r"^[\s,]*(?:at|on) (?:the )?(start|beginning|begin|end|last day|last)\b(?: of the (?:month|year))?";
    DAY_OF_PERIOD = r"^\s*(?:days?)?(?:\s*of (?:the|each|every) (?:month|year|week))?";
    OF_IN = r"^\s*(?:of|in)\s+";
    IN_MONTHS = r"^[\s,]*(?:in|of|during)\s+";
    CLOCK_BARE = r"^\s+\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|a\.m|p\.m)\b";
}

/// Reads one more detail into `rule`. `loose`: nothing yet says on which day.
pub(crate) fn read(c: &mut Cursor, rule: &mut Rule, loose: bool) -> bool {
    times(c, rule)
        || edge(c, rule, loose)
        || week_number(c, rule)
        || named_month(c, rule, loose)
        || ranks(c, rule, loose)
        || weekdays(c, rule)
        || months(c, rule)
}

fn times(c: &mut Cursor, rule: &mut Rule) -> bool {
    if !rule.times.is_empty() && !CLOCK_BARE.is_match(c.rest()) && !AT.is_match(c.rest()) {
        return false;
    }
    if let Some(found) = c.eat(&IN_PART) {
        let time = match words(&found, 1) {
            "morning" => (9, 0),
            "afternoon" => (15, 0),
            "evening" => (18, 0),
            _ => (21, 0),
        };
        rule.times = vec![time];
        return true;
    }
    let read = c.attempt(|c| {
        let bare = CLOCK_BARE.is_match(c.rest());
        if !bare {
            c.eat(&AT)?;
        }
        let times = c.list(Cursor::clock);
        (!times.is_empty()).then_some(times)
    });
    let Some(mut times) = read else {
        return false;
    };
    // "every evening at 7"
    if rule.times.iter().any(|(hour, _)| *hour >= 15) {
        for (hour, _) in times.iter_mut().filter(|(hour, _)| (4..12).contains(hour)) {
            *hour += 12;
        }
    }
    rule.times = times;
    true
}

fn edge(c: &mut Cursor, rule: &mut Rule, loose: bool) -> bool {
    if !loose || !matches!(rule.freq, Freq::Monthly | Freq::Yearly) {
        return false;
    }
    let read = c.attempt(|c| {
        let found = c.eat(&EDGE)?;
        // "on the last friday" is a rank.
        let mut ahead = *c;
        (words(&found, 1) != "last"
            || ahead.weekday().is_none() && !INSTANCE.is_match(ahead.rest()))
        .then(|| {
            if words(&found, 1).starts_with(['s', 'b']) {
                1
            } else {
                -1
            }
        })
    });
    let Some(day) = read else { return false };
    if rule.freq == Freq::Monthly {
        rule.month_days = vec![day];
    } else {
        rule.year_days = vec![day];
    }
    true
}

fn week_number(c: &mut Cursor, rule: &mut Rule) -> bool {
    if rule.freq != Freq::Yearly {
        return false;
    }
    let week = c.attempt(|c| {
        words(&c.eat(&WEEK_NUMBER)?, 1)
            .parse::<i64>()
            .ok()
            .filter(|n| (1..=53).contains(n))
    });
    week.map(|n| rule.weeks.push(n)).is_some()
}

/// "on the 4th", "on the fourth thursday in november", "on the first and last instance of wed and fri".
fn ranks(c: &mut Cursor, rule: &mut Rule, loose: bool) -> bool {
    if !loose || rule.freq < Freq::Daily {
        return false;
    }
    let read = c.attempt(|c| {
        c.eat(&WITH);
        let ranks = c.ranks();
        let first = *ranks.first()?;
        let mut new = rule.clone();
        if c.eat(&INSTANCE).is_some() {
            let days = c.weekdays();
            new.positions = ranks;
            new = new.on(days);
            return (!new.weekdays.is_empty() && new.freq == Freq::Monthly).then_some(new);
        }
        let days = c.weekdays();
        if !days.is_empty() {
            new.weekdays = ranks
                .iter()
                .flat_map(|n| days.iter().map(move |d| (*n, *d)))
                .collect();
            new.months = c
                .attempt(|c| {
                    c.eat(&OF_IN)
                        .map(|_| c.list(Cursor::month))
                        .filter(|m| !m.is_empty())
                })
                .unwrap_or_default();
            return matches!(new.freq, Freq::Monthly | Freq::Yearly).then_some(new);
        }
        c.eat(&DAY_OF_PERIOD);
        let months = c.attempt(|c| {
            c.eat(&OF_IN)
                .map(|_| c.list(Cursor::month))
                .filter(|m| !m.is_empty())
        });
        match (new.freq, months) {
            (Freq::Yearly, Some(months)) => {
                new.months = months;
                new.month_days = ranks;
            }
            (Freq::Yearly, None) => new.year_days = ranks,
            (Freq::Monthly, None) => new.month_days = ranks,
            (Freq::Weekly, None) if (1..=7).contains(&first) => {
                let week = [
                    Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday,
                ];
                new = new.on(ranks.iter().filter_map(|n| {
                    usize::try_from(n - 1)
                        .ok()
                        .and_then(|i| week.get(i))
                        .copied()
                }));
            }
            _ => return None,
        }
        Some(new)
    });
    read.map(|new| *rule = new).is_some()
}

/// "on december 21st and 31st", "on 29 february".
pub(super) fn named_month(c: &mut Cursor, rule: &mut Rule, loose: bool) -> bool {
    if !loose || rule.freq != Freq::Yearly {
        return false;
    }
    let read = c.attempt(|c| {
        c.eat(&WITH);
        if let Some((day, month)) = c.day_and_month() {
            return Some((month, vec![day]));
        }
        let month = c.month()?;
        let days = month_days(c);
        (!days.is_empty()).then_some((month, days))
    });
    read.map(|(month, days)| {
        rule.months = vec![month];
        rule.month_days = days;
    })
    .is_some()
}

fn weekdays(c: &mut Cursor, rule: &mut Rule) -> bool {
    if rule.freq < Freq::Daily || !rule.weekdays.is_empty() {
        return false;
    }
    let read = c.attempt(|c| {
        c.eat(&WITH);
        if let Some(found) = c.eat(&GROUPS) {
            return Some(if words(&found, 1).starts_with("weekend") {
                vec![Saturday, Sunday]
            } else {
                vec![Monday, Tuesday, Wednesday, Thursday, Friday]
            });
        }
        let days = c.weekdays();
        (!days.is_empty()).then_some(days)
    });
    let Some(days) = read else { return false };
    if rule.freq == Freq::Daily && rule.interval == 1 {
        rule.freq = Freq::Weekly;
    }
    *rule = rule.clone().on(days);
    true
}

/// "in july and august".
fn months(c: &mut Cursor, rule: &mut Rule) -> bool {
    if !rule.months.is_empty() {
        return false;
    }
    let read = c.attempt(|c| {
        c.eat(&IN_MONTHS)?;
        let months = c.list(Cursor::month);
        (!months.is_empty()).then_some(months)
    });
    read.map(|months| rule.months = months).is_some()
}
