//! Programs that come as Python packages, kept in the user's cache folder by version: nothing else on the machine sees them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// A set of packages, by one of which it is named.
pub(crate) struct Packages {
    /// The folder in the cache, with the version.
    pub(crate) name: &'static str,
    /// What pip is given.
    pub(crate) wanted: &'static [&'static str],
}

/// Lambda's runtime, played. Of what it asks for only what builds functions is missing.
pub(crate) const CARGO_LAMBDA: Packages = Packages {
    name: "cargo-lambda-1.9.2",
    wanted: &["--no-deps", "cargo-lambda==1.9.2"],
};

impl Packages {
    /// One of its programs.
    ///
    /// # Errors
    /// As [`Packages::folder`].
    pub(crate) fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(self.folder()?.join("bin").join(name))
    }

    /// The folder, for `PYTHONPATH`; fetched where it is not there yet.
    ///
    /// # Errors
    /// When there is no Python with pip, or the packages cannot be had.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        let folder = run::cache().join(self.name);
        if folder.is_dir() {
            return Ok(folder);
        }
        if !can_install() {
            bail!("Python's pip is not installed (Debian: apt-get install python3-pip)");
        }
        let fresh = folder.with_extension(std::process::id().to_string());
        let mut command = Command::new("python3");
        command
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args([
                "--disable-pip-version-check",
                "--root-user-action=ignore",
                "--target",
            ])
            .arg(&fresh)
            .args(self.wanted);
        run::read(&mut command).with_context(|| format!("{} cannot be fetched", self.name))?;
        // Another process may have been quicker.
        if fs::rename(&fresh, &folder).is_err() {
            fs::remove_dir_all(&fresh)?;
        }
        Ok(folder)
    }
}

/// Whether pip is there.
pub(crate) fn can_install() -> bool {
    run::read(Command::new("python3").args(["-m", "pip", "--version"])).is_ok()
}
