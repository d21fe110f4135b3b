//! Reminders to come, deliveries made, and what a person does with them.

use crate::act::{act, task};
use contract::commands::SnoozeInput;
use domain::{
    command::Command,
    id::{DeliveryId, ReminderId, TaskId},
    need::Need,
    reminder,
    state::State,
    task::change::Expect,
};
use host::{Answer, Body, Deps, Id, PageQuery, Params, Problem, Reads, Writes};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// `GET /reminders`: those to come, the next first.
pub(crate) async fn reminders(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    Ok(Answer::page(
        &deps
            .store
            .reminders(&who, query.after.as_deref(), query.limit.0)
            .await?,
    ))
}

/// `GET /deliveries`: what was sent or tried, by which channel, the newest first.
pub(crate) async fn deliveries(
    deps: Deps,
    who: Reads,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    Ok(Answer::page(
        &deps
            .store
            .deliveries(&who, query.after.as_deref(), query.limit.0)
            .await?,
    ))
}

/// Which reminder, until when.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnoozeBody {
    /// The reminder's task.
    #[schemars(with = "uuid::Uuid")]
    task_id: TaskId,
    /// A moment ahead (UTC).
    until: jiff::Timestamp,
}

/// `POST /reminders/{id}/snooze`
pub(crate) async fn snooze(
    deps: Deps,
    who: Writes,
    Id(reminder): Id<ReminderId>,
    Body(input): Body<SnoozeBody>,
) -> Result<Answer, Problem> {
    let (id, until) = (input.task_id, input.until);
    let command = Command::SnoozeReminder {
        id,
        reminder: Some(reminder),
        until,
    };
    act(&deps, &who, Expect::Any, command, task(200, id)).await
}

/// `POST /tasks/{id}/snooze`: the task's last reminder, or a new one.
pub(crate) async fn snooze_task(
    deps: Deps,
    who: Writes,
    Id(id): Id<TaskId>,
    Body(input): Body<SnoozeInput>,
) -> Result<Answer, Problem> {
    let command = Command::SnoozeReminder {
        id,
        reminder: input.reminder_id,
        until: input.until,
    };
    act(&deps, &who, Expect::Any, command, task(200, id)).await
}

/// `POST /deliveries/{id}/retry`
pub(crate) async fn retry(
    deps: Deps,
    who: Writes,
    Id(id): Id<DeliveryId>,
) -> Result<Answer, Problem> {
    let need = Need {
        deliveries: vec![id],
        ..Need::default()
    };
    let decide = Arc::new(move |state: &mut State, now| {
        reminder::retry(state, id, now)?;
        Ok(store::Answer {
            status: 202,
            body: format!("{{\"id\":\"{id}\",\"state\":\"open\"}}"),
            version: None,
        })
    });
    Ok(deps.store.commit(&who, need, decide).await?.into())
}
