//! E-mail, by SMTP and by Amazon SES; either sends the same mail.

mod compose;
mod connections;
mod ses;
mod verdict;

pub use ses::Ses;

use crate::{Channel, ChannelKind, MailUrl, Message, Receipt, SendError, SettingError};
use async_trait::async_trait;
use compose::compose;
pub(crate) use compose::{recipient, sender};
use connections::Connections;
use lettre::message::Mailbox;
use std::{sync::Arc, time::Duration};

/// The channel of `ERRAND_MAIL_URL`: `ses:REGION`, or what [`MailUrl`] reads.
///
/// # Errors
/// When it is neither, or the sender is no address.
pub fn email(url: &str, from: &str) -> Result<Arc<dyn Channel>, SettingError> {
    Ok(match url.trim().strip_prefix("ses:") {
        Some(region) => Arc::new(Ses::new(region, from)?),
        None => Arc::new(Email::new(MailUrl::parse(url)?, from)?),
    })
}

/// How long a send may take. The defaults stay under a delivery's lease of 60 s (DESIGN 4.3): whoever claims it next can be sure
/// that this one has ended.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the whole send, waiting for a free connection included: 30 s.
    pub whole: Duration,
    /// For reaching one address of the server by TCP: 10 s.
    pub connect: Duration,
    /// For a kept connection to show that it still lives: 3 s.
    pub probe: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            whole: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            probe: Duration::from_secs(3),
        }
    }
}

/// E-mail by one SMTP server. Connections are kept and used again, so that a mail costs no TLS handshake.
pub struct Email {
    from: Mailbox,
    limits: Limits,
    connections: Connections,
}

impl Email {
    /// Mail from that sender (`errand@example.org` or `Errand <errand@example.org>`) through that server. Nothing is connected yet: a
    /// server that is away is no reason not to start.
    ///
    /// # Errors
    /// When the sender is no address, or the host can have no certificate.
    pub fn new(server: MailUrl, from: &str) -> Result<Self, SettingError> {
        Self::with_limits(server, from, Limits::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// As [`Email::new`].
    pub fn with_limits(server: MailUrl, from: &str, limits: Limits) -> Result<Self, SettingError> {
        let from = sender(from)?;
        let connections = Connections::new(server, from.email.domain(), limits)?;
        Ok(Self {
            from,
            limits,
            connections,
        })
    }
}

#[async_trait]
impl Channel for Email {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let mail = compose(&self.from, message)?;
        let sending = self.connections.send(mail.envelope(), mail.formatted());
        match tokio::time::timeout(self.limits.whole, sending).await {
            Ok(outcome) => outcome,
            Err(_) => Err(verdict::too_slow(self.limits.whole)),
        }
    }
}
