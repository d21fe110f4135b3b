//! Where events go.

use super::{ConfigError, parts::words};
use bus::kafka::Settings;
use jiff::SignedDuration;
use std::{fmt, str::FromStr};

/// How long consumers remember what they have done: an event that comes again later would be done again.
const REMEMBERED: i64 = 24 * 28;

/// Kafka, and what our topics are like there.
#[derive(Clone)]
pub struct Kafka {
    /// `ERRAND_KAFKA_BROKERS`: host:port, separated by commas. `ERRAND_KAFKA_SECURITY`: librdkafka's properties, `name=value`
    /// separated by commas. `ERRAND_KAFKA_PREFIX`: before the name of each topic and group. `ERRAND_KAFKA_PARTITIONS` (12),
    /// `ERRAND_KAFKA_REPLICATION` (what the brokers do by themselves) and `ERRAND_KAFKA_RETENTION_HOURS` (168): of topics that
    /// `errand topics` makes.
    pub settings: Settings,
}

impl Kafka {
    pub(super) fn parse(
        get: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let security = get("ERRAND_KAFKA_SECURITY");
        let Some(brokers) = get("ERRAND_KAFKA_BROKERS") else {
            let alone = security.map(|_| {
                ConfigError::new(
                    "ERRAND_KAFKA_SECURITY",
                    "says nothing without ERRAND_KAFKA_BROKERS",
                )
            });
            return alone.map_or(Ok(None), Err);
        };
        let brokers = words(&brokers);
        if brokers.is_empty() || brokers.iter().any(|broker| !broker.contains(':')) {
            return Err(ConfigError::new(
                "ERRAND_KAFKA_BROKERS",
                "takes host:port, separated by commas",
            ));
        }
        let mut settings = Settings::new(brokers.join(","));
        if let Some(security) = security {
            settings.security = Settings::security(&security)
                .map_err(|error| ConfigError::new("ERRAND_KAFKA_SECURITY", error.to_string()))?;
        }
        settings.prefix = prefix(get("ERRAND_KAFKA_PREFIX"))?;
        let number = |variable, most, unless| number(variable, get(variable), most, unless);
        settings.partitions = number("ERRAND_KAFKA_PARTITIONS", 1_000, settings.partitions)?;
        settings.replication = number("ERRAND_KAFKA_REPLICATION", 10, settings.replication)?;
        let hours = settings.retention.as_hours();
        let hours = self::number(
            "ERRAND_KAFKA_RETENTION_HOURS",
            get("ERRAND_KAFKA_RETENTION_HOURS"),
            REMEMBERED,
            hours,
        )?;
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

pub(super) fn prefix(prefix: Option<String>) -> Result<String, ConfigError> {
    let prefix = prefix.unwrap_or_default();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if prefix.bytes().all(good) && prefix.len() <= 100 {
        return Ok(prefix);
    }
    let words = format!("{prefix:?} is not up to 100 letters, digits, dots and hyphens");
    Err(ConfigError::new("ERRAND_KAFKA_PREFIX", words))
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
