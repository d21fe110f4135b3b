//! One watcher per process wakes all windows. Those of one person that stand at the same place in the log share one reading of it.

use contract::{cloud::traceparent, doc};
use domain::id::UserId;
use host::Deps;
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::{LogPage, LogRow, Reader, StoreError};
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;

/// How often it looks without a hint.
const POLL: SignedDuration = SignedDuration::from_secs(1);
/// Windows are woken at most this often, so that a burst is one read.
const BURST: SignedDuration = SignedDuration::from_millis(15);
/// Events in one message.
pub(crate) const PAGE: u32 = 200;
/// More than so many new events: the client reads everything anew.
pub(crate) const MOST: usize = 500;

/// Tells windows that there may be something new.
#[derive(Clone)]
pub struct Feed {
    deps: Deps,
    beat: watch::Sender<u64>,
    closing: CancellationToken,
    pages: Arc<Mutex<Pages>>,
}

/// What was read since the last beat: whose, and after which cursor.
type Pages = HashMap<(UserId, String), Arc<OnceCell<News>>>;

impl Feed {
    /// A feed that nobody drives yet.
    pub fn new(deps: Deps) -> Self {
        Self {
            deps,
            beat: watch::Sender::new(0),
            closing: CancellationToken::new(),
            pages: Arc::default(),
        }
    }

    /// Wakes the windows whenever something was committed, and each second, until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let clock = self.deps.clock.clone();
        let mut hint = store::heed(&*self.deps.store);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = hint => {}
                () = clock.sleep_until(clock.now() + POLL) => {}
            }
            hint = store::heed(&*self.deps.store);
            self.beat();
            clock.sleep_until(clock.now() + BURST).await;
        }
        self.closing.cancel();
    }

    /// Wakes the windows. What was read is forgotten first, so that they find nothing older than what woke them.
    pub(crate) fn beat(&self) {
        self.pages().clear();
        self.beat.send_modify(|beat| *beat += 1);
    }

    /// A window's ear.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.beat.subscribe()
    }

    /// When the process stops.
    pub(crate) fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    /// What is new after a cursor, as it was at the last beat or later: for windows, which the next beat wakes again.
    pub(crate) async fn shared(&self, who: &Reader, after: &str) -> Result<News, StoreError> {
        let page = self
            .pages()
            .entry((who.person, after.to_owned()))
            .or_default()
            .clone();
        let read = || news(&self.deps, who, after, PAGE);
        page.get_or_try_init(read).await.cloned()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page of the log as clients read it.
#[derive(Clone)]
pub(crate) struct News {
    /// JSON array of events.
    pub(crate) events: Arc<str>,
    /// How many.
    pub(crate) count: usize,
    /// To go on from.
    pub(crate) cursor: String,
    /// Whether there is more now.
    pub(crate) more: bool,
}

/// What is new after a cursor, now.
pub(crate) async fn news(
    deps: &Deps,
    who: &Reader,
    after: &str,
    limit: u32,
) -> Result<News, StoreError> {
    let LogPage {
        events,
        cursor,
        more,
    } = deps.store.log(who, after, limit).await?;
    let source = deps.key.installation();
    let shown: Vec<_> = events
        .iter()
        .filter_map(|row| Shown::of(row, &source))
        .collect();
    Ok(News {
        events: doc::json(&shown).into(),
        count: shown.len(),
        cursor,
        more,
    })
}

/// An event as the feed shows it: CloudEvents' JSON format.
#[derive(Serialize)]
struct Shown<'a> {
    specversion: &'static str,
    id: String,
    source: &'a str,
    #[serde(rename = "type")]
    kind: String,
    subject: uuid::Uuid,
    time: jiff::Timestamp,
    datacontenttype: &'static str,
    partitionkey: domain::id::StreamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    taskversion: Option<u64>,
    correlationid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    data: &'a RawValue,
}

impl<'a> Shown<'a> {
    /// None once its content was purged; the purge has an event of its own.
    fn of(row: &'a LogRow, source: &'a str) -> Option<Self> {
        let id = format!("{}:{}", row.stream, row.n);
        Some(Self {
            specversion: "1.0",
            traceparent: traceparent(&row.correlation, &id),
            id,
            source,
            kind: row.kind.type_name(),
            subject: row.subject,
            time: row.at,
            datacontenttype: "application/json",
            partitionkey: row.stream,
            taskversion: (row.version > 0).then_some(row.version),
            correlationid: &row.correlation,
            causationid: row.causation.as_deref(),
            data: serde_json::from_str(row.payload.as_deref()?).ok()?,
        })
    }
}
