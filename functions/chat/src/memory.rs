//! Conversations: kept 30 days, so that "it" and "the second one" mean something.

use crate::{open::Open, reply::Reply};
use domain::id::TaskId;
use host::{Answer, Assists, Deps, Id, PageQuery, Params, Problem};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Reader, StoreError};
use uuid::Uuid;

/// How long what was said is kept.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Turns of a conversation that are kept.
const TURNS: usize = 100;

/// What was said, and what it was about.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Conversation {
    pub(crate) id: Uuid,
    pub(crate) began_at: Timestamp,
    pub(crate) turns: Vec<Said>,
    /// The task spoken of last.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) last: Option<TaskId>,
    /// The tasks shown last, in their order.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) shown: Vec<TaskId>,
    /// What waits for a yes.
    pub(crate) asked: Option<Uuid>,
    /// What was asked last, where the next message may answer it.
    #[serde(default)]
    pub(crate) open: Option<Open>,
}

/// One message and its answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Said {
    at: Timestamp,
    message_id: Uuid,
    text: String,
    answer: String,
}

/// A conversation in short.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConversationInShort")]
pub(crate) struct Short {
    id: Uuid,
    began_at: Timestamp,
    /// How many were sent.
    messages: usize,
    /// The first one.
    title: Option<String>,
}

impl Conversation {
    /// The conversation of that id, a new one where there is none.
    pub(crate) async fn open(
        deps: &Deps,
        who: &Reader,
        id: Option<Uuid>,
    ) -> Result<Self, StoreError> {
        let now = deps.clock.now();
        if let Some(id) = id {
            let kept = deps.store.note(who, &key(id), now).await?;
            if let Some(conversation) = kept.and_then(|json| serde_json::from_str(&json).ok()) {
                return Ok(conversation);
            }
        }
        let id = id.unwrap_or_else(|| deps.ids.uuid());
        Ok(Self {
            id,
            began_at: now,
            turns: Vec::new(),
            last: None,
            shown: Vec::new(),
            asked: None,
            open: None,
        })
    }

    /// Keeps it as it is.
    pub(crate) async fn remember(&self, deps: &Deps, who: &Reader) -> Result<(), StoreError> {
        let until = deps.clock.now() + KEPT;
        deps.store
            .put_note(who, &key(self.id), &contract::doc::json(self), until)
            .await
    }

    /// Keeps it with one more turn.
    pub(crate) async fn keep(
        &mut self,
        deps: &Deps,
        who: &Reader,
        text: &str,
        reply: &Reply,
    ) -> Result<(), StoreError> {
        let at = deps.clock.now();
        let (message_id, answer) = (reply.message_id, reply.text.clone());
        self.turns.push(Said {
            at,
            message_id,
            text: text.to_owned(),
            answer,
        });
        let over = self.turns.len().saturating_sub(TURNS);
        self.turns.drain(..over);
        self.remember(deps, who).await?;
        deps.store
            .put_note(
                who,
                &message_key(message_id),
                &contract::doc::json(reply),
                at + KEPT,
            )
            .await
    }
}

fn key(id: Uuid) -> String {
    format!("conversation/{id}")
}

fn message_key(id: Uuid) -> String {
    format!("message/{id}")
}

/// The answer to a message.
pub(crate) async fn message(
    deps: &Deps,
    who: &Reader,
    id: Uuid,
) -> Result<Option<Reply>, StoreError> {
    let kept = deps
        .store
        .note(who, &message_key(id), deps.clock.now())
        .await?;
    Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
}

/// `GET /assistant/conversations`: the newest first.
pub(crate) async fn conversations(
    deps: Deps,
    who: Assists,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    let cursor = deps.store.cursor(&who.reader).await?;
    let notes = deps
        .store
        .notes(&who.reader, "conversation/", deps.clock.now(), 200)
        .await?;
    let short = |(_, json): &(String, String)| {
        let kept: Conversation = serde_json::from_str(json).ok()?;
        let short = Short {
            id: kept.id,
            began_at: kept.began_at,
            messages: kept.turns.len(),
            title: kept.turns.into_iter().next().map(|said| said.text),
        };
        Some((kept.id.to_string(), contract::doc::json(&short)))
    };
    let items: Vec<_> = notes.iter().filter_map(short).collect();
    Ok(Answer::part(&items, &query, &cursor)?)
}

/// `GET /assistant/conversations/{id}`
pub(crate) async fn conversation(
    deps: Deps,
    who: Assists,
    Id(id): Id<Uuid>,
) -> Result<Answer, Problem> {
    let kept = deps
        .store
        .note(&who.reader, &key(id), deps.clock.now())
        .await?;
    Ok(Answer::raw(
        200,
        kept.ok_or_else(|| Problem::not_found("conversation"))?,
    ))
}
