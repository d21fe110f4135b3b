//! The installation's settings (API.md 8): read once, typed, and refused at start by the variable's name.

mod dapr;
mod kafka;
mod lambda;
mod parts;
mod secrets;

pub use dapr::{Cron, Dapr, PubSub};
pub use kafka::Kafka;
pub use lambda::Lambda;
pub use parts::{Mail, Model, PublicUrl, Rate};

use crate::Secret;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// Every setting. [`Config::from_env`] is the one place that knows the variables.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ERRAND_LISTEN`: where to listen (127.0.0.1:8700). `PORT` changes only the port; with `K_SERVICE` every address.
    pub listen: SocketAddr,
    /// `K_SERVICE`, or in a Lambda: runs behind a proxy; the `Host` is then the proxy's matter.
    pub behind_proxy: bool,
    /// `ERRAND_DATA`: the folder of the embedded default.
    pub data: PathBuf,
    /// `ERRAND_DATABASE_URL`: `sqlite:` or `postgres:`; a file in the data folder when not set.
    pub database: Option<Secret>,
    /// `ERRAND_KEY`: what secrets are hashed under, where there is no data folder to keep it in.
    pub key: Option<Secret>,
    /// `ERRAND_PUBLIC_URL`: how people reach the page, for links and for the `Host` that is answered.
    pub public_url: Option<PublicUrl>,
    /// `ERRAND_ZONE`: the zone of a new person whose device does not say theirs; the machine's when not set.
    pub zone: Option<String>,
    /// `ERRAND_MAIL_URL`, `ERRAND_MAIL_FROM`, `ERRAND_MAIL_TO`; none: no mail is sent.
    pub mail: Option<Mail>,
    /// `ERRAND_KAFKA_BROKERS` and the other `ERRAND_KAFKA_…`; none: events stay in the process.
    pub kafka: Option<Kafka>,
    /// `DAPR_GRPC_PORT` and what goes through Dapr's sidecar.
    pub dapr: Dapr,
    /// `ERRAND_MODEL_URL`, `ERRAND_MODEL_KEY`, `ERRAND_MODEL_NAME`; none: the offline interpreter.
    pub model: Option<Model>,
    /// `ERRAND_FUNCTION`: run this function alone.
    pub function: Option<String>,
    /// Where this runs as an AWS Lambda.
    pub lambda: Option<Lambda>,
    /// `ERRAND_ALLOW_TARGETS`: hosts inside the network that webhooks may call, separated by commas.
    pub allow_targets: Vec<String>,
    /// `ERRAND_RATE`: how much one person may ask, as requests/seconds (300000/60).
    pub rate: Rate,
    /// `ERRAND_LOG`: what is logged, as `info,store=debug` (info).
    pub log: String,
}

/// A setting that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {words}")]
pub struct ConfigError {
    /// The variable.
    pub variable: &'static str,
    /// What to do.
    pub words: String,
}

impl ConfigError {
    fn new(variable: &'static str, words: impl Into<String>) -> Self {
        Self {
            variable,
            words: words.into(),
        }
    }
}

impl Config {
    /// Reads them from the process's environment.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn read() -> Result<Self, ConfigError> {
        Self::from_env(|name| std::env::var(name).ok())
    }

    /// Reads them by a look-up of variables; an empty one counts as not set.
    ///
    /// # Errors
    /// When one is wrong.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let lambda = Lambda::parse(&get)?;
        let behind_proxy = get("K_SERVICE").is_some() || lambda.is_some();
        let config = Self {
            listen: parts::listen(get("ERRAND_LISTEN"), get("PORT"), behind_proxy)?,
            behind_proxy,
            data: match lambda {
                Some(_) => get("ERRAND_DATA")
                    .unwrap_or_else(|| Lambda::DATA.to_owned())
                    .into(),
                None => parts::data(get("ERRAND_DATA"), get("XDG_DATA_HOME"), get("HOME"))?,
            },
            database: parts::database(get("ERRAND_DATABASE_URL"))?,
            key: parts::key(get("ERRAND_KEY"))?,
            public_url: get("ERRAND_PUBLIC_URL").map(PublicUrl::parse).transpose()?,
            zone: parts::zone(get("ERRAND_ZONE"))?,
            mail: Mail::parse(
                get("ERRAND_MAIL_URL"),
                get("ERRAND_MAIL_FROM"),
                get("ERRAND_MAIL_TO"),
            )?,
            kafka: Kafka::parse(&get)?,
            dapr: Dapr::parse(&get)?,
            model: Model::parse(
                get("ERRAND_MODEL_URL"),
                get("ERRAND_MODEL_KEY"),
                get("ERRAND_MODEL_NAME"),
            )?,
            function: get("ERRAND_FUNCTION"),
            lambda,
            allow_targets: get("ERRAND_ALLOW_TARGETS")
                .map(|all| parts::words(&all))
                .unwrap_or_default(),
            rate: Rate::parse(get("ERRAND_RATE"))?,
            log: get("ERRAND_LOG").unwrap_or_else(|| "info".to_owned()),
        };
        config.beyond_loopback()?;
        Ok(config)
    }

    /// The settings of a test: nothing from outside, everything below that folder.
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            behind_proxy: false,
            data: data.into(),
            database: None,
            key: None,
            public_url: None,
            zone: Some("UTC".to_owned()),
            mail: None,
            kafka: None,
            dapr: Dapr::default(),
            model: None,
            function: None,
            lambda: None,
            allow_targets: Vec::new(),
            rate: Rate::default(),
            log: "info".to_owned(),
        }
    }

    /// Where the database is: the setting, or the file in the data folder.
    pub fn database_url(&self) -> String {
        let own = || store::address(&self.data.join("errand.db"));
        self.database
            .as_ref()
            .map_or_else(own, |url| url.reveal().to_owned())
    }

    /// How people reach the page, without a slash at the end.
    pub fn link(&self) -> String {
        let own = || format!("http://{}", self.listen);
        self.public_url
            .as_ref()
            .map_or_else(own, |url| url.as_str().to_owned())
    }

    /// Whether events leave this process, for functions that may sleep.
    pub fn publishes(&self) -> bool {
        self.kafka.is_some() || self.dapr.pub_sub.is_some()
    }

    /// Without accounts whoever reaches the port is let in by the link alone: then it stays on this machine.
    fn beyond_loopback(&self) -> Result<(), ConfigError> {
        if self.behind_proxy || self.listen.ip().is_loopback() {
            return Ok(());
        }
        let words = format!(
            "{} can be reached from other machines, and there are no accounts yet. Listen on 127.0.0.1 and put a proxy \
             with a sign-in before it.",
            self.listen
        );
        Err(ConfigError::new("ERRAND_LISTEN", words))
    }
}

#[cfg(test)]
mod tests;
