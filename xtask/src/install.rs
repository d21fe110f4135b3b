//! Debian packages that a bare machine lacks, installed beside the compiler.

use std::process::Command;
use std::thread::{self, JoinHandle};

use crate::run;

/// Packages on their way. Nothing waits for them until [`Installs::wait`].
pub(crate) struct Installs(Option<JoinHandle<Option<String>>>);

/// Starts to install what is missing for the tests, where this is Debian and we are root; else does nothing, and the tests
/// that need it are skipped aloud.
pub(crate) fn begin() -> Installs {
    let mut missing = Vec::new();
    if crate::postgres::binaries().is_none() {
        missing.push("postgresql-15");
    }
    if crate::page::chromium().is_none() && crate::page::node().is_ok() {
        missing.push("chromium");
    }
    if missing.is_empty() || run::find(&["apt-get"]).is_none() || !run::is_root() {
        return Installs(None);
    }
    eprintln!("installing in the background: {}", missing.join(" "));
    Installs(Some(thread::spawn(move || {
        let failed: Vec<String> = missing
            .into_iter()
            .filter_map(|package| install(package).err())
            .collect();
        (!failed.is_empty()).then(|| failed.join("\n"))
    })))
}

impl Installs {
    /// Waits until all is there, and says what could not be had.
    pub(crate) fn wait(self) {
        let Some(thread) = self.0 else { return };
        match thread.join() {
            Ok(None) => {}
            Ok(Some(failed)) => eprintln!("{failed}"),
            Err(_) => eprintln!("installing packages stopped half-way"),
        }
    }
}

/// One package after the other, so that a big one that fails takes no small one with it. The list is fetched again when the
/// first try fails: on a fresh machine there is none.
fn install(package: &str) -> Result<(), String> {
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
