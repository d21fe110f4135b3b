//! The page's side of the tests: Node, a browser, and the scripts of `functions/web/page`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run;
use crate::test::counts::{self, Counts};

/// A browser that the stories can drive. `ERRAND_TEST_CHROMIUM` names another.
pub(crate) fn chromium() -> Option<PathBuf> {
    std::env::var_os("ERRAND_TEST_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| run::find(&["chromium", "chromium-browser", "google-chrome"]))
}

/// Node with npm, new enough for the page (20.19).
///
/// # Errors
/// The reason to give for what is left out.
pub(crate) fn node() -> Result<PathBuf> {
    let Some(node) = run::find(&["node"]) else {
        bail!("Node is not installed (20.19 or newer, with npm)")
    };
    if run::find(&["npm"]).is_none() {
        bail!("npm is not installed");
    }
    let version = run::read(Command::new(&node).arg("--version"))?;
    let mut parts = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0_u32));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < (20, 19) {
        bail!("Node {} is too old: the page needs 20.19", version.trim());
    }
    Ok(node)
}

/// Runs the page's own tests: its scripts `format`, `check` and `test`. Each is one test, unless it counts its tests itself.
///
/// # Errors
/// When package.json cannot be read.
pub(crate) fn test(counts: &mut Counts) -> Result<()> {
    let folder = run::root().join("functions/web/page");
    let Ok(manifest) = fs::read_to_string(folder.join("package.json")) else {
        return Ok(());
    };
    if let Err(reason) = node() {
        counts.skip("the page's own tests", &format!("{reason:#}"));
        return Ok(());
    }
    let manifest: Value =
        serde_json::from_str(&manifest).context("functions/web/page/package.json")?;
    // The build of functions/web installs what the lock file names; this is for a page that was embedded ready-made.
    if !folder.join("node_modules").is_dir() {
        let ci = run::show(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder),
        );
        if let Err(error) = ci {
            counts.skip("the page's own tests", &format!("{error:#}"));
            return Ok(());
        }
    }
    for script in ["format", "check", "test"] {
        if manifest["scripts"][script].is_string() {
            let mut command = Command::new("npm");
            command
                .args(["run", "--silent", script])
                .current_dir(&folder)
                .env("CI", "true")
                .env("NO_COLOR", "1");
            counts::from_script(&mut command, script, counts)?;
        }
    }
    Ok(())
}
