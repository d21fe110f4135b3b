//! `#tag`, `+list`, `@person`, `!high`, and the same in words.

use std::ops::Range;

use contract::interpret::Priority;

use crate::pattern::{group, patterns, words};
use crate::text::Text;

patterns! {
    TAG = r"(?:^|[\s(,])(#[\w/-]*[a-z\p{L}][\w/-]*)";
    LIST = r"(?:^|[\s(,])(\+[a-z\p{L}][\w/-]*)";
    PERSON = r"(?:^|[\s(,])(@[a-z\p{L}][\w.-]*\w|@[a-z])\b";
    BANG = r"(?:^|[\s(,])(!{1,3}(?:high|hi|urgent|medium|med|low|none|[1-4])\b|!!!?)(?:\s|$|,)";
    WORDS = r"\b(?:(?:with|at|as|of|and|set|make it) )?(?:a )?(?:(high|highest|top|medium|normal|low|lowest)[ -]priority|priority(?: is| to|:)? (high|medium|low|none|[1-4]))\b|^(urgent)(?:ly)?:\s|[\s,](?:it's |it is |this is )?(urgent)(?:ly)?[.!]*$";
    ESTIMATE = r"(?:\b(?:takes?|taking|will take|should take|estimate(?:d)?(?: at| of)?:?|est\.?) (?:about |around )?|~)(\d{1,3}|an?|one|two|three|half an)\s?(minutes?|mins?|m|hours?|hrs?|h)\b|\((\d{1,3})\s?(min|minutes?|m|h|hours?)\)";
}

/// What the signs say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signs {
    pub(crate) tags: Vec<String>,
    pub(crate) list: Option<String>,
    pub(crate) person: Option<String>,
    pub(crate) priority: Option<Priority>,
    pub(crate) estimate: Option<String>,
    pub(crate) spans: Vec<(Range<usize>, &'static str)>,
}

/// Reads and covers them.
pub(crate) fn read(text: &mut Text) -> Signs {
    let mut signs = Signs::default();
    for (pattern, is) in [
        (&TAG, "tags"),
        (&LIST, "list"),
        (&PERSON, "assignee"),
        (&BANG, "priority"),
    ] {
        let found: Vec<Range<usize>> = pattern
            .captures_iter(&text.work)
            .filter_map(|c| group(&c, 1))
            .take(50)
            .collect();
        for range in found {
            let name = text
                .raw_of(&range)
                .trim_start_matches(['#', '+', '@'])
                .to_owned();
            match is {
                "tags" if !signs.tags.contains(&name) => signs.tags.push(name),
                "list" if signs.list.is_none() => signs.list = Some(name),
                "assignee" if signs.person.is_none() => signs.person = Some(name),
                "priority" if signs.priority.is_none() => {
                    signs.priority = Some(bang(text.work.get(range.clone()).unwrap_or_default()));
                }
                "tags" => {}
                _ => continue,
            }
            text.cover(&range);
            signs.spans.push((range, is));
        }
    }
    in_words(text, &mut signs);
    estimate(text, &mut signs);
    signs
}

fn bang(sign: &str) -> Priority {
    match sign.trim_start_matches('!') {
        "" | "high" | "hi" | "urgent" | "1" => Priority::High,
        "medium" | "med" | "2" => Priority::Medium,
        "low" | "3" => Priority::Low,
        _ => Priority::None,
    }
}

fn in_words(text: &mut Text, signs: &mut Signs) {
    let found = WORDS.captures(&text.work).and_then(|c| {
        let word = (1..=4).map(|n| words(&c, n)).find(|w| !w.is_empty())?;
        let priority = match word {
            "high" | "highest" | "top" | "urgent" | "1" => Priority::High,
            "medium" | "normal" | "2" => Priority::Medium,
            "low" | "lowest" | "3" => Priority::Low,
            _ => Priority::None,
        };
        Some((group(&c, 0)?, priority))
    });
    if let (Some((range, priority)), None) = (found, signs.priority) {
        let range = crate::text::trimmed(&text.work, range);
        signs.priority = Some(priority);
        text.cover(&range);
        signs.spans.push((range, "priority"));
    }
}

fn estimate(text: &mut Text, signs: &mut Signs) {
    let found = ESTIMATE.captures(&text.work).and_then(|c| {
        let (number, unit) = if c.get(1).is_some() {
            (words(&c, 1), words(&c, 2))
        } else {
            (words(&c, 3), words(&c, 4))
        };
        let minutes = if number == "half an" {
            30
        } else {
            crate::number::cardinal(number)? * if unit.starts_with('h') { 60 } else { 1 }
        };
        Some((group(&c, 0)?, minutes))
    });
    if let Some((range, minutes)) = found {
        signs.estimate = Some(duration(minutes));
        text.cover(&range);
        signs.spans.push((range, "estimate"));
    }
}

/// ISO 8601: "PT1H30M".
pub(crate) fn duration(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("PT{m}M"),
        (h, 0) => format!("PT{h}H"),
        (h, m) => format!("PT{h}H{m}M"),
    }
}
