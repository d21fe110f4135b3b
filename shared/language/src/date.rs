//! Dates and times in a sentence: duckling's readings, corrected, joined with our own.

mod hand;
mod join;
mod named;
mod own;
mod role;

pub(crate) use own::{days, monday};

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};

use contract::interpret::{Grain, Moment};

use crate::context::Context;
use crate::duck::{self, Point, Seen};
use crate::number;
use crate::pattern::patterns;
use crate::text::{COVER, Text, overlap};

patterns! {
    /// A reading that has a time and no day.
    CLOCK_ONLY = r"^(?:(?:at|@|by|around|about|for|exactly|approximately|in|the|an?|until|till|to|from|between|and|past|after|before|half|quarter|of|minutes?|mins?|noon|midday|midnight|morning|afternoon|evening|night|lunch(?:time)?|tea ?time|a\.?m\.?|p\.?m\.?|o ?'?clock|sharp|ish|early|late|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|hours?|hundred|\d{1,4}(?:[:.h]\d{0,2}){0,2}\s?(?:a\.?m\.?|p\.?m\.?|a|p|h|ish)?\.?|-)[\s-]*)+$";
    /// What says which half of the day is meant.
    HALF = r"\d\s?[ap]m?\b|\b[ap]\.?m\b|morning|night|evening|afternoon|noon|midday|\b0\d[:.h]|\d ?h\d*\b|hundred|\b(?:1[3-9]|2[0-3])[:.]\d\d|\d\d:\d\d:\d\d";
    /// A time by the clock, not by the part of the day.
    CLOCK = r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midday|midnight)\b";
    EXCEPT = r"\b(?:except|excluding|but not)(?: for)?(?: on| in)?\s*$";
    ATTRIBUTE = r"^ (?:show|movie|film|train|bus|flight|meeting|class|game|match|news|slot|appointment|session|call|concert|service|alarm|event|reminder|task)\b";
    DINNER = r"(?i)\b(?:dinner|supper|drinks|evening|party|movie|concert)\b";
    MORNING = r"(?i)\b(?:wake|waking|get up|breakfast|sunrise)\b";
    /// A time that duckling saw and did not keep.
    LOST_CLOCK = r"(?:\bat |@ ?)\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m\b\.?)?$|\b\d{1,2}(?::\d\d)?\s?[ap]m$";
    ZONE = r"\(?\b(?:utc|gmt|cet|cest|est|edt|pst|pdt|cst|cdt|mst|mdt|bst|ist|eet|jst)\b\)?";
    FROM_NOW = r"\bin (?:NUM|[\d/.]+)[\w -]*(?:hours?|hrs?|h|minutes?|mins?|seconds?|secs?)\b";
    PART = r"morning|afternoon|evening|tonight|night|lunch|noon";
    FAR = r"upcoming|next|coming|\bin\b|hence|from now|\bnew year";
    BY_WORD = r"^(?:one|two|a|an|three|you|he|she|we|it|they|i) (?:may|mar|march|sun|sat|second)\b";
}

/// A date in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// The words, with the preposition before them.
    pub(crate) range: Range<usize>,
    pub(crate) day: Option<Date>,
    pub(crate) time: Option<Time>,
    pub(crate) grain: Grain,
    /// The end of a range: its last day, or last moment.
    pub(crate) through: Option<DateTime>,
    /// The end of a range of hours, on the same day or past midnight.
    pub(crate) ends: Option<Time>,
    /// Counted from now or given with a zone: nothing is left to guess.
    pub(crate) exact: bool,
    pub(crate) role: Role,
    /// The day was said relative to today ("tomorrow"), so an explicit one beside it wins.
    pub(crate) relative: bool,
}

/// The part a date plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Due,
    By,
    Start,
}

impl Piece {
    pub(crate) fn day(range: Range<usize>, day: Date, grain: Grain) -> Self {
        Self {
            range,
            day: Some(day),
            time: None,
            grain,
            through: None,
            ends: None,
            exact: false,
            role: Role::Due,
            relative: false,
        }
    }

    /// The moment, in the person's zone. A time without a day is the next such time.
    pub(crate) fn moment(&self, context: &Context) -> Option<Moment> {
        let now = context.now.datetime();
        let day = match (self.day, self.time) {
            (Some(day), _) => day,
            (None, Some(time)) if now.date().to_datetime(time) > now => now.date(),
            (None, Some(_)) => now.date().tomorrow().ok()?,
            (None, None) => return None,
        };
        let Some(time) = self.time else {
            let through = self.through.map(|t| t.date().to_string());
            return Some(Moment {
                date: Some(day),
                at: None,
                time_zone: None,
                instant: None,
                grain: self.grain,
                through,
                time_only: false,
            });
        };
        let at = day.to_datetime(time);
        let zone = context.now.time_zone();
        let end = self.ends.and_then(|end| {
            if end > time {
                Some(day.to_datetime(end))
            } else {
                Some(day.tomorrow().ok()?.to_datetime(end))
            }
        });
        let through = end.or(self.through).map(|t| t.to_string());
        let instant = at.to_zoned(zone.clone()).ok().map(|z| z.timestamp());
        Some(Moment {
            date: None,
            at: Some(at),
            time_zone: zone.iana_name().map(str::to_owned),
            instant,
            grain: self.grain,
            through,
            time_only: self.day.is_none(),
        })
    }
}

/// All dates in the text, in order, not overlapping.
pub(crate) fn find(text: &Text, context: &Context) -> Vec<Piece> {
    if !hand::is_dated(&text.work) {
        return Vec::new();
    }
    let mut text = text.clone();
    if let Some(far) = hand::too_far(&text.work) {
        text.cover(&(far..text.work.len()));
    }
    let mut pieces = own::find(&text.work, context);
    for piece in &pieces {
        text.cover(&piece.range);
    }
    let said = text.work.clone();
    let roles = role::cover(&mut text);
    for seen in duck::see(&hand::apart(&text.work), &context.now) {
        let clash = pieces.iter().any(|p| overlap(&p.range, &seen.range));
        if !clash && let Some(piece) = correct(&seen, &text.work, text.raw, context) {
            pieces.push(piece);
        }
    }
    pieces.retain(|p| !EXCEPT.is_match(text.work.get(..p.range.start).unwrap_or_default()));
    // "the april report": a thing again.
    pieces.retain(|p| p.grain != Grain::Month || !names_a_thing(&text.work, &p.range));
    // "tickets for the 8pm show": a thing, not a time.
    pieces.retain(|p| p.day.is_some() || !is_attribute(&text.work, &p.range));
    pieces.sort_by_key(|p| p.range.start);
    for piece in &mut pieces {
        role::count(piece, &said);
        role::give(piece, &roles, &text.work);
    }
    join::join(pieces, &text.work, context)
}

fn names_a_thing(work: &str, range: &Range<usize>) -> bool {
    let body = work.get(range.clone()).unwrap_or_default().trim();
    let after = work.get(range.end..).unwrap_or_default().trim_start();
    let before = work.get(..range.start).unwrap_or_default();
    let bare = number::month(body.trim_start_matches("of ").trim_start_matches("the ")).is_some();
    let timed =
        before.trim_end().ends_with(COVER) || before.ends_with("by ") || before.ends_with("for ");
    bare && !timed && after.starts_with(|c: char| c.is_alphabetic())
}

fn is_attribute(work: &str, range: &Range<usize>) -> bool {
    let body = work.get(range.clone()).unwrap_or_default();
    let after = work.get(range.end..).unwrap_or_default();
    let preceded = body.starts_with("the ")
        || body.contains(" the ")
        || work
            .get(..range.start)
            .is_some_and(|b| b.ends_with("the ") || b.ends_with("my "));
    preceded && body.contains(|c: char| c.is_ascii_digit()) && ATTRIBUTE.is_match(after)
}

/// Builds the patterns ahead of the first use.
pub(crate) fn warm_all() {
    warm();
    hand::warm();
    own::warm();
    role::warm();
    named::warm();
    join::warm();
}

/// Duckling's reading as a piece, or nothing where we know better.
fn correct(seen: &Seen, work: &str, said: &str, context: &Context) -> Option<Piece> {
    let body = work.get(seen.range.clone())?.trim();
    let now = context.now.datetime();
    if BY_WORD.is_match(body) {
        return None;
    }
    let point = seen.from.or(seen.to)?;
    let mut piece = Piece::day(seen.range.clone(), point.at.date(), point.grain);
    piece.exact = point.exact;
    piece.relative =
        body.contains("tomorrow") || body.contains("today") || body.contains("tonight");
    if point.grain >= Grain::Day && !LOST_CLOCK.is_match(body) {
        return whole_days(piece, seen, point, body, context);
    }
    piece.time = Some(point.at.time());
    if let Some(time) = LOST_CLOCK.find(body).filter(|_| point.grain >= Grain::Day) {
        return with_lost_clock(piece, body, &time);
    }
    // "today at 9am" at ten is in the past, whatever else it could mean.
    if body.contains("today")
        && !point.exact
        && piece.time.is_some_and(|t| t < now.time())
        && !CLOCK_ONLY.is_match(body)
    {
        piece.day = Some(now.date());
    }
    let unzoned = ZONE.replace(body, "");
    if CLOCK_ONLY.is_match(unzoned.trim()) && (!point.exact || unzoned.len() < body.len()) {
        piece.day = None;
    }
    piece.exact |= FROM_NOW.is_match(body);
    if let Some(part) = part_of_day(body, context)
        .filter(|_| seen.interval && !CLOCK.is_match(&body.replace("this", "")))
    {
        piece.time = Some(part);
        return Some(piece);
    }
    // "dinner at 8": what one does is covered by now, and tells the half of the day all the same.
    let evening = DINNER.is_match(said);
    if !piece.exact && !HALF.is_match(body) && CLOCK.is_match(body) {
        piece.time = piece.time.map(|t| {
            if (1..=6).contains(&t.hour()) && !MORNING.is_match(said)
                || evening && (7..=11).contains(&t.hour())
            {
                later(t, 12)
            } else {
                t
            }
        });
    }
    if let (true, Some(to)) = (seen.interval, seen.to.filter(|_| seen.from.is_some())) {
        piece.through = to
            .at
            .checked_sub(one(to.grain))
            .ok()
            .filter(|t| *t > point.at);
    }
    // Without a day of its own a time that has passed is tomorrow's.
    if piece.day.is_some_and(|d| d == now.date())
        && !piece.exact
        && !says_today(body)
        && point.at < now
    {
        piece.day = now.date().tomorrow().ok();
    }
    Some(piece)
}

/// A day whose clock duckling left lying beside it.
fn with_lost_clock(mut piece: Piece, body: &str, time: &regex::Match) -> Option<Piece> {
    let at = time.start() + usize::from(time.as_str().starts_with('@'));
    let (hour, minute) = crate::repeat::cursor::Cursor::new(body, at)
        .after_at()
        .clock()?;
    piece.time = Time::new(hour, minute, 0, 0).ok();
    piece.grain = Grain::Minute;
    Some(piece)
}

fn whole_days(
    mut piece: Piece,
    seen: &Seen,
    point: Point,
    body: &str,
    context: &Context,
) -> Option<Piece> {
    let today = context.now.date();
    let far = FAR.is_match(body);
    if point.grain == Grain::Year && (!far || body.bytes().filter(u8::is_ascii_digit).count() == 4)
    {
        return None;
    }
    if point.grain == Grain::Quarter && point.at.date() <= today {
        return None;
    }
    if seen.interval {
        if seen.from.is_none() && point.at.date() < today {
            return None;
        }
        piece.through = seen
            .to
            .filter(|_| seen.from.is_some())
            .and_then(|to| to.at.checked_sub(one(to.grain.min(Grain::Day))).ok())
            .filter(|t| *t > point.at);
        if seen.to.is_none() && point.at.date() > today {
            piece.role = Role::Start;
        }
    }
    if matches!(
        point.grain,
        Grain::Week | Grain::Month | Grain::Quarter | Grain::Year
    ) && piece.through.is_none()
    {
        piece.through = point
            .at
            .checked_add(one(point.grain))
            .and_then(|t| t.checked_sub(1.day()))
            .ok();
    }
    // "this week" began in the past: it is from today on.
    if piece.through.is_some_and(|t| t.date() >= today) && point.at.date() < today {
        piece.day = Some(today);
    }
    Some(piece)
}

fn says_today(body: &str) -> bool {
    body.contains("today") || body.contains("tonight") || body.contains("this ")
}

fn part_of_day(body: &str, context: &Context) -> Option<Time> {
    let s = &context.settings;
    let part = PART.find(body)?.as_str();
    Some(match part {
        "morning" => s.morning,
        "afternoon" => s.afternoon,
        "evening" => s.evening,
        "lunch" | "noon" => s.noon,
        _ => s.night,
    })
}

fn later(time: Time, hours: i64) -> Time {
    time.wrapping_add(hours.hours())
}

fn one(grain: Grain) -> Span {
    match grain {
        Grain::Second => 1.second(),
        Grain::Minute => 1.minute(),
        Grain::Hour => 1.hour(),
        Grain::Day => 1.day(),
        Grain::Week => 1.week(),
        Grain::Month => 1.month(),
        Grain::Quarter => 3.months(),
        Grain::Year => 1.year(),
    }
}
