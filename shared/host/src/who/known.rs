//! Credentials seen in the last seconds, so that a busy client does not cost a query each time.

use jiff::Timestamp;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use store::Credential;

/// How long one is believed without asking again: what another process revoked holds here after it at the latest.
const SECONDS: i64 = 3;
const MOST: usize = 10_000;

/// A small memory of who is who. Revoking in this process calls [`Known::forget`] and holds at once.
#[derive(Debug, Default)]
pub struct Known(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Raised by each revocation: what was read from the store before it is not kept.
    epoch: u64,
    by_hash: HashMap<String, (Credential, Timestamp)>,
}

impl Known {
    /// Forgets all: after a credential was revoked.
    pub fn forget(&self) {
        let mut inner = self.lock();
        inner.epoch += 1;
        inner.by_hash.clear();
    }

    pub(super) fn get(&self, hash: &str, now: Timestamp) -> Option<Credential> {
        let inner = self.lock();
        let (credential, seen) = inner.by_hash.get(hash)?;
        let age = now.as_second() - seen.as_second();
        let fresh =
            (0..SECONDS).contains(&age) && credential.expires_at.is_none_or(|end| end > now);
        fresh.then(|| credential.clone())
    }

    /// To be taken before the store is asked, and given to `put`.
    pub(super) fn mark(&self) -> u64 {
        self.lock().epoch
    }

    pub(super) fn put(&self, hash: String, credential: &Credential, now: Timestamp, mark: u64) {
        let mut inner = self.lock();
        if inner.epoch != mark {
            return;
        }
        if inner.by_hash.len() >= MOST {
            inner.by_hash.clear();
        }
        inner.by_hash.insert(hash, (credential.clone(), now));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
