//! A PostgreSQL server of a test's own, to be killed.

use crate::{port, skip};
use std::{
    fs::{self, File},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long it may take to come up, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks whether it is up.
const LOOK: Duration = Duration::from_millis(50);

/// What was committed survives kill -9 (`fsync=off` only, so not a power cut). It and its folder go with this value.
pub struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    /// Whom it runs as: it refuses root.
    user: Option<u32>,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// Makes one and starts it, or says that the test is skipped.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            skip::skipped("no PostgreSQL on this machine");
            return None;
        };
        let user = (number(&["-u"]) == 0).then(|| number(&["-u", "postgres"]));
        let mut server = Self {
            folder: tempfile::tempdir_in("/tmp").expect("a folder"),
            programs,
            user,
            port: port::lasting(1),
            process: None,
        };
        server.make();
        server.go_on();
        Some(server)
    }

    /// `postgres://` of its one database, as superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills it, as a machine that has no memory left.
    ///
    /// # Panics
    /// When it runs no more.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("it runs");
        process.wait().expect("it ended");
    }

    /// Starts it again where it was, and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    pub fn go_on(&mut self) {
        let began = Instant::now();
        while !self.answers() {
            assert!(began.elapsed() < PATIENCE, "{}", self.said());
            let ended = |process: &mut Child| !matches!(process.try_wait(), Ok(None));
            // Right after a kill it refuses: what the one before has begun is not over yet.
            if self.process.as_mut().is_none_or(ended) {
                self.process = Some(self.postgres());
            }
            thread::sleep(LOOK);
        }
    }

    fn make(&self) {
        if let Some(user) = self.user {
            chown(self.folder.path(), Some(user), None).expect("its folder is its own");
        }
        let mut initdb = self.program("initdb");
        initdb
            .arg("-D")
            .arg(self.data())
            .args(["-U", "postgres", "-A", "trust"]);
        initdb.args(["--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]);
        let made = initdb.output().expect("initdb starts");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    }

    fn postgres(&self) -> Child {
        let log = File::options().create(true).append(true).open(self.log());
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(self.data());
        let settings = [
            "listen_addresses=127.0.0.1",
            &format!("port={}", self.port),
            &format!("unix_socket_directories={}", self.folder.path().display()),
            "max_connections=200",
            "fsync=off",
        ];
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        postgres.stderr(log.expect("a file for what it says"));
        postgres.spawn().expect("postgres starts")
    }

    fn answers(&self) -> bool {
        let mut ready = self.program("pg_isready");
        ready.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        ready.status().is_ok_and(|answer| answer.success())
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        if let Some(user) = self.user {
            command.uid(user);
        }
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn said(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let last: Vec<_> = log.lines().rev().take(8).collect();
        format!("PostgreSQL does not start: {last:?}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _gone = process.kill();
            let _ended = process.wait();
        }
    }
}

/// Where PostgreSQL's programs are: Debian's newest, or where one on the PATH says.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<PathBuf> = versions.flatten().map(|it| it.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").is_file());
    let version =
        |folder: &Path| -> Option<u32> { folder.parent()?.file_name()?.to_str()?.parse().ok() };
    folders.sort_by_key(|folder| version(folder));
    let asked = || {
        let answer = Command::new("pg_config").arg("--bindir").output().ok()?;
        let folder = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
        folder.join("initdb").is_file().then_some(folder)
    };
    folders.pop().or_else(asked)
}

fn number(words: &[&str]) -> u32 {
    let answer = Command::new("id").args(words).output().expect("id");
    let text = String::from_utf8(answer.stdout).expect("a number");
    text.trim().parse().expect("there is a user postgres")
}
