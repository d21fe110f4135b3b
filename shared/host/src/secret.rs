//! Secrets: what must not be shown, and the key under which the rest is hashed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Read, Write},
    path::Path,
};

/// Text that never shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The installation's key. Random secrets (tokens, sessions, links) are checked by one fast hash under it.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key from a text of the operator's, of whatever length.
    pub fn from_text(text: &Secret) -> Self {
        Self(Sha256::digest(text.reveal().as_bytes()).into())
    }

    /// The key kept in the folder; made, for its owner's eyes only, when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn kept_in(folder: &Path, fresh: impl FnOnce() -> [u8; 32]) -> io::Result<Self> {
        let path = folder.join("key");
        let text = kept(&path, || URL_SAFE_NO_PAD.encode(fresh()))?;
        Self::decode(text.trim()).ok_or_else(|| {
            let words = format!(
                "{} does not hold a key; restore it, or remove it and sign in anew",
                path.display()
            );
            io::Error::new(io::ErrorKind::InvalidData, words)
        })
    }

    fn decode(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// How a secret of a purpose ("token", "session", "link") is kept: lowercase hex of HMAC-SHA-256. The purpose is in the hash,
    /// so that one cannot be shown in place of another.
    pub fn hash(&self, purpose: &str, secret: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(secret.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

impl Key {
    /// The installation's own name, the `source` of its events: it stays as long as the key does.
    pub fn installation(&self) -> String {
        let text = self.hash("installation", "");
        format!("urn:uuid:{}", domain::id::derived(&[&text]))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(key)")
    }
}

/// A new API token out of random bytes: `errand_` and 43 characters.
pub fn token(random: [u8; 32]) -> String {
    format!("errand_{}", URL_SAFE_NO_PAD.encode(random))
}

/// Lowercase hex.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The secret kept in a file, for its owner's eyes only; made where there is none. Of several processes that find none at once, one
/// makes it, and all have that one.
///
/// # Errors
/// When the file cannot be read or written.
pub fn kept(path: &Path, fresh: impl FnOnce() -> String) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.is_empty() => return Ok(text),
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        // Or it is being made by somebody else just now.
        _ => {}
    }
    let mut file = private().read(true).open(path)?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if text.is_empty() {
        text = fresh();
        writeln!(file, "{text}")?;
        file.sync_all()?;
    }
    Ok(text)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file that only its owner may read (mode 0600), whole or not at all.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = private().truncate(true).open(&fresh)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests;
