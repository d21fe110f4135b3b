//! The program on a folder of its own, run as a person would run it: a home that nobody else has, and no setting from outside.

pub(crate) use house_tests::Api;
use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Child,
};

/// How long anything may take that ends by itself. It is only for when it never does.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A fresh machine for one test.
pub(crate) struct Home {
    binary: PathBuf,
    folder: TempDir,
    pub(crate) port: u16,
    settings: Vec<(&'static str, String)>,
}

impl Home {
    /// `None` after saying that the test is skipped, where the program was not built.
    pub(crate) fn new() -> Option<Self> {
        let binary = testkit::skip::unless("ERRAND_TEST_BINARY", "the program was not built")?;
        Some(Self {
            binary: binary.into(),
            folder: tempfile::tempdir().expect("a folder"),
            port: testkit::port::lasting(1),
            settings: Vec::new(),
        })
    }

    /// A setting for everything that is run here from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.into()));
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A file of that name beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, not started yet.
    pub(crate) fn errand(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments);
        self.surround(&mut command);
        command
    }

    /// Gives a command this home's environment.
    pub(crate) fn surround(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TZ", "UTC")
            .env("ERRAND_DATA", self.data())
            .env("PORT", self.port.to_string())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Said {
        self.said(self.errand(arguments)).await
    }

    /// Runs a command to its end with something on its standard input.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = self.errand(arguments);
        command.stdin(Stdio::piped());
        let mut child = piped(command).spawn().expect("it starts");
        let mut to = child.stdin.take().expect("piped");
        let input = input.to_owned();
        // Beside reading: a pipe that is full waits for its reader.
        let writing = tokio::spawn(async move { to.write_all(input.as_bytes()).await });
        let said = self.ended(child).await;
        // Who did not read all of it has ended well all the same.
        drop(writing.await.expect("no panic"));
        said
    }

    /// Runs any command to its end.
    pub(crate) async fn said(&self, command: Command) -> Said {
        self.ended(piped(command).spawn().expect("it starts")).await
    }

    /// What it said, with this home's folder and port by their names.
    async fn ended(&self, child: Child) -> Said {
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = output.expect("it ends by itself").expect("its output");
        let text = |bytes: &[u8]| self.names(&String::from_utf8_lossy(bytes));
        Said {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// A text with this home's folder and port by their names, and no spaces at the end of a line.
    pub(crate) fn names(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        let named = text
            .replace(&folder, "HOME")
            .replace(&self.port.to_string(), "PORT")
            .replace(&(self.port + 1).to_string(), "PORT+1");
        let lines = named.split('\n').map(str::trim_end);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Starts serving, and waits until it is ready.
    pub(crate) async fn serve(&self) -> Server {
        let errors = self.path("errors");
        let log = File::options().create(true).append(true).open(&errors);
        let mut command = self.errand(&["serve"]);
        command
            .stdout(Stdio::piped())
            .stderr(log.expect("a file for what it logs"));
        let mut command = tokio::process::Command::from(command);
        let began = Instant::now();
        let mut child = command.kill_on_drop(true).spawn().expect("it starts");
        let out = child.stdout.take().expect("piped");
        let mut lines = BufReader::new(out).lines();
        let first = lines.next_line().await.expect("text").unwrap_or_default();
        let Some(link) = first.strip_prefix("Errand is at ") else {
            let why = std::fs::read_to_string(&errors).unwrap_or_default();
            panic!("it did not start: {first} {why}");
        };
        let api = Api::new(self.port, token(&self.data()));
        let ready = api.http.get(format!("{}/ready", api.base)).send().await;
        assert_eq!(ready.expect("an answer").status(), 200);
        Server {
            ready_in: began.elapsed(),
            link: link.to_owned(),
            api,
            child,
            _lines: lines,
        }
    }
}

fn piped(mut command: Command) -> tokio::process::Command {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    command
}

fn token(data: &Path) -> String {
    let token = std::fs::read_to_string(data.join("token")).expect("a token");
    token.trim().to_owned()
}

/// What a command answered.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl fmt::Display for Said {
    /// As a terminal shows it, then how it ended where that is not well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.out, self.err)?;
        match self.code {
            Some(0) => Ok(()),
            Some(code) => writeln!(f, "(exit code {code})"),
            None => writeln!(f, "(killed)"),
        }
    }
}

/// The program while it serves. It is killed when this value goes.
pub(crate) struct Server {
    /// From its start to the first 200 of `/ready`.
    pub(crate) ready_in: Duration,
    /// The link it printed.
    pub(crate) link: String,
    pub(crate) api: Api,
    child: Child,
    _lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
}

impl Server {
    /// kill -9.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it runs");
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub(crate) async fn stop(mut self) {
        let id = self.child.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("kill").success());
        let ended = self.child.wait().await.expect("an end");
        assert!(ended.success(), "{ended}");
    }
}
