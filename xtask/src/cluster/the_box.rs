//! The program that makes a cluster on this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::run;

/// What a box has built when it can be started without a build.
const BUILT: [&str; 3] = ["bin/kubelet", "manifests/knative.yaml", "stamps/kafka"];

/// Where it is.
pub(super) struct TheBox(PathBuf);

/// Whether it starts without building for twenty minutes.
pub(super) fn is_built() -> bool {
    let cache = run::cache().with_file_name("errand-box");
    BUILT.iter().all(|part| cache.join(part).exists())
}

impl TheBox {
    /// As `ERRAND_BOX` says, or on the PATH, or beside the checkout.
    pub(super) fn find() -> Option<Self> {
        let beside = || {
            let folder = run::root().parent()?;
            Some(folder.join("shared/box/box"))
        };
        let named = env::var_os("ERRAND_BOX").map(PathBuf::from);
        let found = named.or_else(|| run::find(&["box"])).or_else(beside);
        found.filter(|program| program.is_file()).map(Self)
    }

    /// Whether it runs.
    pub(super) fn is_up(&self) -> bool {
        let mut ask = self.command(&["kubectl", "version"]);
        run::read(&mut ask).is_ok()
    }

    /// Starts it, with Kafka and PostgreSQL; a cluster that was up before is left up.
    ///
    /// # Errors
    /// When something does not start.
    pub(super) fn up(&self, keep: bool) -> Result<Cluster<'_>> {
        let was_up = self.is_up();
        let cluster = Cluster {
            of: self,
            goes: !was_up && !keep,
        };
        for words in [["up", ""], ["kafka", "up"], ["postgres", "up"]] {
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            run::show(&mut self.command(&words))?;
        }
        Ok(cluster)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.args(words);
        command
    }
}

/// A cluster that runs, and goes with the value when it was down before.
pub(super) struct Cluster<'a> {
    of: &'a TheBox,
    goes: bool,
}

impl Cluster<'_> {
    /// The program to speak to it by.
    pub(super) fn program(&self) -> &Path {
        &self.of.0
    }

    /// Makes an image of a folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn load(&self, name: &str, folder: &Path) -> Result<()> {
        run::show(self.of.command(&["load", name]).arg(folder))
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        if self.goes
            && let Err(error) = run::show(&mut self.of.command(&["down"]))
        {
            eprintln!("the cluster stays: {error:#}");
        }
    }
}
