//! The relay's way into Kafka.

use super::{Settings, context::Context, record::Record};
use crate::{Bus, Clock, Verdict};
use async_trait::async_trait;
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use jiff::SignedDuration;
use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer, PurgeConfig},
};
use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

/// How long Kafka may take for events that were handed over.
const DEADLINE: SignedDuration = SignedDuration::from_secs(10);

type Sender = FutureProducer<Context>;

/// Publishes every event, in order within its stream.
///
/// An event is taken when all replicas have it. On any failure everything that is on its way is purged, the producer is
/// replaced, and the relay begins again at the oldest row: so nothing overtakes what failed.
pub struct KafkaBus {
    settings: Settings,
    clock: Arc<dyn Clock>,
    context: Context,
    producer: Mutex<Option<Arc<Sender>>>,
}

impl KafkaBus {
    /// A bus that connects with the first event.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            context: settings.security.context(),
            settings,
            clock,
            producer: Mutex::new(None),
        }
    }

    fn producer(&self) -> Result<Arc<Sender>, KafkaError> {
        let mut producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(producer) = &*producer {
            return Ok(Arc::clone(producer));
        }
        let config = self.settings.producer("relay");
        self.context.forget();
        let made: Arc<Sender> = Arc::new(config.create_with_context(self.context.clone())?);
        *producer = Some(Arc::clone(&made));
        Ok(made)
    }

    /// Takes back what was handed over and not acknowledged, and lets that producer go.
    async fn give_up(&self, failed: Arc<Sender>) {
        let current = {
            let mut producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
            producer.take_if(|current| Arc::ptr_eq(current, &failed))
        };
        // It blocks for a moment, and ends the producer's thread when we are the last to hold it.
        let done = tokio::task::spawn_blocking(move || {
            failed.purge(PurgeConfig::default().queue().inflight());
            drop((failed, current));
        });
        let _ended = done.await;
    }

    async fn send(&self, producer: &Sender, events: &[CloudEvent]) -> Vec<Verdict> {
        let flights: Vec<_> = events
            .iter()
            .map(|event| self.hand_over(producer, event))
            .collect();
        let mut late = pin!(self.clock.sleep_until(self.clock.now() + DEADLINE));
        let mut verdicts = Vec::with_capacity(events.len());
        let mut flights = flights.into_iter();
        while let Some(flight) = flights.next() {
            let verdict = match flight {
                Err(error) => refused(&error),
                Ok(flight) => tokio::select! {
                    biased;
                    landed = flight => match landed {
                        Ok(Ok(_)) => Verdict::Taken,
                        Ok(Err((error, _))) => refused(&error),
                        Err(_) => Verdict::Broken("the producer is gone".to_owned()),
                    },
                    () = &mut late => {
                        let late = format!("Kafka did not answer within {} s", DEADLINE.as_secs());
                        Verdict::Broken(self.context.explain(late))
                    }
                },
            };
            if matches!(verdict, Verdict::Broken(_)) {
                // Whatever stands behind it is not known to be there either.
                let rest = 1 + flights.len();
                verdicts.extend(std::iter::repeat_n(verdict, rest));
                break;
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    fn hand_over(
        &self,
        producer: &Sender,
        event: &CloudEvent,
    ) -> Result<DeliveryFuture, KafkaError> {
        let topic = EventKind::of_type(&event.kind).map(EventKind::topic);
        let Some(topic) = topic else {
            return Err(KafkaError::MessageProduction(
                RDKafkaErrorCode::InvalidArgument,
            ));
        };
        let topic = self.settings.topic(topic);
        let record = Record::of(event);
        let mut sent = FutureRecord::to(&topic).headers(record.owned_headers());
        sent.key = record.key.as_ref();
        sent.payload = record.payload.as_ref();
        producer.send_result(sent).map_err(|(error, _)| error)
    }
}

#[async_trait]
impl Bus for KafkaBus {
    fn subscribers(&self, _: EventKind) -> Vec<&'static str> {
        vec!["kafka"]
    }

    async fn deliver(&self, _: &str, events: &[CloudEvent]) -> Vec<Verdict> {
        let producer = match self.producer() {
            Ok(producer) => producer,
            Err(error) => return vec![Verdict::Broken(error.to_string()); events.len()],
        };
        let verdicts = self.send(&producer, events).await;
        if matches!(verdicts.last(), Some(Verdict::Broken(_))) {
            self.give_up(producer).await;
        }
        verdicts
    }
}

/// Only what is wrong with the event itself makes a dead letter; all else is Kafka's state.
fn refused(error: &KafkaError) -> Verdict {
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidMessageSize
            | RDKafkaErrorCode::InvalidRecord
            | RDKafkaErrorCode::InvalidArgument,
        ) => Verdict::Never(error.to_string()),
        _ => Verdict::Broken(error.to_string()),
    }
}
