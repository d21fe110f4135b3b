//! Taking back what was done.

use contract::doc;
use domain::{
    id::RunId,
    need::{Need, Undo},
    state::State,
    undo::{self, Undone},
};
use host::{Answer, Body, Deps, Problem, Writes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What to take back: the last run of this client, or a run, or one event.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UndoInput {
    /// An event, as the log names it.
    event_id: Option<String>,
    /// A run: what one request did together.
    #[schemars(with = "Option<uuid::Uuid>")]
    run_id: Option<RunId>,
    /// Takes back what can be, and leaves what was changed again.
    partly: bool,
}

#[derive(Serialize)]
struct UndoAnswer<'a> {
    run_id: RunId,
    undone: &'a [String],
    left: &'a [domain::refusal::Left],
}

/// `POST /undo`
pub(crate) async fn take_back(
    deps: Deps,
    who: Writes,
    Body(input): Body<UndoInput>,
) -> Result<Answer, Problem> {
    let what = chosen(&who, &input)?;
    let need = Need {
        undo: Some(what.clone()),
        ..Need::default()
    };
    let (run, partly) = (who.run, input.partly);
    let decide = Arc::new(move |state: &mut State, now| {
        let done = undo::of(state, &what, partly, now)?;
        Ok(store::Answer {
            status: 200,
            body: shown(run, &done),
            version: None,
        })
    });
    Ok(deps.store.commit(&who, need, decide).await?.into())
}

fn chosen(who: &Writes, input: &UndoInput) -> Result<Undo, Problem> {
    match (&input.event_id, input.run_id) {
        (None, None) => Ok(Undo::Last {
            client: who.client.clone(),
        }),
        (None, Some(run)) => Ok(Undo::Run(run)),
        (Some(event), None) => {
            let own = event
                .rsplit_once(':')
                .filter(|(stream, _)| *stream == who.reader.home.to_string());
            let n = own.and_then(|(_, n)| n.parse().ok());
            n.map(Undo::Event)
                .ok_or_else(|| Problem::not_found("event"))
        }
        (Some(_), Some(_)) => Err(Problem::new(
            host::Code::FieldInvalid,
            "Name one thing to undo: an `event_id` or a `run_id`, not both.",
        )),
    }
}

fn shown(run_id: RunId, done: &Undone) -> String {
    doc::json(&UndoAnswer {
        run_id,
        undone: &done.undone,
        left: &done.left,
    })
}
