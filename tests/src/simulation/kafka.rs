//! A Kafka of this world: what was published survives every process. Each stream is a partition, each subscription a group in
//! which one process at a time reads a partition, in order; what it has done and not committed comes again to whoever is next.
//!
//! Publishing may fail with nothing, some or all of it written; a process may be cut off for a while.

use super::{
    bus::{later, receive, short},
    world::{Mode, Moment, ProcessId, SECOND, Seam, Sleep, State, Verdict, World},
};
use bus::{Bus, MemoryBus, Verdict as Outcome};
use contract::cloud::CloudEvent;
use domain::{
    event::{EventKind, Topic},
    id::StreamId,
};
use futures::FutureExt;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How long a dispatcher that has nothing to do waits until it looks again.
const LOOK: Moment = 2 * SECOND;
/// Tries before an event is a dead letter.
const TRIES: u32 = 10;
/// As long as a process may be cut off.
const CUT: Moment = 60 * SECOND;

/// What all processes publish to and read from.
#[derive(Default)]
pub(crate) struct Kafka {
    partitions: BTreeMap<StreamId, Vec<CloudEvent>>,
    /// What was published before, by its id.
    known: BTreeSet<String>,
    /// The number of the last first occurrence.
    last: BTreeMap<(StreamId, Topic), u64>,
    groups: BTreeMap<(&'static str, StreamId), Group>,
    /// Who is cut off until when.
    cut: BTreeMap<ProcessId, Moment>,
}

/// How far a subscription has come in a partition.
#[derive(Default)]
struct Group {
    owner: ProcessId,
    /// The next to be delivered by the owner.
    next: usize,
    committed: usize,
}

impl Kafka {
    /// Writes it behind all others. The first occurrences of a stream come in order on each topic.
    fn append(&mut self, event: &CloudEvent) -> Result<(), String> {
        let key: StreamId = event
            .partitionkey
            .parse()
            .map_err(|_| "a key is a stream")?;
        let kind = EventKind::of_type(&event.kind).ok_or("the bus carries what is known")?;
        self.partitions.entry(key).or_default().push(event.clone());
        let is_first = self.known.insert(event.id.clone());
        if kind.is_internal() || !is_first {
            return Ok(());
        }
        let n = event.id.rsplit_once(':').and_then(|(_, n)| n.parse().ok());
        let n: u64 = n.ok_or("an event has its place")?;
        match self.last.insert((key, kind.topic()), n) {
            Some(before) if before > n => Err(format!(
                "in order within a key: {} was published for the first time after number {before}",
                short(event)
            )),
            _ => Ok(()),
        }
    }

    /// Whether something was published that a subscription has not done.
    pub(crate) fn is_behind(&self) -> bool {
        let end = |key| self.partitions.get(key).map_or(0, Vec::len);
        let mut groups = self.groups.iter();
        groups.any(|((_, key), group)| group.next < end(key))
    }

    /// Whether that event was published.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.known.contains(id)
    }
}

impl State {
    /// Whether a process is cut off just now.
    fn is_cut(&self, process: ProcessId) -> bool {
        let until = self.kafka.as_ref().and_then(|it| it.cut.get(&process));
        until.is_some_and(|until| *until > self.now)
    }

    /// Cuts a process off for a while, when the seed wants that.
    fn may_cut(&mut self, process: ProcessId) {
        let often = self.weather.cutting;
        if often > 0 && self.dice.chance(often) {
            let until = self.now + self.dice.between(0, CUT);
            self.trace.line(format!("process {process} is cut off"));
            if let Some(kafka) = &mut self.kafka {
                kafka.cut.insert(process, until);
            }
        }
    }

    /// The event that this process is to deliver next; it takes over where whoever had the partition is gone, and now and then
    /// where it is not: then that one does not know it yet.
    fn next_of(
        &mut self,
        process: ProcessId,
        to: &'static str,
        key: StreamId,
    ) -> Option<(usize, CloudEvent)> {
        if self.is_cut(process) {
            return None;
        }
        let takes = self.weather.doubling > 0 && self.dice.chance(self.weather.doubling / 8);
        let (now, alive) = (self.now, &self.alive);
        let kafka = self.kafka.as_mut()?;
        let is_cut = |id: &ProcessId| kafka.cut.get(id).is_some_and(|until| *until > now);
        let group = kafka.groups.entry((to, key)).or_default();
        if group.owner != process {
            let gone = !alive.contains_key(&group.owner) || is_cut(&group.owner);
            if !gone && !takes {
                return None;
            }
            (group.owner, group.next) = (process, group.committed);
            let line = format!("process {process} reads for {to} from {}", group.next);
            self.trace.line(line);
        }
        let event = kafka.partitions.get(&key)?.get(group.next)?;
        Some((group.next, event.clone()))
    }

    /// Notes that it was done; that is committed now or later. Whoever has lost the partition notes nothing.
    fn done(&mut self, process: ProcessId, to: &'static str, key: StreamId, offset: usize) {
        let commits = self.dice.chance(500) && !self.is_cut(process);
        let group = self
            .kafka
            .as_mut()
            .and_then(|it| it.groups.get_mut(&(to, key)));
        if let Some(group) = group.filter(|group| group.owner == process && group.next == offset) {
            group.next = offset + 1;
            if commits {
                group.committed = group.next;
            }
        }
    }
}

impl World {
    /// Publishes: all of it, or some, or nothing, and the relay is told the truth only when all went well.
    pub(crate) async fn publish(&self, process: ProcessId, events: &[CloudEvent]) -> Vec<Outcome> {
        let broken = || vec![Outcome::Broken("the line broke".to_owned()); events.len()];
        let ids: Vec<_> = events.iter().map(short).collect();
        let verdict = self
            .stand(Seam::Deliver, format!("kafka {}", ids.join(" ")))
            .await;
        let mut state = self.state();
        state.may_cut(process);
        if matches!(verdict, Verdict::Lost | Verdict::Fail) || state.is_cut(process) {
            return broken();
        }
        let times = if verdict == Verdict::Doubled { 2 } else { 1 };
        // How many of each topic's arrive.
        let mut room = BTreeMap::<Topic, u64>::new();
        for event in std::iter::repeat_n(events, times).flatten() {
            let Some(topic) = EventKind::of_type(&event.kind).map(EventKind::topic) else {
                continue;
            };
            let most = events.len() as u64 + 1;
            let arrives = match verdict {
                Verdict::AnswerLost => {
                    let fresh = state.dice.below(most);
                    let left = room.entry(topic).or_insert(fresh);
                    *left = left.saturating_sub(1);
                    *left > 0
                }
                _ => true,
            };
            let kafka = state.kafka.as_mut().filter(|_| arrives);
            if let Some(Err(words)) = kafka.map(|kafka| kafka.append(event)) {
                drop(state);
                self.broken(words);
                return broken();
            }
        }
        if verdict == Verdict::AnswerLost {
            return broken();
        }
        vec![Outcome::Taken; events.len()]
    }

    /// Begins a process's dispatchers: one for each function and stream.
    pub(crate) fn dispatches(&self, process: ProcessId, bus: &Arc<MemoryBus>, keys: &[StreamId]) {
        let kinds = EventKind::ALL.iter();
        let woken: BTreeSet<_> = kinds.flat_map(|kind| bus.subscribers(*kind)).collect();
        for to in woken {
            for key in keys {
                let read = self.clone().read(process, bus.clone(), to, *key);
                self.spawn(process, Mode::Says, format!("dispatch {to}"), read.boxed());
            }
        }
    }

    async fn read(self, process: ProcessId, bus: Arc<MemoryBus>, to: &'static str, key: StreamId) {
        loop {
            let next = self.state().next_of(process, to, key);
            let Some((offset, event)) = next else {
                self.nap(LOOK, Sleep::Look).await;
                continue;
            };
            let kind = EventKind::of_type(&event.kind);
            if kind.is_some_and(|kind| bus.subscribers(kind).contains(&to)) {
                self.carry(process, &bus, to, &event).await;
            }
            self.state().done(process, to, key, offset);
        }
    }

    /// Delivers one event until it is taken.
    async fn carry(
        &self,
        process: ProcessId,
        bus: &Arc<MemoryBus>,
        to: &'static str,
        event: &CloudEvent,
    ) {
        let one = std::slice::from_ref(event);
        for tries in 0..TRIES {
            let what = format!("{to} {}", short(event));
            let outcome = match self.stand(Seam::Deliver, what).await {
                Verdict::Lost | Verdict::Fail => later(1),
                verdict => {
                    if verdict == Verdict::Doubled {
                        self.stray(process, to, one);
                    }
                    let done = receive(self, process, bus.clone(), to, one).await;
                    done.filter(|_| verdict != Verdict::AnswerLost)
                        .unwrap_or_else(|| later(1))
                }
            };
            match outcome.first() {
                Some(Outcome::Taken) => return,
                Some(Outcome::Never(why)) => {
                    self.broken(format!("no event is given up: {}: {why}", short(event)));
                    return;
                }
                _ => self.nap(SECOND << tries.min(5), Sleep::Exact).await,
            }
        }
        self.broken(format!("no event is given up: {} by {to}", short(event)));
    }
}
