//! Lanes: what waits for one subscriber, of one key, in order.

use contract::cloud::CloudEvent;
use domain::id::StreamId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Events sent at once on one lane.
const CONVOY: usize = 64;
/// Lanes of one subscriber in use at once.
const WIDTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane {
    pub(super) subscriber: String,
    pub(super) key: StreamId,
}

pub(super) struct Parcel {
    pub(super) row: i64,
    pub(super) event: CloudEvent,
}

#[derive(Default)]
pub(super) struct Lanes {
    waiting: BTreeMap<Lane, VecDeque<Parcel>>,
    /// Lanes that are not in use and have something waiting, first come first served.
    ready: VecDeque<Lane>,
    busy: BTreeSet<Lane>,
    width: BTreeMap<String, usize>,
}

impl Lanes {
    pub(super) fn push(&mut self, lane: Lane, parcel: Parcel) {
        let queue = self.waiting.entry(lane.clone()).or_default();
        if queue.is_empty() && !self.busy.contains(&lane) {
            self.ready.push_back(lane);
        }
        queue.push_back(parcel);
    }

    /// The next lane that may go, with what goes; it is in use until it is freed.
    pub(super) fn next(&mut self) -> Option<(Lane, Vec<Parcel>)> {
        let fits = |lane: &Lane| {
            self.width
                .get(&lane.subscriber)
                .is_none_or(|width| *width < WIDTH)
        };
        let at = self.ready.iter().position(fits)?;
        let lane = self.ready.remove(at)?;
        let queue = self.waiting.get_mut(&lane)?;
        let parcels = queue.drain(..queue.len().min(CONVOY)).collect();
        if queue.is_empty() {
            self.waiting.remove(&lane);
        }
        *self.width.entry(lane.subscriber.clone()).or_default() += 1;
        self.busy.insert(lane.clone());
        Some((lane, parcels))
    }

    pub(super) fn free(&mut self, lane: &Lane) {
        self.busy.remove(lane);
        if let Some(width) = self.width.get_mut(&lane.subscriber) {
            *width -= 1;
        }
        if self.waiting.contains_key(lane) {
            self.ready.push_back(lane.clone());
        }
    }
}
