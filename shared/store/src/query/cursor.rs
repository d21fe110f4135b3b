//! Cursors: opaque outside. A listing's is signed and bound to its listing; the log's is an epoch and an n per stream.

use crate::StoreError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::id::StreamId;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::{collections::BTreeMap, fmt};

/// Bytes of the signature that a cursor carries.
const SIGNATURE: usize = 16;

/// The epoch of a log that was never put back.
const FIRST: &str = "1";

/// Signs the cursors of listings.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    /// With a key of this database's own.
    pub(crate) fn new(key: &str) -> Self {
        Self(Hmac::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length"))
    }

    /// A cursor that holds these keys, for the listing that `bound` describes.
    pub(crate) fn seal(&self, keys: &str, bound: &str) -> String {
        let mut bytes = self.mac(keys, bound).finalize().into_bytes()[..SIGNATURE].to_vec();
        bytes.extend_from_slice(keys.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The keys out of a cursor of that listing.
    pub(crate) fn open(&self, cursor: &str, bound: &str) -> Result<Vec<Value>, StoreError> {
        let invalid = || StoreError::CursorInvalid;
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (signature, keys) = bytes.split_at_checked(SIGNATURE).ok_or_else(invalid)?;
        let keys = std::str::from_utf8(keys).map_err(|_| invalid())?;
        self.mac(keys, bound)
            .verify_truncated_left(signature)
            .map_err(|_| invalid())?;
        serde_json::from_str(keys).map_err(|_| invalid())
    }

    fn mac(&self, keys: &str, bound: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&(bound.len() as u64).to_be_bytes());
        mac.update(bound.as_bytes());
        mac.update(keys.as_bytes());
        mac
    }
}

/// Where somebody stands in the log. Whether they may read a stream is asked when it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogCursor {
    epoch: Option<String>,
    /// The last n read of each stream.
    pub streams: BTreeMap<String, u64>,
}

impl LogCursor {
    /// Reads `epoch.stream:n.stream:n`; nothing stands for the beginning.
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let read = || {
            let mut parts = text.split('.');
            let epoch = parts
                .next()
                .filter(|epoch| epoch.parse::<u64>().is_ok())?
                .to_owned();
            let place = |part: &str| {
                let (stream, n) = part.split_once(':')?;
                let stream: StreamId = stream.parse().ok()?;
                Some((
                    stream.to_string(),
                    n.parse::<u64>()
                        .ok()
                        .filter(|n| i64::try_from(*n).is_ok())?,
                ))
            };
            let streams = parts.map(place).collect::<Option<_>>()?;
            Some(Self {
                epoch: Some(epoch),
                streams,
            })
        };
        read().ok_or(StoreError::CursorInvalid)
    }

    /// Whether it belongs to this epoch; takes it on where it had none.
    pub(crate) fn check(&mut self, epoch: &str) -> Result<(), StoreError> {
        match self.epoch.replace(epoch.to_owned()) {
            Some(own) if own != epoch => Err(StoreError::CursorGone),
            _ => Ok(()),
        }
    }

    /// The epoch it belongs to.
    pub(crate) fn epoch(&self) -> &str {
        self.epoch.as_deref().unwrap_or(FIRST)
    }

    /// n by stream, as JSON.
    pub(crate) fn streams_json(&self) -> String {
        contract::doc::json(&self.streams)
    }
}

impl fmt::Display for LogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.epoch())?;
        self.streams
            .iter()
            .try_for_each(|(stream, n)| write!(f, ".{stream}:{n}"))
    }
}
