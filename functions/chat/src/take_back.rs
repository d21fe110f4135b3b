//! "Undo that".

use crate::reply::{Action, Reply};
use domain::{
    need::{Need, Undo},
    state::State,
    undo,
};
use host::{Code, Deps, Problem};
use serde_json::json;
use std::sync::Arc;
use store::Writer;

/// Takes back the last run of this client.
pub(crate) async fn last(deps: &Deps, who: &Writer, reply: &mut Reply) -> Result<(), Problem> {
    let what = Undo::Last {
        client: who.client.clone(),
    };
    let need = Need {
        undo: Some(what.clone()),
        ..Need::default()
    };
    let decide = Arc::new(move |state: &mut State, now| {
        let done = undo::of(state, &what, false, now)?;
        let body = json!({ "undone": done.undone, "left": done.left }).to_string();
        Ok(store::Answer {
            status: 200,
            body,
            version: None,
        })
    });
    match deps
        .store
        .commit(who, need, decide)
        .await
        .map_err(Problem::from)
    {
        Ok(done) => {
            let result = serde_json::from_str(&done.answer.body).unwrap_or_default();
            "Taken back.".clone_into(&mut reply.text);
            let id = deps.ids.uuid().to_string();
            reply.actions.push(Action {
                id,
                name: "undo".into(),
                summary: reply.text.clone(),
                result,
            });
            Ok(())
        }
        Err(problem) if matches!(problem.code(), Code::NotFound | Code::UndoBlocked) => {
            problem.detail().clone_into(&mut reply.text);
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}
