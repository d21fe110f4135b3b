//! RRULE text to [`Rule`]: strict about what it means, tolerant of case, a prefix and one trailing semicolon.

use std::str::FromStr;

use jiff::civil::{Date, DateTime, Weekday};

use super::RuleError;
use super::rule::{ByDay, End, Freq, Rule, Skip, Until, WEEKDAYS};

/// Longest rule that is read, in bytes: every list of every part fits.
const LONGEST: usize = 8_000;

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.len() > LONGEST {
            return Err(RuleError::invalid(
                "rrule",
                format!("the rule is longer than {LONGEST} characters"),
            ));
        }
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let text = text.strip_suffix(';').unwrap_or(text);
        let mut draft = Draft::default();
        for part in text.split(';') {
            let Some((name, value)) = part.split_once('=') else {
                let words = "a rule is parts like FREQ=WEEKLY;BYDAY=FR, each a name, = and a value";
                return Err(RuleError::invalid("rrule", words));
            };
            draft.read(name, value)?;
        }
        draft.finish()
    }
}

/// Parts as they come; each name once.
#[derive(Default)]
struct Draft {
    seen: Vec<String>,
    freq: Option<Freq>,
    interval: Option<u32>,
    count: Option<u32>,
    until: Option<Until>,
    week_start: Option<Weekday>,
    skip: Option<Skip>,
    rscale: bool,
    by_day: Vec<ByDay>,
    lists: [Vec<i16>; LISTS.len()],
}

/// Name, lowest, highest, and whether minus (and so counting from the end) is allowed.
const LISTS: [(&str, i16, i16, bool); 8] = [
    ("BYMONTH", 1, 12, false),
    ("BYWEEKNO", 1, 53, true),
    ("BYYEARDAY", 1, 366, true),
    ("BYMONTHDAY", 1, 31, true),
    ("BYHOUR", 0, 23, false),
    ("BYMINUTE", 0, 59, false),
    ("BYSECOND", 0, 60, false),
    ("BYSETPOS", 1, 366, true),
];

impl Draft {
    fn read(&mut self, name: &str, value: &str) -> Result<(), RuleError> {
        if self.seen.iter().any(|seen| seen == name) {
            return Err(RuleError::invalid(
                name,
                format!("{} is given twice: keep one", short(name)),
            ));
        }
        self.seen.push(name.to_owned());
        let wrong = |what: &str| {
            RuleError::invalid(
                name,
                format!("{name} must be {what}, not {:?}", short(value)),
            )
        };
        match name {
            "FREQ" => {
                let known = Freq::ALL.iter().find(|(_, known)| *known == value);
                let (freq, _) =
                    known.ok_or_else(|| wrong("DAILY, WEEKLY, MONTHLY, YEARLY or HOURLY"))?;
                self.freq = Some(*freq);
            }
            "INTERVAL" => {
                let interval = number(value).filter(|interval| *interval > 0);
                self.interval = Some(interval.ok_or_else(|| wrong("a whole number from 1"))?);
            }
            "COUNT" => self.count = Some(number(value).ok_or_else(|| wrong("a whole number"))?),
            "UNTIL" => {
                let until = until(value)
                    .ok_or_else(|| wrong("a date like 20261231 or 20261231T225959Z"))?;
                self.until = Some(until);
            }
            "WKST" => {
                self.week_start =
                    Some(weekday(value).ok_or_else(|| wrong("MO, TU, WE, TH, FR, SA or SU"))?);
            }
            "RSCALE" if value == "GREGORIAN" => self.rscale = true,
            "RSCALE" => return Err(wrong("GREGORIAN")),
            "SKIP" => {
                self.skip = Some(match value {
                    "OMIT" => Skip::Omit,
                    "BACKWARD" => Skip::Backward,
                    "FORWARD" => Skip::Forward,
                    _ => return Err(wrong("OMIT, BACKWARD or FORWARD")),
                });
            }
            "BYDAY" => {
                for day in value.split(',') {
                    let day = by_day(day)
                        .ok_or_else(|| wrong("days like MO, 1TU (the first) or -1FR (the last)"))?;
                    self.by_day.push(day);
                }
            }
            _ => self.read_list(name, value)?,
        }
        Ok(())
    }

    fn read_list(&mut self, name: &str, value: &str) -> Result<(), RuleError> {
        let Some(at) = LISTS.iter().position(|(known, ..)| *known == name) else {
            return Err(RuleError::invalid(
                name,
                format!("{:?} is no part of a rule (RFC 5545)", short(name)),
            ));
        };
        let (_, low, high, minus) = LISTS[at];
        for item in value.split(',') {
            let number = signed(item, minus).filter(|number| (low..=high).contains(&number.abs()));
            let Some(number) = number else {
                let or = if minus {
                    ", or minus those to count from the end"
                } else {
                    ""
                };
                let words = format!(
                    "{name} takes numbers from {low} to {high}{or}, not {:?}",
                    short(item)
                );
                return Err(RuleError::invalid(name, words));
            };
            self.lists[at].push(number);
        }
        self.lists[at].sort_unstable();
        self.lists[at].dedup();
        Ok(())
    }

    fn finish(mut self) -> Result<Rule, RuleError> {
        let Some(freq) = self.freq else {
            return Err(RuleError::invalid(
                "FREQ",
                "a rule needs FREQ, for example FREQ=WEEKLY",
            ));
        };
        let end = match (self.count, self.until) {
            (Some(_), Some(_)) => {
                return Err(RuleError::invalid(
                    "COUNT",
                    "a rule ends by COUNT or by UNTIL: keep one",
                ));
            }
            (Some(count), None) => End::Count(count),
            (None, Some(until)) => End::Until(until),
            (None, None) => End::Never,
        };
        if self.skip.is_some() && !self.rscale {
            return Err(RuleError::invalid(
                "SKIP",
                "SKIP goes with RSCALE=GREGORIAN (RFC 7529): add it",
            ));
        }
        let by_day_key = |day: &ByDay| (day.nth, day.day.to_monday_zero_offset());
        self.by_day.sort_unstable_by_key(by_day_key);
        self.by_day.dedup();
        let [
            by_month,
            by_week_no,
            by_year_day,
            by_month_day,
            by_hour,
            by_minute,
            by_second,
            by_set_pos,
        ] = self.lists;
        let rule = Rule {
            freq,
            interval: self.interval.unwrap_or(1),
            end,
            week_start: self.week_start.unwrap_or(Weekday::Monday),
            by_month,
            by_week_no,
            by_year_day,
            by_month_day,
            by_day: self.by_day,
            by_hour,
            by_minute,
            by_second,
            by_set_pos,
            skip: self.skip.unwrap_or_default(),
        };
        consistent(&rule)?;
        Ok(rule)
    }
}

/// What RFC 5545 forbids although each part alone is fine. BYWEEKNO, BYYEARDAY and BYMONTHDAY are read as filters where the
/// RFC has no meaning for them, as all the well-known libraries do.
fn consistent(rule: &Rule) -> Result<(), RuleError> {
    let ordinals = rule.by_day.iter().any(|day| day.nth != 0);
    if ordinals && !matches!(rule.freq, Freq::Monthly | Freq::Yearly) {
        return Err(RuleError::invalid(
            "BYDAY",
            "numbered days (1MO, -1FR) go with FREQ=MONTHLY or FREQ=YEARLY only",
        ));
    }
    if ordinals && !rule.by_week_no.is_empty() {
        return Err(RuleError::invalid(
            "BYDAY",
            "numbered days (1MO, -1FR) do not go with BYWEEKNO: leave one out",
        ));
    }
    let narrowed = !(rule.by_month.is_empty()
        && rule.by_week_no.is_empty()
        && rule.by_year_day.is_empty()
        && rule.by_month_day.is_empty()
        && rule.by_day.is_empty()
        && rule.by_hour.is_empty()
        && rule.by_minute.is_empty()
        && rule.by_second.is_empty());
    if !rule.by_set_pos.is_empty() && !narrowed {
        return Err(RuleError::invalid(
            "BYSETPOS",
            "BYSETPOS picks from what another BY part gives: add one, as BYDAY",
        ));
    }
    Ok(())
}

/// Up to nine digits, nothing else.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn signed(text: &str, minus: bool) -> Option<i16> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') if minus => (-1, text.get(1..)?),
        Some(b'+') if minus => (1, text.get(1..)?),
        _ => (1, text),
    };
    let number = number(digits).and_then(|number| i16::try_from(number).ok())?;
    Some(sign * number)
}

fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS
        .iter()
        .find(|(_, name)| *name == text)
        .map(|(day, _)| *day)
}

fn by_day(text: &str) -> Option<ByDay> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = weekday(day)?;
    if nth.is_empty() {
        return Some(ByDay { nth: 0, day });
    }
    let nth = signed(nth, true).filter(|nth| (1..=53).contains(&nth.abs()))?;
    Some(ByDay { nth, day })
}

fn until(text: &str) -> Option<Until> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let digits = |text: &str, length: usize| {
        if text.len() == length {
            number(text)
        } else {
            None
        }
    };
    let ymd = digits(date, 8)?;
    let year = ymd / 10_000;
    if year == 0 {
        return None;
    }
    let date = Date::new(year as i16, (ymd / 100 % 100) as i8, (ymd % 100) as i8).ok()?;
    let Some(time) = time else {
        return Some(Until::Date(date));
    };
    let (time, utc) = time
        .strip_suffix('Z')
        .map_or((time, false), |time| (time, true));
    let hms = digits(time, 6)?;
    // A leap second is the second before it (RFC 5545 3.3.12).
    let second = if hms % 100 == 60 { 59 } else { hms % 100 };
    let (hour, minute) = ((hms / 10_000) as i8, (hms / 100 % 100) as i8);
    let time = jiff::civil::Time::new(hour, minute, second as i8, 0).ok()?;
    let at = DateTime::from_parts(date, time);
    Some(if utc {
        Until::Utc(at)
    } else {
        Until::Local(at)
    })
}

/// Enough of what was written to be recognised in a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
