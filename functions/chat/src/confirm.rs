//! What has to be asked first: shown as it would be done, to this person, for ten minutes.

use crate::{
    memory::Conversation,
    once,
    plan::{self, Step},
    reply::{Asked, Reply},
    say,
};
use host::{Answer, Assists, Body, Code, Deps, Id, Problem, Who, who::scope};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::Deref;
use store::{Reader, StoreError, Writer};
use uuid::Uuid;

const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// Who speaks.
pub(crate) struct Speaker {
    /// As whom what is said is done.
    writer: Writer,
    /// Whether their yes counts: a person's does, a program's only where its token says so.
    confirms: bool,
}

impl Speaker {
    pub(crate) fn new(who: &Who, writer: Assists) -> Self {
        Self {
            writer: writer.0,
            confirms: who.may(scope::CONFIRM_AGENT),
        }
    }
}

impl Deref for Speaker {
    type Target = Writer;

    fn deref(&self) -> &Writer {
        &self.writer
    }
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    conversation: Uuid,
    steps: Vec<Step>,
}

fn key(id: Uuid) -> String {
    format!("confirmation/{id}")
}

/// Asks before doing these steps.
pub(crate) async fn ask(
    deps: &Deps,
    who: &Reader,
    talk: &mut Conversation,
    steps: Vec<Step>,
) -> Result<Asked, StoreError> {
    let id = deps.ids.uuid();
    let lines: Vec<_> = steps.iter().map(Step::line).collect();
    let waiting = Waiting {
        conversation: talk.id,
        steps,
    };
    deps.store
        .put_note(
            who,
            &key(id),
            &contract::doc::json(&waiting),
            deps.clock.now() + HOLDS,
        )
        .await?;
    talk.asked = Some(id);
    let text = say::shall_i(&waiting.steps);
    Ok(Asked { id, text, lines })
}

/// A yes or a no.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmInput {
    /// Yes or no.
    #[serde(alias = "accept")]
    confirm: bool,
}

/// `POST /assistant/confirmations/{id}`
pub(crate) async fn confirm(
    deps: Deps,
    asks: Who,
    who: Assists,
    Id(id): Id<Uuid>,
    Body(input): Body<ConfirmInput>,
) -> Result<Answer, Problem> {
    if input.confirm {
        asks.clone().needs(scope::CONFIRM_AGENT)?;
    }
    let who = Speaker::new(&asks, who);
    if let Some(reply) = once::answered(&deps, &who).await? {
        return Ok(Answer::json(&reply).replayed(true));
    }
    let mut talk = Conversation::open(
        &deps,
        &who.reader,
        conversation_of(&deps, &who.reader, id).await?,
    )
    .await?;
    let said = if input.confirm { "Yes." } else { "No." };
    let mut reply = empty(&deps, &who, &talk);
    answer(&deps, &who, id, input.confirm, &mut talk, &mut reply).await?;
    talk.keep(&deps, &who.reader, said, &reply).await?;
    once::keep(&deps, &who, &reply).await?;
    Ok(Answer::json(&reply))
}

async fn conversation_of(deps: &Deps, who: &Reader, id: Uuid) -> Result<Option<Uuid>, Problem> {
    let kept = deps.store.note(who, &key(id), deps.clock.now()).await?;
    let waiting: Option<Waiting> = kept.and_then(|json| serde_json::from_str(&json).ok());
    let words = "There is nothing to confirm there: it was answered already, or ten minutes have passed. Say it again.";
    waiting
        .map(|waiting| Some(waiting.conversation))
        .ok_or_else(|| Problem::new(Code::NotFound, words))
}

/// An answer with nothing in it yet.
pub(crate) fn empty(deps: &Deps, who: &Writer, talk: &Conversation) -> Reply {
    Reply {
        conversation_id: talk.id,
        message_id: deps.ids.uuid(),
        run_id: who.run,
        text: String::new(),
        actions: Vec::new(),
        confirm: None,
        question: None,
        interpreter: "offline".to_owned(),
    }
}

/// Does what waits, or lets it be.
///
/// # Errors
/// `confirmation_stale` where a task changed since it was shown; what would be done now is shown with it.
pub(crate) async fn answer(
    deps: &Deps,
    who: &Speaker,
    id: Uuid,
    yes: bool,
    talk: &mut Conversation,
    reply: &mut Reply,
) -> Result<(), Problem> {
    if yes && !who.confirms {
        "Only a person can say yes to that: at the page, or by a token with the scope `confirm:agent`."
            .clone_into(&mut reply.text);
        return Ok(());
    }
    let kept = deps
        .store
        .note(&who.reader, &key(id), deps.clock.now())
        .await?;
    let waiting: Option<Waiting> = kept.and_then(|json| serde_json::from_str(&json).ok());
    talk.asked = None;
    let Some(waiting) = waiting else {
        "There is nothing to confirm any more. Say it again.".clone_into(&mut reply.text);
        return Ok(());
    };
    if !yes {
        forget(deps, &who.reader, id).await?;
        "All right, nothing was changed.".clone_into(&mut reply.text);
        return Ok(());
    }
    let (settings, _) = host::person::settings(deps, &who.reader).await?;
    match plan::run(deps, who, &waiting.steps, &settings, true).await {
        Ok(done) => {
            forget(deps, &who.reader, id).await?;
            talk.last = done.tasks.first().copied().or(talk.last);
            reply.text = done.text;
            reply.actions = done.actions;
            Ok(())
        }
        Err(problem) if problem.code() == Code::VersionMismatch => {
            Err(stale(deps, who, talk, waiting).await?)
        }
        Err(problem) => Err(problem),
    }
}

async fn forget(deps: &Deps, who: &Reader, id: Uuid) -> Result<(), StoreError> {
    deps.store
        .put_note(who, &key(id), "null", deps.clock.now())
        .await
}

/// Something changed since it was shown: shows it anew, to be confirmed anew.
async fn stale(
    deps: &Deps,
    who: &Writer,
    talk: &mut Conversation,
    waiting: Waiting,
) -> Result<Problem, Problem> {
    let mut steps = Vec::new();
    for step in waiting.steps {
        let id = step.command["id"].as_str().and_then(|id| id.parse().ok());
        let doc = match id {
            Some(id) => deps.store.task(&who.reader, id).await?,
            None => None,
        };
        let now: Option<(u64, Value)> =
            doc.and_then(|doc| Some((doc.version, serde_json::from_str(&doc.json).ok()?)));
        steps.push(match now {
            Some((version, task)) => Step {
                version: Some(version),
                title: task["title"].as_str().unwrap_or_default().to_owned(),
                ..step
            },
            None => step,
        });
    }
    let asked = ask(deps, &who.reader, talk, steps).await?;
    talk.remember(deps, &who.reader).await?;
    let words = format!(
        "Something changed since you were asked. As it is now: {}",
        asked.text
    );
    Ok(Problem::new(Code::ConfirmationStale, words).member("confirm", json!(asked)))
}

/// Whether these steps have to be shown first: what deletes, and what touches more than one task.
pub(crate) fn must_ask(steps: &[Step]) -> bool {
    let deletes = |step: &Step| matches!(step.kind(), "delete_task" | "delete_list" | "end_series");
    let touched = steps.iter().filter(|step| step.version.is_some()).count();
    // "Add eggs to the shopping list" where there is no such list: it was not asked for by itself.
    let unasked = steps.len() > 1 && steps.iter().any(|step| step.kind() == "create_list");
    steps.iter().any(deletes) || touched > 1 || unasked
}

/// The words that go before the first answer of a conversation.
pub(crate) fn introduced(talk: &Conversation, reply: &mut Reply) {
    if talk.turns.is_empty() {
        reply.text = if reply.text.is_empty() {
            say::OFFLINE.to_owned()
        } else {
            format!("{}\n\n{}", reply.text, say::OFFLINE)
        };
    }
}
