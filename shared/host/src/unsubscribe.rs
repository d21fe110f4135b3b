//! The link of a mail that turns mails off, without signing in (RFC 8058).
//!
//! It names the person, and carries a hash of that under the installation's key, so that nobody can write one for somebody else. It
//! works as long as the key does: mails are kept for years.

use crate::Key;
use domain::id::UserId;

/// Path and query of a person's link.
pub fn path(key: &Key, person: UserId) -> String {
    format!("/unsubscribe?person={person}&key={}", hash(key, person))
}

/// Whether this is the person's own link.
pub fn is_signed(key: &Key, person: UserId, hash: &str) -> bool {
    // Hashed once more, so that how long comparing takes tells nothing.
    let again = |hash: &str| key.hash("compare", hash);
    again(&self::hash(key, person)) == again(hash)
}

fn hash(key: &Key, person: UserId) -> String {
    key.hash("unsubscribe", &person.to_string())
}
