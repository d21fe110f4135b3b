//! What became of a delivery.

use http::StatusCode;

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The subscriber has it.
    Taken,
    /// Not now: try again.
    Later(String),
    /// Not ever: a dead letter.
    Never(String),
    /// The bus itself failed, and it is not known what went through: whatever was on its way is forgotten, and the relay
    /// begins again at the oldest row. It counts against no event.
    Broken(String),
}

impl Verdict {
    /// What a function's answer to an event means, by the rules of Knative's dispatcher (PLATFORM.md 1): 2xx without a body is
    /// yes; 404, 408, 409, 429 and 5xx are "later", every other status from 300 is "never".
    pub fn of(status: StatusCode, body: &str) -> Self {
        let said = if body.is_empty() {
            status.to_string()
        } else {
            format!("{status}: {body}")
        };
        match status.as_u16() {
            200..=299 if body.is_empty() => Self::Taken,
            200..=299 => Self::Later(format!(
                "an event is answered without a body, not with {said}"
            )),
            404 | 408 | 409 | 429 | 500.. => Self::Later(said),
            _ => Self::Never(said),
        }
    }
}
