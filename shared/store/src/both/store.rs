//! Any backend as a [`Store`].

use super::{house, ledger, log, outbox, people, records, tasks};
use crate::{
    backend::Backend,
    decide::Command,
    moving::{Ends, Imported, Lines},
    *,
};
use async_trait::async_trait;
use domain::{id::*, need::Need};
use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Each is written beside what it is about; this only names them.
#[async_trait]
impl<B: Backend> Store for B {
    async fn commit(
        &self,
        who: &Writer,
        need: Need,
        decide: Decide,
    ) -> Result<Committed, StoreError> {
        self.decided(Command {
            who: who.clone(),
            need,
            decide,
        })
        .await
    }

    async fn task(&self, who: &Reader, id: TaskId) -> Result<Option<Doc>, StoreError> {
        records::task(self, who, id).await
    }

    async fn tasks(&self, who: &Reader, query: &TaskQuery) -> Result<Page, StoreError> {
        tasks::tasks(self, who, query).await
    }

    async fn records(&self, who: &Reader, kind: Kind) -> Result<Vec<Doc>, StoreError> {
        records::records(self, who, kind).await
    }

    async fn page(
        &self,
        who: &Reader,
        kind: Kind,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        records::page(self, who, kind, after, limit).await
    }

    async fn counts(
        &self,
        who: &Reader,
        now: Timestamp,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        house::counts(self, who, now).await
    }

    async fn tags(&self, who: &Reader) -> Result<Vec<TagUse>, StoreError> {
        house::tags(self, who).await
    }

    async fn log(&self, who: &Reader, after: &str, limit: u32) -> Result<LogPage, StoreError> {
        log::log(self, who, after, limit).await
    }

    async fn cursor(&self, who: &Reader) -> Result<String, StoreError> {
        log::cursor(self, who).await
    }

    async fn follow(&self, who: &Reader, after: &str) -> Result<(), StoreError> {
        log::follow(self, who, after).await
    }

    async fn history(
        &self,
        who: &Reader,
        subject: Uuid,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<LogRow>, StoreError> {
        log::history(self, who, subject, after, limit).await
    }

    async fn past(
        &self,
        who: &Reader,
        subject: Uuid,
        until: Timestamp,
    ) -> Result<Vec<PastLine>, StoreError> {
        log::past(self, who, subject, until).await
    }

    async fn lines(
        &self,
        stream: StreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        log::lines(self, stream, after, limit).await
    }

    async fn heads(&self) -> Result<Vec<(StreamId, u64, String)>, StoreError> {
        log::heads(self).await
    }

    async fn due(&self, until: Timestamp, limit: u32) -> Result<Vec<DueReminder>, StoreError> {
        ledger::due(self, until, limit).await
    }

    async fn due_deliveries(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        ledger::due_deliveries(self, until, limit).await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<DueDelivery>, StoreError> {
        ledger::delivery(self, id).await
    }

    async fn next_moment(&self, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        ledger::next_moment(self, after).await
    }

    async fn deliveries(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        ledger::deliveries(self, who, after, limit).await
    }

    async fn reminders(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        ledger::reminders(self, who, after, limit).await
    }

    async fn outgoing(&self, now: Timestamp, limit: u32) -> Result<Vec<Outgoing>, StoreError> {
        outbox::outgoing(self, now, limit).await
    }

    async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError> {
        outbox::settle(self, settled).await
    }

    async fn dead(&self, limit: u32) -> Result<Vec<Dead>, StoreError> {
        outbox::dead(self, limit).await
    }

    async fn revive(&self, ids: &[i64], now: Timestamp) -> Result<(), StoreError> {
        outbox::revive(self, ids, now).await
    }

    async fn lease(&self, name: &str, holder: &str, ttl: i64) -> Result<Option<u64>, StoreError> {
        house::lease(self, name, holder, ttl).await
    }

    async fn leader(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        house::leader(self, name).await
    }

    async fn hint(&self) {
        self.hinted().await;
    }

    async fn person(&self, id: UserId, name: &str, zone: &str) -> Result<Reader, StoreError> {
        people::person(self, id, name, zone).await
    }

    async fn reader(&self, id: UserId) -> Result<Option<Reader>, StoreError> {
        people::reader(self, id).await
    }

    async fn add_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        people::add_credential(self, credential).await
    }

    async fn credential(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreError> {
        people::credential(self, hash, now).await
    }

    async fn credentials(&self, who: &Reader, kind: &str) -> Result<Vec<Credential>, StoreError> {
        people::credentials(self, who, kind).await
    }

    async fn remove_credential(&self, who: &Reader, id: Uuid) -> Result<bool, StoreError> {
        people::remove_credential(self, who, id).await
    }

    async fn put_note(
        &self,
        who: &Reader,
        key: &str,
        json: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        people::put_note(self, who, key, json, expires_at).await
    }

    async fn note(
        &self,
        who: &Reader,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        people::note(self, who, key, now).await
    }

    async fn notes(
        &self,
        who: &Reader,
        prefix: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        people::notes(self, who, prefix, now, limit).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.clock().await
    }

    async fn tidy(&self, before: Timestamp) -> Result<(), StoreError> {
        house::tidy(self, before).await
    }

    async fn rebuild(&self, repair: bool) -> Result<Vec<String>, StoreError> {
        super::rebuild::rebuild(self, repair).await
    }

    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError> {
        self.copy_to(to).await
    }

    async fn raise_epoch(&self) -> Result<(), StoreError> {
        house::raise_epoch(self).await
    }

    async fn export(&self, since: Option<Ends>, to: Sender<String>) -> Result<(), StoreError> {
        self.tell_all(since, to).await
    }

    async fn import(&self, from: Lines) -> Result<Imported, StoreError> {
        self.take_all(from).await
    }

    async fn imported_at(&self) -> Result<Option<Timestamp>, StoreError> {
        house::imported_at(self).await
    }

    async fn import_settled(&self) -> Result<(), StoreError> {
        house::import_settled(self).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
