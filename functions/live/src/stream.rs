//! Server-sent events, for where no WebSocket gets through.

use crate::{
    Live,
    changes::{AfterQuery, window},
};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::Stream;
use host::{Follows, Params, Problem};
use http::HeaderMap;
use std::{convert::Infallible, time::Duration};
use store::{Reader, StoreError};
use tokio::sync::watch;

/// `GET /changes/stream?after=`; `Last-Event-ID` goes before.
pub(crate) async fn stream(
    State(live): State<Live>,
    who: Follows,
    headers: HeaderMap,
    Params(query): Params<AfterQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    let cursor = window(&live, &who, last.or(query.after).as_deref()).await?;
    let first = match &cursor {
        Some(cursor) => Event::default()
            .event("hello")
            .id(cursor.clone())
            .data(contract::doc::json(cursor)),
        None => alone("reset"),
    };
    let mut ear = live.feed.listen();
    ear.mark_changed();
    let state = Window {
        live,
        who: who.0,
        over: cursor.is_none(),
        cursor: cursor.unwrap_or_default(),
        ear,
    };
    let events = futures::stream::unfold((Some(first), state), |(first, mut state)| async move {
        match first {
            Some(first) => Some((Ok(first), (None, state))),
            None => state.next().await.map(|event| (Ok(event), (None, state))),
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

struct Window {
    live: Live,
    who: Reader,
    cursor: String,
    ear: watch::Receiver<u64>,
    over: bool,
}

impl Window {
    /// The next page of events; none when the process stops or the client has to begin anew.
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            let closing = self.live.feed.closing();
            tokio::select! {
                biased;
                () = closing.cancelled() => return Some(self.last("bye")),
                heard = self.ear.changed() => heard.ok()?,
            }
            match self.live.feed.shared(&self.who, &self.cursor).await {
                Ok(news) => {
                    self.cursor.clone_from(&news.cursor);
                    if news.more {
                        self.ear.mark_changed();
                    }
                    if news.count > 0 {
                        let cursor = contract::doc::json(&news.cursor);
                        let data = format!(
                            "{{\"events\":{},\"cursor\":{cursor},\"more\":{}}}",
                            news.events, news.more
                        );
                        return Some(Event::default().event("events").id(news.cursor).data(data));
                    }
                }
                Err(StoreError::CursorGone | StoreError::CursorInvalid) => {
                    return Some(self.last("reset"));
                }
                Err(_) => {}
            }
        }
        None
    }

    fn last(&mut self, name: &str) -> Event {
        self.over = true;
        alone(name)
    }
}

/// An event that says all by its name.
fn alone(name: &str) -> Event {
    Event::default().event(name).data("{}")
}
