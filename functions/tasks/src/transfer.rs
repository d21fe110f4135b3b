//! Everything a person has, out and in again.

mod steps;

pub use steps::parts;

use crate::bulk;
use contract::commands::Mode;
use domain::{
    event::{Detail, EventKind},
    filter::Filter,
    need::Need,
    state::State,
};
use host::{Answer, Body, Code, Deps, Problem, Reads, Who, Writes, who::scope};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::{Idempotency, Kind, SortBy, SortKey, TaskQuery, Writer};
use uuid::Uuid;

const FORMAT: &str = "errand";
const VERSION: u64 = 1;

/// `GET /export`: JSON of settings, lists, sections, tags, views, tasks (the trash too) and comments.
pub(crate) async fn export(deps: Deps, asks: Who, who: Reads) -> Result<Answer, Problem> {
    asks.needs(scope::ACCOUNT)?;
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
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ImportInput {
    /// `errand`.
    format: String,
    /// Of the format: 1.
    version: u64,
    /// When it was made; only told.
    #[serde(default)]
    #[expect(dead_code, reason = "named, so that an export is not refused for it")]
    exported_at: Option<Value>,
    /// Whose export it is, in the parts that have no settings: who was assigned then, is assigned here.
    #[serde(default)]
    owner: Option<Uuid>,
    /// As exported. A task whose series is not among them begins its own.
    #[serde(default)]
    series: Vec<Value>,
    /// As exported.
    #[serde(default)]
    settings: Vec<Value>,
    /// As exported.
    #[serde(default)]
    lists: Vec<Value>,
    /// As exported.
    #[serde(default)]
    sections: Vec<Value>,
    /// As exported.
    #[serde(default)]
    tags: Vec<Value>,
    /// As exported.
    #[serde(default)]
    views: Vec<Value>,
    /// As exported, those in the trash too.
    #[serde(default)]
    tasks: Vec<Value>,
    /// As exported.
    #[serde(default)]
    comments: Vec<Value>,
}

/// `POST /import`: what an export holds, as it was there: times, places, closed tasks closed. Ids stay, so that importing twice makes
/// nothing twice, and what is here already stays as it is.
pub(crate) async fn import(
    deps: Deps,
    asks: Who,
    who: Writes,
    Body(input): Body<ImportInput>,
) -> Result<Answer, Problem> {
    // It may set settings and put tasks into the trash.
    asks.needs(scope::ACCOUNT)?.needs(scope::TASKS_DELETE)?;
    if !steps::is_known(&input) {
        let words = "This is not an export of this program, or of a newer one. Send what `GET /export` answered.";
        return Err(Problem::field("/format", Code::FieldInvalid, words));
    }
    let mut commands = steps::of(input, who.reader.person, || deps.ids.uuid());
    let (steps, mut chunk) = (commands.len(), 0);
    let (mut imported, mut problems) = (0_usize, Vec::new());
    while !commands.is_empty() {
        let rest = commands.split_off(commands.len().min(bulk::MOST));
        let some = std::mem::replace(&mut commands, rest);
        let answer = bulk::run(&deps, &part(&who, chunk), Mode::Each, false, some).await?;
        chunk += 1;
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
    let note = format!("{imported} of {steps} steps");
    say_finished(&deps, &part(&who, chunk), note).await?;
    problems.truncate(100);
    Ok(Answer::json(
        &json!({ "run_id": who.run, "imported": imported, "problems": problems }),
    ))
}

/// Puts the end of an import into the log.
async fn say_finished(deps: &Deps, who: &Writer, note: String) -> Result<(), Problem> {
    let run = who.run.0;
    let decide = Arc::new(move |state: &mut State, now| {
        let detail = Detail {
            note: Some(note.clone()),
            ..Detail::default()
        };
        state.say(state.home, EventKind::ImportFinished, run, now, detail);
        Ok(store::Answer {
            status: 204,
            body: String::new(),
            version: None,
        })
    });
    deps.store.commit(who, Need::default(), decide).await?;
    Ok(())
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
