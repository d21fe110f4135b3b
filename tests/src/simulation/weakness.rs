//! What can be taken away from the product, one guard at a time, to see that its absence is noticed. The product itself knows
//! nothing of it: a guard is taken away from outside, in the database file or between a function and the store.

use super::{
    store::{SeamStore, unavailable},
    world::{SECOND, Seam},
};
use bus::Verdict as Outcome;
use domain::{
    event::Change,
    id::{StreamId, TaskId},
    need::Need,
    state::{Row, State},
    task::{Status, Task},
};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use store::{Decide, StoreError, Writer};

/// What is taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weakness {
    /// Nothing.
    #[default]
    None,
    /// The relay's lease: whoever asks leads.
    RelaysLead,
    /// The lease of a delivery: whoever comes takes it.
    DeliveriesFree,
    /// The head's condition: now and then a writer is not refused that had read the head before the last transaction.
    HeadsFree,
    /// The clock fires what it loaded a while ago, which leaves it to the ledger's key that nothing is fired twice.
    StaleClock,
    /// The same, and the ledger has no key either.
    StaleClockWithoutKey,
    /// The check of `recur` that the completion still holds.
    CompletionsBelieved,
    /// The rows of `Idempotency-Key`.
    AnswersForgotten,
    /// That all begins anew when Kafka failed: what failed is tried again by itself.
    RelayGoesOn,
}

/// The ledger as it is, without its key.
const KEYLESS: &str = "drop table ledger; create table ledger (task text not null, reminder text not null, \
    generation bigint not null, channel text not null, delivery text not null)";

/// The log without its key, and a head that each fourth transaction leaves as the one before it had, as a writer would that
/// came too late and was not told.
const HEADS_FREE: &str = "create table keyless as select * from log; drop table log; alter table keyless rename to log; \
    create trigger late after update of n on stream_head when new.n % 4 = 0 begin \
        update stream_head set n = old.n, hash = old.hash where stream = old.stream; end";

/// No answer is kept.
const FORGETFUL: &str = "create trigger forgetful after insert on idempotency \
    begin delete from idempotency where rowid = new.rowid; end";

impl Weakness {
    /// All that can be taken away, by name.
    pub const ALL: [(&'static str, Self); 8] = [
        ("relay-lease", Self::RelaysLead),
        ("delivery-lease", Self::DeliveriesFree),
        ("head-condition", Self::HeadsFree),
        ("fresh-clock", Self::StaleClock),
        ("ledger-key", Self::StaleClockWithoutKey),
        ("completion-check", Self::CompletionsBelieved),
        ("idempotency-row", Self::AnswersForgotten),
        ("beginning-anew", Self::RelayGoesOn),
    ];

    /// What the relay hears of publishing.
    pub(crate) fn of_publishing(self, outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let heard = |outcome| match outcome {
            Outcome::Broken(why) if self == Self::RelayGoesOn => Outcome::Later(why),
            heard => heard,
        };
        outcomes.into_iter().map(heard).collect()
    }

    /// Takes away what stands in the database file.
    pub(crate) async fn apply(self, file: &Path) {
        match self {
            Self::StaleClockWithoutKey => testkit::sqlite::tamper(file, KEYLESS).await,
            Self::HeadsFree => testkit::sqlite::tamper(file, HEADS_FREE).await,
            Self::AnswersForgotten => testkit::sqlite::tamper(file, FORGETFUL).await,
            _ => {}
        }
    }
}

impl SeamStore {
    /// The decision, as it would be with something taken away.
    pub(crate) async fn weakened(
        &self,
        who: &Writer,
        need: &Need,
        decide: Decide,
    ) -> Result<Decide, StoreError> {
        match self.weakness {
            Weakness::StaleClock | Weakness::StaleClockWithoutKey
                if who.client == "clock" && !need.tasks.is_empty() =>
            {
                self.on_what_was(who, need, decide).await
            }
            Weakness::DeliveriesFree if who.client == "remind" && self.is_first(who) => {
                Ok(free(need, decide))
            }
            Weakness::CompletionsBelieved if who.client == "recur" => {
                self.believing(who, need, decide).await
            }
            _ => Ok(decide),
        }
    }

    /// Loads now, decides on that later, whatever others wrote in between.
    async fn on_what_was(
        &self,
        who: &Writer,
        need: &Need,
        decide: Decide,
    ) -> Result<Decide, StoreError> {
        let loaded = Arc::new(Mutex::new(None));
        let out = loaded.clone();
        let look: Decide = Arc::new(move |state: &mut State, _| {
            *out.lock().unwrap_or_else(PoisonError::into_inner) = Some(state.clone());
            Err(domain::refusal::Refusal::NothingToUndo)
        });
        let looking = Writer {
            idempotency: None,
            once: None,
            ..who.clone()
        };
        let looked = self.inner.commit(&looking, need.clone(), look);
        let waiting = self.world.waiting();
        self.world.busy(self.process);
        drop(looked.await);
        drop(waiting);
        let late = self.world.state().dice.between(0, 3 * SECOND);
        self.world.stand_from(Seam::Ask, "late", late).await;
        let Some(was) = loaded.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Err(unavailable());
        };
        Ok(Arc::new(move |state, now| {
            *state = was.clone();
            decide(state, now)
        }))
    }

    /// Whether this is the first write of a run: the claim, not the record.
    fn is_first(&self, who: &Writer) -> bool {
        self.world.state().mails.claims.insert(who.run)
    }

    /// Shows `recur` the task as it was when the event was written.
    async fn believing(
        &self,
        who: &Writer,
        need: &Need,
        decide: Decide,
    ) -> Result<Decide, StoreError> {
        let (Some(task), Some((stream, n))) = (need.tasks.first().copied(), cause(who)) else {
            return Ok(decide);
        };
        let lines = {
            let _working = self.world.working();
            self.inner.lines(stream, n - 1, 1).await?
        };
        let event = lines.first().and_then(|line| {
            contract::data::read(line.kind, stream, line.payload.as_deref()?).ok()
        });
        let Some(Change::Task(fields)) = event.map(|event| event.change) else {
            return Ok(decide);
        };
        let closed_at = fields.after.closed_at.flatten();
        Ok(Arc::new(move |state, now| {
            let Ok(row) = state.row::<Task>(task.0).cloned() else {
                return decide(state, now);
            };
            let mut closed = row.clone();
            closed.value.status = Status::Done;
            closed.value.closed_at = closed_at;
            state.load::<Task>(task.0, Arc::new(closed));
            let answer = decide(state, now);
            put_back(state, task, row);
            answer
        }))
    }
}

fn put_back(state: &mut State, task: TaskId, row: Row<Task>) {
    state.load::<Task>(task.0, Arc::new(row));
}

/// The place of the event that caused it.
fn cause(who: &Writer) -> Option<(StreamId, u64)> {
    let (stream, n) = who.causation.as_deref()?.rsplit_once(':')?;
    Some((stream.parse().ok()?, n.parse().ok()?))
}

/// Takes whatever lease there is off what is claimed.
fn free(need: &Need, decide: Decide) -> Decide {
    let ids = need.deliveries.clone();
    Arc::new(move |state, now| {
        for id in &ids {
            if let Some(delivery) = state.deliveries.get_mut(id) {
                delivery.token.clear();
            }
        }
        decide(state, now)
    })
}
