//! Topics of its own for each test, on the broker that `cargo xtask test` starts; and brokers of its own, to be killed.

use crate::{port, skip};
use bus::kafka::{Found, Record, Settings, make_topics, read_topics};
use domain::event::Topic;
use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// How long a broker may take to start, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(2);
const BROKERS: &str = "ERRAND_TEST_KAFKA_BROKERS";

/// Fresh topics under a prefix of their own, or `None` after saying that the test is skipped where there is no Kafka
/// (`ERRAND_TEST_KAFKA_BROKERS`). Panics when Kafka is named and does not answer.
pub async fn kafka() -> Option<Settings> {
    let brokers = skip::unless(BROKERS, "no Kafka")?;
    Some(topics_on(brokers).await)
}

/// Fresh topics on these brokers.
///
/// # Panics
/// When they do not make them.
pub async fn topics_on(brokers: String) -> Settings {
    let mut settings = Settings::new(brokers);
    settings.prefix = format!("t{}.", Uuid::now_v7().simple());
    settings.partitions = 3;
    // A broker that was just started needs its time.
    let began = Instant::now();
    while let Err(error) = make_topics(&settings).await {
        assert!(began.elapsed() < PATIENCE, "{error}");
    }
    settings
}

/// Everything that was published, in order within each stream.
///
/// # Panics
/// When Kafka does not answer.
pub async fn published(settings: &Settings) -> Vec<Found> {
    let topics = Topic::ALL.iter().map(|topic| settings.topic(*topic));
    let found = read_topics(settings, topics.collect()).await;
    found.expect("Kafka answers")
}

/// Writes a record of anybody's into a topic.
///
/// # Panics
/// When Kafka does not take it.
pub async fn put(settings: &Settings, topic: Topic, record: &Record) {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &settings.brokers)
        .set("message.max.bytes", "8388608");
    let producer: FutureProducer = config.create().expect("a producer");
    let topic = settings.topic(topic);
    let headers = record.headers.iter();
    let headers = headers.fold(OwnedHeaders::new(), |headers, (key, value)| {
        let value = Some(value);
        headers.insert(Header { key, value })
    });
    let mut sent = FutureRecord::to(&topic).headers(headers);
    sent.key = record.key.as_ref();
    sent.payload = record.payload.as_ref();
    let landed = producer.send(sent, Timeout::After(PATIENCE)).await;
    landed.expect("Kafka takes it");
}

/// A broker that a test may kill; it and its folder go with this value.
pub struct Broker {
    folder: tempfile::TempDir,
    jars: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Broker {
    /// Starts one, or says that the test is skipped.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        let jars = skip::unless("ERRAND_TEST_KAFKA_JARS", "no Kafka")?;
        let mut broker = Self {
            folder: tempfile::tempdir().expect("a folder"),
            jars: jars.into(),
            // Its own, its controller's, the one that asks for a password, and the one that does so over TLS.
            port: port::lasting(4),
            process: None,
        };
        broker.go_on();
        Some(broker)
    }

    /// host:port
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Kills it, as a machine that loses its power.
    ///
    /// # Panics
    /// When it runs no more.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("it runs");
        process.wait().expect("it ended");
    }

    /// Starts it again where it was. Clients wait until it answers.
    ///
    /// # Panics
    /// When there is no sh.
    pub fn go_on(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/kafka/broker.sh");
        let mut command = Command::new("sh");
        command
            .arg(script)
            .arg(self.folder.path())
            .arg(self.port.to_string())
            .arg(&self.jars)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.process = Some(command.spawn().expect("sh starts"));
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _gone = process.kill();
            let _ended = process.wait();
        }
    }
}
