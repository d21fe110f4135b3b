//! Settings that are kept in a secret store of Dapr's, and only named here.

use super::{
    Config, ConfigError,
    dapr::{self, Dapr},
};
use sidecar::{Failed, Why};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A setting's value that begins so is `STORE/NAME` or `STORE/NAME/KEY`.
const SCHEME: &str = "dapr-secret:";
/// The settings that may.
const SETTINGS: [&str; 5] = [
    "ERRAND_DATABASE_URL",
    "ERRAND_KEY",
    "ERRAND_MAIL_URL",
    "ERRAND_KAFKA_SECURITY",
    "ERRAND_MODEL_KEY",
];
/// How long the sidecar may take to start: it and we are often started together.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a store may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Where a secret is.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    store: String,
    name: String,
    /// Of a secret with several values; else the one of the secret's own name.
    key: String,
}

impl Config {
    /// Reads the settings by a look-up of variables, and from Dapr's secret stores those that are kept there: `dapr-secret:STORE/NAME`.
    /// The sidecar is asked only where one is, and waited for.
    ///
    /// # Errors
    /// When one is wrong, or cannot be had.
    pub async fn with_secrets(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let kept = kept(&lookup)?;
        if kept.is_empty() {
            return Self::from_env(lookup);
        }
        let mut revealed = BTreeMap::new();
        for (variable, place) in kept {
            revealed.insert(variable, reveal(&lookup, variable, &place).await?);
        }
        Self::from_env(|name| revealed.get(name).cloned().or_else(|| lookup(name)))
    }
}

/// Which settings are kept in a store.
fn kept(
    lookup: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<(&'static str, Place)>, ConfigError> {
    let places = SETTINGS.into_iter().filter_map(|variable| {
        let value = lookup(variable)?;
        let place = value.trim().strip_prefix(SCHEME)?;
        Some(place_of(variable, place).map(|place| (variable, place)))
    });
    places.collect()
}

fn place_of(variable: &'static str, text: &str) -> Result<Place, ConfigError> {
    let parts: Vec<_> = text.split('/').collect();
    let (store, name, key) = match parts[..] {
        [store, name] => (store, name, name),
        [store, name, key] => (store, name, key),
        _ => ("", "", ""),
    };
    if !dapr::is_name(store) || name.is_empty() || key.is_empty() {
        let words = format!("is not like {SCHEME}STORE/NAME or {SCHEME}STORE/NAME/KEY");
        return Err(ConfigError::new(variable, words));
    }
    Ok(Place {
        store: store.to_owned(),
        name: name.to_owned(),
        key: key.to_owned(),
    })
}

async fn reveal(
    lookup: &impl Fn(&str) -> Option<String>,
    variable: &'static str,
    place: &Place,
) -> Result<String, ConfigError> {
    let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let sidecar = Dapr::parse(&get)?.sidecar()?;
    let began = Instant::now();
    let values = loop {
        match sidecar.secret(&place.store, &place.name, LIMIT).await {
            Ok(values) => break values,
            Err(Failed { why: Why::Away, .. }) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(failed) => return Err(ConfigError::new(variable, failed.words)),
        }
    };
    let value = values.get(&place.key).filter(|value| !value.is_empty());
    value.cloned().ok_or_else(|| {
        let words = format!(
            "the secret {} of {} has no {}",
            place.name, place.store, place.key
        );
        ConfigError::new(variable, words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(value: &str) -> Result<Option<Place>, String> {
        let kept = kept(&|name: &str| (name == "ERRAND_KEY").then(|| value.to_owned()));
        kept.map(|kept| kept.into_iter().next().map(|(_, place)| place))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn where_a_secret_is() {
        let check = |value: &str, store: &str, name: &str, key: &str| {
            let [store, name, key] = [store, name, key].map(str::to_owned);
            assert_eq!(
                places(value),
                Ok(Some(Place { store, name, key })),
                "{value}"
            );
        };
        check(
            "dapr-secret:file/errand-key",
            "file",
            "errand-key",
            "errand-key",
        );
        check(
            " dapr-secret:kubernetes/errand/key",
            "kubernetes",
            "errand",
            "key",
        );
        assert_eq!(places("a key that nobody guesses"), Ok(None));
        for wrong in [
            "dapr-secret:",
            "dapr-secret:file",
            "dapr-secret:file/",
            "dapr-secret:/a",
            "dapr-secret:a/b/c/d",
        ] {
            assert!(
                places(wrong).unwrap_err().starts_with("ERRAND_KEY: "),
                "{wrong}"
            );
        }
    }
}
