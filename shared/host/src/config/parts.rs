//! The settings by topic.

use super::{ConfigError, dapr};
use crate::Secret;
use http::Uri;
use jiff::SignedDuration;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

type Given = Option<String>;

/// The address people use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    authority: String,
    tls: bool,
}

impl PublicUrl {
    pub(super) fn parse(text: String) -> Result<Self, ConfigError> {
        let text = text.trim_end_matches('/').to_owned();
        let wrong = || {
            ConfigError::new(
                "ERRAND_PUBLIC_URL",
                format!("{text:?} is not like https://errand.example.org"),
            )
        };
        let url: Uri = text.parse().map_err(|_| wrong())?;
        let tls = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = url
            .authority()
            .ok_or_else(wrong)?
            .as_str()
            .to_ascii_lowercase();
        if authority.contains('@') || url.path().len() > 1 || url.query().is_some() {
            return Err(wrong());
        }
        Ok(Self {
            text,
            authority,
            tls,
        })
    }

    /// The whole, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as in the `Host` header.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether it is https.
    pub fn is_tls(&self) -> bool {
        self.tls
    }
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `ERRAND_MAIL_URL`: `smtp://user:password@host:port`, `smtps:`, `ses:REGION`, `dapr:BINDING`.
    pub url: Secret,
    /// The output binding of Dapr's that it names.
    pub binding: Option<String>,
    /// `ERRAND_MAIL_FROM`: the sender.
    pub from: String,
    /// `ERRAND_MAIL_TO`: the address of the embedded person.
    pub to: Option<String>,
}

impl Mail {
    pub(super) fn parse(url: Given, from: Given, to: Given) -> Result<Option<Self>, ConfigError> {
        let Some(url) = url else {
            let alone = [("ERRAND_MAIL_FROM", from), ("ERRAND_MAIL_TO", to)];
            let alone = alone.into_iter().find(|(_, address)| address.is_some());
            return alone.map_or(Ok(None), |(name, _)| {
                let words =
                    format!("is missing, while {name} is given: by which server does mail go out?");
                Err(ConfigError::new("ERRAND_MAIL_URL", words))
            });
        };
        if !["smtp:", "smtps:", "ses:", dapr::SCHEME]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            let words = "begins with smtp:, smtps:, ses: or dapr:, like smtp://localhost:1025";
            return Err(ConfigError::new("ERRAND_MAIL_URL", words));
        }
        let binding = dapr::component("ERRAND_MAIL_URL", &url)?;
        let from = address(
            "ERRAND_MAIL_FROM",
            from.unwrap_or_else(|| "Errand <errand@localhost>".to_owned()),
        )?;
        let to = to.map(bare).transpose()?;
        Ok(Some(Self {
            url: Secret::new(url),
            binding,
            from,
            to,
        }))
    }
}

fn address(variable: &'static str, text: String) -> Result<String, ConfigError> {
    let good = text
        .split_once('@')
        .is_some_and(|(before, after)| !before.is_empty() && !after.is_empty());
    if good && !text.contains(['\r', '\n']) {
        return Ok(text);
    }
    Err(ConfigError::new(
        variable,
        format!("{text:?} is no mail address"),
    ))
}

/// An address without a name before it.
fn bare(text: String) -> Result<String, ConfigError> {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c);
    if text.contains(strange) {
        let words = format!("{text:?} is no mail address: write it alone, like ann@example.org");
        return Err(ConfigError::new("ERRAND_MAIL_TO", words));
    }
    address("ERRAND_MAIL_TO", text)
}

/// The language model.
#[derive(Clone, Debug)]
pub struct Model {
    /// `ERRAND_MODEL_URL`: the base of an OpenAI-compatible endpoint, like http://localhost:11434/v1.
    pub url: String,
    /// `ERRAND_MODEL_KEY`: where it wants one.
    pub key: Option<Secret>,
    /// `ERRAND_MODEL_NAME`: which model.
    pub name: String,
}

impl Model {
    pub(super) fn parse(url: Given, key: Given, name: Given) -> Result<Option<Self>, ConfigError> {
        let Some(url) = url else {
            return match (key, name) {
                (None, None) => Ok(None),
                _ => Err(ConfigError::new(
                    "ERRAND_MODEL_URL",
                    "is missing, while a key or a name is given",
                )),
            };
        };
        let scheme = url
            .parse::<Uri>()
            .ok()
            .and_then(|url| url.scheme_str().map(str::to_owned));
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            return Err(ConfigError::new(
                "ERRAND_MODEL_URL",
                format!("{url:?} is not like https://api.openai.com/v1"),
            ));
        }
        let Some(name) = name else {
            return Err(ConfigError::new(
                "ERRAND_MODEL_NAME",
                "is missing: which model shall answer?",
            ));
        };
        Ok(Some(Self {
            url: url.trim_end_matches('/').to_owned(),
            key: key.map(Secret::new),
            name,
        }))
    }
}

/// How much one person may ask of one process: so many requests at once, and again in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub requests: u32,
    /// Seconds.
    pub seconds: u32,
}

impl Default for Rate {
    /// More than a page and its programs ever ask: it only stops what has run wild.
    fn default() -> Self {
        Self {
            requests: 300_000,
            seconds: 60,
        }
    }
}

impl Rate {
    pub(super) fn parse(text: Given) -> Result<Self, ConfigError> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        let read = text.split_once('/').and_then(|(requests, seconds)| {
            let rate = Self {
                requests: requests.trim().parse().ok()?,
                seconds: seconds.trim().parse().ok()?,
            };
            let fits =
                (1..=1_000_000).contains(&rate.requests) && (1..=86_400).contains(&rate.seconds);
            fits.then_some(rate)
        });
        read.ok_or_else(|| {
            let words = format!(
                "{text:?} is not like 300000/60: up to 1000000 requests in up to 86400 seconds"
            );
            ConfigError::new("ERRAND_RATE", words)
        })
    }

    /// In how long an empty bucket is full again.
    pub fn window(self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds.into())
    }
}

pub(super) fn listen(
    listen: Given,
    port: Given,
    behind_proxy: bool,
) -> Result<SocketAddr, ConfigError> {
    let own = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8700);
    let mut address = match listen {
        Some(text) => text.parse().map_err(|_| {
            ConfigError::new(
                "ERRAND_LISTEN",
                format!("{text:?} is not like 127.0.0.1:8700"),
            )
        })?,
        None if behind_proxy => SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 8080),
        None => own,
    };
    if let Some(text) = port {
        let port = text
            .parse()
            .map_err(|_| ConfigError::new("PORT", format!("{text:?} is no port (0 to 65535)")))?;
        address.set_port(port);
    }
    Ok(address)
}

pub(super) fn data(data: Given, xdg: Given, home: Given) -> Result<PathBuf, ConfigError> {
    let below = |folder: Option<PathBuf>| folder.map(|folder| folder.join("errand"));
    data.map(PathBuf::from)
        .or_else(|| below(xdg.map(PathBuf::from)))
        .or_else(|| below(home.map(|home| PathBuf::from(home).join(".local/share"))))
        .ok_or_else(|| {
            ConfigError::new(
                "ERRAND_DATA",
                "is missing, and there is no HOME to choose a folder in",
            )
        })
}

pub(super) fn database(url: Given) -> Result<Option<Secret>, ConfigError> {
    let Some(url) = url else { return Ok(None) };
    if ["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Ok(Some(Secret::new(url)));
    }
    Err(ConfigError::new(
        "ERRAND_DATABASE_URL",
        "begins with sqlite: or postgres:",
    ))
}

pub(super) fn key(key: Given) -> Result<Option<Secret>, ConfigError> {
    /// Fewer characters can be guessed.
    const SHORTEST: usize = 16;
    match key {
        Some(key) if key.chars().count() < SHORTEST => Err(ConfigError::new(
            "ERRAND_KEY",
            format!("has fewer than {SHORTEST} characters: make one by `openssl rand -base64 32`"),
        )),
        key => Ok(key.map(Secret::new)),
    }
}

pub(super) fn zone(zone: Given) -> Result<Option<String>, ConfigError> {
    let Some(zone) = zone else { return Ok(None) };
    let known = zone.parse::<domain::zone::ZoneName>();
    known
        .map(|zone| Some(zone.as_str().to_owned()))
        .map_err(|error| ConfigError::new("ERRAND_ZONE", error.to_string()))
}

pub(super) fn words(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
