//! Who ends a service of a test run, however that run ends.

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
