//! Words. Titles stand in quotes: they are somebody's text, not ours.

use crate::plan::Step;
use domain::{
    recurrence::{Rule, describe},
    reminder::in_words,
    settings::Settings,
    when::When,
};
use serde_json::Value;

pub(crate) const OFFLINE: &str = "I am the offline interpreter.";
pub(crate) const HELP: &str = "I make, change, complete, find, repeat, snooze and delete tasks, and undo. For example: \
    “Create a task to call mom on Sunday at 3pm”, “Mark buy groceries as complete”, “Change submit report due date to Monday”, \
    “Delete walk dog task”, “What are my tasks?”, “Remind me to stretch every weekday at 10am”, “Undo that”.";
pub(crate) const NOT_OURS: &str =
    "That is not something I can do. I look after your tasks: say “help” for examples.";

/// A title as somebody's text.
pub(crate) fn quoted(title: &str) -> String {
    format!("“{title}”")
}

/// A task's title and dates: “call mom”, due Sunday 29 November 2026, 15:00, weekly on Sunday.
pub(crate) fn task(task: &Value, settings: &Settings) -> String {
    let mut words = quoted(task["title"].as_str().unwrap_or_default());
    if let Some(due) = due(task, settings) {
        words = format!("{words}, due {due}");
    }
    if let Some(deadline) = task["deadline"].as_str() {
        words = format!("{words}, no later than {deadline}");
    }
    let rule = task["recurrence"]["rrule"]
        .as_str()
        .and_then(|rule| rule.parse::<Rule>().ok());
    if let Some(rule) = rule {
        words = format!("{words}, {}", describe(&rule));
    }
    let reminders = task["reminders"].as_array().map_or(0, Vec::len);
    match reminders {
        0 => words,
        1 => format!("{words}, with a reminder"),
        n => format!("{words}, with {n} reminders"),
    }
}

/// When a task is due.
pub(crate) fn due(task: &Value, settings: &Settings) -> Option<String> {
    let due: When = serde_json::from_value(task["due"].clone()).ok()?;
    Some(in_words(&due, settings.zone()))
}

/// What a command did to a task.
pub(crate) fn done(kind: &str, shown: &Value, settings: &Settings) -> String {
    let title = quoted(
        shown["title"]
            .as_str()
            .or(shown["name"].as_str())
            .unwrap_or_default(),
    );
    match kind {
        "create_task" => format!("Created {}.", task(shown, settings)),
        "create_list" => format!("Made the list {title}."),
        "complete_task" => format!("Completed {title}."),
        "reopen_task" => format!("Opened {title} again."),
        "drop_task" => format!("Dropped {title}."),
        "delete_task" => format!("Moved {title} to the trash."),
        "restore_task" => format!("Brought {title} back."),
        "skip" => format!("Skipped; next is {}.", task(shown, settings)),
        "end_series" => "It will not come back any more.".to_owned(),
        "snooze_reminder" => format!("I will remind you of {title} again then."),
        "comment" => format!("Noted on {title}."),
        _ => format!("Changed: {}.", task(shown, settings)),
    }
}

/// Asks for a yes to these steps, with their number where they are many.
pub(crate) fn shall_i(steps: &[Step]) -> String {
    let kind = steps.first().map_or("", Step::kind);
    let (n, alike) = (steps.len(), steps.iter().all(|step| step.kind() == kind));
    match steps {
        [one] => format!("{}?", one.line()),
        [list, one] if kind == "create_list" => {
            let (name, line) = (quoted(&list.title), uncapital(&one.line()));
            format!("There is no list {name}. Make it, and {line} there?")
        }
        _ if alike => format!("{}?", would(kind, &format!("{n} tasks"))),
        _ => format!("That touches {n} tasks. Shall I?"),
    }
}

fn uncapital(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().into_iter().flat_map(char::to_lowercase);
    first.chain(rest).collect()
}

/// What a command would do to something.
pub(crate) fn would(kind: &str, what: &str) -> String {
    match kind {
        "complete_task" => format!("Complete {what}"),
        "reopen_task" => format!("Open {what} again"),
        "drop_task" => format!("Drop {what}"),
        "delete_task" => format!("Move {what} to the trash"),
        "restore_task" => format!("Bring {what} back"),
        "create_task" => format!("Create {what}"),
        "create_list" => format!("Make the list {what}"),
        "skip" => format!("Skip {what}"),
        "end_series" => format!("End the series {what}"),
        _ => format!("Change {what}"),
    }
}
