//! What an export holds, in an order in which each record finds what it names; as commands, and in parts.

use super::{FORMAT, ImportInput, VERSION};
use crate::bulk::Read;
use contract::import::{self, Kind, People};
use domain::{id::UserId, task::change::Expect};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// The commands that take in what an export holds.
pub(super) fn of(input: ImportInput, person: UserId, fresh: impl Fn() -> Uuid) -> Vec<Read> {
    let people = People {
        from: owner(&input).map(UserId),
        to: person,
    };
    let read = |(kind, record): (Kind, Value)| Read {
        key: Some(called(kind, &record)),
        command: import::command(kind, record, people, fresh())
            .map(|command| (command, Expect::Any)),
    };
    ordered(input).into_iter().map(read).collect()
}

/// Whose export it is, where it tells.
fn owner(input: &ImportInput) -> Option<Uuid> {
    let settings = input.settings.first().and_then(|own| own["id"].as_str());
    settings.and_then(|id| id.parse().ok()).or(input.owner)
}

/// What `GET /export` answered as several of the kind, none much longer than `most` bytes, to be imported one after the other.
///
/// # Errors
/// When it is not what `GET /export` answers.
pub fn parts(export: Value, most: usize) -> serde_json::Result<Vec<Value>> {
    let input: ImportInput = serde_json::from_value(export)?;
    let mut empty = Map::from_iter([
        ("format".to_owned(), input.format.clone().into()),
        ("version".to_owned(), input.version.into()),
    ]);
    if let Some(owner) = owner(&input) {
        empty.insert("owner".to_owned(), owner.to_string().into());
    }
    let (mut parts, mut part, mut size) = (Vec::new(), empty.clone(), 0);
    for (kind, record) in ordered(input) {
        let length = record.to_string().len() + 1;
        if size > 0 && size + length > most {
            parts.push(Value::Object(std::mem::replace(&mut part, empty.clone())));
            size = 0;
        }
        size += length;
        if let Value::Array(records) = part.entry(field(kind)).or_insert_with(|| json!([])) {
            records.push(record);
        }
    }
    parts.push(Value::Object(part));
    Ok(parts)
}

/// Whether it is an export of this program, and not of a newer one.
pub(super) fn is_known(input: &ImportInput) -> bool {
    input.format == FORMAT && input.version <= VERSION
}

fn ordered(input: ImportInput) -> Vec<(Kind, Value)> {
    let of = |kind, records: Vec<Value>| records.into_iter().map(move |record| (kind, record));
    of(Kind::Settings, input.settings)
        .chain(of(Kind::List, input.lists))
        .chain(of(Kind::Section, input.sections))
        .chain(of(Kind::Tag, input.tags))
        .chain(of(Kind::View, input.views))
        .chain(of(Kind::Series, input.series))
        .chain(of(Kind::Task, named_first(input.tasks)))
        .chain(of(Kind::Comment, input.comments))
        .collect()
}

/// Where an export has records of a kind.
fn field(kind: Kind) -> &'static str {
    match kind {
        Kind::Settings => "settings",
        Kind::List => "lists",
        Kind::Section => "sections",
        Kind::Tag => "tags",
        Kind::View => "views",
        Kind::Series => "series",
        Kind::Task => "tasks",
        Kind::Comment => "comments",
    }
}

/// What a person would call a record.
fn called(kind: Kind, record: &Value) -> String {
    let name = ["title", "name", "text", "id"]
        .iter()
        .find_map(|field| record[*field].as_str())
        .unwrap_or_default();
    let short: String = name.chars().take(60).collect();
    let what = match kind {
        Kind::Settings => return "settings".to_owned(),
        Kind::List => "list",
        Kind::Section => "section",
        Kind::Tag => "tag",
        Kind::View => "view",
        Kind::Series => "series",
        Kind::Task => "task",
        Kind::Comment => "comment",
    };
    format!("{what} {short:?}")
}

/// Parents and blockers before those that name them; what names nothing known keeps its place at the end.
fn named_first(tasks: Vec<Value>) -> Vec<Value> {
    let id = |task: &Value| task["id"].as_str().unwrap_or_default().to_owned();
    let ids: HashSet<String> = tasks.iter().map(id).collect();
    let mut made = HashSet::new();
    let mut waiting = tasks;
    let mut ordered = Vec::with_capacity(waiting.len());
    loop {
        let before = ordered.len();
        let mut rest = Vec::new();
        for task in waiting {
            let blockers = task["blocked_by"].as_array().into_iter().flatten();
            let mut named = blockers
                .filter_map(Value::as_str)
                .chain(task["parent_id"].as_str());
            if named.all(|id| !ids.contains(id) || made.contains(id)) {
                made.insert(id(&task));
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
