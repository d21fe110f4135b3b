//! `/health`, `/ready` and `/live`: for probes, without identity.

use crate::{Answer, Deps, Problem, Routes};
use async_trait::async_trait;
use contract::schema::answers::Well;
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};

/// What a process needs beside the database, for `/ready`.
#[async_trait]
pub trait Needs: Send + Sync {
    /// What is missing now, in words for the operator.
    async fn missing(&self) -> Option<String>;
}

/// For whoever needs nothing else.
pub struct NothingElse;

#[async_trait]
impl Needs for NothingElse {
    async fn missing(&self) -> Option<String> {
        None
    }
}

#[async_trait]
impl Needs for bus::kafka::Brokers {
    async fn missing(&self) -> Option<String> {
        let answer = self.answer().await;
        answer.err().map(|why| why.to_string())
    }
}

/// They stand around every function.
pub fn routes() -> Routes<Deps> {
    Routes::about("health")
        .get("/health", up)
        .says("Whether the process answers.")
        .answers::<Well>(200)
        .get("/live", up)
        .says("Whether the process answers, for probes that restart it.")
        .answers::<Well>(200)
        .get("/ready", ready)
        .says("Whether the database answers within two seconds.")
        .answers::<Well>(200)
}

/// The process answers: it is there, and not stuck.
async fn up() -> Answer {
    Answer::raw(200, r#"{"status":"ok"}"#)
}

/// The store answers within two seconds, and nothing else is missing.
async fn ready(deps: Deps) -> Result<Answer, Problem> {
    let look = deps.looks.join(&deps);
    let seen = look.clone().await;
    deps.looks.is_told(&look);
    seen?;
    Ok(Answer::raw(200, r#"{"status":"ready"}"#))
}

/// For how long a look is of use that nobody waited for.
const OF_USE: SignedDuration = SignedDuration::from_secs(3);

type Look = Shared<BoxFuture<'static, Result<(), Problem>>>;

/// The look that is under way. Who probes a process that is just starting waits a tenth of a second and asks anew (Knative's proxy
/// does): were each probe a look of its own, that ends with it, none would ever see the end of one on a machine that is busy.
#[derive(Default)]
pub struct Looks(Mutex<Option<(Timestamp, Look)>>);

impl Looks {
    /// The one under way, or one that came to an end with nobody there any more; else a new one.
    fn join(&self, deps: &Deps) -> Look {
        let now = deps.clock.now();
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((began, look)) = &*current
            && now.duration_since(*began) < OF_USE
        {
            return look.clone();
        }
        // A task of its own: it goes on when whoever asked has gone.
        let looking = tokio::spawn(look(deps.clone()));
        let ended = looking.map(|seen| {
            seen.unwrap_or_else(|_| Err(Problem::unavailable("The process is ending.")))
        });
        let look = ended.boxed().shared();
        *current = Some((now, look.clone()));
        look
    }

    /// Somebody heard of it: who asks next wants to know how it is then.
    fn is_told(&self, look: &Look) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|(_, it)| it.ptr_eq(look)) {
            *current = None;
        }
    }
}

async fn look(deps: Deps) -> Result<(), Problem> {
    let late = deps
        .clock
        .sleep_until(deps.clock.now() + SignedDuration::from_secs(2));
    tokio::select! {
        biased;
        answer = deps.store.next_moment(Timestamp::MIN) => { answer?; }
        () = late => return Err(Problem::unavailable("The database does not answer.")),
    }
    match deps.needs.missing().await {
        Some(words) => Err(Problem::unavailable(words)),
        None => Ok(()),
    }
}
