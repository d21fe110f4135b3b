//! Recurrences in words: "every other friday", "the last day of each month", "every wed until november except in may".

mod bounds;
pub(crate) mod cursor;
mod head;
mod ranked;
mod rule;
mod tail;

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use contract::interpret::{From, Moment, Repeat};

use crate::context::Context;
use crate::pattern::patterns;
use crate::text::Text;

use cursor::Cursor;
pub(crate) use rule::{Freq, Rule};

patterns! {
    /// Where a recurrence may begin.
    LEAD = r"\b(?:(?:starting|beginning|from)\b|(?:on )?(?:the )?(?:every|each|daily|everyday|nightly|hourly|weekly|monthly|yearly|annually|quarterly|bi-?weekly|fortnightly|bi-?monthly|once|weekdays?|weekends|workdays|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|mon|tues?|wed|thu|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|begin|beginning|start|end|last|first|second|third|fourth|fifth|(?:twenty|thirty)[ -]\w+|\w+teenth|\w+tieth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,3}(?:st|nd|rd|th)|\d+ (?:days?|weeks?|months?|years?) after))\b";
    /// Words without which nothing comes back.
    HINT = r"\b(?:every|each|daily|everyday|nightly|hourly|weekly|monthly|yearly|annually|quarterly|bi-?weekly|fortnightly|bi-?monthly|once (?:a|an|per)|weekdays|weekends|workdays|\w+days\b|after (?:completion|completing|i|it|its|it's|the last|done|finish\w*|doing|being)|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]* ?(?:-|to|thru|through) ?(?:mon|tue|wed|thu|fri|sat|sun))";
    /// What makes the rule before it something a rule cannot say: "twice weekly".
    TIMES = r"\b(?:twice|thrice|(?:two|three|four|five|\d+) times)(?: (?:a|per|each|every))?\s*$";
    COUNTED = r"\b(?:NUM|these|those|many|most|some|few|several)\s+$";
    /// "april 15 every year": the number is not of what comes after it.
    EACH = r"^(?:on )?(?:the )?(?:every|each)\b";
    /// "12 march every year"
    DAY_BEFORE = r"(?:\bon )?(?:\bthe )?\b(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? MON|MON \d{1,2}(?:st|nd|rd|th)?),?\s+$";
    /// "lunch tomorrow, repeat weekly"
    REPEATS = r"(?:[,;] ?(?:and )?|\band )(?:repeat(?:s|ing)?|recur(?:s|ring)?)(?: it)?\s+$";
    OWNED = r"\b(?:my|the|our|a|an|this|that|his|her|their|your)\s+$";
    ADJECTIVE = r"^(?P<the>the )?(?:daily|nightly|hourly|weekly|monthly|yearly|annual|quarterly|weekday|weekend)\b\s*(?P<next>[^\s]*)";
    CONNECTS = r"^(?:$|[~|,.;:@#+!\d]|(?:on|at|in|for|until|till|from|starting|beginning|except|excluding|but|and|or|with|would|twice|once|by|remind|to|the|every|after|please|when|if|so)\b)";
    TIME_BEFORE = r"(?:\bat |@ ?)?(?:\d{1,2}(?:[:.]\d\d)?\s?(?:a\.?m\.?|p\.?m\.?)|noon|midnight)(?: on)?(?: the)?\s*$|\b(?:at|@) ?\d{1,2}(?:[:.]\d\d)?(?: on)?(?: the)?\s*$";
    AT_AFTER = r"^(?:at |@ ?)";
}

/// A recurrence in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recurring {
    pub(crate) range: Range<usize>,
    pub(crate) rule: Rule,
    pub(crate) from: From,
    /// Not before.
    pub(crate) start: Option<Date>,
    pub(crate) exclude: Vec<DateTime>,
}

/// The first recurrence in the text.
pub(crate) fn find(text: &Text, context: &Context) -> Option<Recurring> {
    if !HINT.is_match(&text.work) {
        return None;
    }
    let mut from = 0;
    while let Some(lead) = LEAD.find_at(&text.work, from) {
        from = next_word(&text.work, lead.start());
        let before = text.work.get(..lead.start()).unwrap_or_default();
        // "three fridays from now" is one day, "my weekly plan" is a thing.
        if TIMES.is_match(before)
            || COUNTED.is_match(before) && !EACH.is_match(lead.as_str())
            || adjective(before, text.work.get(lead.start()..).unwrap_or_default())
        {
            continue;
        }
        if let Some(found) = read(text, lead.start(), context) {
            return Some(found);
        }
    }
    None
}

/// "the quarterly report" and "submit weekly report" name a thing; "weekly report" alone comes back.
fn adjective(before: &str, rest: &str) -> bool {
    ADJECTIVE.captures(rest).is_some_and(|found| {
        let thing = !CONNECTS.is_match(found.name("next").map_or("", |m| m.as_str()));
        let owned = found.name("the").is_some() || OWNED.is_match(before);
        owned || thing && before.ends_with(' ') && !before.trim_end().ends_with([',', '|', ':'])
    })
}

fn next_word(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find([' ', ',', '-']))
        .map_or(text.len(), |n| at + n + 1)
}

fn read(text: &Text, at: usize, context: &Context) -> Option<Recurring> {
    let mut c = Cursor::new(&text.work, at);
    let mut bounds = bounds::Bounds::default();
    // "starting tomorrow, on weekends"
    bounds.read_start(&mut c, context);
    let mut head = head::read(&mut c)?;
    // "9am on the 15th of every month"
    let mut start = at;
    if head.rule.times.is_empty()
        && let Some(clock) = TIME_BEFORE.find(text.work.get(..at)?)
    {
        let mut before = Cursor::new(&text.work, clock.start());
        before.eat(&AT_AFTER);
        if let Some(time) = before.clock() {
            head.rule.times.push(time);
            start = clock.start();
        }
    }
    if head.loose
        && head.rule.freq == Freq::Yearly
        && let Some(found) = DAY_BEFORE.find(text.work.get(..start)?)
    {
        let mut before = Cursor::new(&text.work, found.start());
        if tail::named_month(&mut before, &mut head.rule, true) {
            start = found.start();
            head.loose = false;
        }
    }
    if let Some(said) = REPEATS.find(text.work.get(..start)?) {
        start = said.start();
    }
    loop {
        let before = c.at;
        if !tail::read(&mut c, &mut head.rule, head.loose) {
            bounds.read(&mut c, &mut head.rule, context);
        }
        if c.at == before {
            break;
        }
        head.loose = false;
    }
    if head.rule.times.is_empty() {
        head.rule.times.extend(bounds.time);
    }
    let exclude = bounds.finish(&mut head.rule, context);
    Some(Recurring {
        range: start..c.at,
        rule: head.rule,
        from: head.from,
        start: bounds.start,
        exclude,
    })
}

impl Recurring {
    /// The first occurrence and the recurrence, given a time of day that was said elsewhere in the text.
    pub(crate) fn resolve(
        &self,
        time: Option<(i8, i8)>,
        context: &Context,
    ) -> Option<(Moment, Repeat)> {
        let now = context.now.datetime();
        let mut rule = self.rule.clone();
        if rule.times.is_empty() {
            rule.times.extend(time);
        }
        if rule.freq < Freq::Daily {
            return self.within_a_day(&rule, context);
        }
        let from = self.start.unwrap_or(now.date());
        let clock = rule.times.first().copied();
        let moment = |day: Date| clock.map_or(day.at(23, 59, 59, 0), |(h, m)| day.at(h, m, 0, 0));
        let first = rule
            .days_from(from)
            .find(|d| moment(*d) >= now && !self.exclude.iter().any(|x| x.date() == *d));
        let first = if self.from == From::Completion {
            Some(from)
        } else {
            first
        };
        let first = first?;
        let zone = context.now.time_zone();
        let until = rule.until.map(|day| until(day, clock.is_some(), context));
        let start = clock.map(|(h, m)| first.at(h, m, 0, 0));
        let write = |at: DateTime| {
            if start.is_some() {
                at.to_string()
            } else {
                at.date().to_string()
            }
        };
        let repeat = Repeat {
            rrule: rule.rrule(first, until),
            from: self.from,
            start: start.map_or(first.to_string(), |s| s.to_string()),
            time_zone: start.and_then(|_| zone.iana_name().map(str::to_owned)),
            include: Vec::new(),
            exclude: self
                .exclude
                .iter()
                .map(|x| write(clock.map_or(*x, |(h, m)| x.date().at(h, m, 0, 0))))
                .collect(),
            missed: None,
        };
        let mut piece = crate::date::Piece::day(0..0, first, contract::interpret::Grain::Day);
        if let Some((h, m)) = clock {
            piece.time = jiff::civil::Time::new(h, m, 0, 0).ok();
            piece.grain = contract::interpret::Grain::Minute;
        }
        Some((piece.moment(context)?, repeat))
    }

    /// By the hour or faster: it starts now.
    fn within_a_day(&self, rule: &Rule, context: &Context) -> Option<(Moment, Repeat)> {
        let now = context.now.datetime().round(jiff::Unit::Second).ok()?;
        let at = match (self.start, rule.times.first()) {
            (Some(day), time) => time.map_or(day.at(0, 0, 0, 0), |(h, m)| day.at(*h, *m, 0, 0)),
            (None, Some((h, m))) => now.date().at(*h, *m, 0, 0),
            (None, None) => now,
        };
        let mut rule = rule.clone();
        rule.times.clear();
        let until = rule.until.map(|day| until(day, true, context));
        let zone = context.now.time_zone().iana_name().map(str::to_owned);
        let repeat = Repeat {
            rrule: rule.rrule(at.date(), until),
            from: self.from,
            start: at.to_string(),
            time_zone: zone,
            include: Vec::new(),
            exclude: self.exclude.iter().map(ToString::to_string).collect(),
            missed: None,
        };
        let mut piece =
            crate::date::Piece::day(0..0, at.date(), contract::interpret::Grain::Minute);
        piece.time = Some(at.time());
        Some((piece.moment(context)?, repeat))
    }

    /// Whether nothing says on which day, or from which: "every week".
    pub(crate) fn is_loose(&self) -> bool {
        let rule = &self.rule;
        let days = rule.weekdays.len() + rule.month_days.len() + rule.year_days.len();
        let named = days + rule.months.len() + rule.weeks.len();
        self.start.is_none() && named == 0 && rule.freq >= Freq::Daily
    }

    /// Whether it comes back faster than a task can (twice an hour or more).
    pub(crate) fn too_frequent(&self) -> bool {
        self.rule.freq < Freq::Hourly
    }
}

/// RFC 5545: a date for a series of dates, else an instant in UTC; the named day is in.
fn until(day: Date, timed: bool, context: &Context) -> String {
    let end = day
        .tomorrow()
        .ok()
        .and_then(|d| d.to_zoned(context.now.time_zone().clone()).ok())
        .and_then(|z| z.checked_sub(1.second()).ok());
    match end {
        Some(end) if timed => end.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string(),
        _ => day.strftime("%Y%m%d").to_string(),
    }
}

/// Builds the patterns ahead of the first use.
pub(crate) fn warm_all() {
    warm();
    cursor::warm();
    head::warm();
    ranked::warm();
    tail::warm();
    bounds::warm();
}
