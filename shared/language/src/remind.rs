//! Reminders: "remind me 15 minutes before", "alert me a day and an hour before", "remind me when it is due".

use std::ops::Range;

use contract::interpret::Alert;

use crate::number;
use crate::pattern::{group, patterns, words};
use crate::text::Text;

patterns! {
    BEFORE = r"(?:[,;.]?\s*\b(?:and |with |please |also )*)(?:(?:set |give me |send me |add |i want |with )?(?:a |an )?(?:reminders?|alarms?|alerts?|notifications?|notice)(?: for| at| to go off)?|(?:remind|alert|notify|ping|warn|tell|nudge|wake) me(?: (?:about|of) (?:it|this|that))?(?: up)?)\s*(?:at |about |it )?((?:NUM (?:minutes?|mins?|m|hours?|hrs?|h|days?|weeks?)(?:,? (?:and )?)?)+) ?(before(?:hand)?|prior|in advance|ahead(?: of time)?|earlier|early|after)\b(?: (?:it(?:'?s| is) due|it (?:starts|begins)|the due (?:date|time)|(?:to|of) (?:it|that)|that|it|then|this|due)\b)?";
    /// "with a 15 minute reminder"
    LONG = r"(?:[,;]?\s*\b(?:and |with )+)(?:a |an )?(NUM)[ -](minutes?|mins?|hours?|hrs?|days?)(?:'s?)? (?:reminder|alert|notice|warning)\b";
    DAY_BEFORE = r"(?:[,;]?\s*\b(?:and )?)(?:remind|alert|notify|tell) me (?:on )?the (day|night|evening|week) before\b";
    ON_TIME = r"(?:[,;]?\s*\b(?:and |with )*)(?:remind|alert|notify|tell|ping) me (?:when it(?:'s| is) due|when it(?:'s| is) time|at (?:the|that) (?:due )?time|on time|then)\b";
    REMIND_ME = r"[,;.]?\s*\b(?:and |please |also |then )*(?:(?:remind|alert|notify|ping|nudge) me(?: (?:about|of) (?:it|this|that))?|with (?:a )?reminder|(?:set )?(?:a )?reminder)(?: (?:for|on|at))?\s*$";
    /// "add a reminder to call mom 30 minutes before"
    TRAILING = r"\b((?:NUM (?:minutes?|mins?|hours?|hrs?|days?|weeks?)(?:,? (?:and )?)?)+) ?(before(?:hand)?|prior|in advance|ahead(?: of time)?|earlier|after)[.!]?$";
    SAID = r"\b(?:remind|reminder|alert|notify|notification|alarm)\b";
    PAIR = r"(NUM) (minutes?|mins?|m|hours?|hrs?|h|days?|weeks?)\b";
}

/// Reminders that count from the due time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reminders {
    pub(crate) alerts: Vec<Alert>,
    pub(crate) spans: Vec<Range<usize>>,
}

/// Reads and covers them.
pub(crate) fn read(text: &mut Text) -> Reminders {
    let mut all = Reminders::default();
    for _ in 0..5 {
        let Some((range, offsets)) = next(&text.work) else {
            break;
        };
        all.alerts
            .extend(offsets.into_iter().map(|offset| Alert::Offset {
                offset,
                of: "due".to_owned(),
            }));
        text.cover(&range);
        all.spans.push(range);
    }
    all.alerts.truncate(20);
    all
}

/// Where "…, remind me" at the end of `before` begins.
pub(crate) fn ends_with_remind(before: &str) -> Option<usize> {
    REMIND_ME.find(before).map(|m| m.start())
}

fn next(work: &str) -> Option<(Range<usize>, Vec<String>)> {
    if let Some(c) = BEFORE.captures(work) {
        let after = words(&c, 2) == "after";
        let offsets = PAIR
            .captures_iter(words(&c, 1))
            .filter_map(|p| offset(words(&p, 1), words(&p, 2), after))
            .collect();
        return Some((group(&c, 0)?, offsets));
    }
    if let Some(c) = LONG.captures(work) {
        return Some((
            group(&c, 0)?,
            offset(words(&c, 1), words(&c, 2), false)
                .into_iter()
                .collect(),
        ));
    }
    if let Some(c) = DAY_BEFORE.captures(work) {
        let offset = if words(&c, 1) == "week" {
            "-P1W"
        } else {
            "-P1D"
        };
        return Some((group(&c, 0)?, vec![offset.to_owned()]));
    }
    if SAID.is_match(work)
        && let Some(c) = TRAILING.captures(work)
    {
        let after = words(&c, 2) == "after";
        let offsets = PAIR
            .captures_iter(words(&c, 1))
            .filter_map(|p| offset(words(&p, 1), words(&p, 2), after))
            .collect();
        return Some((group(&c, 0)?, offsets));
    }
    let c = ON_TIME.captures(work)?;
    Some((group(&c, 0)?, vec!["PT0S".to_owned()]))
}

/// "-PT15M"; days are calendar days.
fn offset(number: &str, unit: &str, after: bool) -> Option<String> {
    let sign = if after { "" } else { "-" };
    let n = match number {
        "half an" | "half a" => return Some(format!("{sign}PT30M")),
        n => number::cardinal(n)?,
    };
    Some(match unit.as_bytes() {
        [b'h', ..] => format!("{sign}PT{n}H"),
        [b'd', ..] => format!("{sign}P{n}D"),
        [b'w', ..] => format!("{sign}P{n}W"),
        _ => format!("{sign}PT{n}M"),
    })
}
