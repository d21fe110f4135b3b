//! Ids and secrets that count, so that two runs of a test are the same.

use crate::clock::HandClock;
use host::{Clock, Ids};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use uuid::{Builder, Uuid};

/// UUIDv7 of a clock set by hand, in rising order. Secrets count over the whole process: a database in memory is named by one.
pub struct Counted {
    clock: Arc<HandClock>,
    next: AtomicU64,
}

impl Counted {
    /// From one on.
    pub fn new(clock: Arc<HandClock>) -> Self {
        Self {
            clock,
            next: AtomicU64::new(1),
        }
    }
}

impl Ids for Counted {
    fn uuid(&self) -> Uuid {
        let mut low = [0; 10];
        low[2..].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &low).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        secret[8..16].copy_from_slice(&std::process::id().to_be_bytes().repeat(2));
        secret
    }
}
