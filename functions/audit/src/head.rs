//! Signed heads: Ed25519 over where a stream ends.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use host::secret::hex;
use jiff::Timestamp;
use store::{LogRow, witness::Signed};

/// The format of what is signed, as its first line.
const FORMAT: &str = "errand-head-1";

/// Signs that a stream's log has this line, and so all before it.
pub(crate) fn sign(key: &SigningKey, line: &LogRow, at: Timestamp) -> Signed {
    let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
    let mut head = Signed {
        stream: line.stream,
        n: line.n,
        hash: line.hash.clone(),
        at,
        key: hex(key.verifying_key().as_bytes()),
        signature: String::new(),
    };
    head.signature = hex(&key.sign(&message(&head)).to_bytes());
    head
}

/// Whether the head was signed by the holder of that key.
///
/// # Errors
/// Why not, in words.
pub(crate) fn check(key: &VerifyingKey, head: &Signed) -> Result<(), &'static str> {
    if head.key != hex(key.as_bytes()) {
        return Err("its head was signed by another key than the witness has");
    }
    let signature = unhex(&head.signature).map(|bytes| Signature::from_bytes(&bytes));
    signature
        .and_then(|signature| key.verify_strict(&message(head), &signature).ok())
        .ok_or("the signature of its head is forged")
}

fn message(head: &Signed) -> Vec<u8> {
    let Signed {
        stream,
        n,
        hash,
        key,
        ..
    } = head;
    format!(
        "{FORMAT}\n{stream}\n{n}\n{hash}\n{}\n{key}",
        head.at.as_microsecond()
    )
    .into_bytes()
}

/// Bytes out of lowercase or uppercase hex of exactly that length.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}
