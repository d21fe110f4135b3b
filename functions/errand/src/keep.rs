//! Commands that keep the house: rebuild, verify, backup, restore.

use crate::app::{App, WITNESS};
use anyhow::{Context, bail};
use host::Config;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `errand rebuild [--check]`
pub(crate) async fn rebuild(config: Config, check: bool) -> anyhow::Result<ExitCode> {
    let app = App::open(config).await?;
    let differs = app.deps.store.rebuild(!check).await?;
    app.deps.store.close().await;
    for line in &differs {
        println!("{line}");
    }
    match (differs.len(), check) {
        (0, _) => println!("The tables are what the log says."),
        (n, true) => {
            println!("{n} differences. `errand rebuild` writes the tables from the log.");
            return Ok(ExitCode::FAILURE);
        }
        (n, false) => println!("{n} differences mended."),
    }
    Ok(ExitCode::SUCCESS)
}

/// `errand verify`
pub(crate) async fn verify(config: Config) -> anyhow::Result<ExitCode> {
    let app = App::open(config).await?;
    let report = audit::verify_all(app.deps.store.as_ref(), &app.functions.witness).await?;
    app.deps.store.close().await;
    println!("{report}");
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
    let app = App::open(config).await?;
    app.deps.store.backup(to).await?;
    app.deps.store.close().await;
    println!("Copied to {}.", to.display());
    Ok(())
}

/// `errand restore FILE`
pub(crate) async fn restore(config: Config, from: &Path) -> anyhow::Result<()> {
    let Some(path) = config
        .database_url()
        .strip_prefix("sqlite:")
        .map(std::path::PathBuf::from)
    else {
        bail!("PostgreSQL is restored by its own tools");
    };
    if std::net::TcpStream::connect(config.listen).is_ok() {
        bail!(
            "something answers at {}: stop errand first, then restore",
            config.listen
        );
    }
    // Opened once as it is, so that a file that is no backup is refused before anything is moved.
    let check = store::open(&format!("sqlite:{}", from.display()), crate::app::options()).await;
    check
        .with_context(|| format!("{} is not a backup", from.display()))?
        .close()
        .await;
    // The witness has seen what the backup does not have: its copy goes with the database, and it begins anew.
    put_aside(&config.data.join(WITNESS))?;
    let aside = put_aside(&path)?;
    std::fs::copy(from, &path)?;
    let app = App::open(config).await?;
    app.deps.store.raise_epoch().await?;
    app.deps.store.close().await;
    println!(
        "Restored. The database from before is kept as {}.",
        aside.display()
    );
    Ok(())
}

/// Renames a database with what belongs to it; answers the new name.
fn put_aside(path: &Path) -> anyhow::Result<PathBuf> {
    let now = host::Clock::now(&host::SystemClock).as_second();
    let aside = path.with_extension(format!("before-restore-{now}"));
    for end in ["", "-wal", "-shm"] {
        let part = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        if part(path).exists() {
            std::fs::rename(part(path), part(&aside))?;
        }
    }
    Ok(aside)
}
