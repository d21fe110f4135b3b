//! Where Kafka is, what our topics are called, and how they are made.

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
    /// librdkafka's own properties, by [`Settings::security`].
    pub security: Vec<(String, String)>,
    /// Of each topic that is made.
    pub partitions: i32,
    /// Of each topic that is made; -1 is what the brokers do by themselves.
    pub replication: i32,
    /// How long a topic keeps an event. Dead letters are kept four weeks.
    pub retention: SignedDuration,
}

/// Why Kafka cannot be spoken to in that way, in words for the operator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongSecurity(String);

impl Settings {
    /// The defaults: 12 partitions, the brokers' replication, a week.
    pub fn new(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            prefix: String::new(),
            security: Vec::new(),
            partitions: 12,
            replication: -1,
            retention: SignedDuration::from_hours(24 * 7),
        }
    }

    /// Reads `name=value` separated by commas: `security.protocol`, `sasl.mechanism`, `sasl.username`, `sasl.password`.
    ///
    /// # Errors
    /// For any other property, and for what librdkafka cannot do without OpenSSL, which is not built in: TLS, SCRAM, OAUTHBEARER.
    pub fn security(text: &str) -> Result<Vec<(String, String)>, WrongSecurity> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(property).collect()
    }

    /// The name of a topic in the cluster.
    pub fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// The name of its dead letters.
    pub fn dead_letters(&self, topic: Topic) -> String {
        format!("{}{}.dead-letters", self.prefix, topic.name())
    }

    /// The consumer group of a subscription.
    pub(super) fn group(&self, subscription: &str) -> String {
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
        for (name, value) in &self.security {
            config.set(name, value);
        }
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

fn property(text: &str) -> Result<(String, String), WrongSecurity> {
    let wrong = |words: String| Err(WrongSecurity(words));
    let Some((name, value)) = text.split_once('=') else {
        return wrong(format!("{text:?} is not name=value"));
    };
    let (name, value) = (name.trim(), value.trim());
    let without = "librdkafka is built in without OpenSSL: it speaks PLAINTEXT, and SASL_PLAINTEXT with PLAIN. For TLS put a \
        proxy that speaks it before the brokers";
    match name {
        "sasl.username" | "sasl.password" => {}
        "security.protocol" if ["PLAINTEXT", "SASL_PLAINTEXT"].contains(&value) => {}
        "sasl.mechanism" | "sasl.mechanisms" if value == "PLAIN" => {}
        "security.protocol" | "sasl.mechanism" | "sasl.mechanisms" => {
            return wrong(format!("{name}={value} cannot be had: {without}"));
        }
        _ => {
            return wrong(format!(
                "{name} is none of security.protocol, sasl.mechanism, sasl.username, sasl.password"
            ));
        }
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_refused_in_words() {
        let check = |text: &str, expected: &str| {
            let words = Settings::security(text)
                .err()
                .map(|error| error.to_string());
            let words = words.unwrap_or_default();
            assert!(
                words.starts_with(expected) && words.is_empty() == expected.is_empty(),
                "{text}: {words}"
            );
        };
        check(
            "security.protocol=SASL_PLAINTEXT, sasl.mechanism=PLAIN,sasl.username=a,sasl.password=b=c",
            "",
        );
        check("", "");
        check(
            "security.protocol=SASL_SSL",
            "security.protocol=SASL_SSL cannot be had",
        );
        check(
            "sasl.mechanism=SCRAM-SHA-512",
            "sasl.mechanism=SCRAM-SHA-512 cannot be had",
        );
        check("acks=0", "acks is none of");
        check("PLAIN", "\"PLAIN\" is not");
        assert_eq!(Settings::security("sasl.password=b=c").unwrap()[0].1, "b=c");
    }
}
