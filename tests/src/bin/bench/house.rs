//! The functions over one store in this process, on threads of their own, so that what they use can be told from what the
//! clients use, and what the writer uses from the rest.

use crate::{cpu, http::Client};
use anyhow::{Context, Result};
use axum::{Router, routing::any};
use domain::id::{UserId, derived};
use host::{Config, Deps, Key, Secret, SystemClock, SystemIds};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use store::{Options, Seam, StoreError};
use tokio::runtime::{Builder, Runtime};

const THREAD: &str = "house";
const WRITER: &str = "writer";
/// sqlx's threads, one for each connection, as far as the kernel keeps a name.
const SQLITE: &str = "sqlx-sqlite-wor";

/// Functions, store and a server.
pub(crate) struct House {
    runtime: Option<Runtime>,
    pub(crate) deps: Deps,
    pub(crate) client: Client,
    /// The threads of the writer: its task, and its connection to SQLite. None over PostgreSQL.
    writer: BTreeSet<u32>,
    seams: Arc<Seams>,
}

/// What was used up to a moment, or between two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// By all threads of the house.
    pub(crate) all: Duration,
    /// By the writer's.
    pub(crate) writer: Duration,
    /// Transactions committed, each with one fsync.
    pub(crate) commits: u32,
}

/// Counts transactions on their way to COMMIT, and how often a command is tried.
#[derive(Debug, Default)]
struct Seams {
    commits: AtomicU32,
    /// Begun for the command at hand, and the most for any; means something where one client asks.
    tries: AtomicU32,
    most: AtomicU32,
}

#[async_trait::async_trait]
impl Seam for Seams {
    async fn at(&self, name: &'static str) -> Result<(), StoreError> {
        match name {
            "begin" => {
                let tries = self.tries.fetch_add(1, Ordering::Relaxed) + 1;
                self.most.fetch_max(tries, Ordering::Relaxed);
            }
            "commit" => {
                self.commits.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.tries.store(0, Ordering::Relaxed),
        }
        Ok(())
    }
}

/// The id of the person that `errand` makes on first start.
pub(crate) fn local_person() -> UserId {
    UserId(derived(&["local person"]))
}

impl House {
    /// Opens the database in a data folder and serves the functions that answer about tasks.
    pub(crate) fn open(data: &Path) -> Result<Self> {
        let before: BTreeSet<u32> = cpu::threads("self").into_keys().collect();
        let mut house = Self::of(Config::in_folder(data))?;
        let fresh = cpu::threads("self");
        let mut fresh = fresh.iter().filter(|(id, _)| !before.contains(id));
        // The writer's connection is opened first, and so has the lowest id.
        let sqlite = fresh.clone().find(|(_, thread)| thread.name == SQLITE);
        let writer = fresh.find(|(_, thread)| thread.name == WRITER);
        let of_writer =
            |found: Option<(&u32, _)>| found.map(|(id, _)| *id).context("the writer has no thread");
        house.writer = BTreeSet::from([of_writer(sqlite)?, of_writer(writer)?]);
        Ok(house)
    }

    /// The same over a database on a PostgreSQL server.
    pub(crate) fn over(url: &str, data: &Path) -> Result<Self> {
        Self::of(Config {
            database: Some(Secret::new(url)),
            ..Config::in_folder(data)
        })
    }

    fn of(config: Config) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name(THREAD)
            .worker_threads(2)
            .enable_all()
            .build()?;
        let seams = Arc::new(Seams::default());
        let opening = open(config, seams.clone());
        let (deps, client) = tokio::task::block_in_place(|| runtime.block_on(opening))?;
        Ok(Self {
            runtime: Some(runtime),
            writer: BTreeSet::new(),
            deps,
            client,
            seams,
        })
    }

    /// The most tries that one command took so far, where one client asked.
    pub(crate) fn most_tries(&self) -> u32 {
        self.seams.most.load(Ordering::Relaxed)
    }

    /// What the house has used since it was opened.
    pub(crate) fn used(&self) -> Used {
        let threads = cpu::threads("self");
        let ours = threads
            .iter()
            .filter(|(_, thread)| [THREAD, WRITER, SQLITE].contains(&thread.name.as_str()));
        Used {
            all: ours.clone().map(|(_, thread)| thread.used).sum(),
            writer: ours
                .filter(|(id, _)| self.writer.contains(id))
                .map(|(_, thread)| thread.used)
                .sum(),
            commits: self.seams.commits.load(Ordering::Relaxed),
        }
    }

    /// What the house uses while something is done.
    pub(crate) async fn during<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<(T, Used)> {
        let before = self.used();
        let done = work.await?;
        let after = self.used();
        let used = Used {
            all: after.all.saturating_sub(before.all),
            writer: after.writer.saturating_sub(before.writer),
            commits: after.commits - before.commits,
        };
        Ok((done, used))
    }

    /// The cheapest of some rounds, for each single one of `count` things done in a round.
    pub(crate) async fn cheapest<F: Future<Output = Result<()>>>(
        &self,
        rounds: u32,
        count: u32,
        round: impl Fn() -> F,
    ) -> Result<Duration> {
        let mut best = Duration::MAX;
        for _ in 0..rounds {
            best = best.min(self.during(round()).await?.1.all / count);
        }
        Ok(best)
    }

    /// Does some work on the house's threads.
    pub(crate) async fn inside<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.runtime().spawn(work).await?
    }

    /// Has some work go on beside, on the house's threads.
    pub(crate) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.runtime().spawn(work));
    }

    /// A bare axum route beside the house that reads a body and answers another.
    pub(crate) async fn bare(&self, answer: String) -> Result<Client> {
        let answer = axum::body::Bytes::from(answer);
        let route = any(move |_asked: axum::body::Bytes| async move {
            ([("content-type", "application/json")], answer)
        });
        self.inside(serve(Router::new().fallback(route), String::new()))
            .await
    }

    /// Closes the store, and ends all threads.
    pub(crate) async fn close(mut self) {
        self.deps.store.close().await;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    fn runtime(&self) -> &Runtime {
        self.runtime
            .as_ref()
            .expect("taken out only when it closes")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn open(config: Config, seams: Arc<Seams>) -> Result<(Deps, Client)> {
    let ids = Arc::new(SystemIds);
    let options = Options {
        seam: seams,
        spawn: Arc::new(|writer| {
            let work = || match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(writer),
                Err(why) => eprintln!("the writer has no runtime: {why}"),
            };
            let name = WRITER.to_owned();
            drop(std::thread::Builder::new().name(name).spawn(work));
        }),
        ..host::deps::options(Arc::new(SystemClock), ids)
    };
    let store = store::open(&config.database_url(), options).await?;
    let me = store.person(local_person(), "me", "Europe/Berlin").await?;
    let deps = Deps::new(store, Arc::new(config), Arc::new(Key::new([7; 32])));
    let scopes = host::who::scope::ALL.join(" ");
    let (credential, token) = accounts::new_token(&deps, &me, "bench", &scopes, None);
    deps.store.add_credential(&credential).await?;
    let router = host::edge(tasks::router(deps.clone()), &deps);
    let client = serve(router, token).await?;
    Ok((deps, client))
}

async fn serve(router: Router, token: String) -> Result<Client> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Client::new(url, token)
}
