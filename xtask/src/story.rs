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
/// The story says 15:00, so it needs a zone of its own.
const ZONE: &str = "Europe/Berlin";

/// Runs the story and counts its steps, then once more over PostgreSQL where there is a server; screenshots are in
/// `target/debug/story` and `target/debug/story-postgres`.
///
/// # Errors
/// When Node or the program cannot be started.
pub(crate) fn test(binary: &Path, server: Option<&str>, counts: &mut Counts) -> Result<()> {
    let (Ok(node), Some(chromium)) = (page::node(), page::chromium()) else {
        counts.skip(NAME, "it needs Node 20.19 with npm, and Chromium");
        return Ok(());
    };
    let browser = Browser { node, chromium };
    browser.tell(NAME, &Errand::start(binary, None)?, "story", binary, counts)?;
    let Some(server) = server else {
        counts.skip(OVER_POSTGRES, "no PostgreSQL");
        return Ok(());
    };
    let database = Database::make(server)?;
    let errand = Errand::start(binary, Some(&database.url()))?;
    browser.tell(OVER_POSTGRES, &errand, "story-postgres", binary, counts)
}

struct Browser {
    node: PathBuf,
    chromium: PathBuf,
}

impl Browser {
    fn tell(
        &self,
        name: &str,
        errand: &Errand,
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

/// The program as a person starts it, on a folder of its own, which goes with it.
struct Errand {
    guard: Child,
    lines: mpsc::Receiver<String>,
}

impl Errand {
    fn start(binary: &Path, database: Option<&str>) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("errand-story-{}", std::process::id()));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut guard = Command::new("sh");
        // Ends the program when our end of the pipe closes, which it does also at ctrl-c and kill -9.
        guard.args([
            "-c",
            r#""$@" & read -r _; kill $! 2>/dev/null; wait $!; rm -rf -- "$ERRAND_DATA""#,
            "guard",
        ]);
        guard
            .arg(binary)
            .arg("serve")
            .env("ERRAND_DATA", &folder)
            .env("ERRAND_ZONE", ZONE);
        match database {
            Some(url) => guard.env("ERRAND_DATABASE_URL", url),
            None => guard.env_remove("ERRAND_DATABASE_URL"),
        };
        guard
            .env("ERRAND_LISTEN", format!("127.0.0.1:{port}"))
            .process_group(0);
        let mut guard = guard
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
        Ok(Self { guard, lines })
    }

    /// The first address it prints: the one that signs a browser in.
    fn link(&self) -> Option<String> {
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(10)) {
            if let Some(link) = line
                .split_whitespace()
                .find(|word| word.starts_with("http://"))
            {
                return Some(link.to_owned());
            }
        }
        None
    }
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
