//! Dapr's sidecar as a plain program, built by Go out of `tests/daprd`, once: it is kept in the user's cache folder by version
//! and by what it was built of. Tests start sidecars of their own.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// The program, built where it is not there yet. Takes minutes then, and leaves the processors to whoever else wants them.
///
/// # Errors
/// When there is no Go, or its packages cannot be had.
pub(crate) fn binary() -> Result<PathBuf> {
    let binary = path()?;
    if binary.is_file() {
        return Ok(binary);
    }
    let Some(go) = run::find(&["go"]) else {
        bail!("Go is not installed (1.26.6 or newer: https://go.dev/dl)");
    };
    let folder = binary.parent().context("a folder of the cache")?;
    fs::create_dir_all(folder)?;
    let fresh = folder.join(format!("daprd-{}", std::process::id()));
    let version = format!(
        "-s -w -X github.com/dapr/dapr/pkg/buildinfo.version={}",
        version()?
    );
    let mut build = match run::find(&["nice"]) {
        Some(nice) => {
            let mut nice = Command::new(nice);
            nice.args(["-n", "19"]).arg(go);
            nice
        }
        None => Command::new(go),
    };
    build
        .current_dir(sources())
        .env("CGO_ENABLED", "0")
        .args(["build", "-trimpath", "-ldflags", &version, "-o"])
        .arg(&fresh)
        .arg(".");
    // What was fetched stays fetched, so that a network that stumbles is asked for the rest.
    let mut built = run::read(&mut build);
    for _ in 0..2 {
        built = built.or_else(|_| run::read(&mut build));
    }
    built.context("daprd cannot be built")?;
    fs::rename(&fresh, &binary)?;
    Ok(binary)
}

/// Where it is, once it is built.
///
/// # Errors
/// When its sources cannot be read.
pub(crate) fn path() -> Result<PathBuf> {
    let mut made_of = DefaultHasher::new();
    for name in ["main.go", "go.mod", "go.sum"] {
        fs::read(sources().join(name))?.hash(&mut made_of);
    }
    let folder = run::cache().join(format!("daprd-{}", version()?));
    Ok(folder
        .join(format!("{:016x}", made_of.finish()))
        .join("daprd"))
}

/// Dapr's version, as go.mod names it.
fn version() -> Result<String> {
    let text = fs::read_to_string(sources().join("go.mod"))?;
    let version = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("github.com/dapr/dapr v"));
    version
        .map(str::to_owned)
        .context("tests/daprd/go.mod names no github.com/dapr/dapr")
}

fn sources() -> PathBuf {
    run::root().join("tests/daprd")
}
