//! Kafka as a plain process: one broker in a private folder on free ports, for tests only. Its jars come by Maven, once, and
//! are kept in the user's cache folder by version.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guard::{self, Guard};
use crate::{kept, run};

/// How long a broker may take to start, while the compiler has the machine.
const PATIENCE: Duration = Duration::from_mins(4);

/// A running broker that is killed, and takes its folder with it, when this value goes or this process dies in any way.
pub(crate) struct Server {
    /// host:port.
    pub(crate) brokers: String,
    /// The authority of its certificate; none where there was no openssl to make one.
    pub(crate) authority: Option<PathBuf>,
    /// Its jars, for tests that start brokers of their own to kill them.
    pub(crate) jars: PathBuf,
    guard: Guard,
}

impl Server {
    /// Starts a new broker in a new folder, and waits until it answers.
    ///
    /// # Errors
    /// When there is no Java or no way to get the jars, or it does not start.
    pub(crate) fn start() -> Result<Self> {
        let jars = jars()?;
        let folder = std::env::temp_dir().join(format!("errand-kafka-{}", std::process::id()));
        let port = free_ports()?;
        let mut server = Self {
            brokers: format!("127.0.0.1:{port}"),
            authority: None,
            guard: Guard::of_server(&folder, &broker(&folder, port, &jars))?,
            jars,
        };
        wait(&server.brokers.clone(), &folder, || server.guard.runs())?;
        server.authority = authority(&folder);
        Ok(server)
    }
}

/// Starts the broker of this folder, made first where it is not there yet; it stays when this process ends. Gives its address,
/// where it does not answer yet.
pub(crate) fn start(folder: &Path) -> Result<String> {
    let jars = jars()?;
    let port = free_ports()?;
    kept::start(folder, broker(folder, port, &jars))?;
    Ok(format!("127.0.0.1:{port}"))
}

/// Comes back once the broker of this folder answers at its address.
pub(crate) fn wait_until_it_answers(folder: &Path, address: &str) -> Result<()> {
    wait(address, folder, || Ok(kept::is_up(folder)))
}

/// The authority of the certificate of the broker of this folder, where it has one.
pub(crate) fn authority(folder: &Path) -> Option<PathBuf> {
    Some(folder.join("ca.pem")).filter(|file| file.is_file())
}

/// What is missing on this machine to run a broker, as Debian's packages.
pub(crate) fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if run::find(&["java"]).is_none() {
        missing.push("openjdk-17-jre-headless");
    }
    if run::find(&["openssl"]).is_none() {
        missing.push("openssl");
    }
    if !cache().is_dir() && run::find(&["mvn"]).is_none() {
        missing.push("maven");
    }
    missing
}

/// The folder of the jars, fetched where they are not there yet.
pub(crate) fn jars() -> Result<PathBuf> {
    let cache = cache();
    if run::find(&["java"]).is_none() {
        bail!("Java is not installed (Debian: apt-get install openjdk-17-jre-headless)");
    }
    if cache.is_dir() {
        return Ok(cache);
    }
    let Some(maven) = run::find(&["mvn"]) else {
        bail!("Maven is not installed (Debian: apt-get install maven)");
    };
    let fresh = cache.with_extension(std::process::id().to_string());
    let output = format!("-DoutputDirectory={}", fresh.display());
    let mut command = Command::new(maven);
    command
        .args(["-B", "-q", "-f"])
        .arg(pom())
        .args(["dependency:copy-dependencies", &output]);
    run::read(&mut command).context("Kafka's jars cannot be fetched")?;
    // Another process may have been quicker.
    if fs::rename(&fresh, &cache).is_err() {
        fs::remove_dir_all(&fresh)?;
    }
    Ok(cache)
}

fn pom() -> PathBuf {
    run::root().join("tests/kafka/pom.xml")
}

fn cache() -> PathBuf {
    let text = fs::read_to_string(pom()).unwrap_or_default();
    let version = text.split("<version>").nth(1);
    let version = version
        .and_then(|text| text.split('<').next())
        .unwrap_or_default();
    run::cache().join(format!("kafka-{version}"))
}

fn broker(folder: &Path, port: u16, jars: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .arg(run::root().join("tests/kafka/broker.sh"))
        .arg(folder)
        .arg(port.to_string())
        .arg(jars);
    command
}

fn wait(address: &str, folder: &Path, mut runs: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !answers(address) {
        if !runs()? || Instant::now() > end {
            bail!("Kafka does not start: {}", guard::last_words(folder));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Whether it answers the question that every client asks first: which versions it speaks (ApiVersions, version 0). A broker
/// that still loads takes connections and says nothing.
pub(crate) fn answers(address: &str) -> bool {
    let asked = || -> std::io::Result<[u8; 8]> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        // length, key 18, version 0, correlation 7, no client's name
        stream.write_all(&[0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff])?;
        let mut answer = [0; 8];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    asked().is_ok_and(|answer| answer[4..] == [0, 0, 0, 7])
}

/// The first of four ports in a row that are free: the broker's, its controller's, the one that asks for a password, and the one that
/// does so over TLS.
fn free_ports() -> Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0")?;
        let port = first.local_addr()?.port();
        let free = |after: u16| {
            port.checked_add(after)
                .is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        };
        if free(1) && free(2) && free(3) {
            return Ok(port);
        }
    }
    bail!("there are no four free ports in a row")
}
