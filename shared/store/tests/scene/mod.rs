//! Two processes over one PostgreSQL, stopped and let go where a test says.

use crate::kit::{House, options};
use async_trait::async_trait;
use domain::need::Need;
use sqlx::PgConnection;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use store::{
    Committed, Decide, Reader, Seam, StoreError, Writer,
    suite::kit::{Checked, person},
};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) type Verdict = Result<(), StoreError>;
pub(crate) type Written = JoinHandle<Result<Committed, StoreError>>;

/// Where a process is made to stop: it says that it is there, and waits to hear how it goes on.
#[derive(Default)]
struct Gate(Mutex<Option<Armed>>);

/// The name of a seam, whom to tell that it is reached, and who says how it goes on.
type Armed = (
    &'static str,
    oneshot::Sender<()>,
    oneshot::Receiver<Verdict>,
);

struct Stop {
    there: oneshot::Receiver<()>,
    verdict: oneshot::Sender<Verdict>,
}

impl Gate {
    /// The next one who comes to that seam stops.
    fn stop(&self, at: &'static str) -> Stop {
        let ((tell, there), (verdict, wait)) = (oneshot::channel(), oneshot::channel());
        *self.0.lock().unwrap() = Some((at, tell, wait));
        Stop { there, verdict }
    }
}

#[async_trait]
impl Seam for Gate {
    async fn at(&self, name: &'static str) -> Verdict {
        let stops = self.0.lock().unwrap().take_if(|(at, ..)| *at == name);
        let Some((_, tell, wait)) = stops else {
            return Ok(());
        };
        tell.send(()).unwrap();
        wait.await.unwrap()
    }
}

/// A process: a store of its own on the same database.
pub(crate) struct Process {
    pub(crate) store: Checked,
    gate: Arc<Gate>,
}

impl Process {
    async fn start(house: &House) -> Self {
        let gate = Arc::new(Gate::default());
        let mut options = options();
        options.seam = gate.clone();
        let store = store::open(&house.url, options).await.unwrap();
        Self { store, gate }
    }

    /// Begins a commit, and counts how often it is decided.
    pub(crate) fn commit(
        &self,
        who: Writer,
        (need, decide): (Need, Decide),
    ) -> (Written, Arc<AtomicUsize>) {
        let (store, times) = (self.store.clone(), Arc::new(AtomicUsize::new(0)));
        let count = times.clone();
        let decide: Decide = Arc::new(move |state, now| {
            count.fetch_add(1, Ordering::Relaxed);
            decide(state, now)
        });
        let written = tokio::spawn(async move { store.commit(&who, need, decide).await });
        (written, times)
    }

    /// Begins a commit that stops when everything is written, before COMMIT.
    pub(crate) async fn write(
        &self,
        who: Writer,
        what: (Need, Decide),
    ) -> (Written, oneshot::Sender<Verdict>) {
        let Stop { there, verdict } = self.gate.stop("commit");
        let (written, _) = self.commit(who, what);
        there.await.unwrap();
        (written, verdict)
    }
}

/// Two processes, two people, and a look from outside.
pub(crate) struct Scene {
    pub(crate) a: Process,
    pub(crate) b: Process,
    pub(crate) me: Reader,
    pub(crate) you: Reader,
    outside: PgConnection,
    pub(crate) house: House,
}

impl Scene {
    pub(crate) async fn set() -> Option<Self> {
        let house = House::new().await?;
        let (a, b) = (Process::start(&house).await, Process::start(&house).await);
        let (me, you) = (person(&a.store).await, person(&a.store).await);
        let outside = house.as_owner().await;
        Some(Self {
            a,
            b,
            me,
            you,
            outside,
            house,
        })
    }

    /// Comes back once somebody waits for another's lock.
    pub(crate) async fn somebody_waits(&mut self) {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while self.ask(sql).await == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn ask(&mut self, sql: &'static str) -> i64 {
        let answer = sqlx::query_scalar(sql).fetch_one(&mut self.outside);
        answer.await.unwrap()
    }
}
