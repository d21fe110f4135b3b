//! Identifiers: opaque UUIDs with a type each, so that a list's id cannot stand where a task's is meant.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// One person's private space, or one shared list.
    StreamId
    /// A person who signs in.
    UserId
    /// A task.
    TaskId
    /// A list of tasks.
    ListId
    /// A section of a list.
    SectionId
    /// A tag's own record (its colour); on tasks a tag is its name.
    TagId
    /// A saved filter.
    ViewId
    /// A comment on a task.
    CommentId
    /// A recurring task as a whole.
    SeriesId
    /// A reminder within its task.
    ReminderId
    /// One message to one person on one channel.
    DeliveryId
    /// What one request, or one line of talk, did together; undone together.
    RunId
}

/// Derives an id (UUIDv8, RFC 9562 section 5.8) from what must give the same id each time.
pub fn derived(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
