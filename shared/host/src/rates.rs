//! How much one person may ask of one process: a bucket for each, that a request takes from and time fills again.
//!
//! Said with every answer as `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).

use crate::{Code, Problem, config::Rate};
use domain::id::UserId;
use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// People remembered; beyond it, those whose bucket is full are forgotten.
const MOST: usize = 10_000;

/// Everybody's bucket, as the moment at which it is full again.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<UserId, Timestamp>>);

impl Rates {
    /// Takes one request out of a person's bucket, if there is one in it.
    pub fn take(&self, person: UserId, rate: Rate, now: Timestamp) -> Standing {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.entry(person).or_insert(now);
        let one = rate.window() / rate.requests.cast_signed();
        if full_at.duration_since(now) > rate.window() {
            *full_at = now; // no bucket is that empty: the clock was set back
        }
        let after = (*full_at).max(now) + one;
        let refused = after.duration_since(now) > rate.window();
        if !refused {
            *full_at = after;
        }
        let empty = full_at.duration_since(now);
        let left = (rate.window() - empty).as_nanos() / one.as_nanos();
        Standing {
            rate,
            left: u32::try_from(left).unwrap_or(0),
            full_in: seconds(empty),
            again_in: refused.then(|| seconds(after.duration_since(now) - rate.window())),
        }
    }
}

/// Whole seconds, up.
fn seconds(span: SignedDuration) -> u32 {
    let whole = span.as_secs() + i64::from(span.subsec_nanos() > 0);
    u32::try_from(whole).unwrap_or(0)
}

/// How a person stands after a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    rate: Rate,
    /// Requests left now.
    left: u32,
    /// In how many seconds all are there again.
    full_in: u32,
    /// In how many seconds the next one is let through; none when this one was.
    again_in: Option<u32>,
}

impl Standing {
    /// Whether the request may go on.
    ///
    /// # Errors
    /// 429 `rate_limited`, with when to come again.
    pub fn admitted(&self) -> Result<(), Problem> {
        let Some(wait) = self.again_in else {
            return Ok(());
        };
        let Rate { requests, seconds } = self.rate;
        let words = format!(
            "That is more than {requests} requests in {seconds} seconds. Nothing was done; wait {wait} s, then send it again."
        );
        Err(Problem::new(Code::RateLimited, words)
            .param("limit", requests)
            .param("seconds", seconds)
            .retry_after(wait))
    }

    /// Says it with the answer.
    pub fn say(&self, headers: &mut HeaderMap) {
        let Rate { requests, seconds } = self.rate;
        let said = [
            (
                "ratelimit",
                format!("\"person\";r={};t={}", self.left, self.full_in),
            ),
            (
                "ratelimit-policy",
                format!("\"person\";q={requests};w={seconds}"),
            ),
        ];
        for (name, value) in said {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Goes with a request from the edge to whoever learns whose it is, and back: each request counts once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<OnceLock<Standing>>);

impl Slot {
    /// Counts the request, unless it was counted.
    pub(crate) fn count(&self, take: impl FnOnce() -> Standing) -> Result<(), Problem> {
        self.0.get_or_init(take).admitted()
    }

    /// How its person stands, where somebody learned whose it is.
    pub(crate) fn standing(&self) -> Option<&Standing> {
        self.0.get()
    }
}

#[cfg(test)]
mod tests;
