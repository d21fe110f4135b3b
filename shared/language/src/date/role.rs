//! The words before a date: the part it plays, and what is counted from it.

use std::ops::Range;

use super::{Piece, Role, own};
use crate::pattern::{patterns, words};
use crate::text::{COVER, Text};

patterns! {
    /// Words that give what follows its part: a deadline, a start, a due date.
    ROLE = r"\b(?:by|before|no later than|not later than|due(?: by| on| at| date)?|deadline(?: is| of|:)?|starting(?: from| on| in| at)?|beginning(?: on| in| from)?|not before|no earlier than|hidden until|hide until|since|until|till)\s+(?:the end of the day\b)?";
    /// "3 days before christmas": counted from the day that is named.
    COUNTED = r"\b(NUM) (days?|weeks?|months?) (before|prior to|ahead of|after) (?:the )?$";
}

/// Covers the words that say which part a date plays; duckling would read some of them otherwise.
pub(super) fn cover(text: &mut Text) -> Vec<(Range<usize>, Role)> {
    let found: Vec<_> = ROLE
        .find_iter(&text.work)
        // "from 3pm until 5pm" is a range.
        .filter(|m| {
            !m.as_str().starts_with("unti") && !m.as_str().starts_with("till")
                || !text
                    .work
                    .get(..m.start())
                    .is_some_and(|b| b.contains("from ") || b.contains("between "))
        })
        .map(|m| {
            let word = m.as_str();
            let role = match word.split(' ').next().unwrap_or_default() {
                "starting" | "beginning" | "hidden" | "hide" | "since" => Role::Start,
                "not" | "no" if word.contains("before") || word.contains("earlier") => Role::Start,
                "until" | "till" => Role::Due,
                "due" if !word.contains("by") => Role::Due,
                _ => Role::By,
            };
            (m.start()..m.start() + word.trim_end().len(), role)
        })
        .collect();
    for (range, _) in &found {
        text.cover(range);
    }
    found
}

/// Gives a date the part that the words before it say.
pub(super) fn give(piece: &mut Piece, roles: &[(Range<usize>, Role)], work: &str) {
    let before = work
        .get(..piece.range.start)
        .unwrap_or_default()
        .trim_end_matches([' ', ',', '\'']);
    let before = before
        .strip_suffix(" the")
        .or_else(|| before.strip_suffix("|the"))
        .unwrap_or(before)
        .trim_end();
    let touching = roles
        .iter()
        .rev()
        .find(|(r, _)| r.end == before.len() && before.ends_with(COVER));
    if let Some((range, role)) = touching {
        piece.range.start = range.start;
        piece.role = *role;
    }
}

/// Moves a day by the distance that is said before it.
pub(super) fn count(piece: &mut Piece, work: &str) {
    let before = work.get(..piece.range.start).unwrap_or_default();
    let Some((found, day)) = COUNTED.captures(before).zip(piece.day) else {
        return;
    };
    let [number, unit, word] = [1, 2, 3].map(|n| words(&found, n));
    let Some(span) = own::span(number, unit) else {
        return;
    };
    let moved = if word == "after" {
        day.checked_add(span)
    } else {
        day.checked_sub(span)
    };
    if let (Ok(day), Some(whole)) = (moved, found.get(0)) {
        piece.day = Some(day);
        piece.range.start = whole.start();
    }
}
