//! How what happened reaches the functions that asked for it.
//!
//! Handlers hold no bus: they write to the outbox, and the [`Relay`] alone publishes. [`MemoryBus`] delivers within one process,
//! through the same routers and by the same rules as Knative; [`kafka::KafkaBus`] publishes, or [`dapr::DaprBus`] does through Dapr's
//! sidecar, and [`kafka::Dispatcher`] delivers.

pub mod clock;
pub mod cloud;
pub mod dapr;
pub mod kafka;
pub mod memory;
pub mod relay;
mod verdict;

pub use clock::Clock;
pub use memory::{MemoryBus, Subscriber};
pub use relay::{Meter, Relay, Waiting};
pub use verdict::Verdict;

use async_trait::async_trait;
use contract::cloud::CloudEvent;
use domain::event::EventKind;

/// Takes events to where they belong: the seam between the relay and memory, Kafka, or a simulation.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Who gets events of that kind, by name. Kafka is one subscriber to all.
    fn subscribers(&self, kind: EventKind) -> Vec<&'static str>;

    /// Delivers events of one key to one subscriber, in order; a verdict for each.
    async fn deliver(&self, subscriber: &str, events: &[CloudEvent]) -> Vec<Verdict>;
}
