//! What takes long and needs no Rust compiler, done beside it: Debian packages that a bare machine lacks, Kafka's start, and
//! Dapr's sidecar.

use std::path::PathBuf;
use std::process::Command;
use std::thread::{self, JoinHandle};

use anyhow::Result;

use crate::{daprd, kafka, moto, python, run};

/// On its way. Nothing waits for it until [`Installs::wait`].
pub(crate) struct Installs {
    services: JoinHandle<Installed>,
    daprd: JoinHandle<Option<PathBuf>>,
}

/// What there is, where it could be had.
#[derive(Default)]
pub(crate) struct Installed {
    /// A broker that runs.
    pub(crate) kafka: Option<kafka::Server>,
    /// AWS, played.
    pub(crate) moto: Option<moto::Server>,
    /// The program that plays Lambda's runtime, to be started.
    pub(crate) cargo_lambda: Option<PathBuf>,
    /// Dapr's sidecar, to be started.
    pub(crate) daprd: Option<PathBuf>,
}

/// Installs what the compiler needs, and starts to install what is missing for the tests, where this is Debian and we are root; to
/// start Kafka and moto, and to build Dapr's sidecar. What cannot be had is said, and the tests that need it are skipped aloud.
pub(crate) fn begin() -> Installs {
    before_the_build();
    let daprd = || had("ERRAND_TEST_DAPRD", "daprd", daprd::binary);
    Installs {
        services: begin_services(),
        daprd: thread::spawn(daprd),
    }
}

fn begin_services() -> JoinHandle<Installed> {
    let kafka_is_kept = std::env::var_os("ERRAND_TEST_KAFKA_BROKERS").is_some();
    let mut first = Vec::new();
    if crate::postgres::binaries().is_none() {
        first.push("postgresql-15");
    }
    if !kafka_is_kept {
        first.extend(kafka::missing());
    }
    if !python::can_install() {
        first.push("python3-pip");
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
        let installed = Installed {
            kafka: had("ERRAND_TEST_KAFKA_BROKERS", "Kafka", kafka::Server::start),
            moto: had("ERRAND_TEST_MOTO_URL", "moto", moto::Server::start),
            cargo_lambda: had("ERRAND_TEST_CARGO_LAMBDA", "cargo-lambda", || {
                python::CARGO_LAMBDA.program("cargo-lambda")
            }),
            daprd: None,
        };
        install_all(&last);
        installed
    })
}

/// What there is, or a word about what is not. Nothing where somebody keeps one: then its variable is set.
fn had<T>(variable: &str, name: &str, get: impl FnOnce() -> Result<T>) -> Option<T> {
    if std::env::var_os(variable).is_some() {
        return None;
    }
    let done = get();
    if let Err(error) = &done {
        eprintln!("no {name}: tests that need it are skipped ({error:#})");
    }
    done.ok()
}

/// Installs what the compiler needs, where it is missing, this is Debian and we are root: librdkafka is built with OpenSSL.
pub(crate) fn before_the_build() {
    let pkg_config = || run::read(Command::new("pkg-config").args(["--exists", "openssl"]));
    let named = std::env::var_os("OPENSSL_DIR").is_some();
    if named || pkg_config().is_ok() || run::find(&["apt-get"]).is_none() || !run::is_root() {
        return;
    }
    eprintln!("installing: pkg-config libssl-dev");
    install_all(&["pkg-config", "libssl-dev"]);
}

impl Installs {
    /// Waits until all is there that can be had.
    pub(crate) fn wait(self) -> Installed {
        let services = self.services.join();
        Installed {
            daprd: self.daprd.join().unwrap_or_default(),
            ..services.unwrap_or_else(|_| {
                eprintln!("installing packages stopped half-way");
                Installed::default()
            })
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
