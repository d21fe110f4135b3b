//! One command, one commit, one answer.

use contract::doc;
use domain::{
    command::Command,
    id::TaskId,
    record::Record,
    refusal::Refusal,
    state::{Kept, State},
    task::{Task, change::Expect},
};
use host::{Answer, Deps, Precondition, Problem};
use std::sync::Arc;
use store::{StoreError, Writer};
use uuid::Uuid;

/// What the caller knows of the record.
pub(crate) fn expect(at: Precondition) -> Expect {
    match at {
        Precondition::None | Precondition::Exists => Expect::Any,
        Precondition::Exactly(version) => Expect::Version(version),
        Precondition::Since(version) => Expect::Base(version),
    }
}

/// Does a command and answers what `show` makes of the state after it.
pub(crate) async fn act(
    deps: &Deps,
    who: &Writer,
    expect: Expect,
    command: Command,
    show: impl Fn(&State) -> Result<store::Answer, Refusal> + Send + Sync + 'static,
) -> Result<Answer, Problem> {
    let need = command.need(expect);
    let about = command.task();
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, expect, now)?;
        show(state)
    });
    match deps.store.commit(who, need, decide).await {
        Ok(done) => Ok(done.into()),
        Err(error) => Err(with_current(deps, who, about, error).await),
    }
}

/// A conflict shows the task as it is now, so that the person can choose.
async fn with_current(
    deps: &Deps,
    who: &Writer,
    about: Option<TaskId>,
    error: StoreError,
) -> Problem {
    let collides = matches!(
        error,
        StoreError::Refused(Refusal::Conflict { .. } | Refusal::VersionMismatch { .. })
    );
    let problem = Problem::from(error);
    match about.filter(|_| collides) {
        Some(id) => match deps.store.task(&who.reader, id).await {
            Ok(Some(doc)) => problem.current(&doc),
            _ => problem,
        },
        None => problem,
    }
}

/// Shows a task, with what is to be said beside it.
pub(crate) fn task(
    status: u16,
    id: TaskId,
) -> impl Fn(&State) -> Result<store::Answer, Refusal> + Send + Sync + 'static {
    move |state| {
        let row = state.row::<Task>(id.0)?;
        let mut body = doc::whole_task(id, row, &state.my_settings(), state.viewer);
        let warnings = &state.written().warnings;
        if !warnings.is_empty() {
            body.truncate(body.len() - 1);
            body = format!("{body},\"warnings\":{}}}", doc::json(warnings));
        }
        Ok(store::Answer {
            status,
            body,
            version: Some(row.version),
        })
    }
}

/// Shows a record of another kind.
pub(crate) fn record<R: Kept + Record>(
    status: u16,
    id: Uuid,
) -> impl Fn(&State) -> Result<store::Answer, Refusal> + Send + Sync + 'static {
    move |state| {
        let row = state.row::<R>(id)?;
        Ok(store::Answer {
            status,
            body: doc::record(id, row),
            version: Some(row.version),
        })
    }
}

/// Shows nothing.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands where `task` and `record` stand"
)]
pub(crate) fn nothing(_: &State) -> Result<store::Answer, Refusal> {
    Ok(store::Answer {
        status: 204,
        body: String::new(),
        version: None,
    })
}
