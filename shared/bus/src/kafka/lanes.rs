//! What one subscription has on its way: per partition which offsets are not done yet, per key what waits in order.

use super::record::Record;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tokio_util::sync::CancellationToken;

/// A partition of a topic.
pub(super) type Place = (String, i32);
/// A partition whose backlog is longer is not read on for now.
const MOST: usize = 1_000;

/// One record on its way.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) place: Place,
    pub(super) offset: i64,
    /// Which time we have the partition: what was begun the last time does not count any more.
    pub(super) turn: u64,
    /// Cancelled when the partition goes to another dispatcher.
    pub(super) lost: CancellationToken,
    pub(super) record: Record,
}

impl Parcel {
    fn key(&self) -> Option<Vec<u8>> {
        self.record.key.clone()
    }
}

/// The partitions that are ours.
#[derive(Default)]
pub(super) struct Lanes {
    partitions: BTreeMap<Place, Partition>,
    turns: u64,
}

#[derive(Default)]
struct Partition {
    turn: u64,
    lost: CancellationToken,
    /// Offsets that are not done.
    open: BTreeSet<i64>,
    /// The highest that was read.
    read: i64,
    /// The highest that was noted as done with all before it.
    noted: Option<i64>,
    paused: bool,
    /// Behind the first of each key, which is on its way.
    waiting: BTreeMap<Option<Vec<u8>>, VecDeque<Parcel>>,
}

/// What is to be done about a partition.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Pause,
    Resume,
}

impl Lanes {
    /// Notes what was read, and gives it back when it may go at once; what nobody wants is done already.
    pub(super) fn push(
        &mut self,
        place: Place,
        offset: i64,
        record: Record,
        wanted: bool,
    ) -> Option<Parcel> {
        let turns = &mut self.turns;
        let partition = self.partitions.entry(place.clone()).or_insert_with(|| {
            *turns += 1;
            Partition {
                turn: *turns,
                ..Partition::default()
            }
        });
        partition.read = partition.read.max(offset);
        if !wanted || !partition.open.insert(offset) {
            return None;
        }
        let parcel = Parcel {
            place,
            offset,
            turn: partition.turn,
            lost: partition.lost.clone(),
            record,
        };
        let Some(queue) = partition.waiting.get_mut(&parcel.key()) else {
            partition.waiting.insert(parcel.key(), VecDeque::new());
            return Some(parcel);
        };
        queue.push_back(parcel);
        None
    }

    /// Notes that a record is done, and gives the next of its key.
    pub(super) fn done(&mut self, parcel: &Parcel) -> Option<Parcel> {
        let partition = self.partitions.get_mut(&parcel.place)?;
        if partition.turn != parcel.turn {
            return None;
        }
        partition.open.remove(&parcel.offset);
        let queue = partition.waiting.get_mut(&parcel.key())?;
        let next = queue.pop_front();
        if next.is_none() {
            partition.waiting.remove(&parcel.key());
        }
        next
    }

    /// The offset of a partition up to which everything is done, when it has risen.
    pub(super) fn risen(&mut self, place: &Place) -> Option<i64> {
        let partition = self.partitions.get_mut(place)?;
        let done = match partition.open.first() {
            Some(first) => first - 1,
            None => partition.read,
        };
        if partition.noted.is_some_and(|noted| noted >= done) || done < 0 {
            return None;
        }
        partition.noted = Some(done);
        Some(done)
    }

    /// Whether to stop reading a partition for now, or to read on.
    pub(super) fn flow(&mut self, place: &Place) -> Option<Flow> {
        let partition = self.partitions.get_mut(place)?;
        let open = partition.open.len();
        let (paused, flow) = match partition.paused {
            false if open >= MOST => (true, Flow::Pause),
            true if open < MOST / 2 => (false, Flow::Resume),
            _ => return None,
        };
        partition.paused = paused;
        Some(flow)
    }

    /// Forgets a partition that goes to another dispatcher.
    pub(super) fn lose(&mut self, place: &Place) {
        if let Some(partition) = self.partitions.remove(place) {
            partition.lost.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &str) -> Record {
        Record {
            key: Some(key.as_bytes().to_vec()),
            headers: Vec::new(),
            payload: None,
        }
    }

    fn place() -> Place {
        ("t".to_owned(), 0)
    }

    #[test]
    fn a_key_goes_in_order_and_offsets_rise_only_over_what_is_done() {
        let mut lanes = Lanes::default();
        let a0 = lanes.push(place(), 0, record("a"), true).unwrap();
        assert!(
            lanes.push(place(), 1, record("a"), true).is_none(),
            "behind the first"
        );
        let b2 = lanes.push(place(), 2, record("b"), true).unwrap();
        assert!(
            lanes.push(place(), 3, record("c"), false).is_none(),
            "nobody wants it"
        );
        assert_eq!(lanes.risen(&place()), None);
        assert!(lanes.done(&b2).is_none());
        assert_eq!(lanes.risen(&place()), None, "the first is still open");
        let a1 = lanes.done(&a0).unwrap();
        assert_eq!((a1.offset, lanes.risen(&place())), (1, Some(0)));
        assert!(lanes.done(&a1).is_none());
        assert_eq!(
            (lanes.risen(&place()), lanes.risen(&place())),
            (Some(3), None)
        );
    }

    #[test]
    fn what_was_begun_before_a_partition_was_lost_does_not_count() {
        let mut lanes = Lanes::default();
        let first = lanes.push(place(), 5, record("a"), true).unwrap();
        lanes.lose(&place());
        assert!(first.lost.is_cancelled());
        let again = lanes.push(place(), 5, record("a"), true).unwrap();
        assert!(lanes.done(&first).is_none());
        assert_eq!(
            lanes.risen(&place()),
            Some(4),
            "what is before it was done by somebody"
        );
        assert!(lanes.done(&again).is_none());
        assert_eq!(lanes.risen(&place()), Some(5));
    }

    #[test]
    fn a_long_backlog_is_not_read_on() {
        let mut lanes = Lanes::default();
        let mut first = None;
        for offset in 0..MOST as i64 {
            assert_eq!(lanes.flow(&place()), None);
            first = first.or(lanes.push(place(), offset, record("a"), true));
        }
        assert_eq!(
            (lanes.flow(&place()), lanes.flow(&place())),
            (Some(Flow::Pause), None)
        );
        while let Some(parcel) = first {
            first = lanes.done(&parcel);
        }
        assert_eq!(
            (lanes.flow(&place()), lanes.flow(&place())),
            (Some(Flow::Resume), None)
        );
    }
}
