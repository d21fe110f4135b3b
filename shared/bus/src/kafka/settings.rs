//! Where Kafka is, what our topics are called, and how they are made.

use super::Security;
use domain::event::Topic;
use jiff::SignedDuration;
use rdkafka::ClientConfig;

/// How long a broker may leave a request without an answer, in milliseconds.
const ANSWER: &str = "5000";

/// Where Kafka is and how it is used.
#[derive(Clone)]
pub struct Settings {
    /// host:port, separated by commas.
    pub brokers: String,
    /// Before the name of each topic and group, so that several installations share a cluster.
    pub prefix: String,
    /// How clients sign in, and whether the line is encrypted.
    pub security: Security,
    /// Of each topic that is made.
    pub partitions: i32,
    /// Of each topic that is made; -1 is what the brokers do by themselves.
    pub replication: i32,
    /// How long a topic keeps an event. Dead letters are kept four weeks.
    pub retention: SignedDuration,
}

impl Settings {
    /// The defaults: 12 partitions, the brokers' replication, a week.
    pub fn new(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            prefix: String::new(),
            security: Security::default(),
            partitions: 12,
            replication: -1,
            retention: SignedDuration::from_hours(24 * 7),
        }
    }

    /// The name of a topic in the cluster.
    pub fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// The name of its dead letters.
    pub fn dead_letters(&self, topic: Topic) -> String {
        format!("{}{}.dead-letters", self.prefix, topic.name())
    }

    /// The consumer group of a subscription, where our own dispatcher reads for it.
    pub fn group(&self, subscription: &str) -> String {
        format!("{}errand.{subscription}", self.prefix)
    }

    /// What all clients have in common.
    pub(super) fn client(&self, name: &str) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", format!("errand-{name}"))
            .set("socket.timeout.ms", "10000")
            .set("socket.connection.setup.timeout.ms", ANSWER)
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "1000")
            .set("topic.metadata.refresh.interval.ms", "10000")
            .set("allow.auto.create.topics", "false");
        self.security.apply(&mut config);
        config
    }

    /// A producer that keeps the order, doubles nothing by itself, and calls a record sent only when all replicas have it.
    pub(super) fn producer(&self, name: &str) -> ClientConfig {
        let mut config = self.client(name);
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("compression.type", "lz4")
            .set("linger.ms", "2")
            .set("message.max.bytes", MOST)
            // A record never times out by itself: then one behind it could overtake it. Whoever waits purges all.
            .set("message.timeout.ms", "0")
            .set("request.timeout.ms", ANSWER);
        config
    }
}

/// The largest record, in bytes: an event holds two times 100,000 characters of notes at most, before and after.
pub(super) const MOST: &str = "4194304";
/// The largest dead letter: the reason stands in headers beside the event, and none may be too large to be kept.
pub(super) const MOST_DEAD: &str = "4259840";
