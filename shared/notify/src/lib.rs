//! Reaching people: one [`Channel`] per way to do so: e-mail by SMTP, by Amazon SES, or by a binding of Dapr.
//!
//! A channel sends and says what became of it. It keeps no record, tries nothing twice and logs nothing: the ledger, the retries
//! and the one log line belong to the caller.

mod dapr;
pub mod email;
mod mail_url;
mod message;
mod render;

pub use dapr::DaprMail;
pub use email::{Email, Limits, Ses, email};
pub use mail_url::{Credentials, MailUrl, Tls};
pub use message::{Item, LINES, Message};
pub use render::{html, text};

use async_trait::async_trait;

/// A way to reach a person.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Which way this is.
    fn kind(&self) -> ChannelKind;

    /// Sends one message and waits for the provider's yes. When it fails the message was not sent, but where the line broke or
    /// the deadline passed between the provider's yes and our reading it: then nobody can know, and a second try carries the same
    /// id, by which mail programs tell doubles.
    async fn send(&self, message: &Message) -> Result<Receipt, SendError>;
}

/// The ways to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelKind {
    /// E-mail.
    Email,
    /// The open page.
    Page,
}

impl ChannelKind {
    /// The word stored with a delivery.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Page => "page",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Email, Self::Page]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// The provider took the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it answered, one line of at most 200 characters; often with the id under which it queued the message.
    pub words: String,
}

/// The message was not sent. The words are for the person and the operator; they hold neither the message nor a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later: the provider is away, busy, slow, or its settings are wrong and an operator can mend them.
    #[error("{words}")]
    Retry {
        /// Why, in one line.
        words: String,
    },
    /// It will never work: the provider refused this message or this address for good.
    #[error("{words}")]
    Stop {
        /// Why, in one line.
        words: String,
    },
}

impl SendError {
    /// Why, in one line.
    pub fn words(&self) -> &str {
        match self {
            Self::Retry { words } | Self::Stop { words } => words,
        }
    }
}

/// A setting of a channel that cannot be used; refused at start. Secrets are not in the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(pub(crate) String);

impl SettingError {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}
