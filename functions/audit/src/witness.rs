//! The witness: its copy of the log, its key, and when it signs.

use crate::head;
use domain::{
    event::{Detail, EventKind},
    id::StreamId,
    need::Need,
    state::State,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use host::{Deps, secret};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeSet, io, path::Path, sync::Arc};
use store::{
    Answer, LogRow, Reader, Store, StoreError,
    witness::{Begun, Signed},
};
use tokio_util::sync::CancellationToken;

/// How often heads are signed.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The public keys of witnesses before this one, a line each.
const KNOWN: &str = "witness.known";

/// The witness of one installation.
pub struct Witness {
    pub(crate) copy: store::witness::Witness,
    key: SigningKey,
    /// Of witnesses before this one, whose heads came with a backup or an import.
    known: Vec<VerifyingKey>,
}

/// Why it could not begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its own database.
    #[error("the witness cannot open its copy of the log")]
    Copy(#[from] store::OpenError),
    /// Its key.
    #[error("the witness cannot read or make its key {0}")]
    Key(String, #[source] io::Error),
}

impl Witness {
    /// Opens the copy in `file`, and the key in `folder`; it is made of `fresh` bytes, for its owner's eyes only, when there is none.
    ///
    /// # Errors
    /// In words for the person who starts it.
    pub async fn open(
        file: &Path,
        folder: &Path,
        fresh: impl FnOnce() -> [u8; 32],
    ) -> Result<Self, OpenError> {
        let path = folder.join("witness.key");
        let key =
            key(&path, fresh).map_err(|why| OpenError::Key(path.display().to_string(), why))?;
        let path = folder.join(KNOWN);
        let known = known(&path).map_err(|why| OpenError::Key(path.display().to_string(), why))?;
        let copy = store::witness::Witness::open(file).await?;
        Ok(Self { copy, key, known })
    }

    /// Whether a head was signed by this witness, or by one that is known.
    pub(crate) fn check(&self, head: &Signed) -> Result<(), &'static str> {
        let own = self.public_key();
        let signed = |key: &&VerifyingKey| secret::hex(key.as_bytes()) == head.key;
        head::check(self.known.iter().find(signed).unwrap_or(&own), head)
    }

    /// Whether a head was signed by this witness itself.
    pub(crate) fn signed(&self, head: &Signed) -> bool {
        head.key == secret::hex(self.public_key().as_bytes())
    }

    /// What its signatures are checked with.
    pub fn public_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Copies what was missed and signs the heads: at once, and each hour until it is asked to stop.
    pub async fn run(self: Arc<Self>, deps: Deps, stop: CancellationToken) {
        loop {
            self.round(&deps).await;
            let next = deps.clock.sleep_until(deps.clock.now() + HOUR);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = next => {}
            }
        }
    }

    /// Copies and signs the rest, and closes. The store must still be open.
    pub async fn finish(&self, deps: &Deps) {
        self.round(deps).await;
        self.close().await;
    }

    /// Closes its copy; what was not copied yet is copied by whoever opens it next.
    pub async fn close(&self) {
        self.copy.close().await;
    }

    async fn round(&self, deps: &Deps) {
        let done = async {
            self.catch_up(deps).await?;
            self.sign(deps).await
        };
        if let Err(why) = done.await {
            tracing::warn!(%why, "the witness could not copy or sign the log now; it tries again within the hour");
        }
    }

    /// Whether that line is copied; a no may be out of date.
    pub(crate) fn has(&self, stream: StreamId, n: u64) -> bool {
        self.copy.has(stream, n)
    }

    /// Copies what came from elsewhere, in a backup or an import, and notes that it watches from now on: it did not see that happen.
    ///
    /// # Errors
    /// When a database does not answer.
    pub async fn begin(&self, deps: &Deps) -> Result<(), StoreError> {
        self.catch_up(deps).await?;
        let at = deps.clock.now();
        for (stream, n, _) in deps.store.heads().await? {
            self.copy.begin(&Begun { stream, n, at }).await?;
        }
        Ok(())
    }

    /// Whether its copy is of this log: it ends in lines that the log has.
    ///
    /// # Errors
    /// When a database does not answer.
    pub async fn knows(&self, store: &dyn Store) -> Result<bool, StoreError> {
        for (stream, n) in self.copy.streams().await? {
            let own = self.copy.lines(stream, n - 1, 1).await?;
            let line = store.lines(stream, n - 1, 1).await?;
            let same = |one: &LogRow, other: &LogRow| (one.n, &one.hash) == (other.n, &other.hash);
            if !(own.len() == line.len() && own.iter().zip(&line).all(|(a, b)| same(a, b))) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Copies a stream as far as it goes.
    pub(crate) async fn copy(
        &self,
        store: &dyn Store,
        stream: StreamId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(alarm) = self.copy.copy(store, stream, now).await? {
            tracing::error!(stream = %alarm.stream, n = alarm.n, why = %alarm.why, "the log is not what the witness saw");
        }
        Ok(())
    }

    /// Copies every stream as far as it goes.
    pub(crate) async fn catch_up(&self, deps: &Deps) -> Result<(), StoreError> {
        for (stream, n, _) in deps.store.heads().await? {
            if n > 0 && !self.has(stream, n) {
                self.copy(deps.store.as_ref(), stream, deps.clock.now())
                    .await?;
            }
        }
        Ok(())
    }

    /// Signs the head of each stream in which something happened, and publishes it there.
    pub(crate) async fn sign(&self, deps: &Deps) -> Result<(), StoreError> {
        for line in self.copy.unsigned().await? {
            let head = head::sign(&self.key, &line, deps.clock.now());
            if self.copy.keep_signed(&head).await? {
                publish(deps, &line, &head).await?;
                self.copy(deps.store.as_ref(), line.stream, deps.clock.now())
                    .await?;
            }
        }
        Ok(())
    }
}

/// Says the head in the stream itself, from where it goes to everybody who follows it.
async fn publish(deps: &Deps, line: &LogRow, head: &Signed) -> Result<(), StoreError> {
    let Some(owner) = owner(deps, line).await? else {
        return Ok(());
    };
    let note = contract::doc::json(head);
    let decide = Arc::new(move |state: &mut State, now| {
        let (home, note) = (state.home, Some(note.clone()));
        state.say(
            home,
            EventKind::AuditHead,
            home.0,
            now,
            Detail {
                note,
                ..Detail::default()
            },
        );
        Ok(Answer {
            status: 204,
            body: String::new(),
            version: None,
        })
    });
    let who = host::system(deps, owner, "audit");
    deps.store
        .commit(&who, Need::default(), decide)
        .await
        .map(drop)
}

/// Whose stream it is: in a private one all is done in its owner's name.
async fn owner(deps: &Deps, line: &LogRow) -> Result<Option<Reader>, StoreError> {
    let actor = deps.store.reader(line.actor).await?;
    Ok(actor.filter(|reader| reader.home == line.stream))
}

/// The public keys by which heads in a log are signed, in lowercase hex.
///
/// # Errors
/// When the database does not answer.
pub async fn signers(store: &dyn Store) -> Result<BTreeSet<String>, StoreError> {
    const PAGE: u32 = 500;
    let mut keys = BTreeSet::new();
    for (stream, end, _) in store.heads().await? {
        let mut at = 0;
        while at < end {
            let lines = store.lines(stream, at, PAGE).await?;
            let Some(last) = lines.last() else { break };
            at = last.n;
            keys.extend(
                lines
                    .iter()
                    .filter_map(Signed::published)
                    .map(|head| head.key),
            );
        }
    }
    Ok(keys)
}

/// Has heads that were signed with these keys, in lowercase hex, checked by them: they came with a backup or an import, in which the
/// operator trusts.
///
/// # Errors
/// When the folder cannot be written.
pub fn trust(folder: &Path, keys: &BTreeSet<String>) -> io::Result<()> {
    let path = folder.join(KNOWN);
    let known = known(&path)?;
    let mut all: BTreeSet<String> = known
        .iter()
        .map(|key| secret::hex(key.as_bytes()))
        .collect();
    all.extend(keys.iter().cloned());
    if all.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = all.iter().map(String::as_str).collect();
    secret::write_private(&path, &lines.join("\n"))
}

fn known(path: &Path) -> io::Result<Vec<VerifyingKey>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let no_key = || io::Error::new(io::ErrorKind::InvalidData, "a line of it is no key");
    let key = |line: &str| VerifyingKey::from_bytes(&head::unhex(line)?).ok();
    text.lines()
        .map(|line| key(line).ok_or_else(no_key))
        .collect()
}

fn key(path: &Path, fresh: impl FnOnce() -> [u8; 32]) -> io::Result<SigningKey> {
    let text = secret::kept(path, || secret::hex(&fresh()))?;
    head::unhex(text.trim())
        .map(|bytes| SigningKey::from_bytes(&bytes))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not hold a key"))
}
