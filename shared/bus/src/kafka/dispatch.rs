//! From Kafka to the functions, where there is no Knative to do it, by the same rules: a consumer group for each subscription,
//! in order within a key, keys side by side, again after failures, and a dead letter after the last.
//!
//! An offset is committed only when everything up to it was answered or is a dead letter. So an event may come twice, never not.

use super::{
    KafkaError, Record, Settings,
    context::Context,
    dead::Grave,
    lanes::{Flow, Lanes, Parcel, Place},
};
use crate::{Clock, Verdict};
use async_trait::async_trait;
use domain::event::{EventKind, Topic};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use http::StatusCode;
use jiff::SignedDuration;
use rdkafka::{
    ClientContext, Message, TopicPartitionList,
    client::OAuthToken,
    consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, StreamConsumer},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

/// Requests to one function at once.
const WIDTH: usize = 64;
/// The longest pause before another try.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// How long requests may take to end once it was asked to stop.
const DRAIN: SignedDuration = SignedDuration::from_secs(8);

/// A function and the events that wake it.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    /// Its name; the consumer group's, too.
    pub name: &'static str,
    /// Its `SUBSCRIBES`.
    pub kinds: &'static [EventKind],
}

/// What a try came to.
pub type Tried = Result<(StatusCode, String), String>;

/// Brings an event to a function.
#[async_trait]
pub trait Deliver: Send + Sync {
    /// Asks it once: its status and body, or why there is none.
    async fn deliver(&self, to: &str, event: &Record) -> Tried;
    /// Where it is, for a dead letter.
    fn address(&self, to: &str) -> String;
}

/// How often an event is tried, and how long the pauses are.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries after the first.
    pub retries: u32,
    /// Before the first of them; each further pause is twice as long.
    pub pause: SignedDuration,
}

impl Default for Patience {
    /// Knative's: ten, from 0.3 s, five minutes in all.
    fn default() -> Self {
        Self {
            retries: 10,
            pause: SignedDuration::from_millis(300),
        }
    }
}

/// Reads one subscription's topics and delivers.
pub struct Dispatcher {
    subscription: Subscription,
    way: Arc<Way>,
    consumer: Arc<StreamConsumer<Losses>>,
    lanes: Lanes,
    flights: FuturesUnordered<BoxFuture<'static, (Parcel, bool)>>,
}

/// What a flight needs.
struct Way {
    to: &'static str,
    deliver: Arc<dyn Deliver>,
    patience: Patience,
    clock: Arc<dyn Clock>,
    grave: Grave,
    width: Semaphore,
    stop: CancellationToken,
}

impl Dispatcher {
    /// A member of the subscription's group, until `stop` is cancelled.
    ///
    /// # Errors
    /// When a setting is wrong; a broker that does not answer is none.
    pub fn new(
        settings: &Settings,
        subscription: Subscription,
        deliver: Arc<dyn Deliver>,
        patience: Patience,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Result<Self, KafkaError> {
        let mut config = settings.client(subscription.name);
        config
            .set("group.id", settings.group(subscription.name))
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("auto.offset.reset", "earliest")
            // What is done is noted by us, and committed once a second, at a rebalance, and at the end.
            .set("enable.auto.offset.store", "false")
            .set("enable.auto.commit", "true")
            .set("auto.commit.interval.ms", "1000")
            .set("session.timeout.ms", "10000")
            .set("heartbeat.interval.ms", "2000");
        let consumer: StreamConsumer<Losses> = config.create_with_context(Losses {
            client: settings.security.context(),
            ..Losses::default()
        })?;
        let topics: BTreeSet<Topic> = subscription.kinds.iter().map(|kind| kind.topic()).collect();
        let topics: Vec<_> = topics
            .into_iter()
            .map(|topic| settings.topic(topic))
            .collect();
        consumer.subscribe(&topics.iter().map(String::as_str).collect::<Vec<_>>())?;
        let way = Way {
            to: subscription.name,
            deliver,
            patience,
            clock,
            grave: Grave::new(settings)?,
            width: Semaphore::new(WIDTH),
            stop,
        };
        Ok(Self {
            subscription,
            way: Arc::new(way),
            consumer: Arc::new(consumer),
            lanes: Lanes::default(),
            flights: FuturesUnordered::new(),
        })
    }

    /// Delivers until it is asked to stop; then ends what was begun, and leaves the group.
    pub async fn run(mut self) {
        let consumer = Arc::clone(&self.consumer);
        let stop = self.way.stop.clone();
        loop {
            let idle = self.flights.is_empty();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some((parcel, done)) = self.flights.next(), if !idle => self.land(&parcel, done),
                read = consumer.recv() => match read {
                    Ok(message) => self.take(&message),
                    Err(error) => {
                        let why = consumer.context().client.explain(error);
                        tracing::warn!(subscription = self.subscription.name, why, "Kafka cannot be read now");
                    }
                },
                () = consumer.context().changed.notified() => self.lose(),
            }
        }
        self.drain().await;
        drop(consumer);
        // Leaving the group waits for the brokers.
        let left = tokio::task::spawn_blocking(move || drop(self.consumer));
        let _ended = left.await;
    }

    async fn drain(&mut self) {
        let clock = Arc::clone(&self.way.clock);
        let late = clock.sleep_until(clock.now() + DRAIN);
        let all = async {
            while let Some((parcel, done)) = self.flights.next().await {
                self.land(&parcel, done);
            }
        };
        tokio::select! {
            biased;
            () = all => {}
            () = late => tracing::warn!(subscription = self.subscription.name, "some deliveries did not end and will be made again"),
        }
    }

    fn take(&mut self, message: &impl Message) {
        self.lose();
        let record = Record::read(message);
        let wanted = record
            .kind()
            .is_some_and(|kind| self.subscription.kinds.contains(&kind));
        let place = (message.topic().to_owned(), message.partition());
        if let Some(parcel) = self
            .lanes
            .push(place.clone(), message.offset(), record, wanted)
        {
            self.launch(parcel);
        }
        self.note(&place);
    }

    /// Forgets the partitions that were taken from us.
    fn lose(&mut self) {
        for place in self.consumer.context().take() {
            self.lanes.lose(&place);
        }
    }

    fn launch(&mut self, parcel: Parcel) {
        let way = Arc::clone(&self.way);
        self.flights.push(
            async move {
                let done = way.carry(&parcel).await;
                (parcel, done)
            }
            .boxed(),
        );
    }

    fn land(&mut self, parcel: &Parcel, done: bool) {
        if !done {
            return;
        }
        if let Some(next) = self.lanes.done(parcel)
            && !self.way.stop.is_cancelled()
        {
            self.launch(next);
        }
        self.note(&parcel.place);
    }

    /// Notes how far a partition is done, to be committed, and whether to read on there.
    fn note(&mut self, place: &Place) {
        if let Some(offset) = self.lanes.risen(place) {
            // It fails only for a partition that is not ours any more.
            let _lost = self.consumer.store_offset(&place.0, place.1, offset);
        }
        let Some(flow) = self.lanes.flow(place) else {
            return;
        };
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition(&place.0, place.1);
        let _lost = match flow {
            Flow::Pause => self.consumer.pause(&partitions),
            Flow::Resume => self.consumer.resume(&partitions),
        };
    }
}

impl Way {
    /// Brings one event to its end. Answers whether there was one: it was taken, or it is a dead letter.
    async fn carry(&self, parcel: &Parcel) -> bool {
        let mut tries = 0;
        loop {
            let Ok(free) = self.width.acquire().await else {
                return false;
            };
            let tried = self.deliver.deliver(self.to, &parcel.record).await;
            drop(free);
            let verdict = match &tried {
                Ok((status, body)) => Verdict::of(*status, body),
                Err(why) => Verdict::Later(why.clone()),
            };
            match verdict {
                Verdict::Taken => return true,
                Verdict::Later(why) if tries < self.patience.retries => {
                    let pause = self.patience.pause * 2_i32.saturating_pow(tries);
                    tries += 1;
                    tracing::warn!(
                        to = self.to,
                        id = parcel.record.get("ce_id"),
                        tries,
                        why,
                        "an event will be delivered again"
                    );
                    let pause = self
                        .clock
                        .sleep_until(self.clock.now() + pause.min(LONGEST));
                    tokio::select! {
                        biased;
                        () = self.stop.cancelled() => return false,
                        () = parcel.lost.cancelled() => return false,
                        () = pause => {}
                    }
                }
                Verdict::Later(why) | Verdict::Never(why) | Verdict::Broken(why) => {
                    tracing::error!(
                        to = self.to,
                        id = parcel.record.get("ce_id"),
                        why,
                        "an event became a dead letter"
                    );
                    return self.bury(parcel, &tried).await;
                }
            }
        }
    }

    /// Keeps it among the dead letters, however long that takes: before, it does not count as done.
    async fn bury(&self, parcel: &Parcel, tried: &Tried) -> bool {
        let address = self.deliver.address(self.to);
        loop {
            let buried = self
                .grave
                .bury(&parcel.place.0, &parcel.record, self.to, &address, tried);
            let Err(why) = buried.await else {
                return true;
            };
            tracing::error!(to = self.to, %why, "a dead letter cannot be kept now");
            let pause = self
                .clock
                .sleep_until(self.clock.now() + SignedDuration::from_secs(1));
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return false,
                () = parcel.lost.cancelled() => return false,
                () = pause => {}
            }
        }
    }
}

/// Hears of partitions that go to another dispatcher.
#[derive(Default)]
struct Losses {
    client: Context,
    places: Mutex<Vec<Place>>,
    changed: Notify,
}

impl Losses {
    fn take(&self) -> Vec<Place> {
        std::mem::take(&mut *self.places.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientContext for Losses {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = Context::ENABLE_REFRESH_OAUTH_TOKEN;

    fn error(&self, error: rdkafka::error::KafkaError, reason: &str) {
        self.client.error(error, reason);
    }

    fn generate_oauth_token(
        &self,
        config: Option<&str>,
    ) -> Result<OAuthToken, Box<dyn std::error::Error>> {
        self.client.generate_oauth_token(config)
    }
}

impl ConsumerContext for Losses {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(partitions) = rebalance {
            let lost = partitions.elements();
            let lost = lost
                .iter()
                .map(|one| (one.topic().to_owned(), one.partition()));
            self.places
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(lost);
            self.changed.notify_one();
        }
    }
}
