//! Proves that nothing was altered or removed: the chain is made again from the log's own bytes, and compared with the head, with
//! the witness's copy line by line, and with the last signed heads.

mod walk;

use crate::Witness;
use domain::id::StreamId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use store::{
    Store, StoreError, chain,
    witness::{Begun, Signed},
};
use walk::Walk;

/// What was verified, and where it breaks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    intact: bool,
    /// How many streams were looked at.
    pub streams: u64,
    /// How many lines.
    pub events: u64,
    /// The hash of the last line; of several streams, the SHA-256 over all of theirs.
    pub head: String,
    /// The latest head that was signed; none before the first hour.
    pub signed: Option<SignedHead>,
    /// Since when the witness watches; null while it has seen nothing of it.
    pub watched: Option<Watched>,
    /// Where it breaks: the first place of each stream.
    pub breaks: Vec<Broken>,
}

/// What the witness itself saw. The lines that were there before rest on their chain, and on what was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Watched {
    /// Since when; of several streams, since the first of them.
    pub since: Timestamp,
    /// How many lines were there before.
    pub before: u64,
}

/// A head as the report shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of store's Signed")]
pub struct SignedHead {
    pub n: u64,
    pub hash: String,
    pub at: Timestamp,
    pub key: String,
    pub signature: String,
    /// Whether this witness signed it; else one before it, whose heads came with a backup or an import.
    pub own: bool,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Broken {
    /// The stream.
    #[schemars(with = "uuid::Uuid")]
    pub stream: StreamId,
    /// The line.
    pub n: u64,
    /// In words.
    pub why: String,
}

impl Report {
    /// Whether all of it holds.
    pub fn intact(&self) -> bool {
        self.intact
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (streams, events, head) = (self.streams, self.events, &self.head);
        if self.intact {
            write!(
                f,
                "Intact: events {events}, streams {streams}, head {head}."
            )?;
        } else {
            write!(
                f,
                "Broken. Streams {streams}, events that hold {events}. It breaks here:"
            )?;
        }
        for Broken { stream, n, why } in &self.breaks {
            write!(f, "\n  stream {stream}, line {n}: {why}")?;
        }
        match &self.watched {
            Some(Watched { since, before }) => write!(
                f,
                "\nThe witness watches since {since}; lines that were there before: {before}."
            )?,
            None => write!(f, "\nThe witness has seen nothing of it yet.")?,
        }
        match &self.signed {
            Some(signed) => write!(
                f,
                "\nLast signed at {} by the key {}{}.",
                signed.at,
                signed.key,
                if signed.own {
                    ""
                } else {
                    ", of a witness before this one"
                }
            ),
            None => Ok(()),
        }
    }
}

/// Verifies every stream.
///
/// # Errors
/// When a database does not answer; what is wrong with the log is in the report.
pub async fn verify_all(store: &dyn Store, witness: &Witness) -> Result<Report, StoreError> {
    report(store, witness, |_| true).await
}

/// Verifies one stream.
pub(crate) async fn verify_one(
    store: &dyn Store,
    witness: &Witness,
    stream: StreamId,
) -> Result<Report, StoreError> {
    report(store, witness, |other| other == stream).await
}

async fn report(
    store: &dyn Store,
    witness: &Witness,
    wanted: impl Fn(StreamId) -> bool + Send,
) -> Result<Report, StoreError> {
    let begun = witness.copy.begun().await?;
    // The copy first: what it has by now is in the heads that are read after it.
    let seen = witness.copy.streams().await?;
    let mut heads = store.heads().await?;
    for (stream, _) in &seen {
        if heads.iter().all(|(known, ..)| known != stream) {
            heads.push((*stream, 0, chain::START.to_owned())); // the whole stream was removed
        }
    }
    heads.retain(|(stream, ..)| wanted(*stream));
    let mut walk = Walk::new(store, witness);
    let mut breaks = Vec::new();
    for (stream, n, hash) in &heads {
        let seen = seen
            .iter()
            .find(|(known, _)| known == stream)
            .map_or(0, |(_, n)| *n);
        breaks.extend(walk.stream(*stream, *n, hash, seen).await?);
    }
    breaks.extend(walk.unexplained(&breaks));
    let signed = walk.signed.take();
    Ok(Report {
        intact: breaks.is_empty(),
        streams: heads.len() as u64,
        events: walk.events,
        head: over(&heads),
        signed: signed.map(|head| shown(head, witness)),
        watched: watched(begun.iter().filter(|begun| wanted(begun.stream))),
        breaks,
    })
}

fn over(heads: &[(StreamId, u64, String)]) -> String {
    match heads {
        [(_, _, hash)] => hash.clone(),
        all => {
            let line = |(stream, n, hash): &(_, _, String)| format!("{stream} {n} {hash}\n");
            let lines = all.iter().map(line).collect::<Vec<_>>().concat();
            chain::digest("", &lines)
        }
    }
}

/// Since when all of them are watched, and what came before, of the rows of each stream in order.
fn watched<'b>(begun: impl Iterator<Item = &'b Begun>) -> Option<Watched> {
    let last: BTreeMap<_, _> = begun.map(|begun| (begun.stream, begun)).collect();
    Some(Watched {
        since: last.values().map(|begun| begun.at).min()?,
        before: last.values().map(|begun| begun.n).sum(),
    })
}

fn shown(head: Signed, witness: &Witness) -> SignedHead {
    let own = witness.signed(&head);
    let Signed {
        n,
        hash,
        at,
        key,
        signature,
        ..
    } = head;
    SignedHead {
        n,
        hash,
        at,
        key,
        signature,
        own,
    }
}
