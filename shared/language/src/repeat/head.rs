//! What a recurrence begins with: "every other week", "daily", "tuesdays", "the first friday of each month".

use contract::interpret::From;
use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::cursor::Cursor;
use super::ranked::{OF_PERIOD, by_rank, edge, ranked};
use super::rule::{Freq, Rule};
use crate::number;
use crate::pattern::{patterns, words};

patterns! {
    ON = r"^\s*(?:on )?(?:the )?";
    EVERY = r"^(?:every|each)(?: single)?\s+";
    EVERYDAY = r"^everyday\b";
    ADVERB = r"^(daily|nightly|hourly|weekly|bi-?weekly|fortnightly|monthly|bi-?monthly|quarterly|yearly|annually)\b";
    ONCE = r"^once (?:a|an|per|each|every)\s+";
    OTHER = r"^(?:other|alternate|alternating)\s+";
    COUNT = r"^(\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty[ -]five|sixty|ninety|couple of|few)\s+";
    UNIT_OF = r"^(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?)\b";
    GROUP = r"^(weekdays?|workdays?|work days?|working days?|business days?|weekends?)\b";
    PART = r"^(mornings?|afternoons?|evenings?|nights?)\b";
    PLURAL = r"^(?:weekdays|weekends|workdays|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b";
    OF_THE_PERIOD = r"^\s*(?:day )?(?:of|in) (?:the|a) (month|year)\b";
    BARE = r"^\s*(?:the )?(\d{1,2})(?:\s|,|$|\|)";
    AFTER_DONE = r"^(?:(?:every|each) )?(\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten) (days?|weeks?|months?|years?) after (?:completion|completing(?: it)?|i(?:'ve| have)? (?:complete|finish|do|did|done|finished|completed)(?: it)?|it(?:'s| is)? (?:done|finished|completed?)|its completion|the last (?:time|one|completion)|being done|finishing(?: it)?|doing it|done)\b";
    WHEN_DONE = r"^\s*(?:after|from|since) (?:completion|completing(?: it)?|i(?:'ve| have)? (?:complete|finish|do|did|done|finished|completed)(?: it)?|it(?:'s| is) (?:done|finished|completed)|the last (?:time|one|completion)|finishing(?: it)?|doing it|last done)\b";
    TO_SPAN = r"^\s*(?:-|to\b|thru\b|through\b)";
}

/// A rule without its limits.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) rule: Rule,
    pub(crate) from: From,
    /// Nothing yet says on which day: "every week".
    pub(crate) loose: bool,
}

impl Head {
    fn new(rule: Rule) -> Self {
        let loose =
            rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty();
        Self {
            rule,
            from: From::Schedule,
            loose,
        }
    }
}

/// Reads one at the cursor.
pub(crate) fn read(c: &mut Cursor) -> Option<Head> {
    c.eat(&ON);
    if let Some(head) = c.attempt(after_done) {
        return Some(head);
    }
    let mut head = c
        .attempt(every)
        .or_else(|| c.attempt(adverb))
        .or_else(|| c.attempt(once))
        .or_else(|| c.attempt(ranked))
        .or_else(|| c.attempt(edge))
        .or_else(|| c.attempt(plural))
        .map(Head::new)?;
    if c.eat(&WHEN_DONE).is_some() {
        head.from = From::Completion;
    }
    Some(head)
}

fn after_done(c: &mut Cursor) -> Option<Head> {
    let found = c.eat(&AFTER_DONE)?;
    let rule = Rule::every(
        unit(words(&found, 2))?.0,
        number::cardinal(words(&found, 1))?,
    );
    Some(Head {
        rule,
        from: From::Completion,
        loose: false,
    })
}

pub(super) fn unit(word: &str) -> Option<(Freq, i64)> {
    Some(match word.trim_end_matches('s') {
        "second" | "sec" => (Freq::Secondly, 1),
        "minute" | "min" => (Freq::Minutely, 1),
        "hour" | "hr" => (Freq::Hourly, 1),
        "day" => (Freq::Daily, 1),
        "week" | "wk" => (Freq::Weekly, 1),
        "fortnight" => (Freq::Weekly, 2),
        "month" => (Freq::Monthly, 1),
        "quarter" => (Freq::Monthly, 3),
        "year" | "yr" => (Freq::Yearly, 1),
        _ => return None,
    })
}

pub(super) fn group_days(word: &str) -> Vec<Weekday> {
    if word.starts_with("weekend") {
        vec![Saturday, Sunday]
    } else {
        vec![Monday, Tuesday, Wednesday, Thursday, Friday]
    }
}

fn part(word: &str) -> (i8, i8) {
    match word.trim_end_matches('s') {
        "morning" => (9, 0),
        "afternoon" => (15, 0),
        "evening" => (18, 0),
        _ => (21, 0),
    }
}

fn adverb(c: &mut Cursor) -> Option<Rule> {
    if c.eat(&EVERYDAY).is_some() {
        return Some(Rule::every(Freq::Daily, 1));
    }
    let found = c.eat(&ADVERB)?;
    Some(match words(&found, 1) {
        "daily" => Rule::every(Freq::Daily, 1),
        "nightly" => Rule {
            times: vec![part("night")],
            ..Rule::every(Freq::Daily, 1)
        },
        "hourly" => Rule::every(Freq::Hourly, 1),
        "weekly" => Rule::every(Freq::Weekly, 1),
        "monthly" => Rule::every(Freq::Monthly, 1),
        "bimonthly" | "bi-monthly" => Rule::every(Freq::Monthly, 2),
        "quarterly" => Rule::every(Freq::Monthly, 3),
        "yearly" | "annually" => Rule::every(Freq::Yearly, 1),
        _ => Rule::every(Freq::Weekly, 2),
    })
}

fn once(c: &mut Cursor) -> Option<Rule> {
    c.eat(&ONCE)?;
    counted(c)
}

fn every(c: &mut Cursor) -> Option<Rule> {
    c.eat(&EVERY)?;
    // "every second" is a unit, "every second day" and "every second and fourth friday" are not.
    if c.rest().starts_with("second") && !c.rest().starts_with("seconds") {
        let plain = c.attempt(|c| c.eat(&UNIT_OF)).is_some();
        let mut ahead = *c;
        let more =
            ahead.attempt(|a| a.eat(&super::cursor::AND)).is_some() && ahead.rank().is_some();
        let mut ahead = *c;
        ahead.eat(&ON);
        let names = {
            let mut a = *c;
            a.at += a.rest().len() - a.rest().trim_start().len();
            a.eat(&UNIT_OF).is_some()
                || a.eat(&GROUP).is_some()
                || a.weekday().is_some()
                || a.eat(&OF_PERIOD).is_some()
        };
        if plain && !more && !names {
            return Some(Rule::every(Freq::Secondly, 1));
        }
        c.at -= "second".len();
    }
    if let Some(rule) = c.attempt(by_month) {
        return Some(rule);
    }
    if let Some(rule) = c.attempt(by_rank) {
        return Some(rule);
    }
    counted(c)
}

/// "other week", "3 days", "weekday", "mon and fri", "morning".
fn counted(c: &mut Cursor) -> Option<Rule> {
    let interval = if c.eat(&OTHER).is_some() {
        2
    } else if let Some(found) = c.eat(&COUNT) {
        match words(&found, 1) {
            "couple of" => 2,
            "few" => 3,
            n => number::cardinal(n)?,
        }
    } else {
        1
    };
    if interval == 0 {
        return None;
    }
    if let Some(found) = c.eat(&GROUP) {
        let freq = Rule::every(Freq::Weekly, interval);
        return Some(freq.on(group_days(words(&found, 1))));
    }
    if let Some(found) = c.eat(&UNIT_OF) {
        let (freq, times) = unit(words(&found, 1))?;
        return Some(Rule::every(freq, interval * times));
    }
    if let Some(found) = c.eat(&PART) {
        let mut times = vec![part(words(&found, 1))];
        while let Some(more) = c.attempt(|c| {
            c.eat(&super::cursor::AND)?;
            c.eat(&PART)
        }) {
            times.push(part(words(&more, 1)));
        }
        return Some(Rule {
            times,
            ..Rule::every(Freq::Daily, interval)
        });
    }
    let days = c.weekdays();
    if days.is_empty() {
        return None;
    }
    let mut rule = Rule::every(Freq::Weekly, interval).on(days);
    // "every monday morning"
    let before = c.at;
    c.at += c.rest().len() - c.rest().trim_start().len();
    match c.eat(&PART) {
        Some(found) => rule.times.push(part(words(&found, 1))),
        None => c.at = before,
    }
    Some(rule)
}

/// "july 4th", "aug 30", "december", "29 february".
fn by_month(c: &mut Cursor) -> Option<Rule> {
    let mut rule = Rule::every(Freq::Yearly, 1);
    if let Some((day, month)) = c.day_and_month() {
        rule.months = vec![month];
        rule.month_days = vec![day];
        return Some(rule);
    }
    let month = c.month()?;
    rule.months = vec![month];
    rule.month_days = month_days(c);
    if rule.month_days.is_empty() {
        rule.month_days.push(1);
    }
    Some(rule)
}

/// "21st and 31st", "25": days after a month's name.
pub(crate) fn month_days(c: &mut Cursor) -> Vec<i64> {
    let bare = c.attempt(|c| {
        let found = c.eat(&BARE)?;
        words(&found, 1)
            .parse::<i64>()
            .ok()
            .filter(|n| (1..=31).contains(n))
    });
    match bare {
        Some(day) => vec![day],
        None => c.ranks(),
    }
}

/// "tuesdays and thursdays", "saturdays through tuesdays", "weekends".
fn plural(c: &mut Cursor) -> Option<Rule> {
    let plain = PLURAL.is_match(c.rest());
    if plain && let Some(found) = c.eat(&GROUP) {
        return Some(Rule::every(Freq::Weekly, 1).on(group_days(words(&found, 1))));
    }
    let mut ahead = *c;
    ahead.weekday()?;
    let spanned = TO_SPAN.is_match(ahead.rest());
    let before = c.at;
    let days = c.weekdays();
    let said = c.eaten_since(before);
    let plural = said
        .split(|x: char| !x.is_ascii_alphabetic())
        .any(number::plural_weekday);
    (plural || plain || spanned && days.len() > 1 && said.contains('-'))
        .then(|| Rule::every(Freq::Weekly, 1).on(days))
}
