//! The WebSocket: hello, events, reset, bye.

use crate::{
    Live,
    changes::{AfterQuery, window},
    feed::MOST,
};
use axum::{
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use host::{Code, Follows, Params, Problem};
use jiff::SignedDuration;
use serde_json::json;
use store::{Reader, StoreError};

/// How often a silent line is tried.
const PING: SignedDuration = SignedDuration::from_secs(15);

/// `GET /changes/socket?after=`
pub(crate) async fn socket(
    State(live): State<Live>,
    who: Follows,
    Params(query): Params<AfterQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_| {
        let words = "This path speaks WebSocket. Ask with an upgrade, or follow /changes/stream or /changes instead.";
        Problem::new(Code::ParameterInvalid, words)
    })?;
    let cursor = window(&live, &who, query.after.as_deref()).await?;
    let reader = who.0;
    Ok(upgrade
        .max_message_size(4_096)
        .on_upgrade(move |socket| async move {
            // A line that breaks is normal: the client comes again with its cursor.
            let _ = serve(live, reader, cursor, socket).await;
        }))
}

async fn serve(
    live: Live,
    who: Reader,
    cursor: Option<String>,
    mut socket: WebSocket,
) -> Result<(), axum::Error> {
    let Some(mut cursor) = cursor else {
        say(&mut socket, &json!({ "type": "reset" })).await?;
        return socket.send(Message::Close(None)).await;
    };
    let mut ear = live.feed.listen();
    let clock = live.deps.clock.clone();
    let closing = live.feed.closing();
    say(&mut socket, &json!({ "type": "hello", "cursor": cursor })).await?;
    let mut answered = true;
    let mut ping_at = clock.now() + PING;
    ear.mark_changed();
    loop {
        tokio::select! {
            biased;
            () = closing.cancelled() => {
                say(&mut socket, &json!({ "type": "bye" })).await?;
                return socket.send(Message::Close(None)).await;
            }
            heard = socket.recv() => match heard {
                None | Some(Err(_) | Ok(Message::Close(_))) => return Ok(()),
                Some(Ok(_)) => answered = true,
            },
            _ = ear.changed() => match news(&live, &who, &mut cursor, &mut socket).await? {
                Go::On => {}
                Go::Stop => return socket.send(Message::Close(None)).await,
            },
            () = clock.sleep_until(ping_at) => {
                if !answered {
                    return Ok(());
                }
                answered = false;
                ping_at = clock.now() + PING;
                socket.send(Message::Ping(axum::body::Bytes::new())).await?;
            }
        }
    }
}

enum Go {
    On,
    Stop,
}

/// Sends what is new; over 500 events the client reads everything anew, and goes on from here.
async fn news(
    live: &Live,
    who: &Reader,
    cursor: &mut String,
    socket: &mut WebSocket,
) -> Result<Go, axum::Error> {
    let mut sent = 0;
    loop {
        let news = match live.feed.shared(who, cursor).await {
            Ok(news) => news,
            Err(StoreError::CursorGone | StoreError::CursorInvalid) => {
                say(socket, &json!({ "type": "reset" })).await?;
                return Ok(Go::Stop);
            }
            // The next beat tries again.
            Err(_) => return Ok(Go::On),
        };
        sent += news.count;
        if news.more && sent > MOST {
            let Ok(now) = live.deps.store.cursor(who).await else {
                return Ok(Go::On);
            };
            *cursor = now;
            say(socket, &json!({ "type": "reset", "cursor": cursor })).await?;
            return Ok(Go::On);
        }
        cursor.clone_from(&news.cursor);
        if news.count > 0 {
            let shown = contract::doc::json(&news.cursor);
            let text = format!(
                "{{\"type\":\"events\",\"events\":{},\"cursor\":{shown},\"more\":{}}}",
                news.events, news.more
            );
            socket.send(Message::Text(text.into())).await?;
        }
        if !news.more {
            return Ok(Go::On);
        }
    }
}

async fn say(socket: &mut WebSocket, message: &serde_json::Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(message.to_string().into())).await
}
