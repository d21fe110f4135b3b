//! What people write, and what it is read as.

mod dates;
mod hostile;
mod lines;
mod repeats;
mod spoken;
mod wishes;

use contract::interpret::{Alert, Interpretation, Item, Moment};
use jiff::Zoned;
use language::{Context, Mode};

/// Monday, 23 November 2026, 10:00 in Berlin.
pub fn now() -> Zoned {
    "2026-11-23T10:00:00+01:00[Europe/Berlin]"
        .parse()
        .expect("a moment")
}

/// Reads `text` as it would be in chat.
pub fn talk(text: &str) -> Interpretation {
    language::interpret(text, &Context::new(now(), Mode::Talk))
}

/// Reads `text` as it would be in quick add.
pub fn add(text: &str) -> Interpretation {
    language::interpret(text, &Context::new(now(), Mode::Add))
}

/// One line that shows what matters: decision, intent, and every field that is set.
pub fn show(answer: &Interpretation) -> String {
    let item = &answer.items[0];
    let mut parts = vec![format!("{:?} {:?}", answer.decision, item.intent)];
    parts.extend(fields(item));
    parts.extend(
        answer
            .problems
            .iter()
            .map(|p| format!("problem {}", p.code)),
    );
    parts.join(", ")
}

fn fields(item: &Item) -> Vec<String> {
    let mut parts = Vec::new();
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parts.push(format!("{name} {value}"));
        }
    };
    let target = item.target.as_ref();
    say("title", item.title.as_ref().map(|t| format!("{t:?}")));
    say(
        "target",
        target
            .and_then(|t| t.phrase.as_ref())
            .map(|t| format!("{t:?}")),
    );
    say(
        "target",
        target.filter(|t| t.last).map(|_| "last".to_owned()),
    );
    say("target", target.filter(|t| t.all).map(|_| "all".to_owned()));
    say(
        "target",
        target.and_then(|t| t.nth).map(|n| format!("no. {n}")),
    );
    say("due", item.due.as_ref().map(moment));
    say("start", item.start.as_ref().map(moment));
    say("deadline", item.deadline.map(|d| d.to_string()));
    say("shift", item.shift.clone());
    if let Some(repeat) = &item.recurrence {
        say(
            "every",
            Some(format!(
                "{} from {} by {:?}",
                repeat.rrule, repeat.start, repeat.from
            )),
        );
        say(
            "but",
            (!repeat.exclude.is_empty()).then(|| repeat.exclude.join(" ")),
        );
    }
    for alert in &item.reminders {
        say(
            "remind",
            Some(match alert {
                Alert::Offset { offset, of } => format!("{offset} of {of}"),
                Alert::At { at } => at.to_string(),
            }),
        );
    }
    say("tags", (!item.tags.is_empty()).then(|| item.tags.join(" ")));
    say("priority", item.priority.map(|p| format!("{p:?}")));
    say(
        "clear",
        (!item.clear.is_empty()).then(|| format!("{:?}", item.clear)),
    );
    say("list", item.list.clone());
    say("estimate", item.estimate.clone());
    say("assignee", item.assignee.clone());
    say("filter", item.filter.clone());
    say("text", item.text.as_ref().map(|t| format!("{t:?}")));
    parts
}

fn moment(moment: &Moment) -> String {
    let mut text = moment
        .at
        .map(|at| at.to_string())
        .or(moment.date.map(|d| d.to_string()))
        .unwrap_or_default();
    if let Some(through) = &moment.through {
        text.push_str("..");
        text.push_str(through);
    }
    text
}

/// Reads each line of `texts` and shows what came out, a line each.
pub fn table(texts: &str, read: fn(&str) -> Interpretation) -> String {
    texts
        .lines()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| [text, "\n    ", &show(&read(text)), "\n"].concat())
        .collect()
}
