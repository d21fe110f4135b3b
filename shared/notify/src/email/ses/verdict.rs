//! What each answer of SES means: sent, try again, or stop.
//!
//! | what happened | verdict |
//! | --- | --- |
//! | not reached, the line broke, too slow, 5xx | Retry |
//! | no credentials, or SES does not take them; sending is paused; an address or a domain is not verified | Retry: an operator can mend it |
//! | too many mails in a second or a day | Retry |
//! | the address or the content is refused, the address is suppressed, the account is closed | Stop |
//!
//! Words are made of the answer's code and message alone, never of the whole answer.

use crate::message::{one_line, shortened};
use crate::{Receipt, SendError};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError as Why,
};
use std::{error::Error, time::Duration};

/// The longest message of SES that is passed on, in characters.
const ANSWER: usize = 200;

/// SES took the mail.
pub(super) fn sent(id: Option<&str>) -> Receipt {
    let words = format!("Amazon SES took it as {}", id.unwrap_or("no id"));
    Receipt {
        words: shortened(&one_line(&words), ANSWER),
    }
}

/// SES did not take the mail, or it is not known whether it did.
pub(super) fn failed(region: &str, error: &SdkError<Why>) -> SendError {
    match error {
        SdkError::ServiceError(answer) => refused(answer.err(), answer.raw().status().as_u16()),
        _ if lacks_credentials(error) => {
            retry("there are no AWS credentials to send by: see the AWS_… variables".to_owned())
        }
        SdkError::TimeoutError(_) => {
            retry(format!("Amazon SES in {region} did not answer in time"))
        }
        SdkError::ResponseError(_) => retry(format!(
            "what Amazon SES in {region} answered cannot be read"
        )),
        _ => retry(format!(
            "Amazon SES in {region} cannot be reached: {}",
            cause(error)
        )),
    }
}

/// Nothing was heard in time.
pub(super) fn too_slow(region: &str, limit: Duration) -> SendError {
    let limit = limit.as_secs_f32();
    retry(format!(
        "Amazon SES in {region} did not take the mail within {limit} s"
    ))
}

fn refused(why: &Why, status: u16) -> SendError {
    let said = shortened(&one_line(why.message().unwrap_or("without a word")), ANSWER);
    let says = |word: &str| said.to_ascii_lowercase().contains(word);
    let code = why.code().unwrap_or("without a code");
    match why {
        _ if says("quota") => retry(format!("the daily quota of Amazon SES is used up: {said}")),
        Why::TooManyRequestsException(_) | Why::LimitExceededException(_) => {
            retry(format!("Amazon SES takes mails more slowly: {said}"))
        }
        Why::MessageRejected(_) if says("not verified") => retry(format!(
            "Amazon SES sends only by verified identities, in its sandbox also only to them: {said}"
        )),
        Why::MessageRejected(_) | Why::BadRequestException(_) if says("suppress") => stop(format!(
            "Amazon SES does not write to this address any more, for a mail to it bounced or was called spam: {said}"
        )),
        Why::MessageRejected(_) => stop(format!("Amazon SES refused the mail: {said}")),
        Why::BadRequestException(_) => stop(format!(
            "Amazon SES refused the address or the mail: {said}"
        )),
        Why::MailFromDomainNotVerifiedException(_) => retry(format!(
            "the MAIL FROM domain is not verified in Amazon SES: {said}"
        )),
        Why::SendingPausedException(_) => retry(format!("sending is paused in Amazon SES: {said}")),
        Why::AccountSuspendedException(_) => stop(format!(
            "the account may not send by Amazon SES any more: {said}"
        )),
        _ => match status {
            401 | 403 => retry(format!(
                "Amazon SES does not take the AWS credentials, or they may not send ({code})"
            )),
            429 => retry(format!("Amazon SES takes mails more slowly: {said}")),
            500.. => retry(format!("Amazon SES is not well ({status} {code})")),
            _ => retry(format!(
                "Amazon SES did not take the mail ({status} {code})"
            )),
        },
    }
}

fn lacks_credentials(error: &(dyn Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(lacks_credentials)
}

/// What is at the bottom of it, in the system's words.
fn cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    shortened(&one_line(&cause.to_string()), ANSWER)
}

fn retry(words: String) -> SendError {
    SendError::Retry { words }
}

fn stop(words: String) -> SendError {
    SendError::Stop { words }
}
