//! A recurring task as a whole.

use crate::{
    act::{act, record},
    keep::one,
};
use domain::{command::Command, id::SeriesId, series::Series, task::change::Expect};
use host::{Answer, Deps, Id, Problem, Reads, Writes};
use store::Kind;

/// `GET /series/{id}`
pub(crate) async fn series(
    deps: Deps,
    who: Reads,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    one(deps, who, Kind::Series, id.0, "series").await
}

async fn on_series(
    deps: Deps,
    who: Writes,
    id: SeriesId,
    command: Command,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        Expect::Any,
        command,
        record::<Series>(200, id.0),
    )
    .await
}

/// `POST /series/{id}/end`
pub(crate) async fn end_series(
    deps: Deps,
    who: Writes,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, id, Command::EndSeries { id }).await
}

/// `POST /series/{id}/pause`
pub(crate) async fn pause_series(
    deps: Deps,
    who: Writes,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, id, Command::PauseSeries { id }).await
}

/// `POST /series/{id}/resume`
pub(crate) async fn resume_series(
    deps: Deps,
    who: Writes,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, id, Command::ResumeSeries { id }).await
}
