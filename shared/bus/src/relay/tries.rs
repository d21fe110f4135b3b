//! How often an event is tried, and when again.

use crate::Verdict;
use jiff::{SignedDuration, Timestamp};
use store::Undelivered;

/// Tries before an event is a dead letter.
const TRIES: u32 = 10;

/// What is noted of an event that was not taken: when it comes again (1 s, doubling to 60 s), or that it does not.
pub(super) fn undelivered(
    subscriber: &str,
    attempt: u32,
    verdict: Verdict,
    now: Timestamp,
) -> Option<Undelivered> {
    let (why, again) = match verdict {
        Verdict::Taken => return None,
        Verdict::Later(why) => (why, attempt < TRIES),
        Verdict::Never(why) | Verdict::Broken(why) => (why, false),
    };
    let seconds = 1_i64 << attempt.saturating_sub(1).min(6);
    let next_at = again.then(|| now + SignedDuration::from_secs(seconds.min(60)));
    if next_at.is_none() {
        tracing::error!(subscriber, attempt, why, "an event became a dead letter");
    } else {
        tracing::warn!(subscriber, attempt, why, "an event will be delivered again");
    }
    Some(Undelivered {
        subscriber: subscriber.to_owned(),
        attempt,
        next_at,
        why,
    })
}
