//! Everything a person has, out and in again.

use crate::bulk;
use contract::commands::{CommandInput, Mode};
use domain::filter::Filter;
use host::{Answer, Body, Code, Deps, Problem, Reads, Writes};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};
use store::{Idempotency, Kind, SortBy, SortKey, TaskQuery, Writer};

const FORMAT: &str = "errand";
const VERSION: u64 = 1;

/// `GET /export`: JSON of settings, lists, sections, tags, views, tasks (the trash too) and comments.
pub(crate) async fn export(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    let mut all = Map::new();
    all.insert("format".into(), FORMAT.into());
    all.insert("version".into(), VERSION.into());
    all.insert("exported_at".into(), deps.clock.now().to_string().into());
    let kinds = [
        ("settings", Kind::Settings),
        ("lists", Kind::List),
        ("sections", Kind::Section),
        ("tags", Kind::Tag),
        ("views", Kind::View),
        ("series", Kind::Series),
    ];
    for (name, kind) in kinds {
        let docs = deps.store.records(&who, kind).await?;
        all.insert(
            name.into(),
            docs.iter()
                .map(|doc| parsed(&doc.json))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
        );
    }
    let mut tasks = all_tasks(&deps, &who, false).await?;
    tasks.extend(all_tasks(&deps, &who, true).await?);
    let comments = comments(&deps, &who, &tasks).await?;
    all.insert("tasks".into(), tasks.into());
    all.insert("comments".into(), comments.into());
    Ok(Answer::json(&all))
}

fn parsed(json: &str) -> Result<Value, Problem> {
    serde_json::from_str(json).map_err(|error| Problem::internal(&error))
}

async fn all_tasks(deps: &Deps, who: &Reads, trash: bool) -> Result<Vec<Value>, Problem> {
    let mut tasks = Vec::new();
    let mut query = TaskQuery {
        filters: vec![Filter::All],
        trash,
        hidden: true,
        sort: vec![SortBy {
            key: SortKey::Created,
            descending: false,
        }],
        limit: 200,
        now: Some(deps.clock.now()),
        ..TaskQuery::default()
    };
    loop {
        let page = deps.store.tasks(who, &query).await?;
        for doc in &page.items {
            tasks.push(parsed(&doc.json)?);
        }
        let Some(next) = page.next else {
            return Ok(tasks);
        };
        query.after = Some(next);
    }
}

async fn comments(deps: &Deps, who: &Reads, tasks: &[Value]) -> Result<Vec<Value>, Problem> {
    let mut all = Vec::new();
    for task in tasks {
        let Some(id) = task["id"].as_str().and_then(|id| id.parse().ok()) else {
            continue;
        };
        for doc in deps.store.records(who, Kind::Comment(id)).await? {
            all.push(parsed(&doc.json)?);
        }
    }
    Ok(all)
}

/// What an export holds, as far as it can be made again.
#[derive(Deserialize)]
pub(crate) struct ImportInput {
    format: String,
    version: u64,
    /// When it was made; only told.
    #[serde(default)]
    #[expect(dead_code, reason = "named, so that an export is not refused for it")]
    exported_at: Option<Value>,
    /// Not made again: a task that comes back carries its rule, and begins its series anew.
    #[serde(default)]
    #[expect(dead_code, reason = "named, so that an export is not refused for it")]
    series: Vec<Value>,
    #[serde(default)]
    settings: Vec<Value>,
    #[serde(default)]
    lists: Vec<Value>,
    #[serde(default)]
    sections: Vec<Value>,
    #[serde(default)]
    tags: Vec<Value>,
    #[serde(default)]
    views: Vec<Value>,
    #[serde(default)]
    tasks: Vec<Value>,
    #[serde(default)]
    comments: Vec<Value>,
}

/// `POST /import`: what an export holds. Ids stay, so that importing twice makes nothing twice.
pub(crate) async fn import(
    deps: Deps,
    who: Writes,
    Body(input): Body<ImportInput>,
) -> Result<Answer, Problem> {
    if input.format != FORMAT || input.version > VERSION {
        let words = "This is not an export of this program, or of a newer one. Send what `GET /export` answered.";
        return Err(Problem::field("/format", Code::FieldInvalid, words));
    }
    let commands = commands(input)?;
    let (mut imported, mut problems) = (0_usize, Vec::new());
    for (chunk, inputs) in commands.chunks(bulk::MOST).enumerate() {
        let answer = bulk::run(
            &deps,
            &part(&who, chunk),
            Mode::Each,
            false,
            inputs.to_vec(),
        )
        .await?;
        for result in parsed(answer.body())?["results"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if result["status"] == "done" {
                imported += 1;
            } else {
                problems.push(result.clone());
            }
        }
    }
    problems.truncate(100);
    Ok(Answer::json(
        &json!({ "run_id": who.run, "imported": imported, "problems": problems }),
    ))
}

/// A part of an import: the same run, with an idempotency key of its own.
fn part(who: &Writer, chunk: usize) -> Writer {
    let keyed = |key: &Idempotency| Idempotency {
        key: format!("{}/{chunk}", key.key),
        ..key.clone()
    };
    Writer {
        idempotency: who.idempotency.as_ref().map(keyed),
        ..who.clone()
    }
}

fn commands(input: ImportInput) -> Result<Vec<CommandInput>, Problem> {
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
