//! Whether Kafka can be used: for the start, and for probes.

use super::{KafkaError, Settings, context::Context};
use domain::event::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How long the brokers may take. Whoever probes waits no longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long errors are listened to.
const GLANCE: Duration = Duration::from_millis(50);

/// The brokers of an installation, as whoever probes sees them.
pub struct Brokers {
    settings: Settings,
    client: Arc<BaseConsumer<Context>>,
}

impl Brokers {
    /// Connects when it is first asked.
    ///
    /// # Errors
    /// When a setting is wrong.
    pub fn new(settings: Settings) -> Result<Self, KafkaError> {
        let context = settings.security.context();
        let client = settings.client("probe").create_with_context(context)?;
        Ok(Self {
            settings,
            client: Arc::new(client),
        })
    }

    /// Whether they answer, and have our topics.
    ///
    /// # Errors
    /// What is missing, in words for the operator.
    pub async fn answer(&self) -> Result<(), KafkaError> {
        let client = Arc::clone(&self.client);
        let asked = tokio::task::spawn_blocking(move || topics(&client)).await;
        let there = match asked {
            Ok(Ok(there)) => there,
            Ok(Err(error)) => return Err(self.silent(&self.client.context().explain(error))),
            Err(_) => return Err(self.silent("nobody could ask")),
        };
        let ours = Topic::ALL.iter();
        let ours = ours.flat_map(|it| [self.settings.topic(*it), self.settings.dead_letters(*it)]);
        let missing: Vec<_> = ours.filter(|topic| !there.contains(topic)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing = missing.join(", ");
        let words = format!("there is no topic {missing}: `errand topics` makes what is not there");
        Err(KafkaError(words))
    }

    fn silent(&self, why: &str) -> KafkaError {
        let brokers = &self.settings.brokers;
        KafkaError(format!("{brokers} does not answer: {why}"))
    }
}

fn topics(client: &BaseConsumer<Context>) -> Result<BTreeSet<String>, rdkafka::error::KafkaError> {
    // It is here that tokens are asked for and errors are heard.
    let _nothing = client.poll(GLANCE);
    let known = client.fetch_metadata(None, PATIENCE)?;
    let topics = known.topics().iter();
    let there = topics.filter(|topic| !topic.partitions().is_empty());
    Ok(there.map(|topic| topic.name().to_owned()).collect())
}
