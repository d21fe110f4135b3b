//! Where events go.

use super::{ConfigError, parts::words};
use crate::SystemClock;
use bus::kafka::{Security, Settings};
use jiff::SignedDuration;
use std::{fmt, str::FromStr, sync::Arc};

/// How long consumers remember what they have done: an event that comes again later would be done again.
const REMEMBERED: i64 = 24 * 28;

const BROKERS: &str = "ERRAND_KAFKA_BROKERS";
const SECURITY: &str = "ERRAND_KAFKA_SECURITY";
const PREFIX: &str = "ERRAND_KAFKA_PREFIX";
const PARTITIONS: &str = "ERRAND_KAFKA_PARTITIONS";
const REPLICATION: &str = "ERRAND_KAFKA_REPLICATION";
const RETENTION: &str = "ERRAND_KAFKA_RETENTION_HOURS";

/// Kafka, and what our topics are like there.
#[derive(Clone)]
pub struct Kafka {
    /// `ERRAND_KAFKA_BROKERS`: host:port, separated by commas. `ERRAND_KAFKA_SECURITY`: as [`Security::parse`] reads it. `ERRAND_KAFKA_PREFIX`: before the name of each topic and group. `ERRAND_KAFKA_PARTITIONS` (12),
    /// `ERRAND_KAFKA_REPLICATION` (what the brokers do by themselves) and `ERRAND_KAFKA_RETENTION_HOURS` (168): of topics that
    /// `errand topics` makes.
    pub settings: Settings,
}

impl Kafka {
    pub(super) fn parse(
        get: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(brokers) = get(BROKERS) else {
            // Topics have it too where events go through Dapr.
            let of_dapr = |name| name == PREFIX && get("ERRAND_PUBSUB").is_some();
            let alone = [SECURITY, PREFIX, PARTITIONS, REPLICATION, RETENTION];
            let mut alone = alone.into_iter();
            let alone = alone.find(|name| get(name).is_some() && !of_dapr(*name));
            let words = "says nothing without ERRAND_KAFKA_BROKERS";
            return alone.map_or(Ok(None), |name| Err(ConfigError::new(name, words)));
        };
        let brokers = words(&brokers);
        if brokers.is_empty() || !brokers.iter().all(|broker| is_address(broker)) {
            let words = "takes host:port, separated by commas";
            return Err(ConfigError::new(BROKERS, words));
        }
        let mut settings = Settings::new(brokers.join(","));
        if let Some(security) = get(SECURITY) {
            let region = get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION"));
            settings.security = Security::parse(&security, region, Arc::new(SystemClock))
                .map_err(|error| ConfigError::new(SECURITY, error.to_string()))?;
        }
        settings.prefix = prefix(get(PREFIX))?;
        let number = |variable, most, unless| number(variable, get(variable), most, unless);
        settings.partitions = number(PARTITIONS, 1_000, settings.partitions)?;
        settings.replication = number(REPLICATION, 10, settings.replication)?;
        let hours = settings.retention.as_hours();
        let hours = self::number(RETENTION, get(RETENTION), REMEMBERED, hours)?;
        settings.retention = SignedDuration::from_hours(hours);
        Ok(Some(Self { settings }))
    }
}

/// The security's values are secrets.
impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kafka({})", self.settings.brokers)
    }
}

/// A host, which may be an IPv6 address in brackets, and a port.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let in_brackets = host.starts_with('[') && host.ends_with(']');
    let strange = |c: char| c.is_whitespace() || c == '/' || (c == ':' && !in_brackets);
    !host.is_empty() && !host.contains(strange) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

pub(super) fn prefix(prefix: Option<String>) -> Result<String, ConfigError> {
    let prefix = prefix.unwrap_or_default();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if prefix.bytes().all(good) && prefix.len() <= 100 {
        return Ok(prefix);
    }
    let words = format!("{prefix:?} is not up to 100 letters, digits, dots and hyphens");
    Err(ConfigError::new(PREFIX, words))
}

fn number<T: FromStr + PartialOrd + From<u8> + fmt::Display>(
    variable: &'static str,
    text: Option<String>,
    most: T,
    unless: T,
) -> Result<T, ConfigError> {
    let Some(text) = text else { return Ok(unless) };
    let number = text.parse().ok();
    number
        .filter(|number| *number >= T::from(1) && *number <= most)
        .ok_or_else(|| ConfigError::new(variable, format!("{text:?} is not from 1 to {most}")))
}
