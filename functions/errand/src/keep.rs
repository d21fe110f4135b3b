//! Commands that keep the house: rebuild, verify, backup, restore.

use crate::app::App;
use anyhow::{Context, bail};
use host::Config;
use std::{path::Path, process::ExitCode};

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
    let aside = path.with_extension(format!(
        "before-restore-{}",
        host::Clock::now(&host::SystemClock).as_second()
    ));
    for end in ["", "-wal", "-shm"] {
        let part = |path: &Path| std::path::PathBuf::from(format!("{}{end}", path.display()));
        if part(&path).exists() {
            std::fs::rename(part(&path), part(&aside))?;
        }
    }
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
