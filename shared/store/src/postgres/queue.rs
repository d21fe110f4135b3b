//! Turns within this process: who writes to the same stream waits here, where waiting is cheap, and not for the other's lock.

use domain::id::StreamId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OwnedMutexGuard;

type Gate = Arc<tokio::sync::Mutex<()>>;

/// A gate for each stream that somebody writes to just now.
#[derive(Default)]
pub(super) struct Queue(Mutex<HashMap<StreamId, Gate>>);

/// A turn; the next one's when it is dropped.
pub(super) struct Turn<'q> {
    queue: &'q Queue,
    stream: StreamId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Queue {
    /// Waits until it is one's turn, in the order of asking.
    pub(super) async fn turn(&self, stream: StreamId) -> Turn<'_> {
        let gate = self.gates().entry(stream).or_default().clone();
        // Made before waiting: who stops waiting leaves no gate behind either.
        let mut turn = Turn {
            queue: self,
            stream,
            guard: None,
        };
        turn.guard = Some(gate.lock_owned().await);
        turn
    }

    fn gates(&self) -> std::sync::MutexGuard<'_, HashMap<StreamId, Gate>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut gates = self.queue.gates();
        self.guard = None;
        // Whoever waits has the gate too.
        if gates
            .get(&self.stream)
            .is_some_and(|gate| Arc::strong_count(gate) == 1)
        {
            gates.remove(&self.stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn turns_are_taken_one_by_one_and_leave_nothing_behind() {
        let queue = Queue::default();
        let (one, other) = (StreamId::default(), StreamId(uuid::Uuid::max()));
        let first = queue.turn(one).await;
        let elsewhere = queue.turn(other).await;
        let mut second = Box::pin(queue.turn(one));
        let mut third = Box::pin(queue.turn(one));
        assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
        drop(first);
        assert!((&mut third).now_or_never().is_none(), "the second is next");
        drop(second.await);
        drop((third.await, elsewhere));
        let given_up = queue.turn(one).await;
        assert!(queue.turn(one).now_or_never().is_none());
        drop(given_up);
        assert!(queue.gates().is_empty());
    }
}
