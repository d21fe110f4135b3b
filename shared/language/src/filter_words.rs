//! A listing's filter in the language of API.md section 2, from what was asked: `status=open and due<today+1d and list="shopping"`.

use jiff::ToSpan;

use contract::interpret::{Grain, Priority};

use crate::context::Context;
use crate::date::Piece;
use crate::pattern::patterns;
use crate::sigil::Signs;

patterns! {
    OVERDUE = r"\b(?:overdue|late|past due|missed)\b";
    DONE = r"\b(?:completed|done|finished|closed)\b|\bdid (?:i|we) (?:complete|finish|do|close|get done)\b";
    NOT_DONE = r"\b(?:not (?:yet )?(?:done|completed|finished)|yet to|unfinished|open|pending|outstanding|left)\b";
    UPCOMING = r"\b(?:upcoming|coming up|soon)\b";
    TAGGED = r"\b(?:tagged|labell?ed|with (?:the )?tag) (?P<tag>[\w-]+)";
    UNDATED = r"\b(?:without|with no|have no|has no|no) (?:a |any )?(?:due )?dates?\b|\bundated\b";
    IMPORTANT = r"\b(?:important|high priority|urgent)\b";
}

/// The filter.
pub(crate) fn filter(
    work: &str,
    plain: &str,
    pieces: &[Piece],
    signs: &Signs,
    list: Option<&str>,
    about: Option<&str>,
    context: &Context,
) -> String {
    let mut parts = Vec::new();
    let status_done = DONE.is_match(work) && !NOT_DONE.is_match(work);
    if status_done {
        parts.push("status=done".to_owned());
    } else {
        parts.push("status=open".to_owned());
    }
    let closed = status_done && !pieces.is_empty();
    let field = if closed { "closed" } else { "due" };
    if OVERDUE.is_match(work) {
        parts.push("due<today".to_owned());
    } else if UNDATED.is_match(work) {
        parts.push("due=none".to_owned());
    } else if let Some(due) = pieces.first().and_then(|p| due(p, field, plain, context)) {
        parts.push(due);
    } else if UPCOMING.is_match(work) {
        parts.push("due>=today".to_owned());
    }
    for tag in &signs.tags {
        parts.push(format!("tag={}", quoted(tag)));
    }
    if let Some(found) = TAGGED.captures(work).and_then(|c| c.name("tag")) {
        parts.push(format!("tag={}", quoted(found.as_str())));
    }
    match signs.priority {
        Some(Priority::High) => parts.push("priority=high".to_owned()),
        Some(Priority::Medium) => parts.push("priority=medium".to_owned()),
        Some(Priority::Low) => parts.push("priority=low".to_owned()),
        _ if IMPORTANT.is_match(work) => parts.push("priority=high".to_owned()),
        _ => {}
    }
    if let Some(list) = list {
        parts.push(format!("list=\"{}\"", list.replace('"', "")));
    }
    if let Some(about) = about {
        parts.push(format!("text~\"{}\"", about.replace('"', "")));
    }
    parts.join(" and ")
}

fn quoted(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_alphanumeric()) {
        word.to_owned()
    } else {
        format!("\"{}\"", word.replace('"', ""))
    }
}

/// The days that are meant, as a half-open range.
fn due(piece: &Piece, field: &str, plain: &str, context: &Context) -> Option<String> {
    let today = context.now.date();
    let first = piece.day.unwrap_or(today);
    let last = match (piece.through, piece.grain) {
        (Some(through), Grain::Day | Grain::Week | Grain::Month | Grain::Quarter | Grain::Year) => {
            through.date()
        }
        _ => first,
    };
    let end = last.checked_add(1.day()).ok()?;
    let say = |day: jiff::civil::Date| match today.until(day).map(|s| s.get_days()) {
        Ok(0) => "today".to_owned(),
        Ok(n) if (1..=14).contains(&n) => format!("today+{n}d"),
        _ => day.to_string(),
    };
    Some(match piece.role {
        crate::date::Role::By
            if plain
                .get(piece.range.clone())
                .is_some_and(|w| w.starts_with("before")) =>
        {
            format!("{field}<{}", say(first))
        }
        crate::date::Role::By => format!("{field}<{}", say(end)),
        crate::date::Role::Start => format!("{field}>={}", say(first)),
        crate::date::Role::Due if first <= today && end > today && field == "due" => {
            format!("{field}<{}", say(end))
        }
        crate::date::Role::Due => format!("{field}>={} and {field}<{}", say(first), say(end)),
    })
}
