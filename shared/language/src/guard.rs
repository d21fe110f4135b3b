//! What must not be read: quotes, escaped words, addresses, versions, money, phone numbers, and words that only look like a date.

use std::ops::Range;

use jiff::civil::Date;

use crate::number;
use crate::pattern::{group, patterns, words};
use crate::text::Text;

patterns! {
    /// "…" and `…`; an apostrophe quotes nothing.
    QUOTED = r#""[^"]*"|`[^`]*`"#;
    ESCAPED = r"\\\S+";
    ADDRESS = r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+\w|\b\d{1,5} (?:[a-z]+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|square|court)\b|(?:^|\s)~?/(?:[a-z][\w.-]*/)+[\w.-]*";
    VERSION = r"\bv\d+(?:\.\d+)*\b|\b(?:version|release|python|node|rust|ios|android|windows) \d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+(?:\.\d+)?\b";
    MONEY = r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf))\s?\d[\d,.]*(?:k|m)?\b|\b\d[\d,.]*\s?(?:[€£$%]|percent\b|usd\b|eur\b|euros?\b|dollars?\b|bucks\b|cents\b|pounds?\b|kg\b|km\b|miles?\b|lbs?\b|ml\b|liters?\b|litres?\b|grams?\b|pages?\b|copies\b|pieces?\b|people\b|times the\b|calories\b)";
    PHONE = r"\+\d[\d ().-]{6,}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\b\d{3}-\d{4}\b|\b\d{4}-\d{4}-\d{2}\b|\b(?:tel|phone|room|flight|gate|platform|chapter|page|apartment|apt|unit|no|number|ticket|issue|invoice|order|bug|pr)[.:]? ?#?\d[\d-]*\b|\d{9,}";
    /// Weekdays and months that are other words.
    LOOKALIKE = r"\b(?:call|ask|tell|meet|email|text|visit) (?:april|may|june|august|summer|autumn)\b|\bwith (?:april|may|june|august|autumn)\b|\b(?:the|with|hot|my|in the|under the|from the) sun\b|\b(?:i|you|he|she|we|they|one|it|that|who|which|and|employer|there) may\b|^may (?:i|we|you|he|she|this|the|it)\b|\bmay (?:be|not|have|also|need|want|ask|suggest|help|amend|contain|require|i|we|you|call|come|go)\b|\b(?:we|i|he|she|they|cat) sat\b|\bsat (?:down|score|scores|exam|test|prep)\b|\bmarch (?:to|in|for|with|on) (?:the )?(?:protest|band|streets?)\b|\bband march\b|\b(?:to|they|we) wed\b|\bsecond (?:round|hand|opinion|language|floor|one|thoughts?|item|task|row|page)\b";
    /// "complete the second": of what was shown, no day.
    POINTED = r"^(?:(?:please|can you|could you|now|ok|then|and) )*(?:complete|finish|close|tick(?: off)?|check(?: off)?|mark|drop|skip|reopen|restore|snooze|postpone|move|reschedule|delete|remove|change|rename|open|show(?: me)?) (?P<n>the (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth))\b(?P<after>.*)";
    THEN_MONTH = r"^ (?:of )?MON\b";
    /// "in march and may": a month it is.
    MONTH_BEFORE = r"\b(?:MON)\.?(?: (?:19|20|21)\d\d)?,?\s*$";
    /// A meal is what one does, "at lunch" is when.
    MEAL = r"(?P<when>\b(?:at|after|before|by|around|during|until) (?:the )?)?\b(?P<meal>lunch|breakfast|brunch|dinner|supper|tea)\b";
    /// A range of quarters is a period to look at, not a day.
    QUARTERS = r"\b(?:from )?(?:(?:19|20)\d\d[- ]?q[1-4]|q[1-4][- ]?(?:(?:19|20)\d\d)?) (?:to|until|through|-) (?:(?:19|20)\d\d[- ]?)?q[1-4]\b";
    /// Ranks of what is no date: "the 1st week of school".
    RANK = r"\b(?:the )?(\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) ([a-z]+)";
    MONTH_DAY = r"\b(MON)\.?,?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+((?:19|20|21)\d\d)\b)?";
    DAY_MONTH = r"\b(\d{1,2})(?:st|nd|rd|th)?\s*(?:of\s+)?(MON)\b(?:,?\s+((?:19|20|21)\d\d)\b)?";
    NUMERIC = r"\b(\d{1,4})([/.-])(\d{1,4})(?:([/.-])(\d{1,4}))?\b";
    BAD_TIME = r"\b(\d{1,2})(?:[:.](\d\d))?\s?([ap]\.?m)\b|\b(\d{1,2}):(\d\d)\b";
    LOOSE_DASH = r"\b(\d{1,2}) - (\d{4})\b";
    FIRST_WEEK = r"\bin the (?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth) week\b";
}

/// What was found that must stay as it is written.
#[derive(Debug, Default)]
pub(crate) struct Guarded {
    /// Ranges in quotes or escaped: literal by the person's wish.
    pub(crate) literal: Vec<Range<usize>>,
    /// Ranges that look like a date which does not exist.
    pub(crate) impossible: Vec<Range<usize>>,
}

/// Covers quotes, escapes and what the client said is literal.
pub(crate) fn literal(text: &mut Text, asked: &[[usize; 2]], found: &mut Guarded) {
    for [from, to] in asked.iter().take(100) {
        let range = text.of_utf16(*from, *to);
        text.cover(&range);
        found.literal.push(range);
    }
    for pattern in [&QUOTED, &ESCAPED] {
        let ranges: Vec<_> = pattern.find_iter(&text.work).map(|m| m.range()).collect();
        for range in ranges {
            text.cover(&range);
            found.literal.push(range);
        }
    }
}

/// Covers what looks like a date or a number of time and is none.
pub(crate) fn lookalikes(text: &mut Text, found: &mut Guarded) {
    for pattern in [&ADDRESS, &VERSION, &PHONE, &MONEY, &LOOKALIKE, &QUARTERS] {
        let ranges: Vec<_> = pattern
            .find_iter(&text.work)
            .filter(|m| {
                !real_date(m.as_str()) && !another_month(&text.work, m) && !is_day(&text.work, m)
            })
            .map(|m| m.range())
            .collect();
        for range in &ranges {
            text.cover(range);
        }
    }
    let meals: Vec<_> = MEAL
        .captures_iter(&text.work)
        .filter(|c| c.name("when").is_none())
        .filter_map(|c| c.name("meal").map(|m| m.range()))
        .collect();
    for range in &meals {
        text.cover(range);
    }
    if let Some(range) = pointed(&text.work) {
        text.cover(&range);
    }
    ranks(text);
    impossible(text, found);
}

/// "Complete the second", not "complete the second of may".
fn pointed(work: &str) -> Option<Range<usize>> {
    let found = POINTED.captures(work)?;
    let after = found.name("after").map_or("", |m| m.as_str());
    let dated = after.starts_with(" of ") || after.starts_with(" day");
    found.name("n").filter(|_| !dated).map(|m| m.range())
}

/// "flight 5 march" has no number; "$12 december 27" has a price.
fn is_day(text: &str, found: &regex::Match) -> bool {
    let after = text.get(found.end()..).unwrap_or_default();
    let named = found
        .as_str()
        .starts_with(|first: char| first.is_ascii_alphabetic());
    named && THEN_MONTH.is_match(after)
}

/// "in march and may" names two months.
fn another_month(text: &str, found: &regex::Match) -> bool {
    let before = text.get(..found.start()).unwrap_or_default();
    found.as_str() == "and may" && MONTH_BEFORE.is_match(before)
}

/// "12.11.2026" is no version, "2026-11-29" no phone number.
fn real_date(word: &str) -> bool {
    let parts: Vec<i64> = word
        .split(['.', '-', '/', ' '])
        .filter_map(|p| p.parse().ok())
        .collect();
    match parts[..] {
        [a, b, c]
            if short_year(word)
                && word
                    .chars()
                    .all(|x| x.is_ascii_digit() || "./- ".contains(x)) =>
        {
            exists(a, b, c)
                || exists(c, a, b)
                || exists(c, b, a)
                || exists(2000 + c, a, b)
                || exists(2000 + c, b, a)
        }
        _ => false,
    }
}

/// "2.10.3" has no year in it.
fn short_year(word: &str) -> bool {
    let lengths: Vec<usize> = word.split(['.', '-', '/', ' ']).map(str::len).collect();
    lengths.last().is_some_and(|n| *n == 2 || *n == 4) || lengths.first() == Some(&4)
}

fn exists(year: i64, month: i64, day: i64) -> bool {
    let (Ok(y), Ok(m), Ok(d)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day))
    else {
        return false;
    };
    (1900..=2200).contains(&y) && Date::new(y, m, d).is_ok()
}

/// Before these a rank is a part of a date ("the 1st of", "the 2nd week"), not of a thing.
const BEFORE_DATES: &str = "of in at on day to and or for from until till before after by please with about that when week weekend quarter qtr last month every each this next morning evening afternoon night noon through thru around i we my instance year would date";

fn ranks(text: &mut Text) {
    let ranges: Vec<_> = RANK
        .captures_iter(&text.work)
        .filter_map(|c| {
            let next = words(&c, 2);
            let date = BEFORE_DATES.split(' ').any(|word| word == next)
                || number::weekday(next).is_some()
                || number::month(next).is_some()
                || number::cardinal(next).is_some()
                || number::ordinal(next).is_some();
            // "the second" may yet be the day: only digits and what is followed by a thing are ranks.
            (!date).then(|| group(&c, 1)).flatten()
        })
        .collect();
    for range in &ranges {
        text.cover(range);
    }
    // "in the 1st week" is a week of something unsaid.
    let weeks: Vec<_> = FIRST_WEEK
        .find_iter(&text.work)
        .map(|m| m.range())
        .collect();
    for range in weeks {
        let rest = text.work.get(range.end..).unwrap_or_default().trim_start();
        if !rest.starts_with("of") && !rest.starts_with("in") {
            text.cover(&range);
        }
    }
}

fn impossible(text: &mut Text, found: &mut Guarded) {
    let mut bad: Vec<Range<usize>> = Vec::new();
    let day = |year: &str, month: &str, day: &str| {
        let year = year.parse().unwrap_or(2024);
        number::month(month)
            .zip(day.parse::<i64>().ok())
            .is_some_and(|(m, d)| !exists(year, i64::from(m), d))
    };
    for c in MONTH_DAY.captures_iter(&text.work) {
        let end = c.get(0).map_or(0, |m| m.end());
        let clock = text.work.get(end..).is_some_and(|rest| {
            rest.starts_with([':', 'h', '.'])
                || rest.trim_start().starts_with("am")
                || rest.trim_start().starts_with("pm")
        });
        // "april 45" may be a number of things; 30 to 39 are meant as days.
        let meant = words(&c, 2).parse::<i64>().is_ok_and(|d| d < 40);
        if !clock && meant && day(words(&c, 3), words(&c, 1), words(&c, 2)) {
            bad.extend(group(&c, 0));
        }
    }
    for c in DAY_MONTH.captures_iter(&text.work) {
        if words(&c, 1).parse::<i64>().is_ok_and(|d| d < 40)
            && day(words(&c, 3), words(&c, 2), words(&c, 1))
            && c.get(0).is_some_and(|m| m.as_str().contains(' '))
        {
            bad.extend(group(&c, 0));
        }
    }
    bad.extend(
        NUMERIC
            .captures_iter(&text.work)
            .filter(|c| bad_numeric(c))
            .filter_map(|c| group(&c, 0)),
    );
    bad.extend(
        LOOSE_DASH
            .captures_iter(&text.work)
            .filter(|c| words(c, 1).parse::<i64>().is_ok_and(|n| n > 12))
            .filter_map(|c| group(&c, 0)),
    );
    for c in BAD_TIME.captures_iter(&text.work) {
        let number = |n: usize| words(&c, n).parse::<i64>().ok();
        let twelve = c.get(3).is_some()
            && (number(1).is_some_and(|h| {
                h > 12 && (h > 23 || c.get(2).is_none() && words(&c, 3).starts_with('a'))
            }) || number(2).is_some_and(|m| m > 59));
        let round = number(4).is_some_and(|h| h > 24) || number(5).is_some_and(|m| m > 59);
        let start = c.get(0).map_or(0, |m| m.start());
        let inside = text
            .work
            .get(..start)
            .is_some_and(|b| b.ends_with(|x: char| x == ':' || x == '.' || x.is_ascii_digit()));
        if !inside && (twelve || round) {
            bad.extend(group(&c, 0));
        }
    }
    for range in &bad {
        text.cover(range);
    }
    found.impossible = bad;
}

/// Three numbers that are a date in no order, or "32-2015".
fn bad_numeric(c: &regex::Captures) -> bool {
    let number = |n: usize| words(c, n).parse::<i64>().unwrap_or(0);
    let (a, b) = (number(1), number(3));
    if c.get(5).is_none() {
        return words(c, 2) == "-" && (a > 12 && b > 1900 || b > 12 && a > 1900);
    }
    if words(c, 2) != words(c, 4) {
        return false;
    }
    let last = number(5);
    let year = if last < 100 { 2000 + last } else { last };
    !(exists(a, b, last) || exists(year, a, b) || exists(year, b, a) || exists(2000 + a, b, last))
}
