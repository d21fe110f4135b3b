//! What is left of a sentence when everything that was understood is taken out.

use std::ops::Range;

use crate::pattern::patterns;
use crate::text::{Text, overlap};

// These look at the text as it was written, where a blank may be any blank.
patterns! {
    /// Words that led to something taken out and say nothing alone.
    DANGLING = r"(?i)^(?:[\p{White_Space},;:.!-]|(?:and|to|that|for|on|at|by|in|with|please|of|then)\b)+|(?:[\p{White_Space},;:-]|\b(?:and|on|at|by|in|for|with|from|starting|the|of|due|to|is|please|every|until|around|about)\b)+[.!,;\p{White_Space}]*$";
    EDGES = r"(?i)^[\p{White_Space},;:.!-]+|[\p{White_Space},;:-]+[.!,;\p{White_Space}]*$";
    SPACES = r"\p{White_Space}{2,}";
    BEFORE_COMMA = r"\p{White_Space}+([,.;!?])";
}

/// The words of `range` without those of `gone`; none where nothing is left.
pub(crate) fn title(text: &Text, range: &Range<usize>, gone: &[Range<usize>]) -> Option<String> {
    let mut cuts: Vec<Range<usize>> = gone.iter().filter(|g| overlap(g, range)).cloned().collect();
    cuts.sort_by_key(|c| c.start);
    let mut parts: Vec<String> = Vec::new();
    let mut at = range.start;
    for cut in &cuts {
        if cut.start > at {
            parts.push(text.raw_of(&(at..cut.start)).to_owned());
        }
        at = at.max(cut.end);
    }
    if at < range.end {
        parts.push(text.raw_of(&(at..range.end)).to_owned());
    }
    let count = parts.len();
    let parts: Vec<String> = parts
        .into_iter()
        .enumerate()
        .map(|(n, part)| {
            // Only beside what was taken out do connecting words dangle.
            let touched = !cuts.is_empty()
                && (n + 1 < count || cuts.last().is_some_and(|c| c.end >= range.end) || n > 0);
            let pattern = if touched { &DANGLING } else { &EDGES };
            pattern.replace_all(&part, "").into_owned()
        })
        .filter(|p| !p.trim().is_empty())
        .collect();
    let joined = parts.join(" ");
    let title = BEFORE_COMMA.replace_all(&joined, "$1");
    let title = SPACES.replace_all(title.trim(), " ");
    let title = unquoted(&title);
    (!title.is_empty()).then_some(title)
}

/// Without quotes around the whole, and without the backslashes that kept words literal.
pub(crate) fn unquoted(text: &str) -> String {
    let text = text.trim();
    let mut plain = text;
    for (open, close) in [('"', '"'), ('\u{201c}', '\u{201d}'), ('`', '`')] {
        if let Some(inner) = plain
            .strip_prefix(open)
            .and_then(|t| t.strip_suffix(close))
            .filter(|t| !t.contains([open, close]))
        {
            plain = inner;
        }
    }
    let mut out = String::with_capacity(plain.len());
    let mut chars = plain.chars().peekable();
    let mut start = true;
    while let Some(c) = chars.next() {
        // A backslash at the beginning of a word.
        if c == '\\' && start && chars.peek().is_some_and(|n| !n.is_whitespace()) {
            start = false;
            continue;
        }
        start = c.is_whitespace();
        out.push(c);
    }
    out.trim().to_owned()
}
