//! Refusals and errors of the store, said to the outside: the one place where they become HTTP.

use super::{Code, Problem};
use domain::refusal::{Conflict, Refusal};
use serde_json::{Value, json};
use store::StoreError;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            Refusal::NotFound(_) | Refusal::NothingToUndo => Self::new(Code::NotFound, words),
            Refusal::Purged => Self::new(Code::Purged, words),
            Refusal::IdTaken(_) => Self::field("/id", Code::IdTaken, words),
            Refusal::VersionMismatch { current, asked, .. } => {
                Self::new(Code::VersionMismatch, words)
                    .param("current", current)
                    .param("asked", asked)
            }
            Refusal::Conflict { version, conflicts } => Self::new(Code::Conflict, words)
                .member("current", json!({ "version": version }))
                .member(
                    "conflicts",
                    conflicts.iter().map(collision).collect::<Vec<_>>(),
                ),
            Refusal::Field { pointer, code, .. } => Self::field(
                pointer,
                Code::named(code).unwrap_or(Code::FieldInvalid),
                words,
            ),
            Refusal::Limit { limit, pointer, .. } => {
                Self::field(pointer, Code::LimitExceeded, words).param("limit", limit)
            }
            Refusal::Rule(rule) => {
                let code = Code::named(rule.code()).unwrap_or(Code::RruleInvalid);
                Self::field("/recurrence/rrule", code, words)
            }
            Refusal::Filter(_) => Self::field("/filter", Code::FilterInvalid, words),
            Refusal::Reference { pointer, .. } => {
                Self::field(pointer, Code::ReferenceUnknown, words)
            }
            Refusal::Cycle => Self::field("/blocked_by", Code::DependencyCycle, words),
            Refusal::Depth(limit) => {
                Self::field("/parent_id", Code::DepthExceeded, words).param("limit", limit)
            }
            Refusal::UndoBlocked(left) => Self::new(Code::UndoBlocked, words)
                .member("left", serde_json::to_value(left).unwrap_or_default()),
            Refusal::Many(refused) => many(&words, refused),
            Refusal::DryRun(_) => Self::internal(&words),
            Refusal::Unfit(_) => Self::new(Code::FieldInvalid, words),
        }
    }
}

/// Each refused command by its place, with the problem that it has alone.
fn many(words: &str, refused: Vec<(usize, Option<String>, Refusal)>) -> Problem {
    let whole = Problem::new(Code::CommandsRefused, words);
    let each = |(place, key, refusal): (usize, Option<String>, Refusal)| {
        let problem = Problem::from(refusal);
        let detail = problem.detail().to_owned();
        let mut error = json!({ "pointer": format!("/commands/{place}"), "key": key, "code": problem.code().name(), "detail": detail, "errors": problem.errors() });
        let mut alone = problem.to_json();
        for both in ["conflicts", "current"] {
            if let Some(value) = alone.get_mut(both) {
                error[both] = value.take();
            }
        }
        error
    };
    whole.member("errors", refused.into_iter().map(each).collect::<Vec<_>>())
}

/// A field that both changed, with the three values it could have.
fn collision(conflict: &Conflict) -> Value {
    let Conflict {
        field,
        base,
        yours,
        theirs,
        by,
        at,
    } = conflict;
    let value = |patch: &domain::task::TaskPatch| {
        let mut all = serde_json::to_value(patch).unwrap_or_default();
        all.get_mut(field).map(Value::take).unwrap_or_default()
    };
    json!({ "field": field, "base": value(base), "yours": value(yours), "theirs": value(theirs), "by": by, "at": at })
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let words = error.to_string();
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key was used with another request. Make a new key for a new request.",
            ),
            StoreError::InFlight => Self::new(
                Code::IdempotencyInFlight,
                "A request with this Idempotency-Key is still being worked on. Ask again with the same key in a moment.",
            )
            .retry_after(1),
            StoreError::CursorInvalid => {
                Self::new(Code::CursorInvalid, format!("{words}. Start again without it."))
            }
            StoreError::CursorGone => Self::new(
                Code::CursorGone,
                "The data was restored since this cursor was made. Read everything again, then follow from its cursor.",
            ),
            StoreError::Unavailable(cause) => {
                tracing::error!(%cause, "the database cannot be used");
                Self::unavailable("The database cannot be used now. Nothing was changed; try again in a moment.")
            }
            StoreError::Full(cause) => {
                tracing::error!(%cause, "the disk of the database is full");
                let words = "The disk of the database is full. Nothing was changed; make room, then try again.";
                Self::unavailable(words).retry_after(10)
            }
            StoreError::Damaged(cause) => {
                tracing::error!(%cause, "the database is damaged");
                let words = "The database is damaged. Nothing was changed. Stop errand, and put a backup in its place: errand restore FILE.";
                Self::new(Code::Internal, words)
            }
            StoreError::Corrupt(_) | StoreError::Unsupported(_) | StoreError::Unfit(_) => {
                Self::internal(&words)
            }
        }
    }
}
