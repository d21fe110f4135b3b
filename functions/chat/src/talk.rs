//! Messages: answered whole, or as a stream.

use crate::{confirm::Speaker, memory, memory::Conversation, once, reply::Reply, turn};
use axum::response::{
    IntoResponse, Response,
    sse::{Event, Sse},
};
use domain::zone::ZoneName;
use host::{Answer, Assists, Body, Code, Deps, Id, Problem, Who};
use http::{HeaderMap, header};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use uuid::Uuid;

/// What was said.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageInput {
    /// 1 to 10,000 characters.
    #[schemars(length(min = 1, max = 10_000))]
    text: String,
    /// The conversation to go on with; a new one when left out.
    #[serde(default)]
    conversation_id: Option<Uuid>,
    /// The device's time zone, in which the words are read where the settings say that it is always followed.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    time_zone: Option<ZoneName>,
}

/// The longest message, in characters.
const MOST: usize = 10_000;

/// `POST /assistant/messages`
pub(crate) async fn message(
    deps: Deps,
    asks: Who,
    who: Assists,
    headers: HeaderMap,
    Body(input): Body<MessageInput>,
) -> Result<Response, Problem> {
    if input.text.trim().is_empty() {
        return Err(Problem::field(
            "/text",
            Code::FieldInvalid,
            "Say something: the text is empty.",
        ));
    }
    if input.text.chars().nth(MOST).is_some() {
        let words = format!("A message has at most {MOST} characters.");
        return Err(Problem::field("/text", Code::LimitExceeded, words).param("limit", MOST as u64));
    }
    let streams = headers.get(header::ACCEPT).is_some_and(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/event-stream"))
    });
    // The turn goes on when the connection closes: what was said is done, and the answer is kept.
    let turn = tokio::spawn(answer(deps, Speaker::new(&asks, who), input));
    let reply = turn.await.map_err(|error| Problem::internal(&error))?;
    match (reply, streams) {
        (Ok((reply, _)), true) => Ok(stream(&reply, None)),
        (Ok((reply, replayed)), false) => {
            Ok(Answer::json(&reply).replayed(replayed).into_response())
        }
        (Err(problem), true) => Ok(sse(vec![("error", problem.to_json())], "error", None)),
        (Err(problem), false) => Err(problem),
    }
}

/// The answer, and whether it was given before.
async fn answer(deps: Deps, who: Speaker, input: MessageInput) -> Result<(Reply, bool), Problem> {
    if let Some(reply) = once::answered(&deps, &who).await? {
        return Ok((reply, true));
    }
    let mut talk = Conversation::open(&deps, &who.reader, input.conversation_id).await?;
    let reply = turn::take(&deps, &who, &input.text, input.time_zone, &mut talk).await?;
    talk.keep(&deps, &who.reader, &input.text, &reply).await?;
    once::keep(&deps, &who, &reply).await?;
    Ok((reply, false))
}

/// `GET /assistant/messages/{id}/stream`: the answer again, for who lost the line; what comes after `Last-Event-ID` where it says one.
pub(crate) async fn resume(
    deps: Deps,
    who: Assists,
    headers: HeaderMap,
    Id(id): Id<Uuid>,
) -> Result<Response, Problem> {
    let kept = memory::message(&deps, &who.reader, id).await?;
    let reply = kept.ok_or_else(|| Problem::not_found("message"))?;
    let last = headers.get("last-event-id").and_then(|last| {
        last.to_str()
            .ok()?
            .strip_prefix(&format!("{id}/"))?
            .parse()
            .ok()
    });
    Ok(stream(&reply, last))
}

/// `POST /assistant/messages/{id}/cancel`: the offline interpreter has always answered already.
pub(crate) async fn cancel(deps: Deps, who: Assists, Id(id): Id<Uuid>) -> Result<Answer, Problem> {
    memory::message(&deps, &who.reader, id)
        .await?
        .ok_or_else(|| Problem::not_found("message"))?;
    Ok(Answer::empty())
}

/// The answer as a stream: start, tool calls and their results, words, what is asked, done. Only what comes after the event of
/// that number, if any.
fn stream(reply: &Reply, last: Option<usize>) -> Response {
    let ids = json!({ "conversation_id": reply.conversation_id, "message_id": reply.message_id, "run_id": reply.run_id });
    let mut events = vec![("start", ids)];
    for action in &reply.actions {
        events.push((
            "tool_call",
            json!({ "id": action.id, "name": action.name, "title": action.summary }),
        ));
        events.push((
            "tool_result",
            json!({ "id": action.id, "ok": true, "summary": action.summary, "result": action.result }),
        ));
    }
    for piece in reply.text.split_inclusive(' ') {
        events.push(("delta", json!({ "text": piece })));
    }
    if let Some(asked) = &reply.confirm {
        events.push(("confirm", json!(asked)));
    }
    if let Some(question) = &reply.question {
        events.push(("question", json!({ "text": question })));
    }
    events.push(("done", json!(reply)));
    sse(events, &reply.message_id.to_string(), last)
}

fn sse(events: Vec<(&'static str, Value)>, id: &str, last: Option<usize>) -> Response {
    let events: Vec<_> = events
        .into_iter()
        .enumerate()
        .filter(|(i, _)| last.is_none_or(|last| *i > last))
        .map(|(i, (name, data))| {
            Ok::<_, Infallible>(
                Event::default()
                    .event(name)
                    .id(format!("{id}/{i}"))
                    .data(data.to_string()),
            )
        })
        .collect();
    Sse::new(futures::stream::iter(events)).into_response()
}
