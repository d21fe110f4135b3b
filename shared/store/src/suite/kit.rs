//! What the checks are written with.

use crate::*;
use domain::{
    command,
    event::EventKind,
    id::*,
    need::Need,
    record::Record,
    state::State,
    task::{Task, TaskPatch, change::Expect},
};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

/// A store to check.
pub type Checked = Arc<dyn Store>;

/// An id that no other test has.
pub fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    derived(&["suite", &NEXT.fetch_add(1, Ordering::Relaxed).to_string()])
}

/// A person in Berlin.
pub async fn person(store: &Checked) -> Reader {
    store
        .person(UserId(fresh()), "somebody", "Europe/Berlin")
        .await
        .unwrap()
}

/// Somebody at a page, in a run of its own.
pub fn writer(reader: &Reader) -> Writer {
    Writer {
        reader: reader.clone(),
        client: "page".to_owned(),
        kind: ClientKind::Person,
        run: RunId(fresh()),
        correlation: "test".to_owned(),
        causation: None,
        idempotency: None,
        once: None,
        keeps: None,
    }
}

/// An answer of no interest.
pub fn done() -> Answer {
    Answer {
        status: 200,
        body: "{}".to_owned(),
        version: None,
    }
}

/// A decision out of a closure.
pub fn decide(
    how: impl Fn(&mut State, Timestamp) -> Result<(), domain::refusal::Refusal> + Send + Sync + 'static,
) -> Decide {
    Arc::new(move |state, now| how(state, now).map(|()| done()))
}

/// Does one of the domain's commands.
pub async fn run(
    store: &Checked,
    who: &Writer,
    command: command::Command,
) -> Result<Committed, StoreError> {
    run_at(store, who, command, Expect::Any).await
}

/// Does one of the domain's commands, knowing something of its task.
pub async fn run_at(
    store: &Checked,
    who: &Writer,
    command: command::Command,
    expect: Expect,
) -> Result<Committed, StoreError> {
    let need = command.need(expect);
    store
        .commit(
            who,
            need,
            decide(move |state, now| command.decide(state, expect, now)),
        )
        .await
}

/// A patch of some of a task's fields, as JSON.
pub fn patch(fields: Value) -> TaskPatch {
    serde_json::from_value(fields).unwrap()
}

/// Makes a task with these fields.
pub async fn create(store: &Checked, who: &Reader, fields: Value) -> TaskId {
    let id = TaskId(fresh());
    let command = command::Command::CreateTask {
        id,
        draft: patch(fields),
        repeat: None,
    };
    run(store, &writer(who), command).await.unwrap();
    id
}

/// A command that makes a task, without the domain's checks.
pub fn plain_create(id: TaskId, title: &str) -> (Need, Decide) {
    let task = Task {
        title: title.to_owned(),
        position: id.to_string(),
        ..Task::default()
    };
    let make = decide(move |state, now| {
        let (home, mut task) = (state.home, task.clone());
        task.created_at = now;
        state.create(EventKind::TaskCreated, home, id.0, now, &task);
        Ok(())
    });
    (Need::task(id), make)
}

/// A command that changes a task's title.
pub fn retitle(id: TaskId, title: &str) -> (Need, Decide) {
    let title = title.to_owned();
    let edit = decide(move |state, now| {
        let title = title.clone();
        let edit = move |task: &mut Task| task.title = title;
        state
            .change::<Task>(
                EventKind::TaskChanged,
                id.0,
                now,
                domain::event::Detail::default(),
                edit,
            )
            .map(drop)
    });
    (Need::task(id), edit)
}

/// A task's JSON.
pub async fn read(store: &Checked, who: &Reader, id: TaskId) -> Option<Value> {
    let doc = store.task(who, id).await.unwrap()?;
    assert_eq!(doc.id, id.0);
    let value: Value = serde_json::from_str(&doc.json).unwrap();
    assert_eq!(value["version"], doc.version);
    Some(value)
}

/// The titles of a page.
pub fn titles(page: &Page) -> Vec<String> {
    let title = |doc: &Doc| {
        serde_json::from_str::<Value>(&doc.json).unwrap()["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    page.items.iter().map(title).collect()
}

/// All lines of a person's own stream, after checking the chain.
pub async fn verified(store: &Checked, who: &Reader) -> Vec<LogRow> {
    let lines = store.lines(who.home, 0, 100_000).await.unwrap();
    let (mut n, mut hash) = (0, chain::START.to_owned());
    for line in &lines {
        chain::follows(who.home, n, &hash, line).unwrap();
        (n, hash) = (line.n, line.hash.clone());
    }
    let heads = store.heads().await.unwrap();
    assert!(
        heads.contains(&(who.home, n, hash)),
        "the head is not the last line"
    );
    lines
}

/// A fresh record with everything at its default but what is named.
pub fn record<R: Record>(fields: Value) -> R {
    serde_json::from_value(fields).unwrap()
}
