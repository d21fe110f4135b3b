//! moto, which plays AWS for tests, as a plain process on a free port.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::guard::{self, Guard};
use crate::kept;
use crate::python::Packages;

/// How long it may take to start, while the compiler has the machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Only what SES needs: moto's own list of what its server needs has 180 MB more.
const PACKAGES: Packages = Packages {
    name: "moto-5.2.5",
    wanted: &["moto==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"],
};

/// A running moto that is killed when this value goes or this process dies in any way.
pub(crate) struct Server {
    /// Where it answers.
    pub(crate) url: String,
    guard: Guard,
}

impl Server {
    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    /// When it cannot be had or does not start.
    pub(crate) fn start() -> Result<Self> {
        let packages = PACKAGES.folder()?;
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("errand-moto-{}", std::process::id()));
        let mut server = Self {
            url: format!("http://127.0.0.1:{port}"),
            guard: Guard::of_server(&folder, &command(&packages, port))?,
        };
        let url = server.url.clone();
        wait(&url, &folder, || server.guard.runs())?;
        Ok(server)
    }
}

/// Starts the one of this folder, which stays when this process ends. Gives its address, where it does not answer yet.
///
/// # Errors
/// When it cannot be had.
pub(crate) fn start(folder: &Path) -> Result<String> {
    let port = free_port()?;
    kept::start(folder, command(&PACKAGES.folder()?, port))?;
    Ok(format!("http://127.0.0.1:{port}"))
}

/// Comes back once the one of this folder answers at its address.
///
/// # Errors
/// When it does not.
pub(crate) fn wait_until_it_answers(folder: &Path, url: &str) -> Result<()> {
    wait(url, folder, || Ok(kept::is_up(folder)))
}

fn wait(url: &str, folder: &Path, mut runs: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !answers(url) {
        if !runs()? || Instant::now() > end {
            bail!("moto does not start: {}", guard::last_words(folder));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn command(packages: &Path, port: u16) -> Command {
    let mut command = Command::new("env");
    command
        .arg(format!("PYTHONPATH={}", packages.display()))
        .args(["python3", "-m", "moto.server", "-H", "127.0.0.1", "-p"])
        .arg(port.to_string());
    command
}

/// Whether it answers there.
pub(crate) fn answers(url: &str) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /moto-api/data.json HTTP/1.0\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    asked().unwrap_or(false)
}
