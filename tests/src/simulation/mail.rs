//! A mail server with moods, and what it took.

use super::world::{ProcessId, Seam, State, Verdict, World};
use async_trait::async_trait;
use domain::{
    id::{DeliveryId, ReminderId, RunId, TaskId},
    ledger::Delivery,
};
use jiff::{SignedDuration, Timestamp};
use notify::{Channel, ChannelKind, Message, Receipt, SendError};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::Store;

/// How long a claim holds, as `domain::reminder` has it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// One reminder, one time.
pub(crate) type Item = (TaskId, ReminderId, u64);

/// What the mail server took.
#[derive(Default)]
pub(crate) struct Mails {
    taken: BTreeMap<Item, Taken>,
    /// Deliveries of which it took a mail.
    pub(crate) deliveries: BTreeSet<DeliveryId>,
    /// Deliveries that the log says were sent by mail.
    pub(crate) recorded: BTreeSet<DeliveryId>,
    /// Mails that came again because nobody could know.
    pub(crate) doubles: u64,
    pub(crate) count: u64,
    /// Runs that have claimed already.
    pub(crate) claims: BTreeSet<RunId>,
}

#[derive(Clone, Copy)]
struct Taken {
    delivery: DeliveryId,
    /// Until when nobody else may send it.
    until: Timestamp,
    /// Whether the sender never heard the yes.
    unheard: bool,
}

impl Mails {
    /// Whether that reminder was mailed that time.
    pub(crate) fn has(&self, item: Item) -> bool {
        self.taken.contains_key(&item)
    }

    /// Takes a mail. Answers what must not be.
    fn take(&mut self, delivery: &Delivery) -> Result<(), String> {
        self.count += 1;
        let claimed = delivery.next_at - LEASE;
        let mut double = false;
        for item in &delivery.items {
            let key = (item.task, item.reminder, item.generation);
            let now = Taken {
                delivery: delivery.id,
                until: delivery.next_at,
                unheard: false,
            };
            let Some(before) = self.taken.insert(key, now) else {
                continue;
            };
            double = true;
            let which = format!("reminder {} of task {}", item.reminder, item.task);
            if before.delivery != delivery.id {
                return Err(format!("sent once: {which} went out in two deliveries"));
            }
            if self.recorded.contains(&delivery.id) {
                return Err(format!(
                    "sent once: {which} went out again after its receipt was recorded"
                ));
            }
            if !before.unheard && claimed < before.until {
                return Err(format!(
                    "sent once: {which} was claimed at {claimed} by a second sender while the first one held it until {}",
                    before.until
                ));
            }
        }
        self.doubles += u64::from(double);
        self.deliveries.insert(delivery.id);
        Ok(())
    }

    fn unheard(&mut self, delivery: &Delivery) {
        for item in &delivery.items {
            let key = (item.task, item.reminder, item.generation);
            if let Some(taken) = self.taken.get_mut(&key) {
                taken.unheard = true;
            }
        }
    }
}

/// The way to the mail server, of one process.
pub(crate) struct Mailer {
    pub(crate) world: World,
    pub(crate) process: ProcessId,
    pub(crate) store: Arc<dyn Store>,
}

#[async_trait]
impl Channel for Mailer {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Email
    }

    async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let retry = |words: &str| {
            Err(SendError::Retry {
                words: words.to_owned(),
            })
        };
        match self.world.stand(Seam::Mail, "mail").await {
            Verdict::Deferred => return retry("451 come back later"),
            Verdict::Refused => {
                let words = "550 nobody of that name here".to_owned();
                return Err(SendError::Stop { words });
            }
            Verdict::Lost | Verdict::Fail => return retry("the line broke"),
            _ => {}
        }
        let Some(delivery) = self.claimed(message).await else {
            return retry("the line broke");
        };
        self.note(|state| {
            let taken = state.mails.take(&delivery);
            let process = self.process;
            state.trace.line(format!(
                "  {process} mail {} of {} reminders, attempt {}",
                delivery.id,
                delivery.items.len(),
                delivery.attempt
            ));
            taken
        });
        if self.world.stand(Seam::Receipt, "receipt").await == Verdict::Lost {
            self.world.state().mails.unheard(&delivery);
            return retry("the line broke after the mail was sent");
        }
        Ok(Receipt {
            words: "250 ok".to_owned(),
        })
    }
}

impl Mailer {
    /// What is being sent.
    async fn claimed(&self, message: &Message) -> Option<Delivery> {
        let _working = self.world.working();
        let found = self.store.delivery(DeliveryId(message.delivery_id)).await;
        found.ok().flatten().map(|due| due.delivery)
    }

    fn note(&self, change: impl FnOnce(&mut State) -> Result<(), String>) {
        let noted = change(&mut self.world.state());
        if let Err(words) = noted {
            self.world.broken(words);
        }
    }
}
