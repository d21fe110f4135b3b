//! A recurring task as a whole.

use crate::{
    act::{act, expect, record},
    keep::one,
};
use domain::{command::Command, id::SeriesId, series::Series};
use host::{Answer, Deps, Id, Precondition, Problem, Reads, Writes};
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
    at: Precondition,
    id: SeriesId,
    command: Command,
) -> Result<Answer, Problem> {
    act(
        &deps,
        &who,
        expect(at),
        command,
        record::<Series>(200, id.0),
    )
    .await
}

/// `POST /series/{id}/end`
pub(crate) async fn end_series(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, at, id, Command::EndSeries { id }).await
}

/// `POST /series/{id}/pause`
pub(crate) async fn pause_series(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, at, id, Command::PauseSeries { id }).await
}

/// `POST /series/{id}/resume`
pub(crate) async fn resume_series(
    deps: Deps,
    who: Writes,
    at: Precondition,
    Id(id): Id<SeriesId>,
) -> Result<Answer, Problem> {
    on_series(deps, who, at, id, Command::ResumeSeries { id }).await
}
