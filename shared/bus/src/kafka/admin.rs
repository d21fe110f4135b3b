//! Making the topics.

use super::{
    KafkaError, Settings,
    read::{PAUSE, reach},
    settings::{MOST, MOST_DEAD},
};
use domain::event::Topic;
use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::Consumer,
    error::RDKafkaErrorCode,
};
use std::time::Duration;

/// How long the brokers may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a topic that is not known yet is looked for again.
const TRIES: u32 = 30;
/// How long dead letters are kept: four weeks, as long as consumers remember what they have done already.
const DEAD: &str = "2419200000";

/// What became of one topic.
#[derive(Debug)]
pub struct Made {
    /// Its name in the cluster.
    pub topic: String,
    /// Whether it is new.
    pub is_new: bool,
}

/// Makes the topics that are not there, and those of their dead letters. One that is there is left as it is.
///
/// # Errors
/// When Kafka does not answer, or refuses one.
pub async fn make_topics(settings: &Settings) -> Result<Vec<Made>, KafkaError> {
    if settings.security.by_token() {
        return already_there(settings).await;
    }
    // Here the brokers' own words are heard where they do not let us in; the client below only knows that time ran out.
    in_the_background(settings, |settings| {
        reach(settings, &settings.group("reader")).map(drop)
    })
    .await?;
    let admin: AdminClient<DefaultClientContext> = settings.client("topics").create()?;
    let kept = settings.retention.as_millis().to_string();
    let names = names(settings, &kept);
    let topics: Vec<_> = names
        .iter()
        .map(|(name, kept, most)| {
            let replication = TopicReplication::Fixed(settings.replication);
            NewTopic::new(name, settings.partitions, replication)
                .set("retention.ms", kept)
                .set("max.message.bytes", most)
        })
        .collect();
    let patience = AdminOptions::new()
        .operation_timeout(Some(PATIENCE))
        .request_timeout(Some(PATIENCE));
    let results = admin.create_topics(&topics, &patience).await?;
    let made = results.into_iter().map(|result| match result {
        Ok(topic) => Ok(Made {
            topic,
            is_new: true,
        }),
        Err((topic, RDKafkaErrorCode::TopicAlreadyExists)) => Ok(Made {
            topic,
            is_new: false,
        }),
        Err((topic, code)) => Err(KafkaError(format!("the topic {topic} is refused: {code}"))),
    });
    made.collect()
}

/// All topics, each with how long it keeps what is in it, and how large that may be.
fn names<'a>(settings: &Settings, kept: &'a str) -> Vec<(String, &'a str, &'static str)> {
    let both = |topic: &Topic| {
        [
            (settings.topic(*topic), kept, MOST),
            (settings.dead_letters(*topic), DEAD, MOST_DEAD),
        ]
    };
    Topic::ALL.iter().flat_map(both).collect()
}

/// librdkafka's client for such things asks for no tokens in Rust, so the topics must be made by other tools; here it is only seen
/// to that they are there.
async fn already_there(settings: &Settings) -> Result<Vec<Made>, KafkaError> {
    in_the_background(settings, |settings| {
        let client = reach(settings, &settings.group("reader"))?;
        let mut tries = 0;
        loop {
            let all = client.fetch_metadata(None, PATIENCE)?;
            let is_there = |name: &str| all.topics().iter().any(|topic| topic.name() == name);
            let names = names(settings, "").into_iter().map(|(name, ..)| name);
            let (there, missing): (Vec<_>, Vec<_>) = names.partition(|name| is_there(name));
            if missing.is_empty() {
                let made = |topic| Made {
                    topic,
                    is_new: false,
                };
                return Ok(there.into_iter().map(made).collect());
            }
            // Not every broker knows at once of what was just made.
            if tries == TRIES {
                let missing = missing.join(", ");
                return Err(KafkaError(format!(
                    "topics cannot be made by whoever signs in by a token; make them by the cluster's own tools: {missing}"
                )));
            }
            tries += 1;
            let _nothing = client.poll(PAUSE);
        }
    })
    .await
}

async fn in_the_background<T: Send + 'static>(
    settings: &Settings,
    work: impl FnOnce(&Settings) -> Result<T, KafkaError> + Send + 'static,
) -> Result<T, KafkaError> {
    let settings = settings.clone();
    let done = tokio::task::spawn_blocking(move || work(&settings)).await;
    done.map_err(|_| KafkaError("it stopped half-way".to_owned()))?
}
