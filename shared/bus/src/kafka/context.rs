//! What every client of ours is made with: the token it signs in by, and what it heard from librdkafka last.

use super::{KafkaError, token::Tokens};
use rdkafka::{
    ClientContext,
    client::OAuthToken,
    consumer::ConsumerContext,
    error::{KafkaError as Error, RDKafkaErrorCode},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The context of a client; a clone hears the same.
#[derive(Clone, Default)]
pub(super) struct Context {
    tokens: Option<Arc<Tokens>>,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    /// Why no broker can be used.
    why: Option<String>,
    /// It is about who we are or whom we trust: waiting does not mend it.
    refused: bool,
}

impl Context {
    pub(super) fn new(tokens: Option<Arc<Tokens>>) -> Self {
        Self {
            tokens,
            heard: Arc::default(),
        }
    }

    /// For a new client, of which nothing was heard yet.
    pub(super) fn forget(&self) {
        *self.heard() = Heard::default();
    }

    /// These words, and what was heard last, which says why.
    pub(super) fn explain(&self, words: impl ToString) -> String {
        let words = words.to_string();
        match &self.heard().why {
            Some(why) => format!("{words}: {why}"),
            None => words,
        }
    }

    /// Why the brokers do not let us in, or are not whom we trust.
    pub(super) fn refused(&self) -> Option<KafkaError> {
        let heard = self.heard();
        let why = heard.why.clone().filter(|_| heard.refused);
        why.map(KafkaError)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Context {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn error(&self, error: Error, reason: &str) {
        tracing::warn!(%error, reason, "Kafka");
        let code = error.rdkafka_error_code();
        // "All brokers are down" says less than what brought them down.
        if code == Some(RDKafkaErrorCode::AllBrokersDown) && self.heard().why.is_some() {
            return;
        }
        *self.heard() = Heard {
            why: Some(reason.to_owned()),
            refused: matches!(
                code,
                Some(
                    RDKafkaErrorCode::Authentication
                        | RDKafkaErrorCode::SaslAuthenticationFailed
                        | RDKafkaErrorCode::SSL
                )
            ),
        };
    }

    fn generate_oauth_token(
        &self,
        _: Option<&str>,
    ) -> Result<OAuthToken, Box<dyn std::error::Error>> {
        let tokens = self.tokens.as_ref().ok_or("no token is asked for")?;
        let token = tokens.fetch()?;
        Ok(OAuthToken {
            token: token.text,
            principal_name: "errand".to_owned(),
            lifetime_ms: token.until.as_millisecond(),
        })
    }
}

impl ConsumerContext for Context {}
