//! Commands that keep the house: migrate, rebuild, verify, backup, restore.

use crate::{
    app::{self, App, WITNESS},
    lock::Lock,
    say::say,
};
use anyhow::{Context, anyhow, bail};
use clock::Left;
use host::Config;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};
use store::{OpenError, StoreError};

/// `errand migrate`
pub(crate) async fn migrate(config: Config) -> anyhow::Result<()> {
    if store::file(&config.database_url()).is_some() {
        app::folder(&config.data)?;
    }
    let store = store::open(&config.database_url(), app::options()).await?;
    store.close().await;
    say("The tables are up to date.")
}

/// `errand rebuild [--check]`
pub(crate) async fn rebuild(config: Config, check: bool) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    let differs = app.deps.store.rebuild(!check).await;
    app.close().await;
    let differs = differs?;
    for line in &differs {
        say(line)?;
    }
    match (differs.len(), check) {
        (0, _) => say("The tables are what the log says.")?,
        (n, true) => {
            say(format_args!(
                "Differences: {n}. `errand rebuild` writes the tables from the log."
            ))?;
            return Ok(ExitCode::FAILURE);
        }
        (n, false) => say(format_args!("Differences mended: {n}."))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// `errand verify`
pub(crate) async fn verify(config: Config) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    let witness = app.witness().await?;
    let report = audit::verify_all(app.deps.store.as_ref(), &witness).await;
    app.close().await;
    let report = report?;
    say(&report)?;
    if report.intact() {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// `errand backup FILE`
pub(crate) async fn backup(config: Config, to: &Path) -> anyhow::Result<()> {
    if to.exists() {
        bail!("{} exists already; name a file that does not", to.display());
    }
    let app = open(config).await?;
    let copied = app.deps.store.backup(to).await;
    app.close().await;
    copied.with_context(|| format!("the backup {} cannot be written", to.display()))?;
    say(format_args!("Copied to {}.", to.display()))
}

/// What is there already: whoever mistypes the folder shall not be told that an empty house is in order.
pub(crate) async fn open(config: Config) -> anyhow::Result<App> {
    if let Some(path) = store::file(&config.database_url())
        && !path.exists()
    {
        bail!(
            "there is no database {}: is --data (ERRAND_DATA) the right folder?",
            path.display()
        );
    }
    App::open(config).await
}

/// `errand restore FILE`
pub(crate) async fn restore(config: Config, from: &Path) -> anyhow::Result<()> {
    let Some(path) = store::file(&config.database_url()) else {
        bail!("PostgreSQL is restored by its own tools");
    };
    if !from.is_file() {
        bail!("there is no file {}", from.display());
    }
    let Some(_lock) = Lock::try_take(&config)? else {
        bail!(
            "another errand serves {}: stop that one first, then restore",
            config.data.display()
        );
    };
    // All is done in a folder beside the database: what is no backup, or does not fit on the disk, changes nothing.
    let beside = path.with_extension("restoring");
    let prepared = prepare(&config, from, &beside).await;
    if prepared.is_err() {
        // What cannot go is in nobody's way.
        let _ = std::fs::remove_dir_all(&beside);
    }
    let Prepared {
        fresh,
        left,
        differs,
        signers,
    } = prepared?;
    // The witness has seen what the backup does not have: its copy goes with the database, and it begins anew.
    put_aside(&config.data.join(WITNESS))?;
    let aside = put_aside(&path)?;
    std::fs::rename(&fresh, &path)?;
    std::fs::remove_dir_all(&beside)?;
    say(match aside {
        Some(aside) => format!(
            "Restored. The database from before is kept as {}.",
            aside.display()
        ),
        None => "Restored.".to_owned(),
    })?;
    tell(left, differs)?;
    let app = App::open(config).await?;
    let watched = app.watch(&signers).await;
    app.close().await;
    watched?;
    say(WATCHES)
}

/// What is said after whatever came from elsewhere.
pub(crate) const WATCHES: &str = "The witness watches from now on; what was there before rests on its own chain, and on the heads that came with it.";

/// A backup that goes on now.
struct Prepared {
    /// The database.
    fresh: PathBuf,
    /// What was left of the time between.
    left: Left,
    /// How much in it is not what its log says.
    differs: usize,
    /// The keys by which heads in it are signed.
    signers: BTreeSet<String>,
}

/// Copies the backup into a folder of its own, and makes a house of it that goes on now.
async fn prepare(config: &Config, from: &Path, beside: &Path) -> anyhow::Result<Prepared> {
    app::folder(beside)?;
    let own = Config {
        data: beside.to_owned(),
        database: None,
        ..config.clone()
    };
    let fresh = beside.join("errand.db");
    std::fs::copy(from, &fresh)
        .with_context(|| format!("{} cannot be copied to {}", from.display(), fresh.display()))?;
    let app = App::open(own).await.map_err(|why| unfit(from, why))?;
    let done = async {
        let differs = app.deps.store.rebuild(false).await?.len();
        app.deps.store.raise_epoch().await?;
        let left = clock::after_restore(&app.deps).await?;
        let signers = audit::signers(app.deps.store.as_ref()).await?;
        Ok::<_, StoreError>((left, differs, signers))
    };
    let done = done.await;
    app.close().await;
    let (left, differs, signers) = done.map_err(|why| unfit(from, why.into()))?;
    Ok(Prepared {
        fresh,
        left,
        differs,
        signers,
    })
}

/// Why that file cannot be restored, without the words for a database that is in use.
fn unfit(from: &Path, why: anyhow::Error) -> anyhow::Error {
    let damaged = matches!(why.downcast_ref(), Some(OpenError::Damaged { .. }))
        || matches!(why.downcast_ref(), Some(StoreError::Damaged(_)));
    if damaged {
        return anyhow!("{} is not a backup, or it is damaged", from.display());
    }
    why.context(format!("{} cannot be restored", from.display()))
}

fn tell(Left { skipped, failed }: Left, differs: usize) -> anyhow::Result<()> {
    if skipped > 0 {
        say(format_args!(
            "{skipped} of the reminders would have come since the backup was made: they are marked as skipped."
        ))?;
    }
    if failed > 0 {
        say(format_args!(
            "{failed} of the messages were on their way then: they are shown as failed, and can be sent again by hand."
        ))?;
    }
    if differs > 0 {
        say(format_args!(
            "{differs} of its rows are not what its log says: `errand rebuild` writes them anew."
        ))?;
    }
    Ok(())
}

/// Renames a database with what belongs to it, out of the way of what takes its place; answers the new name, where there was one.
pub(crate) fn put_aside(path: &Path) -> anyhow::Result<Option<PathBuf>> {
    let now = host::Clock::now(&host::SystemClock).as_second();
    let aside = path.with_extension(format!("before-restore-{now}"));
    let was_there = path.exists();
    for (part, aside) in parts(path).into_iter().zip(parts(&aside)) {
        if part.exists() {
            std::fs::rename(&part, &aside)?;
        }
    }
    Ok(was_there.then_some(aside))
}

/// A database's files.
fn parts(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{}{end}", path.display())))
}
