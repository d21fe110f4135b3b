//! `/health`, `/ready` and `/live`: for probes, without identity.

use crate::{Answer, Deps, Problem, Routes};
use contract::schema::answers::Well;
use jiff::SignedDuration;

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

/// The store answers within two seconds.
async fn ready(deps: Deps) -> Result<Answer, Problem> {
    let late = deps
        .clock
        .sleep_until(deps.clock.now() + SignedDuration::from_secs(2));
    tokio::select! {
        biased;
        answer = deps.store.next_moment() => { answer?; }
        () = late => return Err(Problem::unavailable("The database does not answer.")),
    }
    Ok(Answer::raw(200, r#"{"status":"ready"}"#))
}
