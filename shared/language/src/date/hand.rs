//! What is handed to duckling, and how. It combines each reading with each beside it: of two dates in a row ("may 1 may 1") it makes
//! thousands, and takes a second for it.

use crate::{number, pattern::patterns, text::COVER};

patterns! {
    /// Words without which there is no date, so that duckling need not look.
    HINT = r"\d{4}-\d\d?-\d\d?|\d\d?:\d\d|\d+|WD|MON|day|night|noon|morning|evening|week|month|year|quarter|qtr|hour|minute|second|now|eod|eow|eom|eoy|cob|\batm\b|tomorr?ow|tmr|tmrw|moment|easter|christmas|xmas|thanksgiving|halloween|hence|fortnight|lunch|tea|\bat (?:NUM)\b";
    /// What joins the two ends of a range.
    LINK = r"(?:\b(?:and|to|until|till|through|thru)|-)\s?(?:(?:the|at|on)\s)?$";
}

/// Words about time that are read in one text. Sentences that people wrote have nine at most.
const MOST: usize = 12;

/// Whether there may be a date in it.
pub(super) fn is_dated(work: &str) -> bool {
    HINT.is_match(work)
}

/// Where there is more about time than anybody says in one line. What is past that stays as it is written.
pub(super) fn too_far(work: &str) -> Option<usize> {
    HINT.find_iter(work).nth(MOST).map(|hint| hint.start())
}

/// The text, of the same length, with a cover between dates that stand in a row. The two ends of a range stay together.
pub(super) fn apart(work: &str) -> String {
    let mut text = work.to_owned();
    let (mut date, mut is_range) = (Vec::new(), false);
    // Where the last hint ended, and the last blank between two of this date.
    let (mut end, mut blank) = (0, None);
    for hint in HINT.find_iter(work) {
        let gap = work.get(end..hint.start()).unwrap_or_default();
        let class = class(hint.as_str(), gap);
        let is_linked = LINK.is_match(gap);
        blank = gap.find(' ').map(|at| end + at).or(blank);
        if is_linked && !is_range {
            (date, is_range) = (Vec::new(), true);
        } else if is_linked || is_full(&date, class) {
            if let Some(at) = blank.take() {
                text.replace_range(at..=at, &COVER.to_string());
            }
            (date, is_range) = (Vec::new(), false);
        }
        date.push(class);
        end = hint.end();
    }
    text
}

/// Whether a word of that class would begin another date.
fn is_full(date: &[&str], class: &str) -> bool {
    let most = match class {
        "number" => 3,      // "12/3/2027"
        "bare number" => 2, // "december 3 2027"
        _ => 1,
    };
    date.iter().filter(|said| **said == class).count() >= most
}

/// Words of one class stand at most once in a date, but for numbers.
fn class<'t>(hint: &'t str, gap: &str) -> &'t str {
    if hint.contains('-') || hint.contains(':') {
        return "whole";
    }
    if hint.starts_with(|first: char| first.is_ascii_digit()) {
        return if gap == " " { "bare number" } else { "number" };
    }
    if number::weekday(hint).is_some() {
        return "weekday";
    }
    if number::month(hint).is_some() {
        return "month";
    }
    hint
}
