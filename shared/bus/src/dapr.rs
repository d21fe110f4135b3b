//! The relay's way out through a pub/sub component of Dapr's, beside the native one into Kafka.

use crate::{Bus, Verdict, kafka::Record};
use async_trait::async_trait;
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use sidecar::{Failed, Sidecar, Why};
use std::{collections::HashMap, time::Duration};

/// How long an event may take to be there.
const DEADLINE: Duration = Duration::from_secs(10);

/// Publishes every event, in order within its stream: each when the one before it is there.
///
/// A record is the same as the native client's: a CloudEvent in binary mode, its key the stream. By itself Dapr would wrap it into
/// an envelope of its own; as raw payload its metadata become the record's headers (`excludeHeaderMetaRegex` of the component keeps
/// out what only steers).
pub struct DaprBus {
    sidecar: Sidecar,
    pub_sub: String,
    prefix: String,
}

impl DaprBus {
    /// A bus that connects with the first event, to the pub/sub component of that name; the prefix stands before the name of each
    /// topic.
    pub fn new(sidecar: Sidecar, pub_sub: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            sidecar,
            pub_sub: pub_sub.into(),
            prefix: prefix.into(),
        }
    }

    async fn publish(&self, event: &CloudEvent) -> Verdict {
        let Some(topic) = EventKind::of_type(&event.kind).map(EventKind::topic) else {
            return Verdict::Never(format!("{} has no topic", event.kind));
        };
        let topic = format!("{}{}", self.prefix, topic.name());
        let record = Record::of(event);
        let mut metadata: HashMap<String, String> = record
            .headers
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
            .collect();
        metadata.insert("rawPayload".to_owned(), "true".to_owned());
        metadata.insert("partitionKey".to_owned(), event.partitionkey.clone());
        let data = record.payload.unwrap_or_default();
        let sent = self
            .sidecar
            .publish(&self.pub_sub, &topic, data, metadata, DEADLINE);
        match sent.await {
            Ok(()) => Verdict::Taken,
            Err(failed) => refused(failed),
        }
    }
}

#[async_trait]
impl Bus for DaprBus {
    fn subscribers(&self, _: EventKind) -> Vec<&'static str> {
        vec!["dapr"]
    }

    async fn deliver(&self, _: &str, events: &[CloudEvent]) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(events.len());
        for event in events {
            let verdict = self.publish(event).await;
            if matches!(verdict, Verdict::Broken(_)) {
                // Whatever stands behind it is not sent: nothing overtakes what failed.
                verdicts.resize(events.len(), verdict);
                break;
            }
            verdicts.push(verdict);
        }
        verdicts
    }
}

/// Only what is wrong with the event itself makes a dead letter; all else is the sidecar's state, or Kafka's behind it.
fn refused(failed: Failed) -> Verdict {
    // The words of Kafka's client in Dapr, which gives no code of its own for it.
    let too_large = [
        "message larger than configured",
        "Message was too large",
        "message batch larger than",
    ];
    let is_too_large = too_large.iter().any(|said| failed.words.contains(said));
    if failed.why == Why::TooLarge || is_too_large {
        Verdict::Never(failed.words)
    } else {
        Verdict::Broken(failed.words)
    }
}
