//! Dapr's real sidecar, for one test: on free ports of this machine, with the components of a folder.

use crate::{port, skip, smtp::SmtpServer};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How long it may take to start, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// A sidecar. Its ports stay the same when it is killed and started again; it goes with this value.
pub struct Daprd {
    /// Its gRPC API.
    pub grpc: u16,
    /// Its HTTP API.
    pub http: u16,
    inner: u16,
    program: String,
    app: String,
    listens: Option<u16>,
    variables: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Daprd {
    /// The sidecar of the app of that name, which may listen at a port: not started yet, with the components and the configuration
    /// that the product brings for one machine. None after saying that the test is skipped where there is none (`ERRAND_TEST_DAPRD`).
    ///
    /// # Panics
    /// When they are not there.
    pub fn of(app: &str, listens: Option<u16>) -> Option<Self> {
        let program = skip::unless("ERRAND_TEST_DAPRD", "no daprd")?;
        let folder = tempfile::tempdir().expect("a folder");
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dapr/local");
        copy(&own, folder.path());
        copy(&own.join("components"), &folder.path().join("components"));
        let grpc = port::lasting(3);
        Some(Self {
            grpc,
            http: grpc + 1,
            inner: grpc + 2,
            program,
            app: app.to_owned(),
            listens,
            variables: Vec::new(),
            folder,
            process: None,
        })
    }

    /// The same, with a variable of its environment.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The same, with its mail going to that server.
    #[must_use]
    pub fn mailing_to(self, server: &SmtpServer) -> Self {
        let address = server.address();
        self.with("SMTP_HOST", address.ip().to_string())
            .with("SMTP_PORT", address.port().to_string())
    }

    /// The same, with something else said in one of its files.
    ///
    /// # Panics
    /// When that file does not say it.
    #[must_use]
    pub fn where_says(self, file: &str, says: &str, instead: &str) -> Self {
        let path = self.folder.path().join(file);
        let text = fs::read_to_string(&path).expect("a file of dapr/local");
        assert!(text.contains(says), "{file} does not say {says:?}");
        fs::write(path, text.replace(says, instead)).expect("it is written");
        self
    }

    /// Starts it, and waits until it takes calls.
    ///
    /// # Panics
    /// When it does not start; with its last words.
    pub async fn start(&mut self) {
        let log = self.folder.path().join("log");
        let file = File::create(&log).expect("a log");
        let mut command = Command::new(&self.program);
        command
            .args(["--app-id", &self.app, "--resources-path"])
            .arg(self.folder.path().join("components"))
            .arg("--config")
            .arg(self.folder.path().join("configuration.yaml"))
            .args(["--dapr-http-port", &self.http.to_string()])
            .args(["--dapr-grpc-port", &self.grpc.to_string()])
            .args(["--dapr-internal-grpc-port", &self.inner.to_string()])
            .args(["--dapr-listen-addresses", "127.0.0.1"])
            .args(["--dapr-internal-grpc-listen-address", "127.0.0.1"])
            .args(["--enable-metrics=false", "--log-level", "warn"])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log"))
            .stderr(file);
        if let Some(port) = self.listens {
            let port = port.to_string();
            command.args(["--app-port", &port, "--app-channel-address", "127.0.0.1"]);
        }
        let process = self.process.insert(command.spawn().expect("daprd starts"));
        let began = Instant::now();
        while !ready(self.http) {
            let ended = process.try_wait().expect("its state").is_some();
            assert!(
                !ended && began.elapsed() < PATIENCE,
                "daprd does not start: {}",
                last_words(&log)
            );
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// Kills it, as a machine that loses its power.
    ///
    /// # Panics
    /// When it runs no more.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("it runs");
        process.wait().expect("it ended");
    }
}

impl Drop for Daprd {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _gone = process.kill();
            let _ended = process.wait();
        }
    }
}

/// The files of a folder, those of folders in it left out.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let files = fs::read_dir(from).expect("the product's files").flatten();
    for file in files.filter(|file| file.path().is_file()) {
        fs::copy(file.path(), to.join(file.file_name())).expect("it is copied");
    }
}

/// Whether calls to the outside work: `GET /v1.0/healthz/outbound` is answered 204.
fn ready(port: u16) -> bool {
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(
            b"GET /v1.0/healthz/outbound HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 204"))
}

fn last_words(log: &Path) -> String {
    let said = fs::read_to_string(log).unwrap_or_default();
    let last: Vec<&str> = said.lines().rev().take(8).collect();
    last.into_iter().rev().collect::<Vec<_>>().join("\n")
}
