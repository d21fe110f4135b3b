//! The main job in a real browser: starts the built program on an empty folder and lets `tests/browser/story.mjs` use it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::postgres::Database;
use crate::test::counts::{self, Counts};
use crate::{page, run};

const NAME: &str = "the story in a browser";
const OVER_POSTGRES: &str = "the story in a browser, over PostgreSQL";
const OVER_KAFKA: &str =
    "the story in a browser, over functions that are started by what comes for them";
/// The story says 15:00, so it needs a zone of its own.
const ZONE: &str = "Europe/Berlin";

/// The servers that the story is told over, where there are any.
#[derive(Default)]
pub(crate) struct Servers {
    /// `postgres://` of PostgreSQL's database `postgres`.
    pub(crate) postgres: Option<String>,
    /// host:port of Kafka.
    pub(crate) kafka: Option<String>,
}

/// Runs the story and counts its steps; then once more over PostgreSQL, and over PostgreSQL and Kafka with each function a process
/// of its own, where there are such servers. Screenshots are in `target/debug/story`, `story-postgres` and `story-kafka`.
///
/// # Errors
/// When Node or the program cannot be started.
pub(crate) fn test(binary: &Path, servers: &Servers, counts: &mut Counts) -> Result<()> {
    let (Ok(node), Some(chromium)) = (page::node(), page::chromium()) else {
        counts.skip(NAME, "it needs Node 20.19 with npm, and Chromium");
        return Ok(());
    };
    let browser = Browser { node, chromium };
    browser.tell(
        NAME,
        &mut Errand::start(binary, Vec::new())?,
        "story",
        binary,
        counts,
    )?;
    let Some(server) = &servers.postgres else {
        counts.skip(OVER_POSTGRES, "no PostgreSQL");
        return Ok(());
    };
    let database = Database::make(server, "story")?;
    let mut errand = Errand::start(binary, vec![("ERRAND_DATABASE_URL", database.url())])?;
    browser.tell(OVER_POSTGRES, &mut errand, "story-postgres", binary, counts)?;
    drop((errand, database));
    let Some(brokers) = &servers.kafka else {
        return Ok(());
    };
    let database = Database::make(server, "cloud")?;
    let mut errand = Errand::start_apart(binary, database.url(), brokers)?;
    browser.tell(OVER_KAFKA, &mut errand, "story-kafka", binary, counts)
}

struct Browser {
    node: PathBuf,
    chromium: PathBuf,
}

impl Browser {
    fn tell(
        &self,
        name: &str,
        errand: &mut Errand,
        pictures: &str,
        binary: &Path,
        counts: &mut Counts,
    ) -> Result<()> {
        let Some(link) = errand.link() else {
            counts.fail(&format!("{name}: errand printed no link within 10 s"));
            return Ok(());
        };
        let mut command = Command::new(&self.node);
        command
            .arg(run::root().join("tests/browser/story.mjs"))
            .arg(link)
            .arg(binary.with_file_name(pictures))
            .env("CHROMIUM", &self.chromium)
            .env("TZ", ZONE);
        counts::from_steps(&mut command, name, counts)
    }
}

type Settings = Vec<(&'static str, String)>;

/// The program as a person starts it, on a folder of its own, which goes with it.
struct Errand {
    guard: Child,
    lines: mpsc::Receiver<String>,
    /// Prints a link, where the program itself does not.
    token: Option<Command>,
}

impl Errand {
    /// All of it in one process.
    fn start(binary: &Path, settings: Settings) -> Result<Self> {
        let surround = surroundings(settings)?;
        Self::guarded(surround(binary, &["serve"]), None)
    }

    /// Each function a process of its own, which idles for a moment only.
    fn start_apart(binary: &Path, database: String, brokers: &str) -> Result<Self> {
        let surround = surroundings(vec![
            ("ERRAND_DATABASE_URL", database),
            ("ERRAND_KAFKA_BROKERS", brokers.to_owned()),
            (
                "ERRAND_KAFKA_PREFIX",
                format!("story-{}.", std::process::id()),
            ),
            ("ERRAND_KEY", "only for this story".to_owned()),
        ])?;
        run::read(&mut surround(binary, &["topics"]))?;
        let dispatch = surround(binary, &["dispatch", "--scale-to-zero", "--idle", "20"]);
        let token = surround(binary, &["token", "--link"]);
        Self::guarded(dispatch, Some(token))
    }

    fn guarded(errand: Command, token: Option<Command>) -> Result<Self> {
        let mut guard = Command::new("sh");
        // Ends the program when our end of the pipe closes, which it does also at ctrl-c and kill -9.
        guard.args([
            "-c",
            r#""$@" & read -r _; kill $! 2>/dev/null; wait $!; rm -rf -- "$ERRAND_DATA""#,
            "guard",
        ]);
        guard.arg(errand.get_program()).args(errand.get_args());
        for (name, value) in errand.get_envs() {
            match value {
                Some(value) => guard.env(name, value),
                None => guard.env_remove(name),
            };
        }
        let mut guard = guard
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start sh")?;
        let printed = guard.stdout.take().context("no output")?;
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                drop(send.send(line));
            }
        });
        Ok(Self {
            guard,
            lines,
            token,
        })
    }

    /// The address that signs a browser in: the first that is printed.
    fn link(&mut self) -> Option<String> {
        let lines = || self.lines.recv_timeout(Duration::from_secs(10)).ok();
        let own = std::iter::from_fn(lines).find_map(|line| address(&line));
        match &mut self.token {
            Some(token) if own.is_some() => run::read(token).ok().and_then(|text| address(&text)),
            _ => own,
        }
    }
}

/// Starts the program in a folder and at a port of its own, with these settings and none from outside.
fn surroundings(settings: Settings) -> Result<impl Fn(&Path, &[&str]) -> Command> {
    let folder = std::env::temp_dir().join(format!("errand-story-{}", std::process::id()));
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    Ok(move |binary: &Path, words: &[&str]| {
        let mut command = Command::new(binary);
        command
            .args(words)
            .env_remove("ERRAND_DATABASE_URL")
            .env("ERRAND_DATA", &folder)
            .env("ERRAND_ZONE", ZONE)
            .env("ERRAND_LISTEN", format!("127.0.0.1:{port}"))
            .envs(settings.iter().map(|(name, value)| (name, value)));
        command
    })
}

fn address(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let found = words.find(|word| word.starts_with("http://"));
    found.map(str::to_owned)
}

impl Drop for Errand {
    fn drop(&mut self) {
        drop(
            self.guard
                .stdin
                .take()
                .map(|mut pipe| pipe.write_all(b"\n")),
        );
        drop(self.guard.wait());
    }
}
