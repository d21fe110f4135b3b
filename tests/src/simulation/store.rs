//! The real store, with a seam before each question.

use super::{
    weakness::Weakness,
    world::{Mode, ProcessId, Seam, Verdict, World},
};
use async_trait::async_trait;
use domain::{id::*, need::Need};
use jiff::{SignedDuration, Timestamp};
use std::{path::Path, sync::Arc};
use store::{
    moving::{Ends, Imported, Lines},
    *,
};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// What a process has in place of its store.
pub(crate) struct SeamStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) world: World,
    pub(crate) process: ProcessId,
    /// For an actor that does one thing after the other and must not stand still in between: the witness, which holds a
    /// transaction of its own while it reads.
    pub(crate) direct: bool,
    /// What is taken away.
    pub(crate) weakness: Weakness,
}

/// Not now; nothing was done.
pub(crate) fn unavailable() -> StoreError {
    StoreError::Unavailable(sqlx::Error::PoolClosed)
}

impl SeamStore {
    async fn read<T>(
        &self,
        name: &'static str,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        if !self.direct && self.world.stand(Seam::Read, name).await == Verdict::Fail {
            return Err(unavailable());
        }
        let _working = self.world.working();
        asked.await
    }

    async fn write<T>(
        &self,
        name: &str,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        if self.world.stand(Seam::Ask, name).await == Verdict::Fail {
            return Err(unavailable());
        }
        let _waiting = self.world.waiting();
        self.world.busy(self.process);
        asked.await
    }
}

impl World {
    /// The writer of that process is about to get something to do.
    pub(crate) fn busy(&self, process: ProcessId) {
        for actor in self.state().actors.values_mut() {
            if actor.process == process && actor.mode == Mode::Writer {
                actor.idle = false;
            }
        }
    }
}

/// Every question to the store goes the same two ways; `commit`, `lease` and `hint` have more to them.
macro_rules! store {
    (reads { $($read:ident($($given:ident: $type:ty),*) -> $answer:ty;)* }
     writes { $($write:ident($($put:ident: $what:ty),*) -> $said:ty;)* }) => {
        #[async_trait]
        impl Store for SeamStore {
            async fn commit(&self, who: &Writer, need: Need, decide: Decide) -> Result<Committed, StoreError> {
                let decide = self.weakened(who, &need, decide).await?;
                self.write(&who.client, self.inner.commit(who, need, decide)).await
            }

            async fn lease(&self, name: &str, holder: &str, ttl: i64) -> Result<Option<u64>, StoreError> {
                let asked = async {
                    let at = self.world.wall();
                    if self.weakness == Weakness::RelaysLead {
                        return Ok((at, Some(1)));
                    }
                    Ok((at, self.inner.lease(name, holder, ttl).await?))
                };
                let (at, given) = self.write("lease", asked).await?;
                self.world.granted(self.process, given, at + SignedDuration::from_millis(ttl));
                Ok(given)
            }

            async fn hint(&self) {
                if self.world.loses_a_hint() {
                    futures::future::pending::<()>().await;
                }
                self.inner.hint().await;
            }

            async fn rebuild(&self, repair: bool) -> Result<Vec<String>, StoreError> {
                self.inner.rebuild(repair).await
            }

            async fn close(&self) {
                self.inner.close().await;
            }

            async fn now(&self) -> Result<Timestamp, StoreError> {
                self.inner.now().await
            }

            $(async fn $read(&self, $($given: $type),*) -> Result<$answer, StoreError> {
                self.read(stringify!($read), self.inner.$read($($given),*)).await
            })*

            $(async fn $write(&self, $($put: $what),*) -> Result<$said, StoreError> {
                self.write(stringify!($write), self.inner.$write($($put),*)).await
            })*
        }
    };
}

store! {
    reads {
        task(who: &Reader, id: TaskId) -> Option<Doc>;
        tasks(who: &Reader, query: &TaskQuery) -> Page;
        records(who: &Reader, kind: Kind) -> Vec<Doc>;
        page(who: &Reader, kind: Kind, after: Option<&str>, limit: u32) -> Page;
        counts(who: &Reader, now: Timestamp) -> Vec<(String, String, u64)>;
        tags(who: &Reader) -> Vec<TagUse>;
        log(who: &Reader, after: &str, limit: u32) -> LogPage;
        cursor(who: &Reader) -> String;
        follow(who: &Reader, after: &str) -> ();
        history(who: &Reader, subject: Uuid, after: Option<&str>, limit: u32) -> Page<LogRow>;
        past(who: &Reader, subject: Uuid, until: Timestamp) -> Vec<PastLine>;
        lines(stream: StreamId, after: u64, limit: u32) -> Vec<LogRow>;
        heads() -> Vec<(StreamId, u64, String)>;
        due(until: Timestamp, limit: u32) -> Vec<DueReminder>;
        due_deliveries(until: Timestamp, limit: u32) -> Vec<DueDelivery>;
        delivery(id: DeliveryId) -> Option<DueDelivery>;
        next_moment(after: Timestamp) -> Option<Timestamp>;
        deliveries(who: &Reader, after: Option<&str>, limit: u32) -> Page;
        reminders(who: &Reader, after: Option<&str>, limit: u32) -> Page;
        outgoing(now: Timestamp, limit: u32) -> Vec<Outgoing>;
        dead(limit: u32) -> Vec<Dead>;
        reader(id: UserId) -> Option<Reader>;
        credential(hash: &str, now: Timestamp) -> Option<Credential>;
        credentials(who: &Reader, kind: &str) -> Vec<Credential>;
        note(who: &Reader, key: &str, now: Timestamp) -> Option<String>;
        notes(who: &Reader, prefix: &str, now: Timestamp, limit: u32) -> Vec<(String, String)>;
        leader(name: &str) -> Option<Timestamp>;
        backup(to: &Path) -> ();
        export(since: Option<Ends>, to: Sender<String>) -> ();
        imported_at() -> Option<Timestamp>;
    }
    writes {
        settle(settled: Vec<Settled>) -> ();
        revive(ids: &[i64], now: Timestamp) -> ();
        person(id: UserId, name: &str, zone: &str) -> Reader;
        add_credential(credential: &Credential) -> ();
        remove_credential(who: &Reader, id: Uuid) -> bool;
        put_note(who: &Reader, key: &str, json: &str, expires_at: Timestamp) -> ();
        tidy(before: Timestamp) -> ();
        raise_epoch() -> ();
        import(from: Lines) -> Imported;
        import_settled() -> ();
    }
}
