//! Kafka: events go there by the relay alone, and come from there by the dispatcher.
//!
//! A record is a CloudEvent in the binary mode of CloudEvents' Kafka binding, its key the stream, so that events of one stream
//! keep their order. librdkafka is built in, with the OpenSSL that it needs for TLS and SCRAM; see [`Security`].

mod admin;
mod brokers;
mod context;
mod dead;
mod dispatch;
mod lanes;
mod publish;
mod read;
mod readers;
mod record;
mod security;
mod settings;
mod token;

pub use admin::{Made, make_topics};
pub use brokers::Brokers;
pub use dead::{DeadLetter, DeadLetters};
pub use dispatch::{Deliver, Dispatcher, Patience, Subscription, Tried};
pub use publish::KafkaBus;
pub use read::{Found, read_topics};
pub use readers::{Reader, Reading, readers};
pub use record::Record;
pub use security::{Security, WrongSecurity};
pub use settings::Settings;

/// Kafka did not do it.
#[derive(Debug, thiserror::Error)]
#[error("Kafka: {0}")]
pub struct KafkaError(String);

impl From<rdkafka::error::KafkaError> for KafkaError {
    fn from(error: rdkafka::error::KafkaError) -> Self {
        Self(error.to_string())
    }
}
