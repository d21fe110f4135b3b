//! Dapr's sidecar, and what goes through it.

use super::{ConfigError, kafka};
use crate::Secret;
use sidecar::Sidecar;

/// What a setting begins with that names a component of Dapr's.
pub(super) const SCHEME: &str = "dapr:";
/// Paths that are there already.
const TAKEN: [&str; 4] = ["health", "ready", "live", "metrics"];

/// Dapr's sidecar on this machine. It is spoken to only where something is to go through it.
#[derive(Clone, Debug)]
pub struct Dapr {
    /// `DAPR_GRPC_PORT`: its gRPC API (50001).
    pub port: u16,
    /// `DAPR_API_TOKEN`: where it wants one.
    pub token: Option<Secret>,
    /// `ERRAND_PUBSUB`, as `dapr:NAME`; none: events go to Kafka by our own client.
    pub pub_sub: Option<PubSub>,
    /// `ERRAND_DAPR_CRON` and `APP_API_TOKEN`; none: nobody ticks.
    pub cron: Option<Cron>,
}

/// The pub/sub component that the relay publishes to.
#[derive(Clone, Debug)]
pub struct PubSub {
    /// Its name.
    pub name: String,
    /// `ERRAND_KAFKA_PREFIX`: before the name of each topic.
    pub prefix: String,
}

/// The cron binding that wakes the clock.
#[derive(Clone, Debug)]
pub struct Cron {
    /// `ERRAND_DAPR_CRON`: its name, and the path that it calls.
    pub name: String,
    /// `APP_API_TOKEN`: what the sidecar shows with each call.
    pub token: Secret,
}

impl Default for Dapr {
    fn default() -> Self {
        Self {
            port: 50_001,
            token: None,
            pub_sub: None,
            cron: None,
        }
    }
}

impl Dapr {
    pub(super) fn parse(get: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let port = match get("DAPR_GRPC_PORT") {
            None => Self::default().port,
            Some(text) => text.parse().map_err(|_| {
                ConfigError::new(
                    "DAPR_GRPC_PORT",
                    format!("{text:?} is no port (0 to 65535)"),
                )
            })?,
        };
        Ok(Self {
            port,
            token: token("DAPR_API_TOKEN", get("DAPR_API_TOKEN"))?,
            pub_sub: pub_sub(get)?,
            cron: cron(get("ERRAND_DAPR_CRON"), get("APP_API_TOKEN"))?,
        })
    }

    /// The sidecar. Nothing is connected yet. To be called within a tokio runtime.
    ///
    /// # Errors
    /// When its token cannot be sent.
    pub fn sidecar(&self) -> Result<Sidecar, ConfigError> {
        Sidecar::at(self.port, self.token.as_ref().map(Secret::reveal))
            .map_err(|failed| ConfigError::new("DAPR_API_TOKEN", failed.words))
    }
}

/// The component that a setting names, as `dapr:NAME`; none where it names none.
pub(super) fn component(variable: &'static str, text: &str) -> Result<Option<String>, ConfigError> {
    let Some(name) = text.strip_prefix(SCHEME) else {
        return Ok(None);
    };
    if is_name(name) {
        return Ok(Some(name.to_owned()));
    }
    let words = format!("names no component of Dapr's, like {SCHEME}mail: {name:?}");
    Err(ConfigError::new(variable, words))
}

pub(super) fn is_name(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.bytes().all(good)
}

fn pub_sub(get: &impl Fn(&str) -> Option<String>) -> Result<Option<PubSub>, ConfigError> {
    let Some(text) = get("ERRAND_PUBSUB") else {
        return Ok(None);
    };
    let Some(name) = component("ERRAND_PUBSUB", &text)? else {
        let words = format!("{text:?} is not like {SCHEME}events: a pub/sub component of Dapr's");
        return Err(ConfigError::new("ERRAND_PUBSUB", words));
    };
    let prefix = kafka::prefix(get("ERRAND_KAFKA_PREFIX"))?;
    Ok(Some(PubSub { name, prefix }))
}

fn cron(name: Option<String>, shown: Option<String>) -> Result<Option<Cron>, ConfigError> {
    let Some(name) = name else { return Ok(None) };
    if !is_name(&name) || TAKEN.contains(&name.as_str()) {
        let words = format!("{name:?} is no name of a cron binding, like tick");
        return Err(ConfigError::new("ERRAND_DAPR_CRON", words));
    }
    let Some(token) = token("APP_API_TOKEN", shown)? else {
        let words =
            "is missing, while ERRAND_DAPR_CRON is given: by what does the clock know the sidecar?";
        return Err(ConfigError::new("APP_API_TOKEN", words));
    };
    Ok(Some(Cron { name, token }))
}

/// A token that goes into a header.
fn token(variable: &'static str, text: Option<String>) -> Result<Option<Secret>, ConfigError> {
    match text {
        Some(text) if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(ConfigError::new(variable, "is not made of printable ASCII"))
        }
        text => Ok(text.map(Secret::new)),
    }
}
