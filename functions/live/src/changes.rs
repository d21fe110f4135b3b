//! The long poll.

use crate::{
    Live,
    feed::{self, News},
};
use axum::extract::State;
use host::{Answer, Follows, Limit, Params, Problem};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Reader, StoreError};

/// How long it waits when nothing is new.
const WAIT: SignedDuration = SignedDuration::from_secs(25);

/// From where.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AfterQuery {
    /// The cursor that was answered last; `now` or nothing begins at the end.
    pub(crate) after: Option<String>,
    pub(crate) limit: Limit,
}

/// The cursor to begin at: where the log ends, unless one is given.
pub(crate) async fn begin(
    live: &Live,
    who: &Reader,
    after: Option<&str>,
) -> Result<String, StoreError> {
    match after {
        None | Some("now" | "") => live.deps.store.cursor(who).await,
        Some(after) => {
            live.deps.store.follow(who, after).await?;
            Ok(after.to_owned())
        }
    }
}

/// The same for a window, which is told by a message when it has to read everything anew: none then.
pub(crate) async fn window(
    live: &Live,
    who: &Reader,
    after: Option<&str>,
) -> Result<Option<String>, StoreError> {
    match begin(live, who, after).await {
        Ok(cursor) => Ok(Some(cursor)),
        Err(StoreError::CursorGone | StoreError::CursorInvalid) => Ok(None),
        Err(other) => Err(other),
    }
}

/// `GET /changes?after=`: what is new, at once or within 25 seconds.
pub(crate) async fn changes(
    State(live): State<Live>,
    who: Follows,
    Params(query): Params<AfterQuery>,
) -> Result<Answer, Problem> {
    let mut ear = live.feed.listen();
    // "now" tells where to begin, and waits for nothing.
    let mut waited = matches!(query.after.as_deref(), Some("now"));
    let cursor = begin(&live, &who, query.after.as_deref()).await?;
    let clock = live.deps.clock.clone();
    let mut late = clock.sleep_until(clock.now() + WAIT);
    let closing = live.feed.closing();
    loop {
        let news = feed::news(&live.deps, &who, &cursor, query.limit.0).await?;
        if news.count > 0 || waited {
            return Ok(answer(&news));
        }
        tokio::select! {
            biased;
            () = closing.cancelled() => return Ok(answer(&news)),
            _ = ear.changed() => {}
            () = &mut late => waited = true,
        }
    }
}

fn answer(news: &News) -> Answer {
    let cursor = contract::doc::json(&news.cursor);
    Answer::raw(
        200,
        format!(
            "{{\"events\":{},\"cursor\":{cursor},\"more\":{}}}",
            news.events, news.more
        ),
    )
}
