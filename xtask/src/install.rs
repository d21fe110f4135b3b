//! What takes long and needs no Rust compiler, done beside it: Debian packages that a bare machine lacks, Kafka's start, and
//! Dapr's sidecar.

use std::path::PathBuf;
use std::process::Command;
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow};

use crate::{daprd, kafka, run};

/// On its way. Nothing waits for it until [`Installs::wait`].
pub(crate) struct Installs {
    kafka: JoinHandle<Option<kafka::Server>>,
    daprd: JoinHandle<Option<PathBuf>>,
}

/// What there is, where it could be had.
pub(crate) struct Installed {
    /// A broker that runs.
    pub(crate) kafka: Option<kafka::Server>,
    /// Dapr's sidecar, to be started.
    pub(crate) daprd: Option<PathBuf>,
}

/// Starts to install what is missing for the tests, where this is Debian and we are root, to start Kafka, and to build Dapr's
/// sidecar. What cannot be had is said, and the tests that need it are skipped aloud.
pub(crate) fn begin() -> Installs {
    let daprd_is_kept = std::env::var_os("ERRAND_TEST_DAPRD").is_some();
    let daprd = move || had("daprd", (!daprd_is_kept).then(daprd::binary)?);
    Installs {
        kafka: begin_kafka(),
        daprd: thread::spawn(daprd),
    }
}

fn begin_kafka() -> JoinHandle<Option<kafka::Server>> {
    let kafka_is_kept = std::env::var_os("ERRAND_TEST_KAFKA_BROKERS").is_some();
    let mut first = Vec::new();
    if crate::postgres::binaries().is_none() {
        first.push("postgresql-15");
    }
    if !kafka_is_kept {
        first.extend(kafka::missing());
    }
    let mut last = Vec::new();
    if crate::page::chromium().is_none() && crate::page::node().is_ok() {
        last.push("chromium"); // 360 MB
    }
    if run::find(&["apt-get"]).is_none() || !run::is_root() {
        first.clear();
        last.clear();
    }
    if !first.is_empty() || !last.is_empty() {
        let all = [first.as_slice(), last.as_slice()].concat();
        eprintln!("installing in the background: {}", all.join(" "));
    }
    thread::spawn(move || {
        install_all(&first);
        let started = (!kafka_is_kept).then(kafka::Server::start);
        install_all(&last);
        had("Kafka", started?)
    })
}

/// What there is, or a word about what is not.
fn had<T>(name: &str, done: Result<T>) -> Option<T> {
    if let Err(error) = &done {
        eprintln!("no {name}: tests that need it are skipped ({error:#})");
    }
    done.ok()
}

impl Installs {
    /// Waits until all is there that can be had.
    pub(crate) fn wait(self) -> Installed {
        let broken = "it stopped half-way";
        Installed {
            kafka: self
                .kafka
                .join()
                .unwrap_or_else(|_| had("Kafka", Err(anyhow!(broken)))),
            daprd: self
                .daprd
                .join()
                .unwrap_or_else(|_| had("daprd", Err(anyhow!(broken)))),
        }
    }
}

fn install_all(packages: &[&str]) {
    for package in packages {
        if let Err(failed) = one(package) {
            eprintln!("{failed}");
        }
    }
}

/// One package after the other, so that a big one that fails takes no small one with it. The list is fetched again when the
/// first try fails: on a fresh machine there is none.
///
/// # Errors
/// In words, where this is not Debian, we are not root, or it cannot be had.
pub(crate) fn one(package: &str) -> Result<(), String> {
    let once = || apt(&["install", "-y", "--no-install-recommends", package]);
    if once().is_ok() {
        return Ok(());
    }
    apt(&["update", "-q"])
        .and_then(|()| once())
        .map_err(|error| format!("cannot install {package}: {error}"))
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command
        .args(["-o", "DPkg::Lock::Timeout=400"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    run::read(&mut command)
        .map(drop)
        .map_err(|error| format!("{error:#}"))
}
