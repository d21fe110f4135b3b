//! Hearing of commits without missing one.

use crate::Store;
use futures::{FutureExt, future::BoxFuture};

/// The next hint, counted from now on: what is committed while the caller is at work is heard of, too.
pub fn heed(store: &dyn Store) -> BoxFuture<'_, ()> {
    let mut hint = store.hint();
    // Its first poll is what makes it listen.
    match hint.as_mut().now_or_never() {
        Some(()) => Box::pin(std::future::ready(())),
        None => hint,
    }
}
