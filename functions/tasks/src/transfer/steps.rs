//! What an export holds as commands.

use super::ImportInput;
use contract::commands::CommandInput;
use host::{Code, Problem};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The commands that make again what an export holds, in an order in which each finds what it names.
pub(super) fn of(input: ImportInput) -> Result<Vec<CommandInput>, Problem> {
    let mut commands = Vec::new();
    for settings in input.settings {
        let fields = without(settings, &["id", "version", "updated_at"]);
        commands.push(command("update_settings", None, fields));
    }
    let known = [
        "version",
        "position",
        "created_at",
        "updated_at",
        "deleted_at",
    ];
    for (kind, records) in [
        ("create_list", input.lists),
        ("create_section", input.sections),
        ("create_view", input.views),
    ] {
        for record in records {
            let id = record.get("id").cloned();
            commands.push(command(kind, id, without(without(record, &known), &["id"])));
        }
    }
    for tag in input.tags {
        commands.push(command(
            "update_tag",
            None,
            without(without(tag, &known), &["id"]),
        ));
    }
    let mut comments = by_task(input.comments);
    for task in parents_first(input.tasks) {
        let about = task["id"].as_str().and_then(|id| comments.remove(id));
        push_task(&mut commands, task, about.unwrap_or_default());
    }
    let read = |value| {
        serde_json::from_value(value).map_err(|error| {
            Problem::new(
                Code::FieldInvalid,
                format!("This export cannot be read: {error}."),
            )
        })
    };
    commands.into_iter().map(read).collect()
}

/// Comments by the task that they are on, each list in its order.
fn by_task(comments: Vec<Value>) -> HashMap<String, Vec<Value>> {
    let mut all = HashMap::<_, Vec<_>>::new();
    for comment in comments {
        let task = comment["task_id"].as_str().unwrap_or_default().to_owned();
        all.entry(task).or_default().push(comment);
    }
    all
}

/// The steps that make one task again, as it was: open, closed or in the trash.
fn push_task(commands: &mut Vec<Value>, mut task: Value, comments: Vec<Value>) {
    let id = task.get("id").cloned();
    let status = task
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("open")
        .to_owned();
    let trashed = task.get("deleted_at").is_some_and(|at| !at.is_null());
    if let Some(list) = task.as_object_mut() {
        list.remove("warnings");
    }
    let read_only = [
        "status",
        "version",
        "position",
        "series_id",
        "occurrence",
        "created_at",
        "updated_at",
        "closed_at",
        "deleted_at",
    ];
    let recurs = task.get("recurrence").is_some_and(|rule| !rule.is_null());
    let mut fields = without(task, &read_only);
    if recurs && (status != "open" || trashed) {
        // A closed occurrence must not begin a series of its own.
        fields["recurrence"] = Value::Null;
    }
    commands.push(command("create_task", id.clone(), fields));
    for comment in comments {
        let said = json!({ "task_id": comment["task_id"], "text": comment["text"] });
        commands.push(command("comment", comment.get("id").cloned(), said));
    }
    match status.as_str() {
        "done" => commands.push(command("complete_task", id.clone(), json!({}))),
        "dropped" => commands.push(command("drop_task", id.clone(), json!({}))),
        _ => {}
    }
    if trashed {
        commands.push(command("delete_task", id, json!({})));
    }
}

fn command(kind: &str, id: Option<Value>, set: Value) -> Value {
    json!({ "type": kind, "id": id, "set": set })
}

fn without(mut record: Value, fields: &[&str]) -> Value {
    if let Some(object) = record.as_object_mut() {
        for field in fields {
            object.remove(*field);
        }
    }
    record
}

/// Parents and blockers before those that name them; what names nothing known keeps its place at the end.
fn parents_first(tasks: Vec<Value>) -> Vec<Value> {
    let ids: HashSet<String> = tasks
        .iter()
        .filter_map(|task| task["id"].as_str().map(str::to_owned))
        .collect();
    let mut made = HashSet::new();
    let mut waiting = tasks;
    let mut ordered = Vec::with_capacity(waiting.len());
    loop {
        let before = ordered.len();
        let mut rest = Vec::new();
        for task in waiting {
            let blockers = task["blocked_by"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let mut named = blockers.chain(task["parent_id"].as_str());
            if named.all(|id| !ids.contains(id) || made.contains(id)) {
                made.insert(task["id"].as_str().unwrap_or_default().to_owned());
                ordered.push(task);
            } else {
                rest.push(task);
            }
        }
        if rest.is_empty() || ordered.len() == before {
            ordered.extend(rest);
            return ordered;
        }
        waiting = rest;
    }
}
