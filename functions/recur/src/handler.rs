//! What happens when an occurrence is closed.

use domain::{
    event::Change,
    id::{SeriesId, TaskId, UserId},
    need::Need,
    series,
    state::State,
};
use host::{
    Deps,
    events::{Incoming, Outcome},
};
use jiff::Timestamp;
use std::sync::Arc;
use store::{Answer, StoreError};

/// Makes the next occurrence of a series. Nothing happens when the closing was undone meanwhile.
pub(crate) async fn on_closed(deps: Deps, event: Incoming) -> Outcome {
    let closed_at = match event.event() {
        Ok(event) => closed_at(&event.change),
        Err(never) => return never,
    };
    let (Some(closed_at), Some(by)) = (closed_at, event.by()) else {
        return Outcome::Done;
    };
    next(&deps, &event, by.user_id, closed_at).await.into()
}

/// The moment of closing is what tells this closing from a later one.
fn closed_at(change: &Change) -> Option<Timestamp> {
    match change {
        Change::Task(fields) => fields.after.closed_at.flatten(),
        _ => None,
    }
}

async fn next(
    deps: &Deps,
    event: &Incoming,
    person: UserId,
    closed_at: Timestamp,
) -> Result<(), StoreError> {
    let task = TaskId(event.subject);
    let Some(reader) = deps.store.reader(person).await? else {
        return Ok(());
    };
    let Some(series) = series_of(deps, &reader, task).await? else {
        return Ok(());
    };
    let need = Need {
        tasks: vec![task, series::successor(series, task)],
        series: vec![series],
        ..Need::default()
    };
    let decide = Arc::new(move |state: &mut State, now| {
        series::spawn(state, task, closed_at, now)?;
        Ok(Answer {
            status: 204,
            body: String::new(),
            version: None,
        })
    });
    deps.store
        .commit(&event.writer(deps, "recur", reader), need, decide)
        .await
        .map(drop)
}

async fn series_of(
    deps: &Deps,
    reader: &store::Reader,
    task: TaskId,
) -> Result<Option<SeriesId>, StoreError> {
    let Some(doc) = deps.store.task(reader, task).await? else {
        return Ok(None);
    };
    #[derive(serde::Deserialize)]
    struct Occurrence {
        series_id: Option<SeriesId>,
    }
    let task: Occurrence =
        serde_json::from_str(&doc.json).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(task.series_id)
}
