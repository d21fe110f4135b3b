//! `/health`, `/ready` and `/live`: for probes, without identity.

use crate::{Answer, Deps, Problem, Routes};
use async_trait::async_trait;
use contract::schema::answers::Well;
use jiff::SignedDuration;

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
    let late = deps
        .clock
        .sleep_until(deps.clock.now() + SignedDuration::from_secs(2));
    tokio::select! {
        biased;
        answer = deps.store.next_moment() => { answer?; }
        () = late => return Err(Problem::unavailable("The database does not answer.")),
    }
    if let Some(words) = deps.needs.missing().await {
        return Err(Problem::unavailable(words));
    }
    Ok(Answer::raw(200, r#"{"status":"ready"}"#))
}
