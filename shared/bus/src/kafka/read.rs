//! Reading topics from their beginning to where they end now: for dead letters, and to look what is there.

use super::{KafkaError, Record, Settings, context::Context};
use jiff::Timestamp;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    metadata::MetadataTopic,
};
use std::{collections::BTreeMap, time::Duration};

/// How long a broker may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How often a partition without a leader is asked again, and after which pause.
const TRIES: u32 = 50;
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// How long a broker may take before errors are listened to again.
const GLANCE: Duration = Duration::from_millis(400);

/// A record with its place.
#[derive(Clone, Debug)]
pub struct Found {
    /// The topic, as it is called in the cluster.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What it is.
    pub record: Record,
}

/// Everything in these topics, in order within each partition.
///
/// # Errors
/// When Kafka does not answer.
pub async fn read_topics(
    settings: &Settings,
    topics: Vec<String>,
) -> Result<Vec<Found>, KafkaError> {
    let settings = settings.clone();
    let read = tokio::task::spawn_blocking(move || read_all(&settings, &topics));
    read.await
        .map_err(|_| KafkaError("reading stopped half-way".to_owned()))?
}

fn read_all(settings: &Settings, topics: &[String]) -> Result<Vec<Found>, KafkaError> {
    let consumer = reach(settings, &settings.group("reader"))?;
    // Where each partition ends now; what comes later is another reading's.
    let mut open = BTreeMap::new();
    let mut from = TopicPartitionList::new();
    for name in topics {
        let known = consumer.fetch_metadata(Some(name), PATIENCE)?;
        for partition in known.topics().iter().flat_map(MetadataTopic::partitions) {
            let (low, high) = ends(&consumer, name, partition.id())?;
            if low < high {
                from.add_partition_offset(name, partition.id(), Offset::Beginning)?;
                open.insert((name.clone(), partition.id()), high);
            }
        }
    }
    consumer.assign(&from)?;
    let mut found = Vec::new();
    while !open.is_empty() {
        let Some(read) = consumer.poll(PATIENCE) else {
            return Err(KafkaError("the brokers do not answer".to_owned()));
        };
        let message = read?;
        let place = (message.topic().to_owned(), message.partition());
        if open
            .get(&place)
            .is_some_and(|end| message.offset() + 1 >= *end)
        {
            open.remove(&place);
        }
        let at = message.timestamp().to_millis().unwrap_or_default();
        found.push(Found {
            topic: place.0,
            partition: place.1,
            offset: message.offset(),
            at: Timestamp::from_millisecond(at).unwrap_or_default(),
            record: Record::read(&message),
        });
    }
    Ok(found)
}

/// A client of brokers that let us in; it asks as one of the group, and does not join it. It blocks.
///
/// # Errors
/// When they do not answer within [`PATIENCE`], and at once when they do not let us in or are not whom we trust.
pub(super) fn reach(settings: &Settings, group: &str) -> Result<BaseConsumer<Context>, KafkaError> {
    let mut config = settings.client("reader");
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false");
    let context = settings.security.context();
    let consumer: BaseConsumer<Context> = config.create_with_context(context)?;
    let tries = PATIENCE.as_millis() / (PAUSE + GLANCE).as_millis();
    for _ in 0..tries {
        // It is here that tokens are asked for and errors are heard.
        let _nothing = consumer.poll(PAUSE);
        if let Some(refused) = consumer.context().refused() {
            return Err(refused);
        }
        if consumer.fetch_metadata(None, GLANCE).is_ok() {
            return Ok(consumer);
        }
    }
    let context = consumer.context();
    Err(KafkaError(context.explain("the brokers do not answer")))
}

/// Where a partition begins and ends. One that was just made, or whose broker died, has no leader for a moment.
pub(super) fn ends(
    consumer: &BaseConsumer<Context>,
    topic: &str,
    partition: i32,
) -> Result<(i64, i64), KafkaError> {
    for _ in 0..TRIES {
        if let Ok(ends) = consumer.fetch_watermarks(topic, partition, PATIENCE) {
            return Ok(ends);
        }
        let _nothing = consumer.poll(PAUSE);
    }
    Ok(consumer.fetch_watermarks(topic, partition, PATIENCE)?)
}
