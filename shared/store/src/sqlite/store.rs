//! SQLite as a [`Store`].

use super::SqliteStore;
use crate::*;
use async_trait::async_trait;
use domain::{id::*, need::Need};
use jiff::Timestamp;
use uuid::Uuid;

/// Each is written beside what it is about; this only names them.
#[async_trait]
impl Store for SqliteStore {
    async fn commit(
        &self,
        who: &Writer,
        need: Need,
        decide: Decide,
    ) -> Result<Committed, StoreError> {
        self.commit(who, need, decide).await
    }

    async fn task(&self, who: &Reader, id: TaskId) -> Result<Option<Doc>, StoreError> {
        self.task(who, id).await
    }

    async fn tasks(&self, who: &Reader, query: &TaskQuery) -> Result<Page, StoreError> {
        self.tasks(who, query).await
    }

    async fn records(&self, who: &Reader, kind: Kind) -> Result<Vec<Doc>, StoreError> {
        self.records(who, kind).await
    }

    async fn counts(
        &self,
        who: &Reader,
        now: Timestamp,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        self.counts(who, now).await
    }

    async fn log(&self, who: &Reader, after: &str, limit: u32) -> Result<LogPage, StoreError> {
        self.log(who, after, limit).await
    }

    async fn cursor(&self, who: &Reader) -> Result<String, StoreError> {
        self.cursor(who).await
    }

    async fn history(
        &self,
        who: &Reader,
        subject: Uuid,
        until: Option<Timestamp>,
    ) -> Result<Vec<LogRow>, StoreError> {
        self.history(who, subject, until).await
    }

    async fn lines(
        &self,
        stream: StreamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        self.lines(stream, after, limit).await
    }

    async fn heads(&self) -> Result<Vec<(StreamId, u64, String)>, StoreError> {
        self.heads().await
    }

    async fn due(&self, until: Timestamp, limit: u32) -> Result<Vec<DueReminder>, StoreError> {
        self.due(until, limit).await
    }

    async fn due_deliveries(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        self.due_deliveries(until, limit).await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<DueDelivery>, StoreError> {
        self.delivery(id).await
    }

    async fn next_moment(&self) -> Result<Option<Timestamp>, StoreError> {
        self.next_moment().await
    }

    async fn deliveries(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        self.deliveries(who, after, limit).await
    }

    async fn reminders(
        &self,
        who: &Reader,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, StoreError> {
        self.reminders(who, after, limit).await
    }

    async fn outgoing(&self, now: Timestamp, limit: u32) -> Result<Vec<Outgoing>, StoreError> {
        self.outgoing(now, limit).await
    }

    async fn settle(&self, settled: Vec<Settled>) -> Result<(), StoreError> {
        self.settle(settled).await
    }

    async fn dead(&self, limit: u32) -> Result<Vec<Dead>, StoreError> {
        self.dead(limit).await
    }

    async fn revive(&self, ids: &[i64], now: Timestamp) -> Result<(), StoreError> {
        self.revive(ids.to_vec(), now).await
    }

    async fn lease(&self, name: &str, holder: &str, ttl: i64) -> Result<Option<u64>, StoreError> {
        self.lease(name, holder, ttl).await
    }

    async fn hint(&self) {
        self.hint.notified().await;
    }

    async fn person(&self, id: UserId, name: &str, zone: &str) -> Result<Reader, StoreError> {
        self.person(id, name, zone).await
    }

    async fn reader(&self, id: UserId) -> Result<Option<Reader>, StoreError> {
        self.reader(id).await
    }

    async fn add_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        self.add_credential(credential).await
    }

    async fn credential(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<Credential>, StoreError> {
        self.credential(hash, now).await
    }

    async fn credentials(&self, who: &Reader, kind: &str) -> Result<Vec<Credential>, StoreError> {
        self.credentials(who, kind).await
    }

    async fn remove_credential(&self, who: &Reader, id: Uuid) -> Result<bool, StoreError> {
        self.remove_credential(who, id).await
    }

    async fn put_note(
        &self,
        who: &Reader,
        key: &str,
        json: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.put_note(who, key, json, expires_at).await
    }

    async fn note(
        &self,
        who: &Reader,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        self.note(who, key, now).await
    }

    async fn notes(
        &self,
        who: &Reader,
        prefix: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.notes(who, prefix, now, limit).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.options.moment())
    }

    async fn tidy(&self, before: Timestamp) -> Result<(), StoreError> {
        self.tidy(before).await
    }

    async fn rebuild(&self, repair: bool) -> Result<Vec<String>, StoreError> {
        self.rebuild(repair).await
    }

    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError> {
        self.backup(to).await
    }

    async fn raise_epoch(&self) -> Result<(), StoreError> {
        self.raise_epoch().await
    }

    async fn close(&self) {
        self.close().await;
    }
}
