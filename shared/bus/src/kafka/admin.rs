//! Making the topics.

use super::{
    KafkaError, Settings,
    settings::{MOST, MOST_DEAD},
};
use domain::event::Topic;
use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    error::RDKafkaErrorCode,
};
use std::time::Duration;

/// How long the brokers may take.
const PATIENCE: Duration = Duration::from_secs(20);
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
    let admin: AdminClient<DefaultClientContext> = settings.client("topics").create()?;
    let kept = settings.retention.as_millis().to_string();
    let names: Vec<_> = Topic::ALL
        .iter()
        .flat_map(|topic| {
            [
                (settings.topic(*topic), kept.as_str(), MOST),
                (settings.dead_letters(*topic), DEAD, MOST_DEAD),
            ]
        })
        .collect();
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
