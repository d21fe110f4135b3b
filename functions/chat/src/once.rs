//! A request that is sent again with its `Idempotency-Key` is answered as it was, and nothing is done twice.

use crate::{memory::KEPT, reply::Reply};
use host::{Deps, Problem};
use serde::{Deserialize, Serialize};
use store::{Idempotency, StoreError, Writer};

#[derive(Serialize, Deserialize)]
struct Answered {
    /// Of what was said, as the key must not be used for anything else.
    body: String,
    reply: Reply,
}

/// What was answered before, if it was.
///
/// # Errors
/// `idempotency_key_reused` where the key came with something else.
pub(crate) async fn answered(deps: &Deps, who: &Writer) -> Result<Option<Reply>, Problem> {
    let Some(once) = &who.idempotency else {
        return Ok(None);
    };
    let now = deps.clock.now();
    let kept = deps.store.note(&who.reader, &key(once), now).await?;
    let Some(kept) = kept.and_then(|json| serde_json::from_str::<Answered>(&json).ok()) else {
        return Ok(None);
    };
    if kept.body != once.body {
        return Err(StoreError::KeyReused.into());
    }
    Ok(Some(kept.reply))
}

/// Keeps what was answered.
pub(crate) async fn keep(deps: &Deps, who: &Writer, reply: &Reply) -> Result<(), StoreError> {
    let Some(once) = &who.idempotency else {
        return Ok(());
    };
    let kept = Answered {
        body: once.body.clone(),
        reply: reply.clone(),
    };
    let (json, until) = (contract::doc::json(&kept), deps.clock.now() + KEPT);
    deps.store
        .put_note(&who.reader, &key(once), &json, until)
        .await
}

fn key(once: &Idempotency) -> String {
    format!("answered/{}/{}", once.route, once.key)
}
