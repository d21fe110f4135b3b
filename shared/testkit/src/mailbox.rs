//! A channel that keeps what it is given to send, and fails when told to.

use async_trait::async_trait;
use notify::{Channel, ChannelKind, Message, Receipt, SendError};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// E-mail that goes nowhere.
#[derive(Default)]
pub struct Mailbox(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    mails: Vec<Message>,
    failures: VecDeque<SendError>,
}

impl Mailbox {
    /// What was sent so far, in order.
    pub fn mails(&self) -> Vec<Message> {
        self.inner().mails.clone()
    }

    /// Has the next tries fail so, one each.
    pub fn fail(&self, failures: impl IntoIterator<Item = SendError>) {
        self.inner().failures.extend(failures);
    }

    /// Has the next `n` tries fail for now.
    pub fn defer(&self, n: usize) {
        let later = SendError::Retry {
            words: "451 come back later".to_owned(),
        };
        self.fail(std::iter::repeat_n(later, n));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for Mailbox {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let mut inner = self.inner();
        if let Some(failure) = inner.failures.pop_front() {
            return Err(failure);
        }
        inner.mails.push(message.clone());
        let words = format!("250 queued as {}", inner.mails.len());
        Ok(Receipt { words })
    }
}
