//! E-mail by an output binding of Dapr: `bindings.smtp` or `bindings.aws.ses`.
//!
//! For who keeps the mail server's address and password in Dapr's components. It can less than our own client: the mail is HTML
//! alone, without a Message-ID by which a second try is known as the same mail, and without List-Unsubscribe.

use crate::{
    Channel, ChannelKind, Message, Receipt, SendError, SettingError,
    email::{recipient, sender},
    message::{one_line, shortened},
    render::html,
};
use async_trait::async_trait;
use lettre::message::Mailbox;
use sidecar::{Failed, Sidecar, Why};
use std::{collections::HashMap, time::Duration};
use tokio::{sync::Mutex, time::timeout};

/// The longest subject, in characters.
const SUBJECT: usize = 200;
/// The longest answer that is passed on, in characters: of SES's, the reason comes after two hundred.
const ANSWER: usize = 400;
/// How long a send may take, waiting for those before it included: less than a delivery's lease (DESIGN 4.3).
const WHOLE: Duration = Duration::from_secs(30);

/// Mail by one binding of one sidecar.
pub struct DaprMail {
    sidecar: Sidecar,
    binding: String,
    from: Mailbox,
    /// `bindings.smtp` writes what a request says into what all requests share: of two at once, one goes to the other's
    /// receiver. So they go one by one, and each says everything.
    turn: Mutex<()>,
}

impl DaprMail {
    /// Mail from that sender by that binding. Nothing is connected yet.
    ///
    /// # Errors
    /// When the sender is no address.
    pub fn new(sidecar: Sidecar, binding: &str, from: &str) -> Result<Self, SettingError> {
        Ok(Self {
            sidecar,
            binding: binding.to_owned(),
            from: sender(from)?,
            turn: Mutex::new(()),
        })
    }

    async fn hand_in(&self, message: &Message) -> Result<Receipt, SendError> {
        let to = recipient(&message.to)?;
        let subject = match one_line(&message.subject) {
            none if none.is_empty() => "Reminder".to_owned(),
            subject => shortened(&subject, SUBJECT),
        };
        // Both bindings take off the quotes of a string in JSON, and SES takes nothing else.
        let data = serde_json::to_vec(&html(message)).map_err(|error| SendError::Stop {
            words: format!("the mail cannot be written: {error}"),
        })?;
        // All of it, or the one before it is heard through; never CC and BCC, which would stay for the next.
        let metadata = [
            ("emailFrom", self.from.to_string()),
            ("emailTo", to.to_string()),
            ("subject", subject),
            ("priority", "3".to_owned()),
        ];
        let metadata: HashMap<_, _> = metadata
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        let _turn = self.turn.lock().await;
        let done = self.sidecar.bind(&self.binding, data, metadata, WHOLE);
        done.await.map_err(|failed| verdict(&failed))?;
        let words = format!("taken by the Dapr binding {}", self.binding);
        Ok(Receipt { words })
    }
}

#[async_trait]
impl Channel for DaprMail {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let late = || SendError::Retry {
            words: format!(
                "the Dapr binding {} did not take the mail within {} s",
                self.binding,
                WHOLE.as_secs()
            ),
        };
        timeout(WHOLE, self.hand_in(message))
            .await
            .unwrap_or_else(|_| Err(late()))
    }
}

/// All that fails may work later, but what the mail server refuses for good, which is in the words only.
fn verdict(failed: &Failed) -> SendError {
    let words = shortened(&one_line(&failed.words), ANSWER);
    if failed.why == Why::TooLarge || refused_for_good(&failed.words) {
        return SendError::Stop { words };
    }
    SendError::Retry { words }
}

/// Whether a mail server's 5xx is in the words, as `could not send email 1: 550 no such address`; but for what an operator can
/// mend: a password that is wrong or missing.
fn refused_for_good(words: &str) -> bool {
    let codes = words.split(": ").filter_map(|part| {
        let code = part.split([' ', '-']).next()?;
        let three = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        three.then(|| code.parse::<u16>().ok())?
    });
    let mut codes = codes.filter(|code| (400..600).contains(code));
    codes
        .next()
        .is_some_and(|code| (500..600).contains(&code) && ![530, 534, 535, 538].contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_server_refuses_for_good_is_not_tried_again() {
        let check = |words: &str, stops: bool| {
            let failed = Failed {
                why: Why::Refused,
                words: format!("the Dapr sidecar says: error from smtp binding: {words}"),
            };
            let stop = matches!(verdict(&failed), SendError::Stop { .. });
            assert_eq!(stop, stops, "{words}");
        };
        check("could not send email 1: 550 no such address", true);
        check("could not send email 1: 554 5.7.1 spam: 451 later", true);
        check("could not send email 1: 451 come back later", false);
        check("535 wrong password", false);
        check("dial tcp 127.0.0.1:550: connection refused", false);
        check("EOF", false);
    }
}
