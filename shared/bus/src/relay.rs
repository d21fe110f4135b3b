//! The one place that publishes: takes what waits in the outbox to the bus, and settles what became of it.
//!
//! Each (subscriber, key) is a lane: its events go one after the other, so that the first occurrences keep their order, and a
//! slow function holds up nobody but itself.

mod lanes;
mod meter;
mod tries;

use crate::{Bus, Clock, Verdict, cloud};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use jiff::{SignedDuration, Timestamp};
use lanes::{Lane, Lanes, Parcel};
pub use meter::{Meter, Waiting};
use std::{collections::BTreeMap, pin::pin, sync::Arc};
use store::{Outgoing, Settled, Store, StoreError, Undelivered};
use tokio_util::sync::CancellationToken;
use tries::undelivered;

/// How long it leads without renewing, in milliseconds.
const LEASE: i64 = 5_000;
/// When it renews.
const RENEW: SignedDuration = SignedDuration::from_secs(2);
/// How often it looks without a hint.
const POLL: SignedDuration = SignedDuration::from_millis(250);
/// How long what has landed may wait for more of it before it is noted: each noting is a transaction.
const LINGER: SignedDuration = SignedDuration::from_millis(25);
/// How long it rests after the bus failed.
const PAUSE: SignedDuration = SignedDuration::from_millis(500);
/// Rows read at least at once.
const ROWS: usize = 256;
/// Rows on their way when no more are read. What is on its way is read again each time (rows are not committed in the order of
/// their ids), so each time twice as many are read: then a long backlog costs no row more than a few readings.
const MOST: usize = 2_048;

/// Publishes what waits, as long as it leads.
pub struct Relay {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    /// The installation, as CloudEvents' `source`.
    source: String,
    /// Who leads, in the lease.
    holder: String,
    /// When the lease was taken last, and its epoch.
    led: Option<(Timestamp, u64)>,
    /// What is on its way is not to be trusted: nothing new is sent until it has landed, then all is read again.
    anew: bool,
    /// Not before then.
    rest: Timestamp,
    rows: BTreeMap<i64, Row>,
    lanes: Lanes,
    flights: FuturesUnordered<BoxFuture<'static, Landed>>,
    /// Some flights have not landed: those above, and those that a turn goes on with meanwhile.
    aloft: bool,
    settled: Vec<Settled>,
    /// When the first of them landed.
    landed: Timestamp,
    meter: Arc<Meter>,
}

/// A row of the outbox on its way.
struct Row {
    at: Timestamp,
    /// Tried before, for one that comes again.
    tried: u32,
    /// Subscribers that have not answered yet.
    open: usize,
    left: Vec<Undelivered>,
}

impl Row {
    fn new(row: &Outgoing, tried: u32, open: usize) -> Self {
        Self {
            at: row.at,
            tried,
            open,
            left: Vec::new(),
        }
    }
}

struct Landed {
    lane: Lane,
    rows: Vec<i64>,
    verdicts: Vec<Verdict>,
}

impl Relay {
    /// A relay under a name of its own among those who may lead.
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        source: impl Into<String>,
        holder: impl Into<String>,
    ) -> Self {
        Self {
            store,
            bus,
            clock,
            source: source.into(),
            holder: holder.into(),
            led: None,
            anew: false,
            rest: Timestamp::MIN,
            rows: BTreeMap::new(),
            lanes: Lanes::default(),
            flights: FuturesUnordered::new(),
            aloft: false,
            settled: Vec::new(),
            landed: Timestamp::MIN,
            meter: Arc::default(),
        }
    }

    /// What it has done so far, also while it runs.
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// Publishes what waits now, and waits until every subscriber has answered. Answers how many rows were settled.
    ///
    /// # Errors
    /// When the store does not answer; what was not settled comes again.
    pub async fn step(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        self.aloft = !self.flights.is_empty();
        self.take(now).await?;
        while let Some(landed) = self.flights.next().await {
            self.land(landed);
            self.launch();
        }
        self.settle().await
    }

    /// Publishes until `stop` is cancelled: at once on a hint, each quarter of a second without.
    pub async fn run(mut self, stop: CancellationToken) {
        let store = Arc::clone(&self.store);
        while !stop.is_cancelled() {
            let hint = store::heed(&*store);
            let wait = match self.turn().await {
                Ok(()) if self.settled.is_empty() => POLL,
                Ok(()) => LINGER,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the relay waits for the database"
                    );
                    SignedDuration::from_secs(1)
                }
            };
            let idle = self.flights.is_empty();
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(landed) = self.flights.next(), if !idle => self.land_all(landed),
                () = hint => {}
                () = self.clock.sleep_until(self.clock.now() + wait) => {}
            }
        }
        self.flights.clear();
        let settled = self.settle().await;
        tracing::debug!(?settled, "the relay stopped");
    }

    /// Settles, and sends what waits on its way. Flights go on meanwhile: they may hold the connections that the turn waits for.
    async fn turn(&mut self) -> Result<(), StoreError> {
        let mut flights = std::mem::take(&mut self.flights);
        self.aloft = !flights.is_empty();
        let mut landed = Vec::new();
        let turned = {
            let mut turn = pin!(self.settle_and_take());
            loop {
                let idle = flights.is_empty();
                tokio::select! {
                    biased;
                    turned = &mut turn => break turned,
                    Some(flight) = flights.next(), if !idle => landed.push(flight),
                }
            }
        };
        flights.extend(std::mem::take(&mut self.flights));
        self.flights = flights;
        for flight in landed {
            self.land(flight);
        }
        self.launch();
        turned
    }

    async fn settle_and_take(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        // A clock that was set back would have it wait until then.
        let lingers = now.duration_since(self.landed).abs() < LINGER;
        if self.anew || self.settled.len() >= ROWS || !lingers {
            self.settle().await?;
        }
        self.take(now).await
    }

    /// Reads what waits and sends it on its way.
    async fn take(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.anew {
            if self.aloft || now < self.rest {
                return Ok(());
            }
            self.rows.clear();
            self.lanes = Lanes::default();
            self.anew = false;
        }
        let mut waiting = self.waiting(now).await?;
        if (!waiting.is_empty() || !self.rows.is_empty()) && !self.leads(now) {
            let before = self.led.map(|(_, epoch)| epoch);
            let epoch = self.store.lease("relay", &self.holder, LEASE).await?;
            self.led = epoch.map(|epoch| (now, epoch));
            let lease = SignedDuration::from_millis(LEASE);
            self.meter.leads(epoch.map(|_| now + lease));
            if epoch.is_none() || (epoch != before && !self.rows.is_empty()) {
                // Somebody else leads, or did meanwhile: what we hold was theirs to send.
                self.anew = true;
                return Ok(());
            }
            if epoch != before {
                waiting = self.waiting(now).await?; // whoever led before may have settled some of it
            }
        }
        for row in waiting {
            self.enqueue(row, now);
        }
        self.launch();
        Ok(())
    }

    /// Rows that are not on their way yet. (`&mut`, because flights cannot be shared between threads.)
    async fn waiting(&mut self, now: Timestamp) -> Result<Vec<Outgoing>, StoreError> {
        if self.rows.len() >= MOST {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(2 * self.rows.len() + ROWS).unwrap_or(u32::MAX);
        let mut waiting = self.store.outgoing(now, limit).await?;
        waiting.retain(|row| !self.rows.contains_key(&row.id));
        Ok(waiting)
    }

    fn leads(&self, now: Timestamp) -> bool {
        self.led
            .is_some_and(|(at, _)| now.duration_since(at).abs() < RENEW)
    }

    /// Puts a row into the lanes of its subscribers; one that comes again only into the lane that it missed.
    fn enqueue(&mut self, row: Outgoing, now: Timestamp) {
        let (to, tried) = match &row.retry {
            Some((subscriber, tried)) => (vec![subscriber.clone()], *tried),
            None => (
                self.bus
                    .subscribers(row.kind)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                0,
            ),
        };
        let event = if to.is_empty() {
            None
        } else {
            cloud::event(&row, &self.source)
        };
        let Some(event) = event else {
            self.rows.insert(row.id, Row::new(&row, tried, 0));
            self.settles(Settled::Done(row.id), now);
            return;
        };
        self.rows.insert(row.id, Row::new(&row, tried, to.len()));
        for subscriber in to {
            self.lanes.push(
                Lane {
                    subscriber,
                    key: row.stream,
                },
                Parcel {
                    row: row.id,
                    event: event.clone(),
                },
            );
        }
    }

    /// Sends what stands first in each free lane.
    fn launch(&mut self) {
        if self.anew {
            return;
        }
        while let Some((lane, parcels)) = self.lanes.next() {
            let bus = Arc::clone(&self.bus);
            let (rows, events): (Vec<_>, Vec<_>) = parcels
                .into_iter()
                .map(|parcel| (parcel.row, parcel.event))
                .unzip();
            self.flights.push(
                async move {
                    let verdicts = bus.deliver(&lane.subscriber, &events).await;
                    Landed {
                        lane,
                        rows,
                        verdicts,
                    }
                }
                .boxed(),
            );
        }
    }

    fn land_all(&mut self, first: Landed) {
        self.land(first);
        while let Some(Some(landed)) = self.flights.next().now_or_never() {
            self.land(landed);
        }
    }

    /// Notes what became of a flight; a row that everybody has answered is settled.
    fn land(&mut self, landed: Landed) {
        let now = self.clock.now();
        let mut verdicts = landed.verdicts.into_iter();
        for id in landed.rows {
            let verdict = verdicts
                .next()
                .unwrap_or_else(|| Verdict::Later("no verdict".to_owned()));
            if let Verdict::Broken(why) = verdict {
                self.begin_anew(now, &why);
                continue;
            }
            let Some(row) = self.rows.get_mut(&id) else {
                continue;
            };
            if verdict == Verdict::Taken {
                self.meter.took(now.duration_since(row.at));
            }
            row.left.extend(undelivered(
                &landed.lane.subscriber,
                row.tried + 1,
                verdict,
                now,
            ));
            row.open -= 1;
            if row.open == 0 {
                let left = std::mem::take(&mut row.left);
                let settled = if left.is_empty() {
                    Settled::Done(id)
                } else {
                    Settled::Left(id, left)
                };
                self.settles(settled, now);
            }
        }
        self.lanes.free(&landed.lane);
    }

    /// The bus failed: nothing goes out any more until all has landed; then again from the oldest row.
    fn begin_anew(&mut self, now: Timestamp, why: &str) {
        if !self.anew {
            self.meter.broke();
            tracing::warn!(
                why,
                "the bus failed; the relay begins again at the oldest row"
            );
        }
        self.anew = true;
        self.rest = now + PAUSE;
    }

    /// Everybody has answered.
    fn settles(&mut self, settled: Settled, now: Timestamp) {
        if self.settled.is_empty() {
            self.landed = now;
        }
        self.settled.push(settled);
    }

    async fn settle(&mut self) -> Result<usize, StoreError> {
        if self.settled.is_empty() {
            return Ok(0);
        }
        self.store.settle(self.settled.clone()).await?;
        for settled in &self.settled {
            let (Settled::Done(id) | Settled::Left(id, _)) = settled;
            self.rows.remove(id);
        }
        Ok(std::mem::take(&mut self.settled).len())
    }
}

#[cfg(test)]
mod tests;
