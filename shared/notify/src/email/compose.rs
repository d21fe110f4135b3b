//! A message as a mail (RFC 5322, MIME): a pure function of sender and message, the same bytes every time.

use crate::message::{Message, one_line, shortened};
use crate::render::{html, text, web_link};
use crate::{SendError, SettingError};
use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Date, HeaderName, HeaderValue, MessageId, Subject,
};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::time::SystemTime;

/// The longest subject, in characters: whatever the caller says.
const SUBJECT: usize = 200;

/// The mail. Message-ID comes from the delivery's id, so that a second try is known as the same mail.
pub(super) fn compose(from: &Mailbox, message: &Message) -> Result<lettre::Message, SendError> {
    let to = recipient(&message.to)?;
    let id = message.delivery_id;
    let mut mail = lettre::Message::builder()
        .header(Date::new(SystemTime::from(
            message.at.max(Timestamp::UNIX_EPOCH),
        )))
        .header(MessageId::from(format!("<{id}@{}>", from.email.domain())))
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .header(Subject::from(shortened(
            &one_line(&message.subject),
            SUBJECT,
        )))
        // No out-of-office answers (RFC 3834).
        .raw_header(plain("Auto-Submitted", "auto-generated"));
    if let Some(link) = message.unsubscribe.as_deref().and_then(web_link) {
        mail = mail.raw_header(plain("List-Unsubscribe", &format!("<{link}>")));
        // One click without being asked again (RFC 8058), which it allows for https only.
        if link.starts_with("https:") {
            mail = mail.raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
    }
    // Quoted-printable writes `=` as `=3D`, so `=_` in the boundary cannot occur in a body whatever people write.
    let body = MultiPart::alternative()
        .boundary(format!("=_{}", id.simple()))
        .singlepart(part(ContentType::TEXT_PLAIN, text(message)))
        .singlepart(part(ContentType::TEXT_HTML, html(message)));
    mail.multipart(body).map_err(|error| SendError::Stop {
        words: format!("the mail cannot be written: {error}"),
    })
}

/// The sender of all mails.
///
/// # Errors
/// When it is no address.
pub(crate) fn sender(text: &str) -> Result<Mailbox, SettingError> {
    let wrong = || {
        SettingError::new(
            "ERRAND_MAIL_FROM is not an address, as errand@example.org or Errand <errand@example.org>",
        )
    };
    if text.chars().any(char::is_control) {
        return Err(wrong());
    }
    text.trim().parse().map_err(|_| wrong())
}

/// One bare address: no name, no list, nothing that could start another line or another address.
pub(crate) fn recipient(text: &str) -> Result<Address, SendError> {
    let wrong = || SendError::Stop {
        words: "this is not an e-mail address; change it in the settings".to_owned(),
    };
    let strange = |c: char| c.is_control() || c.is_whitespace() || "<>,;\"".contains(c);
    if text.len() > 320 || text.contains(strange) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

fn part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text)
}

/// A head line as it is; its value is graphic ASCII and never folded, for some readers of List-Unsubscribe do not unfold.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
        value.to_owned(),
    )
}
