//! From when, until when, how often, and what is left out.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

use super::cursor::Cursor;
use super::rule::{Freq, Rule};
use crate::context::Context;
use crate::date::{self, Piece};
use crate::number;
use crate::pattern::{patterns, words};
use crate::text::Text;

patterns! {
    COUNT = r"^[\s,]*(?:for )?(?:a total of |exactly )?(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) (?:more )?(?:times|occurrences|occurences|instances|repetitions|repeats|sessions)\b";
    COUNT_WORD = r"^[\s,]*(once|twice|thrice)\b";
    ONCE_PER = r"^\s+(?:a|an|per|each|every)\b";
    FOR_SPAN = r"^[\s,]*for (?:up to )?(?:the (?:next|coming|following) )?(\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)?\s*(days?|weeks?|months?|years?)\b";
    UNTIL = r"^[\s,]*(?:until|till|til|through|thru|to|ending(?: on| in)?|and ending(?: on| in)?|up to|up until)\s+(?:the )?";
    START = r"^[\s,]*(?:starting|beginning|commencing|from|as of|since)\s+(?:from |on |in |at )?(?:the )?";
    EXCEPT = r"^[\s,]*(?:except|excepting|excluding|but not|skipping|other than|not)\s+(?:for\s+)?(?:on\s+|in\s+|during\s+)?(?:the\s+)?";
    /// Where the date of a limit ends at the latest.
    LIMIT = r"\b(?:until|till|til|through|thru|to|except|excepting|excluding|but|starting|beginning|every|each|daily|weekly|monthly|yearly|weekdays|weekends|for|would|remind|on weekends|on weekdays)\b|\|";
    MONTH_YEAR = r"^\s*(MON)\b\.?(?:,? ((?:19|20|21)\d\d)\b)?(\s*\d)?";
    MONTH_ALONE = r"^\s*(MON)\b\.?(?:,? ((?:19|20|21)\d\d))?\s*$";
    GROUPS = r"^\s*(weekdays?|workdays?|weekends?)\b";
    EACH = r"^\s*(?:each |every |the )*";
    OF_IN = r"^\s*(?:of|in)\s+";
    PREPOSITION = r"^\s*(?:on |in |at |the )*";
}

/// Limits of a series as they are being read.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) start: Option<Date>,
    skip_months: Vec<(i8, Option<i16>)>,
    skip_weekdays: Vec<Weekday>,
    skip_nth: Vec<(i64, Weekday, i8)>,
    skip_days: Vec<DateTime>,
    span: Option<(i64, char)>,
    /// "starting monday at 9": the time of every occurrence.
    pub(crate) time: Option<(i8, i8)>,
}

impl Bounds {
    /// Reads one limit.
    pub(crate) fn read(&mut self, c: &mut Cursor, rule: &mut Rule, context: &Context) {
        let _ = self.count(c, rule)
            || self.read_start(c, context)
            || Self::until(c, rule, context)
            || self.except(c, context);
    }

    fn count(&mut self, c: &mut Cursor, rule: &mut Rule) -> bool {
        if let Some(found) = c.eat(&COUNT) {
            rule.count = number::cardinal(words(&found, 1)).filter(|n| *n > 0);
            return true;
        }
        let word = c.attempt(|c| {
            let found = c.eat(&COUNT_WORD)?;
            (!ONCE_PER.is_match(c.rest())).then(|| match words(&found, 1) {
                "once" => 1,
                "twice" => 2,
                _ => 3,
            })
        });
        if let Some(n) = word {
            rule.count = Some(n);
            return true;
        }
        let span = c.attempt(|c| {
            let found = c.eat(&FOR_SPAN)?;
            let n = if words(&found, 1).is_empty() {
                1
            } else {
                number::cardinal(words(&found, 1))?
            };
            words(&found, 2).chars().next().map(|unit| (n, unit))
        });
        self.span = span.or(self.span);
        span.is_some()
    }

    /// "starting march 3rd", "from jan 1"; also at the head of a recurrence.
    pub(crate) fn read_start(&mut self, c: &mut Cursor, context: &Context) -> bool {
        if self.start.is_some() {
            return false;
        }
        let piece = c.attempt(|c| {
            c.eat(&START)?;
            day(c, context)
        });
        let Some(piece) = piece else { return false };
        self.start = piece.day;
        self.time = piece.time.map(|t| (t.hour(), t.minute()));
        true
    }

    fn until(c: &mut Cursor, rule: &mut Rule, context: &Context) -> bool {
        if rule.until.is_some() {
            return false;
        }
        let piece = c.attempt(|c| {
            c.eat(&UNTIL)?;
            day(c, context)
        });
        let Some(piece) = piece else { return false };
        rule.until = piece.day;
        true
    }

    fn except(&mut self, c: &mut Cursor, context: &Context) -> bool {
        let before = c.at;
        if c.eat(&EXCEPT).is_none() {
            return false;
        }
        let mut any = false;
        loop {
            let here = c.at;
            if any && c.eat(&super::cursor::AND).is_none() {
                break;
            }
            if !self.exception(c, context) {
                c.at = here;
                break;
            }
            any = true;
        }
        if !any {
            c.at = before;
        }
        any
    }

    fn exception(&mut self, c: &mut Cursor, context: &Context) -> bool {
        c.eat(&PREPOSITION);
        let month = c.attempt(|c| {
            let found = c.eat(&MONTH_YEAR)?;
            found.get(3).is_none().then(|| {
                (
                    number::month(words(&found, 1)),
                    words(&found, 2).parse().ok(),
                )
            })
        });
        if let Some((Some(month), year)) = month {
            self.skip_months.push((month, year));
            return true;
        }
        if let Some(found) = c.eat(&GROUPS) {
            let weekend = words(&found, 1).starts_with("weekend");
            let all = [
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
                Weekday::Saturday,
                Weekday::Sunday,
            ];
            self.skip_weekdays.extend(
                all.into_iter()
                    .filter(|d| matches!(d, Weekday::Saturday | Weekday::Sunday) == weekend),
            );
            return true;
        }
        let nth = c.attempt(|c| {
            c.eat(&EACH);
            let rank = c.rank()?;
            let weekday = c.weekday()?;
            c.eat(&OF_IN)?;
            Some((rank, weekday, c.month()?))
        });
        if let Some(nth) = nth {
            self.skip_nth.push(nth);
            return true;
        }
        let days = c.weekdays();
        if !days.is_empty() {
            self.skip_weekdays.extend(days);
            return true;
        }
        let Some(piece) = c.attempt(|c| day(c, context)) else {
            return false;
        };
        let at = piece
            .day
            .map(|d| piece.time.map_or(d.at(0, 0, 0, 0), |t| d.to_datetime(t)));
        self.skip_days.extend(at);
        at.is_some()
    }

    /// Turns what was left out into the rule where the rule can say it for ever, else into the days themselves.
    pub(crate) fn finish(&mut self, rule: &mut Rule, context: &Context) -> Vec<DateTime> {
        let from = self.start.unwrap_or(context.now.date());
        if let Some((n, unit)) = self.span {
            let span = match unit {
                'd' => n.days(),
                'w' => n.weeks(),
                'm' => n.months(),
                _ => n.years(),
            };
            rule.until = from.checked_add(span).ok();
        }
        if let Some(until) = rule.until.filter(|u| *u < from) {
            rule.until = (1..=5)
                .filter_map(|n| until.checked_add(n.years()).ok())
                .find(|u| *u > from);
        }
        let mut exclude = self.skip_days.clone();
        let listable = rule.freq >= Freq::Daily && (rule.until.is_some() || rule.count.is_some());
        let listed = if listable {
            self.listed(rule, from)
        } else {
            None
        };
        match listed {
            Some(days) => exclude.extend(days),
            None => self.put_into(rule, from, &mut exclude),
        }
        exclude
    }

    /// The days left out of a series that ends, where they are few.
    fn listed(&self, rule: &Rule, from: Date) -> Option<Vec<DateTime>> {
        let last = rule.count.unwrap_or(2000).clamp(0, 2000) as usize;
        let days: Vec<DateTime> = rule
            .days_from(from)
            .take(last)
            .take_while(|d| rule.until.is_none_or(|u| *d <= u))
            .filter(|d| self.skips(*d))
            .map(|d| d.at(0, 0, 0, 0))
            .take(61)
            .collect();
        (days.len() <= 60).then_some(days)
    }

    fn skips(&self, day: Date) -> bool {
        self.skip_weekdays.contains(&day.weekday())
            || self
                .skip_months
                .iter()
                .any(|(m, y)| day.month() == *m && y.is_none_or(|y| y == day.year()))
            || self.skip_nth.iter().any(|(n, w, m)| {
                day.month() == *m
                    && day
                        .nth_weekday_of_month(*n as i8, *w)
                        .is_ok_and(|d| d == day)
            })
    }

    fn put_into(&self, rule: &mut Rule, from: Date, exclude: &mut Vec<DateTime>) {
        if !self.skip_weekdays.is_empty() {
            let all = [
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Wednesday,
                Weekday::Thursday,
                Weekday::Friday,
                Weekday::Saturday,
                Weekday::Sunday,
            ];
            let kept: Vec<Weekday> = all
                .into_iter()
                .filter(|d| !self.skip_weekdays.contains(d))
                .collect();
            if rule.weekdays.is_empty() {
                if rule.freq == Freq::Daily && rule.interval == 1 {
                    rule.freq = Freq::Weekly;
                }
                rule.weekdays = kept.into_iter().map(|d| (0, d)).collect();
            } else {
                rule.weekdays.retain(|(_, d)| kept.contains(d));
            }
        }
        let always: Vec<i8> = self
            .skip_months
            .iter()
            .filter(|(_, y)| y.is_none())
            .map(|(m, _)| *m)
            .collect();
        if !always.is_empty() && always.len() < 12 {
            let months: Vec<i8> = if rule.months.is_empty() {
                (1..=12).collect()
            } else {
                rule.months.clone()
            };
            rule.months = months.into_iter().filter(|m| !always.contains(m)).collect();
        }
        let dated = Bounds {
            skip_months: self
                .skip_months
                .iter()
                .filter(|(_, y)| y.is_some())
                .copied()
                .collect(),
            skip_nth: self.skip_nth.clone(),
            ..Bounds::default()
        };
        if !dated.skip_months.is_empty() || !dated.skip_nth.is_empty() {
            exclude.extend(
                rule.days_from(from)
                    .take(400)
                    .filter(|d| dated.skips(*d))
                    .map(|d| d.at(0, 0, 0, 0))
                    .take(60),
            );
        }
    }
}

/// A date at the cursor.
fn day(c: &mut Cursor, context: &Context) -> Option<Piece> {
    let rest = c.rest();
    let ahead = rest.get(..80.min(rest.len())).unwrap_or(rest);
    let cut = LIMIT.find(ahead).map_or(ahead.len(), |m| m.start());
    let slice = ahead.get(..cut)?;
    if let Some(found) = MONTH_ALONE.captures(slice) {
        let today = context.now.date();
        let (month, year) = (
            number::month(words(&found, 1))?,
            words(&found, 2).parse::<i16>().ok(),
        );
        let of = |year: i16| Date::new(year, month, 1).ok();
        let first = match year {
            Some(year) => of(year)?,
            None => of(today.year())
                .filter(|d| *d > today)
                .or_else(|| of(today.year() + 1))?,
        };
        c.at += slice.trim_end().len();
        return Some(Piece::day(0..0, first, contract::interpret::Grain::Month));
    }
    let text = Text::new(slice);
    let piece = date::find(&text, context).into_iter().next()?;
    let lead = slice.get(..piece.range.start)?;
    if !lead.trim().is_empty() {
        return None;
    }
    piece.day?;
    c.at += piece.range.end;
    Some(piece)
}
