//! What takes long and needs no compiler, done beside it: Debian packages that a bare machine lacks, and Kafka's start.

use std::process::Command;
use std::thread::{self, JoinHandle};

use crate::{kafka, run};

/// On its way. Nothing waits for it until [`Installs::wait`].
pub(crate) struct Installs(JoinHandle<Option<kafka::Server>>);

/// Starts to install what is missing for the tests, where this is Debian and we are root, and starts Kafka. What cannot be had
/// is said, and the tests that need it are skipped aloud.
pub(crate) fn begin() -> Installs {
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
    Installs(thread::spawn(move || {
        install_all(&first);
        let started = (!kafka_is_kept).then(kafka::Server::start);
        install_all(&last);
        match started? {
            Ok(server) => Some(server),
            Err(error) => {
                eprintln!("no Kafka: tests that need it are skipped ({error:#})");
                None
            }
        }
    }))
}

impl Installs {
    /// Waits until all is there; gives Kafka where it runs.
    pub(crate) fn wait(self) -> Option<kafka::Server> {
        self.0.join().unwrap_or_else(|_| {
            eprintln!("installing packages stopped half-way");
            None
        })
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
