//! E-mail by Amazon SES: the same mail as by SMTP, handed in as it is.
//!
//! Credentials and endpoint come from where every AWS program takes them: `AWS_…`, the profile, the pod's or the machine's role.
//! SES puts a Message-ID of its own in place of ours, and takes mails to addresses on the account's suppression list without
//! sending them; whoever wants to hear of that has SES publish its events.

mod verdict;

use super::{Limits, compose};
use crate::{Channel, ChannelKind, Message, Receipt, SendError, SettingError};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    primitives::Blob,
    types::{Destination, EmailContent, RawMessage},
};
use lettre::message::Mailbox;
use tokio::sync::OnceCell;

/// E-mail by Amazon SES in one region.
pub struct Ses {
    region: String,
    from: Mailbox,
    limits: Limits,
    /// Made with the first mail: whoever sends none asks nobody for credentials.
    client: OnceCell<Client>,
}

impl Ses {
    /// Mail from that sender through SES of that region, as in `ses:eu-central-1`. Nothing is connected yet.
    ///
    /// # Errors
    /// When the region can be none, or the sender is no address.
    pub fn new(region: &str, from: &str) -> Result<Self, SettingError> {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !region.contains('-') || !region.chars().all(letter) {
            return Err(SettingError::new(
                "ERRAND_MAIL_URL cannot be used: ses: is followed by a region of AWS, as in ses:eu-central-1",
            ));
        }
        Ok(Self {
            region: region.to_owned(),
            from: compose::sender(from)?,
            limits: Limits::default(),
            client: OnceCell::new(),
        })
    }

    /// The same by a configuration that was read already, with other limits.
    ///
    /// # Errors
    /// When the sender is no address.
    pub fn with_config(
        config: &SdkConfig,
        from: &str,
        limits: Limits,
    ) -> Result<Self, SettingError> {
        let region = config.region().map(ToString::to_string);
        Ok(Self {
            region: region.unwrap_or_default(),
            from: compose::sender(from)?,
            limits,
            client: OnceCell::new_with(Some(client(config, limits))),
        })
    }

    async fn client(&self) -> &Client {
        let read = async || {
            let config = aws_config::defaults(BehaviorVersion::latest())
                .region(Region::new(self.region.clone()))
                .load();
            client(&config.await, self.limits)
        };
        self.client.get_or_init(read).await
    }

    async fn hand_in(&self, mail: lettre::Message) -> Result<Receipt, SendError> {
        let to = mail.envelope().to().iter().map(ToString::to_string);
        let to = Destination::builder().set_to_addresses(Some(to.collect()));
        let failed = |error| verdict::failed(&self.region, &error);
        let raw = RawMessage::builder()
            .data(Blob::new(mail.formatted()))
            .build();
        let raw = raw.map_err(|error| failed(SdkError::construction_failure(error)))?;
        let sending = self.client().await.send_email();
        let sent = sending
            .destination(to.build())
            .content(EmailContent::builder().raw(raw).build())
            .send();
        let answer = sent.await.map_err(failed)?;
        Ok(verdict::sent(answer.message_id()))
    }
}

fn client(config: &SdkConfig, limits: Limits) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(limits.connect);
    let config = aws_sdk_sesv2::config::Builder::from(config)
        .timeout_config(timeouts.build())
        // Where the answer was lost, another try unasked would be a second mail; the ledger tries again, and counts.
        .retry_config(RetryConfig::disabled());
    Client::from_conf(config.build())
}

#[async_trait]
impl Channel for Ses {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let mail = compose::compose(&self.from, message)?;
        match tokio::time::timeout(self.limits.whole, self.hand_in(mail)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(verdict::too_slow(&self.region, self.limits.whole)),
        }
    }
}
