//! A copy of the database, made while it is in use.

use super::SqliteStore;
use crate::{StoreError, ask::Ask, error::failed};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Copies it into a file that is not there yet, whole or not at all.
pub(super) async fn to(store: &SqliteStore, to: &Path) -> Result<(), StoreError> {
    let part = PathBuf::from(format!("{}.part", to.display()));
    let copied = whole(store, &part, to).await;
    if copied.is_err() {
        // What was begun is of no use to anybody; the failure is told.
        drop(fs::remove_file(&part));
    }
    copied
}

async fn whole(store: &SqliteStore, part: &Path, to: &Path) -> Result<(), StoreError> {
    let Some(name) = part.to_str() else {
        return Err(StoreError::Corrupt(format!(
            "{} is not a name that SQLite can use",
            to.display()
        )));
    };
    let broken = |why: io::Error| failed(sqlx::Error::Io(why));
    if to.exists() {
        return Err(broken(io::ErrorKind::AlreadyExists.into()));
    }
    private(part).map_err(broken)?;
    let mut reader = store.readers.take().await?;
    let sql = "vacuum into $1";
    reader.ask(sql.into(), vec![name.into()]).await?;
    // SQLite does not wait for the disk here, and the name must never stand for half a copy.
    let written = File::open(part).and_then(|file| file.sync_all());
    written.and_then(|()| fs::rename(part, to)).map_err(broken)
}

/// An empty file that only its owner may read.
fn private(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
