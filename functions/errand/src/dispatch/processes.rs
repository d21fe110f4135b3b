//! Function processes, started when they are needed and stopped when they are not.

use anyhow::{Context, bail};
use errand::{FUNCTIONS, Function};
use host::Config;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// How long a process may take until it is ready.
const READY: Duration = Duration::from_secs(20);
/// How long it may take to end.
const END: Duration = Duration::from_secs(12);
/// How often idle ones are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// All functions, each with a process or none.
pub(super) struct Processes {
    program: PathBuf,
    data: PathBuf,
    public_url: String,
    idle: Duration,
    client: reqwest::Client,
    slots: BTreeMap<&'static str, Slot>,
}

struct Slot {
    function: &'static Function,
    running: tokio::sync::Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    base: Arc<str>,
    use_of: Arc<Use>,
}

/// Who needs it, and since when nobody does.
struct Use {
    count: AtomicUsize,
    last: Mutex<Instant>,
}

/// A process that is not stopped while this is held.
pub(super) struct Lent {
    base: Arc<str>,
    use_of: Arc<Use>,
}

impl Lent {
    /// `http://127.0.0.1:PORT`
    pub(super) fn base(&self) -> &str {
        &self.base
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        *self
            .use_of
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.use_of.count.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Processes {
    /// None runs yet. They inherit the environment, so all settings; people reach them by the front.
    pub(super) fn new(
        config: &Config,
        front: &tokio::net::TcpListener,
        idle: Duration,
    ) -> anyhow::Result<Arc<Self>> {
        let own = || Ok::<_, std::io::Error>(format!("http://{}", front.local_addr()?));
        let public = config.public_url.as_ref();
        let slots = FUNCTIONS.iter().map(|function| {
            let running = tokio::sync::Mutex::new(None);
            (function.name, Slot { function, running })
        });
        Ok(Arc::new(Self {
            program: std::env::current_exe().context("where is this program?")?,
            data: config.data.clone(),
            public_url: public.map_or_else(own, |url| Ok(url.as_str().to_owned()))?,
            idle,
            client: reqwest::Client::builder().no_proxy().build()?,
            slots: slots.collect(),
        }))
    }

    /// A function's process; started when there is none.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) async fn lend(&self, name: &str) -> anyhow::Result<Lent> {
        let slot = self.slots.get(name);
        let slot = slot.with_context(|| format!("there is no function {name:?}"))?;
        let mut running = slot.running.lock().await;
        let died = match running.as_mut() {
            None => true,
            Some(running) => running.child.try_wait()?.is_some(),
        };
        if died {
            *running = Some(self.start(slot.function).await?);
        }
        let running = running.as_ref().context("it was just started")?;
        running.use_of.count.fetch_add(1, Ordering::AcqRel);
        Ok(Lent {
            base: running.base.clone(),
            use_of: running.use_of.clone(),
        })
    }

    /// Starts those that must never sleep.
    pub(super) async fn start_always_on(&self) -> anyhow::Result<()> {
        for function in FUNCTIONS.iter().filter(|function| function.always_on) {
            drop(self.lend(function.name).await?);
        }
        Ok(())
    }

    /// Stops what idles, and starts again what must not sleep and died, until it is asked to stop.
    pub(super) async fn reap(self: Arc<Self>, stop: CancellationToken) {
        while stop
            .run_until_cancelled(tokio::time::sleep(LOOK))
            .await
            .is_some()
        {
            for slot in self.slots.values() {
                if slot.function.always_on {
                    if let Err(error) = self.lend(slot.function.name).await {
                        tracing::error!("{} does not start: {error:#}", slot.function.name);
                    }
                } else if let Ok(mut running) = slot.running.try_lock()
                    && running.as_ref().is_some_and(|running| self.idles(running))
                    && let Some(running) = running.take()
                {
                    tracing::info!(function = slot.function.name, "nothing came for it");
                    end(slot.function.name, running).await;
                }
            }
        }
    }

    fn idles(&self, running: &Running) -> bool {
        let last = *running
            .use_of
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.use_of.count.load(Ordering::Acquire) == 0 && last.elapsed() >= self.idle
    }

    /// Ends all of them.
    pub(super) async fn stop_all(&self) {
        let ends = self.slots.values().map(async |slot| {
            if let Some(running) = slot.running.lock().await.take() {
                end(slot.function.name, running).await;
            }
        });
        futures::future::join_all(ends).await;
    }

    async fn start(&self, function: &'static Function) -> anyhow::Result<Running> {
        let began = Instant::now();
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(&self.program);
        command
            .args(["serve", function.name, "--attached"])
            .env("ERRAND_DATA", &self.data)
            .env("ERRAND_PUBLIC_URL", &self.public_url)
            .env("ERRAND_LISTEN", format!("127.0.0.1:{port}"))
            .env_remove("PORT")
            .env_remove("ERRAND_FUNCTION")
            .stdin(Stdio::piped())
            .process_group(0) // ctrl-c is for us; we ask them
            .kill_on_drop(true);
        let mut child = command.spawn().context("cannot start errand")?;
        let base: Arc<str> = format!("http://127.0.0.1:{port}").into();
        // It has opened the database by then. Not /ready: one that waits for Kafka has much to do all the same.
        let up = format!("{base}/health");
        while !self.answers(&up).await {
            if let Some(status) = child.try_wait()? {
                bail!("{} ended at its start ({status})", function.name);
            }
            if began.elapsed() > READY {
                bail!("{} is not ready after {} s", function.name, READY.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ms = began.elapsed().as_millis();
        tracing::info!(function = function.name, %base, pid = child.id(), ms, "started");
        let use_of = Use {
            count: AtomicUsize::new(0),
            last: Mutex::new(Instant::now()),
        };
        Ok(Running {
            child,
            base,
            use_of: Arc::new(use_of),
        })
    }

    async fn answers(&self, up: &str) -> bool {
        let asked = self.client.get(up).timeout(Duration::from_secs(3)).send();
        asked.await.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Asks it to end, and ends it when it does not.
async fn end(name: &str, mut running: Running) {
    let pid = running.child.id().and_then(|pid| i32::try_from(pid).ok());
    if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
        let _gone = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    let ended = tokio::time::timeout(END, running.child.wait()).await;
    if ended.is_err() {
        tracing::warn!(
            function = name,
            "did not stop when it was asked, and is killed"
        );
        let _killed = running.child.kill().await;
    }
}
