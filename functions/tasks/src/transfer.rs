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
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use std::sync::Arc;
use store::{Doc, Idempotency, Kind, SortBy, SortKey, TaskQuery, Writer};
use uuid::Uuid;

const FORMAT: &str = "errand";
const VERSION: u64 = 1;

/// All of it, each record as it is stored.
#[derive(Serialize)]
struct Everything {
    format: &'static str,
    version: u64,
    exported_at: Timestamp,
    settings: Vec<Box<RawValue>>,
    lists: Vec<Box<RawValue>>,
    sections: Vec<Box<RawValue>>,
    tags: Vec<Box<RawValue>>,
    views: Vec<Box<RawValue>>,
    series: Vec<Box<RawValue>>,
    tasks: Vec<Box<RawValue>>,
    comments: Vec<Box<RawValue>>,
}

/// `GET /export`: JSON of settings, lists, sections, tags, views, tasks (the trash too) and comments.
pub(crate) async fn export(deps: Deps, asks: Who, who: Reads) -> Result<Answer, Problem> {
    asks.needs(scope::ACCOUNT)?;
    let of = async |kind| raw(deps.store.records(&who, kind).await?);
    let mut tasks = all_tasks(&deps, &who, false).await?;
    tasks.extend(all_tasks(&deps, &who, true).await?);
    Ok(Answer::json(&Everything {
        format: FORMAT,
        version: VERSION,
        exported_at: deps.clock.now(),
        settings: of(Kind::Settings).await?,
        lists: of(Kind::List).await?,
        sections: of(Kind::Section).await?,
        tags: of(Kind::Tag).await?,
        views: of(Kind::View).await?,
        series: of(Kind::Series).await?,
        tasks,
        comments: of(Kind::Comments).await?,
    }))
}

fn parsed(json: &str) -> Result<Value, Problem> {
    serde_json::from_str(json).map_err(|error| Problem::internal(&error))
}

fn raw(docs: Vec<Doc>) -> Result<Vec<Box<RawValue>>, Problem> {
    let raw = |doc: Doc| RawValue::from_string(doc.json).map_err(|error| Problem::internal(&error));
    docs.into_iter().map(raw).collect()
}

async fn all_tasks(deps: &Deps, who: &Reads, trash: bool) -> Result<Vec<Box<RawValue>>, Problem> {
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
        tasks.extend(raw(page.items)?);
        let Some(next) = page.next else {
            return Ok(tasks);
        };
        query.after = Some(next);
    }
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
