//! Dead letters: events that a function did not take after the last try, each with the reason in its headers as Knative writes
//! them, in a topic beside their own. One that was replayed is marked by a record without data.

use super::{
    KafkaError, Record, Settings, Tried,
    context::Context,
    read::{Found, PATIENCE, read_topics},
    settings::MOST_DEAD,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::event::Topic;
use rdkafka::{
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};
use std::{collections::BTreeSet, fmt};

/// As much of an answer as is kept with a dead letter.
const WORDS: usize = 1_024;
/// In a mark: the offset of what was replayed.
const REPLAYED: &str = "errand-replayed";
const SUFFIX: &str = ".dead-letters";

/// Where the dispatcher puts them.
pub(super) struct Grave(FutureProducer<Context>);

impl Grave {
    pub(super) fn new(settings: &Settings) -> Result<Self, KafkaError> {
        let mut config = settings.producer("dead-letters");
        config.set("message.max.bytes", MOST_DEAD);
        let context = settings.security.context();
        Ok(Self(config.create_with_context(context)?))
    }

    /// Keeps an event of that topic with the reason.
    pub(super) async fn bury(
        &self,
        topic: &str,
        record: &Record,
        to: &str,
        address: &str,
        tried: &Tried,
    ) -> Result<(), KafkaError> {
        let (code, words) = match tried {
            Ok((status, body)) => (status.as_u16(), body.as_str()),
            Err(why) => (503, why.as_str()),
        };
        let words = &words.as_bytes()[..words.len().min(WORDS)];
        let mut letter = record.clone();
        letter.set("ce_knativeerrordest", address);
        letter.set("ce_knativeerrorcode", &code.to_string());
        letter.set("ce_knativeerrordata", &STANDARD.encode(words));
        letter.set("errand-subscription", to);
        send(&self.0, &format!("{topic}{SUFFIX}"), None, &letter).await
    }
}

async fn send(
    producer: &FutureProducer<Context>,
    topic: &str,
    partition: Option<i32>,
    record: &Record,
) -> Result<(), KafkaError> {
    let mut sent = FutureRecord::to(topic).headers(record.owned_headers());
    sent.key = record.key.as_ref();
    sent.payload = record.payload.as_ref();
    sent.partition = partition;
    let landed = producer.send(sent, Timeout::After(PATIENCE)).await;
    landed.map(drop).map_err(|(error, _)| error.into())
}

/// An event that a function did not take, with the reason in its headers.
#[derive(Clone, Debug)]
pub struct DeadLetter(Found);

impl DeadLetter {
    /// How to call it: `TOPIC/PARTITION/OFFSET`.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.topic(), self.0.partition, self.0.offset)
    }

    /// The event as it lies there.
    pub fn record(&self) -> &Record {
        &self.0.record
    }

    /// The topic that it was published on.
    fn topic(&self) -> &str {
        self.0.topic.trim_end_matches(SUFFIX)
    }

    /// The function that did not take it.
    pub fn to(&self) -> &str {
        let record = self.record();
        let named = record.get("errand-subscription");
        named
            .or(record.get("ce_knativeerrordest"))
            .unwrap_or_default()
    }

    /// What it said.
    pub fn why(&self) -> String {
        let code = self.record().get("ce_knativeerrorcode").unwrap_or_default();
        let data = self.record().get("ce_knativeerrordata").unwrap_or_default();
        let words = STANDARD.decode(data).unwrap_or_default();
        format!("{code} {}", String::from_utf8_lossy(&words))
    }

    /// The event as it was before it failed.
    fn event(&self) -> Record {
        let mut event = self.record().clone();
        let reason = |name: &str| name.starts_with("ce_knative") || name.starts_with("errand-");
        event.headers.retain(|(name, _)| !reason(name));
        event
    }
}

impl fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let get = |name| self.record().get(name).unwrap_or("-");
        let (name, to, why) = (self.name(), self.to(), self.why());
        write!(
            f,
            "{name}  {}  {}  to {to}: {why}",
            self.0.at,
            get("ce_type")
        )
    }
}

/// What lies there.
pub struct DeadLetters {
    settings: Settings,
}

impl DeadLetters {
    /// Those of an installation.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// All that were not replayed, oldest first.
    ///
    /// # Errors
    /// When Kafka does not answer.
    pub async fn all(&self) -> Result<Vec<DeadLetter>, KafkaError> {
        let topics = Topic::ALL.iter();
        let topics = topics.map(|topic| self.settings.dead_letters(*topic));
        let found = read_topics(&self.settings, topics.collect()).await?;
        let mark = |found: &Found| {
            let offset: i64 = found.record.get(REPLAYED)?.parse().ok()?;
            Some((found.topic.clone(), found.partition, offset))
        };
        let replayed: BTreeSet<_> = found.iter().filter_map(mark).collect();
        let mut letters: Vec<_> = found
            .into_iter()
            .filter(|found| found.record.get(REPLAYED).is_none())
            .filter(|found| {
                !replayed.contains(&(found.topic.clone(), found.partition, found.offset))
            })
            .map(DeadLetter)
            .collect();
        letters.sort_by_key(|letter| letter.0.at);
        Ok(letters)
    }

    /// Publishes one anew, on its own topic, and marks it. Functions that have done it already know it by its id.
    ///
    /// # Errors
    /// When Kafka does not take it.
    pub async fn replay(&self, letter: &DeadLetter) -> Result<(), KafkaError> {
        let mut config = self.settings.producer("replay");
        let producer: FutureProducer<Context> = config
            .set("message.timeout.ms", "10000")
            .create_with_context(self.settings.security.context())?;
        send(&producer, letter.topic(), None, &letter.event()).await?;
        let mark = Record {
            key: letter.record().key.clone(),
            headers: vec![(
                REPLAYED.to_owned(),
                letter.0.offset.to_string().into_bytes(),
            )],
            payload: None,
        };
        let topic = format!("{}{SUFFIX}", letter.topic());
        send(&producer, &topic, Some(letter.0.partition), &mark).await
    }
}
