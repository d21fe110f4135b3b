//! Who reads a topic for whom, and how far behind they are: for who looks at an installation.

use super::{
    KafkaError, Settings,
    read::{ends, reach},
};
use rdkafka::{Offset, TopicPartitionList, consumer::Consumer};
use std::time::Duration;

/// How long one question to the brokers may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A consumer group and a topic that it is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The group's name in the cluster.
    pub group: String,
    /// The topic's name in the cluster.
    pub topic: String,
}

/// How a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How many are in the group.
    pub members: usize,
    /// How many events of the topic it has not answered for yet.
    pub behind: i64,
}

/// How each of them stands, in their order.
///
/// # Errors
/// When the brokers do not answer, or there is no such topic.
pub async fn readers(settings: Settings, of: Vec<Reader>) -> Result<Vec<Reading>, KafkaError> {
    let asked = tokio::task::spawn_blocking(move || {
        let each = of.iter().map(|reader| reading(&settings, reader));
        each.collect()
    });
    let asked = asked.await;
    asked.map_err(|why| KafkaError(why.to_string()))?
}

fn reading(settings: &Settings, reader: &Reader) -> Result<Reading, KafkaError> {
    let client = reach(settings, &reader.group)?;
    let groups = client.fetch_group_list(Some(&reader.group), PATIENCE)?;
    let group = groups.groups().iter().find(|it| it.name() == reader.group);
    let members = group.map_or(0, |it| it.members().len());
    let known = client.fetch_metadata(Some(&reader.topic), PATIENCE)?;
    let topic = known.topics().iter().find(|it| it.name() == reader.topic);
    let partitions = topic.map_or(&[][..], |it| it.partitions());
    if partitions.is_empty() {
        return Err(KafkaError(format!("there is no topic {}", reader.topic)));
    }
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(&reader.topic, partition.id());
    }
    let mut behind = 0;
    for one in client.committed_offsets(list, PATIENCE)?.elements() {
        let (low, high) = ends(&client, &reader.topic, one.partition())?;
        // Nothing was answered yet, or what was is not kept any more: it begins at the oldest.
        let at = match one.offset() {
            Offset::Offset(at) => at.max(low),
            _ => low,
        };
        behind += high.saturating_sub(at);
    }
    Ok(Reading { members, behind })
}
