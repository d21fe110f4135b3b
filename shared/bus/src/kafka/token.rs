//! Tokens for OAUTHBEARER: of a token endpoint by client credentials (RFC 6749, 4.4), or a signed address that IAM checks for MSK.
//!
//! librdkafka asks for one from a thread of its own or from within a task, and waits for it. Its own way to token endpoints needs
//! curl, and it has none to IAM.

mod iam;

use crate::Clock;
use jiff::{SignedDuration, Timestamp};
use std::{sync::Arc, thread, time::Duration};

/// How long a token may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a token lives whose endpoint does not say it.
const HOUR: u32 = 3_600;

/// Where tokens are had.
pub(super) enum Way {
    /// A token endpoint.
    Endpoint {
        /// Its address.
        url: String,
        /// Who we are there.
        client: String,
        /// How we prove it.
        secret: String,
        /// What the token shall be for.
        scope: Option<String>,
    },
    /// AWS's credentials of this process, for clusters of a region.
    Iam {
        /// The region.
        region: String,
    },
}

/// A token.
pub(super) struct Token {
    pub(super) text: String,
    /// When it ends.
    pub(super) until: Timestamp,
}

/// Fetches tokens.
pub(super) struct Tokens {
    way: Way,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    pub(super) fn new(way: Way, clock: Arc<dyn Clock>) -> Self {
        Self { way, clock }
    }

    /// A fresh token. It blocks, for [`PATIENCE`] at most.
    ///
    /// # Errors
    /// Why there is none, in words without secrets.
    pub(super) fn fetch(&self) -> Result<Token, String> {
        let fetch = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let late = |_| "no token came in time".to_owned();
                let token = tokio::time::timeout(PATIENCE, self.ask());
                token.await.map_err(late)?
            })
        };
        // A thread of its own: whoever asks may stand in a runtime already, which can wait for no other.
        thread::scope(|scope| scope.spawn(fetch).join())
            .unwrap_or_else(|_| Err("no token".to_owned()))
    }

    async fn ask(&self) -> Result<Token, String> {
        let now = self.clock.now();
        match &self.way {
            Way::Endpoint {
                url,
                client,
                secret,
                scope,
            } => {
                of_endpoint(
                    url,
                    (client.as_str(), secret.as_str()),
                    scope.as_deref(),
                    now,
                )
                .await
            }
            Way::Iam { region } => iam::token(region, now).await,
        }
    }
}

#[derive(serde::Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u32>,
}

async fn of_endpoint(
    url: &str,
    (client, secret): (&str, &str),
    scope: Option<&str>,
    now: Timestamp,
) -> Result<Token, String> {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| error.to_string())?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if let Some(scope) = scope {
        form.append_pair("scope", scope);
    }
    let asked = http
        .post(url)
        .basic_auth(client, Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form.finish());
    let unreachable = |error: reqwest::Error| {
        format!("the token endpoint cannot be used: {}", error.without_url())
    };
    let answer = asked.send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        return Err(format!("the token endpoint answered {}", answer.status()));
    }
    let bytes = answer.bytes().await.map_err(unreachable)?;
    let answer: Answer = serde_json::from_slice(&bytes)
        .map_err(|_| "what the token endpoint answered is no token".to_owned())?;
    let seconds = answer.expires_in.unwrap_or(HOUR);
    Ok(Token {
        text: answer.access_token,
        until: now + SignedDuration::from_secs(seconds.into()),
    })
}
