//! Servers that stay when this process ends, until somebody asks for their end.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::run;

/// Starts it, with its log beside the folder. In a group of its own, so that ctrl-c does not reach it.
///
/// # Errors
/// When the folder cannot be written, or there is no such program.
pub(crate) fn start(folder: &Path, mut server: Command) -> Result<()> {
    fs::create_dir_all(folder)?;
    let log = fs::File::create(folder.with_extension("log"))?;
    server
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let name = server.get_program().display().to_string();
    let child = server
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let pid = child.id().to_string();
    let began = began(&pid).unwrap_or_default();
    fs::write(file(folder), format!("{pid}\n{began}"))?;
    Ok(())
}

/// Kills the server of this folder; no error when it does not run.
///
/// # Errors
/// When it cannot be killed.
pub(crate) fn stop(folder: &Path) -> Result<()> {
    while let Some(pid) = pid(folder) {
        run::read(Command::new("kill").args(["-9", &pid]))?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether the server of this folder runs.
pub(crate) fn is_up(folder: &Path) -> bool {
    pid(folder).is_some()
}

/// The number of its process, which is still ours: it began when ours did.
fn pid(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(file(folder)).ok()?;
    let (pid, ours) = text.split_once('\n')?;
    (began(pid)? == ours).then(|| pid.to_owned())
}

fn began(pid: &str) -> Option<String> {
    let text = run::read(Command::new("ps").args(["-o", "stat=,lstart=", "-p", pid])).ok()?;
    let (state, began) = text.trim().split_once(' ')?;
    // One that ended and that nobody has asked about yet is no server.
    (!state.starts_with('Z')).then(|| began.trim().to_owned())
}

fn file(folder: &Path) -> PathBuf {
    folder.join("pid")
}
