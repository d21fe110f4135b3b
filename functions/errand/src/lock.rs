//! One process serves a database file; nobody restores under it.

use crate::app;
use anyhow::{Context, bail};
use host::Config;
use std::{
    fs::{File, TryLockError},
    path::PathBuf,
    time::Duration,
};

/// How often it is tried, and the pause between: two seconds in all.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// Held as long as this value lives; the system lets go of it when the process ends, however it ends.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes what these settings name; `None` when another process has it.
    pub(crate) fn try_take(config: &Config) -> anyhow::Result<Option<Self>> {
        Self::try_by(config, File::try_lock)
    }

    fn try_by(
        config: &Config,
        lock: fn(&File) -> Result<(), TryLockError>,
    ) -> anyhow::Result<Option<Self>> {
        app::folder(&config.data)?;
        let path = beside(config);
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = options.open(&path).with_context(|| match path.parent() {
            Some(other) if other != config.data => format!(
                "ERRAND_DATABASE_URL: nothing can be written into the folder {}: is it there, and this user's?",
                other.display()
            ),
            _ => app::unwritable(&config.data),
        })?;
        match lock(&file) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }

    /// The same, where nothing can go on without it: a command at the terminal that has it ends soon, one that serves does not.
    pub(crate) async fn wait(config: &Config) -> anyhow::Result<Self> {
        Self::wait_by(config, File::try_lock).await
    }

    /// The same, for one of many functions that run alone and have it together.
    pub(crate) async fn share(config: &Config) -> anyhow::Result<Self> {
        Self::wait_by(config, File::try_lock_shared).await
    }

    async fn wait_by(
        config: &Config,
        lock: fn(&File) -> Result<(), TryLockError>,
    ) -> anyhow::Result<Self> {
        for _ in 0..TRIES {
            if let Some(lock) = Self::try_by(config, lock)? {
                return Ok(lock);
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!(
            "another errand serves {}: stop that one, or choose another folder with --data",
            config.data.display()
        )
    }
}

/// Beside a database file, whoever else may use it; in the data folder where the database is a server's.
fn beside(config: &Config) -> PathBuf {
    match store::file(&config.database_url()) {
        Some(database) => PathBuf::from(format!("{}-lock", database.display())),
        None => config.data.join("lock"),
    }
}
