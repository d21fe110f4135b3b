//! What a relay publishes to, with a seam before each delivery: the memory bus of one process, or this world's Kafka. What is
//! published may get lost, come twice, late or out of order, and whatever receives it may die.

use super::{
    process::AUDIT,
    weakness::Weakness,
    world::{Mode, OUTSIDE, ProcessId, SECOND, Seam, Verdict, World},
};
use async_trait::async_trait;
use bus::{Bus, MemoryBus, Verdict as Outcome};
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use futures::{FutureExt, channel::oneshot};
use std::sync::Arc;

/// What a process's relay publishes to.
pub(crate) struct SeamBus {
    pub(crate) inner: Arc<MemoryBus>,
    pub(crate) world: World,
    pub(crate) process: ProcessId,
    pub(crate) weakness: Weakness,
}

#[async_trait]
impl Bus for SeamBus {
    fn subscribers(&self, kind: EventKind) -> Vec<&'static str> {
        if self.world.state().kafka.is_some() {
            return vec!["kafka"];
        }
        self.inner.subscribers(kind)
    }

    async fn deliver(&self, subscriber: &str, events: &[CloudEvent]) -> Vec<Outcome> {
        self.world.publishes(self.process);
        if self.world.state().kafka.is_some() {
            let outcomes = self.world.publish(self.process, events).await;
            return self.weakness.of_publishing(outcomes);
        }
        let later = || later(events.len());
        let ids: Vec<_> = events.iter().map(short).collect();
        let what = format!("{subscriber} {}", ids.join(" "));
        let verdict = self.world.stand(Seam::Deliver, what.clone()).await;
        if matches!(verdict, Verdict::Lost | Verdict::Fail) {
            return later();
        }
        if verdict == Verdict::Doubled {
            self.world.stray(self.process, subscriber, events);
        }
        let done = receive(
            &self.world,
            self.process,
            self.inner.clone(),
            subscriber,
            events,
        );
        match done.await {
            Some(outcomes) if verdict != Verdict::AnswerLost => outcomes,
            _ => later(),
        }
    }
}

/// None of them arrived, as far as anybody knows.
pub(crate) fn later(count: usize) -> Vec<Outcome> {
    vec![Outcome::Later("the line broke".to_owned()); count]
}

/// An event, for the trace.
pub(crate) fn short(event: &CloudEvent) -> String {
    let kind = event.kind.trim_start_matches("errand.");
    let n = event.id.rsplit_once(':').map_or("wake", |(_, n)| n);
    format!("{}#{n}", kind.trim_end_matches(".v1"))
}

/// The function that receives it: an actor of its own.
pub(crate) async fn receive(
    world: &World,
    process: ProcessId,
    bus: Arc<MemoryBus>,
    subscriber: &str,
    events: &[CloudEvent],
) -> Option<Vec<Outcome>> {
    let (answer, answered) = oneshot::channel();
    let (name, events) = (subscriber.to_owned(), events.to_vec());
    let handle = async move {
        let outcomes = bus.deliver(&name, &events).await;
        drop(answer.send(outcomes));
    };
    // The witness does one thing after the other, in a database of its own.
    let mode = if subscriber == AUDIT {
        Mode::OneByOne
    } else {
        Mode::Says
    };
    world.spawn(process, mode, subscriber, handle.boxed());
    let _waiting = world.waiting();
    answered.await.ok()
}

impl World {
    /// A second copy of some events, to whichever process is there when it arrives.
    pub(crate) fn stray(&self, process: ProcessId, subscriber: &str, events: &[CloudEvent]) {
        let after = self.state().dice.some_or_many(SECOND, 90 * SECOND);
        let (world, name, events) = (self.clone(), subscriber.to_owned(), events.to_vec());
        let wander = async move {
            if world.stand_from(Seam::Stray, name.clone(), after).await != Verdict::Go {
                return;
            }
            let to = {
                let state = world.state();
                let own = state.alive.get_key_value(&process);
                let other = state.alive.iter().find(|(id, _)| **id != process);
                other
                    .or(own)
                    .map(|(id, process)| (*id, process.bus.clone()))
            };
            if let Some((process, bus)) = to {
                receive(&world, process, bus, &name, &events).await;
            }
        };
        self.spawn(OUTSIDE, Mode::Says, "stray", wander.boxed());
    }
}
