//! The suite on SQLite, and what is SQLite's own.

use jiff::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use store::{Options, Store};

fn options() -> Options {
    // Every reading is a millisecond on; salts are counted.
    static CLOCK: AtomicU64 = AtomicU64::new(1_780_000_000_000);
    static SALT: AtomicU64 = AtomicU64::new(1);
    let now = || Timestamp::from_millisecond(CLOCK.fetch_add(1, Ordering::Relaxed) as i64).unwrap();
    Options::new(
        Arc::new(now),
        Arc::new(|| u128::from(SALT.fetch_add(1, Ordering::Relaxed)) << 64),
    )
}

async fn memory() -> Option<Arc<dyn Store>> {
    Some(store::open("sqlite::memory:", options()).await.unwrap())
}

store::store_suite!(memory);
