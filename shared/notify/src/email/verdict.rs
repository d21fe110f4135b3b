//! What each answer of a mail server means: sent, try again, or stop.
//!
//! | what happened | verdict |
//! | --- | --- |
//! | not reached, refused at the door, no TLS, the line broke, too slow | Retry |
//! | user or password refused, or asked for (530, 534, 535, 538) | Retry: an operator can mend it, and then the mail still goes out |
//! | 4xx to the mail | Retry |
//! | 5xx to the mail: sender, recipient or content refused | Stop |
//! | an address in letters that the server cannot write to (no SMTPUTF8) | Stop |

use crate::message::{one_line, shortened};
use crate::{MailUrl, Receipt, SendError};
use lettre::transport::smtp::{Error, response::Response};
use std::{error::Error as _, time::Duration};

/// The longest answer of a server that is passed on, in characters.
const ANSWER: usize = 200;

/// The server took the mail.
pub(super) fn sent(answer: &Response) -> Receipt {
    let words = format!(
        "{} {}",
        answer.code(),
        answer.message().collect::<Vec<_>>().join(" ")
    );
    Receipt {
        words: shortened(&one_line(&words), ANSWER),
    }
}

/// No conversation came about.
pub(super) fn connecting(server: &MailUrl, error: &Error) -> SendError {
    unreachable(server, &why(error))
}

/// No connection came about.
pub(super) fn unreachable(server: &MailUrl, why: &str) -> SendError {
    retry(format!(
        "the mail server {}:{} cannot be used: {why}",
        server.host, server.port
    ))
}

/// Name or password were not taken. The server's own words stay out: some repeat what was sent.
pub(super) fn signing_in(error: &Error) -> SendError {
    match code(error) {
        Some(code) if error.is_permanent() => retry(format!(
            "the mail server does not take the user and password of ERRAND_MAIL_URL ({code})"
        )),
        Some(code) => retry(format!(
            "the mail server cannot check user and password now ({code})"
        )),
        None if error.is_client() => {
            retry("the mail server offers no way to sign in that we know (PLAIN, LOGIN)".to_owned())
        }
        None => retry("the line to the mail server broke while signing in".to_owned()),
    }
}

/// The mail itself was not taken.
pub(super) fn sending(error: &Error) -> SendError {
    match code(error) {
        Some(530 | 534 | 535 | 538) => retry(format!(
            "the mail server asks for a user and password: see ERRAND_MAIL_URL ({})",
            why(error)
        )),
        Some(_) if error.is_permanent() => {
            stop(format!("the mail server refused the mail: {}", why(error)))
        }
        Some(_) => retry(format!("the mail server put the mail off: {}", why(error))),
        None if error.is_client() => {
            stop("the mail server cannot write to an address with such letters".to_owned())
        }
        None => retry(format!("the line to the mail server broke: {}", why(error))),
    }
}

/// Nothing was heard in time.
pub(super) fn too_slow(limit: Duration) -> SendError {
    retry(format!(
        "the mail server did not take the mail within {} s",
        limit.as_secs_f32()
    ))
}

/// We are stopping.
pub(super) fn closed() -> SendError {
    retry("mail is not sent any more".to_owned())
}

fn code(error: &Error) -> Option<u16> {
    error
        .status()
        .and_then(|code| code.to_string().parse().ok())
}

/// The server's code and words, or what the system says; the source's words where there are any, for the rest is lettre's.
fn why(error: &Error) -> String {
    let words = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let words = match code(error) {
        Some(code) => format!("{code} {words}"),
        None => words,
    };
    shortened(&one_line(&words), ANSWER)
}

fn retry(words: String) -> SendError {
    SendError::Retry { words }
}

fn stop(words: String) -> SendError {
    SendError::Stop { words }
}
