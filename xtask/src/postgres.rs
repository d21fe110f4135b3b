//! PostgreSQL as a plain process: a private folder, a free port, no password, no durability. For tests only.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guard::Guard;
use crate::run;

/// Nothing is safe from a power cut, and every commit is quick. Tests that kill the server start their own with `fsync=off` only.
const FAST: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

/// How long a server may take until it answers, while the compiler has the machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server that stops, and takes its folder with it, when this value goes or this process dies in any way.
pub(crate) struct Server {
    /// `postgres://` of the database `postgres` as superuser; tests create their own databases from it.
    pub(crate) url: String,
    _guard: Guard,
}

impl Server {
    /// Makes a new server in a new folder.
    ///
    /// # Errors
    /// When there is no PostgreSQL on this machine, or it does not start.
    pub(crate) fn start() -> Result<Self> {
        let folder = base().join(format!("errand-postgres-{}", std::process::id()));
        let mut server = Self {
            url: String::new(),
            _guard: guard(&folder)?,
        };
        server.url = start(&folder)?;
        Ok(server)
    }
}

/// An empty database on a server, for one program; it goes with this value.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes it.
    ///
    /// # Errors
    /// When the server refuses, or there is no `psql`.
    pub(crate) fn make(server: &str, name: &str) -> Result<Self> {
        let database = Self {
            server: server.to_owned(),
            name: format!("errand_{name}_{}", std::process::id()),
        };
        ask(server, &format!("create database {}", database.name))?;
        Ok(database)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let server = self
            .server
            .rsplit_once('/')
            .map_or("", |(server, _)| server);
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let gone = format!("drop database {} with (force)", self.name);
        let gone = ask(&self.server, &gone);
        if let Err(error) = gone {
            eprintln!("the database {} is left behind: {error:#}", self.name);
        }
    }
}

/// Starts the server of this folder, made first where it is not there yet, and gives its address.
pub(crate) fn start(folder: &Path) -> Result<String> {
    let data = folder.join("data");
    if !data.join("PG_VERSION").is_file() {
        create(folder, &data)?;
    }
    let mut last = None;
    for _ in 0..3 {
        let port = free_port()?;
        let socket = folder.display();
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={socket} -c max_connections=200 {FAST}"
        );
        let mut command = postgres_user(&tool("pg_ctl")?);
        command
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(folder.join("log"))
            .args(["-w", "-o", &settings, "start"]);
        match run::read(&mut command) {
            Ok(_) => return Ok(format!("postgres://postgres@127.0.0.1:{port}/postgres")),
            Err(error) => last = Some(error), // another process may have taken the port in between
        }
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(last.unwrap_or_else(|| anyhow::anyhow!("never tried")))
        .with_context(|| format!("PostgreSQL does not start: {log}"))
}

/// Stops the server of this folder; no error when it does not run.
pub(crate) fn stop(folder: &Path) -> Result<()> {
    if is_up(folder)? {
        run::read(&mut stop_command(folder)?)?;
    }
    Ok(())
}

/// Whether the server of this folder runs.
pub(crate) fn is_up(folder: &Path) -> Result<bool> {
    let mut command = postgres_user(&tool("pg_ctl")?);
    Ok(run::read(command.arg("-D").arg(folder.join("data")).arg("status")).is_ok())
}

/// Comes back once the server at that address takes a question.
pub(crate) fn wait_until_it_answers(url: &str) -> Result<()> {
    let began = Instant::now();
    while !answers(url) {
        if began.elapsed() > PATIENCE {
            bail!("PostgreSQL runs, and does not answer at {url}");
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Whether the server at that address takes a question.
pub(crate) fn answers(url: &str) -> bool {
    ask(url, "select 1").is_ok()
}

fn ask(url: &str, sql: &str) -> Result<()> {
    let mut psql = Command::new(tool("psql")?);
    psql.args(["-X", "-q", "-c", sql]).arg(url);
    psql.env("PGCONNECT_TIMEOUT", "5");
    run::read(&mut psql).map(drop)
}

/// Where `initdb` and `pg_ctl` are: Debian's newest, or what is on the PATH.
pub(crate) fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(version, folder)| *version >= 15 && folder.join("initdb").is_file())
        .collect();
    versions.sort();
    versions
        .pop()
        .map(|(_, folder)| folder)
        .or_else(|| Some(run::find(&["initdb"])?.parent()?.to_owned()))
}

/// A folder whose parents the user `postgres` can pass, for a server that root starts.
pub(crate) fn base() -> PathBuf {
    if run::is_root() {
        PathBuf::from("/tmp")
    } else {
        std::env::temp_dir()
    }
}

/// A process that waits until our end of its pipe closes, which it does also at ctrl-c and kill -9, and then stops the server.
/// It tries once more, for the server that was just starting. In a group of its own, so that ctrl-c does not reach it.
fn guard(folder: &Path) -> Result<Guard> {
    let script = r#"read -r _; "$@" || { sleep 3; "$@"; }; rm -rf -- "$FOLDER""#;
    Guard::new(script, folder, &stop_command(folder)?)
}

fn create(folder: &Path, data: &Path) -> Result<()> {
    let initdb = tool("initdb")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    if run::is_root() {
        let id = run::read(Command::new("id").args(["-u", "postgres"]))
            .context("there is no user postgres")?;
        chown(folder, Some(id.trim().parse()?), None)?;
    }
    let mut command = postgres_user(&initdb);
    command.arg("-D").arg(data).args([
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]);
    run::read(&mut command).map(drop)
}

fn stop_command(folder: &Path) -> Result<Command> {
    let mut command = postgres_user(&tool("pg_ctl")?);
    command
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-m", "immediate", "stop"]);
    Ok(command)
}

fn tool(name: &str) -> Result<PathBuf> {
    match binaries() {
        Some(folder) => Ok(folder.join(name)),
        None => bail!("PostgreSQL is not installed (Debian: apt-get install postgresql-15)"),
    }
}

/// The server refuses to run as root, and the user `postgres` may not enter the folder we stand in.
fn postgres_user(program: &Path) -> Command {
    let mut command = if run::is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
