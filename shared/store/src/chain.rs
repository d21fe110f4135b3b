//! The hash chain of a stream: what proves that no line of the log was altered, removed or put in between.
//!
//! A line's digest covers its payload and a salt; its hash covers the digest, every other field and the hash before. So a
//! line's content can be purged (payload and salt go) while the chain still verifies.

use crate::LogRow;
use domain::id::StreamId;
use sha2::{Digest, Sha256};

/// The hash before a stream's first line.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The format that [`link`] writes, as the first of the fields that it covers.
const FORMAT: &str = "errand-chain-1";

/// A salt out of 16 random bytes, in lowercase hex.
pub fn salt(random: u128) -> String {
    format!("{random:032x}")
}

/// What stands for a payload in the chain: SHA-256 over the salt's 32 characters and the payload, in lowercase hex.
pub fn digest(salt: &str, payload: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update(payload.as_bytes());
    hex(&hash.finalize())
}

/// The hash of a line that stands after a line with hash `before`: SHA-256 over its fields, each behind its length, so that
/// no content can be taken for two fields. The row's own `hash`, `payload` and `salt` are not read.
pub fn link(before: &str, row: &LogRow) -> String {
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    field(FORMAT);
    field(before);
    field(&row.stream.to_string());
    field(&row.n.to_string());
    field(row.kind.name());
    field(&row.subject.to_string());
    field(&row.version.to_string());
    field(&row.actor.to_string());
    field(&row.client);
    field(&row.client_kind);
    field(&row.run.to_string());
    field(&row.correlation);
    field(row.causation.as_deref().unwrap_or_default());
    field(&row.at.as_microsecond().to_string());
    field(&row.digest);
    hex(&hash.finalize())
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// A line is missing, doubled or of another stream.
    #[error("stream {stream}: after line {after} comes line {found}")]
    Gap {
        /// The stream.
        stream: StreamId,
        /// The last line that was right.
        after: u64,
        /// What came.
        found: u64,
    },
    /// Its fields are not what its hash says.
    #[error("stream {stream}: line {n} or one before it was altered")]
    Link {
        /// The stream.
        stream: StreamId,
        /// The line.
        n: u64,
    },
    /// Its payload is not what its digest says.
    #[error("stream {stream}: the content of line {n} was altered")]
    Content {
        /// The stream.
        stream: StreamId,
        /// The line.
        n: u64,
    },
}

/// Whether a line follows on a line `n` with that hash, and its content is what was hashed. A purged line has no content.
pub fn follows(stream: StreamId, n: u64, hash: &str, row: &LogRow) -> Result<(), Break> {
    if row.stream != stream || row.n != n + 1 {
        return Err(Break::Gap {
            stream,
            after: n,
            found: row.n,
        });
    }
    if link(hash, row) != row.hash {
        return Err(Break::Link { stream, n: row.n });
    }
    match (&row.salt, &row.payload) {
        (Some(salt), Some(payload)) if digest(salt, payload) != row.digest => {
            Err(Break::Content { stream, n: row.n })
        }
        (Some(_), None) | (None, Some(_)) => Err(Break::Content { stream, n: row.n }),
        _ => Ok(()),
    }
}

/// Lowercase hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}
