//! Eats a text phrase by phrase.

use regex::Captures;

use crate::number;
use crate::pattern::{Pattern, patterns, words};

use jiff::civil::Weekday;

patterns! {
    RANK = r"^[\s,]*(?:on )?(?:the )?(\d{1,3}(?:st|nd|rd|th)|(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|last)(\s+to\s+(?:the\s+)?last|\s+last)?\b";
    AND = r"^\s*(?:,\s*(?:and\s+|or\s+)?|and\s+|&\s*|or\s+|\+\s*)";
    WEEKDAY = r"^\s*(mondays?|mon|tuesdays?|tues?|wednesdays?|wednsdays?|wensdays?|wedensdays?|weds?|thursdays?|thurs?|thu|fridays?|fri|saturdays?|saterdays?|sat|sundays?|sun)\b\.?(?:'s)?";
    THROUGH = r"^\s*(?:-|to\b|through\b|thru\b|until\b|till\b)\s*";
    DAY_OF = r"^\s*(?:the )?(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?";
    MONTH = r"^\s*(MON)\b\.?";
    CLOCK = r"^\s*(\d{1,2})(?:[:.h](\d\d))?\s?(a\.?m\b\.?|p\.?m\b\.?|a\b|p\b|o'?clock\b)?|^\s*(noon|midday|midnight)\b|^\s*(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (fifteen|thirty|forty[ -]five))?(?: ?(a\.?m\b\.?|p\.?m\b\.?|o'?clock\b))?";
    AT = r"^\s*(?:at |@ ?)";
    COUNTABLE = r"^\s*(?:%|st\b|nd\b|rd\b|th\b|times|days?|weeks?|months?|years?|hours?|minutes?|[/-]\d|of\b)";
}

/// A position in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    pub(crate) at: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What lies between an earlier position and this one.
    pub(crate) fn eaten_since(&self, at: usize) -> &'t str {
        self.text.get(at..self.at).unwrap_or_default()
    }

    /// Moves past `pattern` (which starts with `^`) where it matches here.
    pub(crate) fn eat(&mut self, pattern: &Pattern) -> Option<Captures<'t>> {
        let found = pattern.captures(self.rest())?;
        self.at += found.get(0).map_or(0, |m| m.end());
        Some(found)
    }

    /// Tries `read`; where it gives nothing, nothing was eaten.
    pub(crate) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let value = read(self);
        if value.is_none() {
            self.at = before;
        }
        value
    }

    /// Past an "at".
    pub(crate) fn after_at(mut self) -> Self {
        self.eat(&AT);
        self
    }

    /// One or more of what `read` reads, with commas and "and" between.
    pub(crate) fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        while all.len() < 32 {
            let next = self.attempt(|c| {
                if !all.is_empty() {
                    c.eat(&AND)?;
                }
                read(c)
            });
            match next {
                Some(value) => all.push(value),
                None => break,
            }
        }
        all
    }

    /// "4th", "last", "2nd to the last": negative counts from the end.
    pub(crate) fn rank(&mut self) -> Option<i64> {
        self.attempt(|c| {
            let found = c.eat(&RANK)?;
            let n = if words(&found, 1) == "last" {
                -1
            } else {
                number::ordinal(words(&found, 1))?
            };
            Some(if found.get(2).is_some() { -n } else { n })
        })
    }

    pub(crate) fn ranks(&mut self) -> Vec<i64> {
        self.list(Self::rank)
    }

    /// "mon", "saturday thru tuesday".
    pub(crate) fn weekdays(&mut self) -> Vec<Weekday> {
        let mut all: Vec<Weekday> = Vec::new();
        for span in self.list(Self::weekday_span) {
            for day in span {
                if !all.contains(&day) {
                    all.push(day);
                }
            }
        }
        all
    }

    pub(crate) fn weekday(&mut self) -> Option<Weekday> {
        self.attempt(|c| number::weekday(words(&c.eat(&WEEKDAY)?, 1)))
    }

    fn weekday_span(&mut self) -> Option<Vec<Weekday>> {
        let first = self.weekday()?;
        let last = self.attempt(|c| {
            c.eat(&THROUGH)?;
            c.weekday()
        });
        let mut days = vec![first];
        let mut day = first;
        while last.is_some_and(|last| day != last) {
            day = day.next();
            days.push(day);
        }
        Some(days)
    }

    pub(crate) fn month(&mut self) -> Option<i8> {
        self.attempt(|c| number::month(words(&c.eat(&MONTH)?, 1)))
    }

    /// "29 february", "the 4th of july".
    pub(crate) fn day_and_month(&mut self) -> Option<(i64, i8)> {
        self.attempt(|c| {
            let day = words(&c.eat(&DAY_OF)?, 1).parse().ok()?;
            let month = c.month()?;
            (1..=31).contains(&day).then_some((day, month))
        })
    }

    /// "3pm", "15:00", "noon": hour and minute; without a half of the day 1 to 6 are in the afternoon.
    pub(crate) fn clock(&mut self) -> Option<(i8, i8)> {
        self.attempt(|c| {
            let found = c.eat(&CLOCK)?;
            if let Some(word) = found.get(4) {
                return Some(if word.as_str() == "midnight" {
                    (0, 0)
                } else {
                    (12, 0)
                });
            }
            let (hour, minute, half) = match found.get(5) {
                Some(hour) => {
                    let minute = match words(&found, 6) {
                        "fifteen" => 15,
                        "thirty" => 30,
                        "" => 0,
                        _ => 45,
                    };
                    (
                        number::cardinal(hour.as_str())? as i8,
                        minute,
                        words(&found, 7),
                    )
                }
                None => (
                    words(&found, 1).parse().ok()?,
                    words(&found, 2).parse().unwrap_or(0),
                    words(&found, 3),
                ),
            };
            if half.is_empty() && COUNTABLE.is_match(c.rest()) {
                return None;
            }
            let padded = words(&found, 1).starts_with('0');
            let hour = match (half.chars().next(), hour) {
                (Some('a'), 1..=12) => hour % 12,
                (Some('p'), 1..=12) => hour % 12 + 12,
                (None | Some('o'), 1..=6) if !padded => hour + 12,
                (_, 24) => 0,
                _ => hour,
            };
            ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
        })
    }
}
