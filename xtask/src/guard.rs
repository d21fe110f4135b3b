//! Who ends a service of a test run, however that run ends.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A shell that waits for its input to end, as it does when this value goes or this process dies in any way, and then cleans up.
pub(crate) struct Guard(Child);

impl Guard {
    /// Starts it; the script has the command as `"$@"`, and the folder to take away as `$FOLDER`.
    ///
    /// # Errors
    /// When there is no `sh`.
    pub(crate) fn new(script: &str, folder: &Path, command: &Command) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "guard"])
            .arg(command.get_program())
            .args(command.get_args())
            .env("FOLDER", folder)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Self(shell.spawn().context("cannot start sh")?))
    }

    /// Starts one that runs a server until its input ends, kills it then, and takes its folder and the log beside it away.
    ///
    /// # Errors
    /// When there is no `sh`.
    pub(crate) fn of_server(folder: &Path, server: &Command) -> Result<Self> {
        let script = r#""$@" >"$FOLDER.log" 2>&1 </dev/null & read -r _; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; rm -rf -- "$FOLDER" "$FOLDER.log""#;
        Self::new(script, folder, server)
    }

    /// Whether it has not ended.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn runs(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let pipe = self.0.stdin.take();
        drop(pipe.map(|mut pipe| pipe.write_all(b"\n")));
        drop(self.0.wait());
    }
}

/// What a server wrote last into the log beside its folder.
pub(crate) fn last_words(folder: &Path) -> String {
    let log = fs::read_to_string(folder.with_extension("log")).unwrap_or_default();
    let last: Vec<&str> = log.lines().rev().take(8).collect();
    last.into_iter().rev().collect::<Vec<_>>().join("\n")
}
