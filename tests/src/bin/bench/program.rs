//! The real program, started as people start it.

use crate::{Options, cpu, http::Client};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A running `errand`; killed when it goes.
pub(crate) struct Program {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
    /// From starting it to its first answer.
    pub(crate) answered_after: Duration,
}

impl Program {
    /// Starts it on a data folder, and waits for the first 200 of `/ready`, which asks the database.
    pub(crate) fn start(options: &Options, data: &Path) -> Result<Self> {
        Self::run(command(options, data)?, data)
    }

    /// The same, of one function alone, with these settings.
    pub(crate) fn alone(
        options: &Options,
        data: &Path,
        function: &str,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let mut command = command(options, data)?;
        command
            .arg(function)
            .env("ERRAND_KEY", "a key of the benchmarks")
            .envs(settings.iter().copied());
        Self::run(command, data)
    }

    fn run(mut command: Command, data: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command.env("ERRAND_LISTEN", address.to_string());
        let began = Instant::now();
        let child = command.spawn().context("errand")?;
        let mut program = Self {
            child,
            address,
            data: data.to_owned(),
            answered_after: Duration::ZERO,
        };
        while !ready(address) {
            if program.child.try_wait()?.is_some() || began.elapsed() > Duration::from_secs(30) {
                bail!("errand did not start");
            }
            thread::sleep(Duration::from_micros(200));
        }
        program.answered_after = began.elapsed();
        Ok(program)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn token(&self) -> Result<String> {
        Ok(fs::read_to_string(self.data.join("token"))?
            .trim()
            .to_owned())
    }

    pub(crate) fn client(&self) -> Result<Client> {
        Client::new(format!("http://{}", self.address), self.token()?)
    }

    /// What it has used so far.
    pub(crate) fn used(&self) -> Duration {
        cpu::of_process(self.child.id())
    }

    /// Resident memory in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u32 = line
            .and_then(|line| line.split_whitespace().next())
            .context("VmRSS")?
            .parse()?;
        Ok(f64::from(kib) / 1_024.0)
    }

    /// Ends it as a person does, so that nothing is left to be recovered.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `errand serve`, with nothing of this process's own settings.
fn command(options: &Options, data: &Path) -> Result<Command> {
    let mut command = Command::new(options.errand()?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ERRAND_") {
            command.env_remove(name);
        }
    }
    command
        .arg("serve")
        .env("ERRAND_DATA", data)
        .env("ERRAND_ZONE", "Europe/Berlin")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}

fn ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut line = TcpStream::connect(address)?;
        line.set_read_timeout(Some(Duration::from_secs(10)))?;
        line.write_all(b"GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        line.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}
