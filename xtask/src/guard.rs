//! Servers that must not outlive this process.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Runs a server until our end of its pipe closes, which it does also at ctrl-c and kill -9; then its folder and its log beside it
/// go. In a group of its own, so that ctrl-c does not reach it.
///
/// # Errors
/// When there is no sh.
pub(crate) fn start(folder: &Path, server: &Command) -> Result<Child> {
    let mut guard = Command::new("sh");
    guard
        .args([
            "-c",
            r#""$@" >"$FOLDER.log" 2>&1 </dev/null & read -r _; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; rm -rf -- "$FOLDER" "$FOLDER.log""#,
            "guard",
        ])
        .env("FOLDER", folder)
        .arg(server.get_program())
        .args(server.get_args())
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    guard.spawn().context("cannot start sh")
}

/// Ends the server, and waits until it is gone.
pub(crate) fn end(guard: &mut Child) {
    drop(guard.stdin.take().map(|mut pipe| pipe.write_all(b"\n")));
    drop(guard.wait());
}

/// What it wrote last.
pub(crate) fn last_words(folder: &Path) -> String {
    let log = fs::read_to_string(folder.with_extension("log")).unwrap_or_default();
    let last: Vec<&str> = log.lines().rev().take(8).collect();
    last.into_iter().rev().collect::<Vec<_>>().join("\n")
}
