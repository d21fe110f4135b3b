//! `If-Match` (RFC 9110 section 13.1.1) and `Base-Version`.

use crate::{Code, Problem};
use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

/// Which version the caller has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing said: the last write wins.
    #[default]
    None,
    /// `If-Match: *`: whatever it is, it must exist.
    Exists,
    /// `If-Match: "3"`: exactly this version.
    Exactly(u64),
    /// `Base-Version: 3`: changes since then are merged.
    Since(u64),
}

impl Precondition {
    /// The version that the record must have.
    pub const fn exactly(self) -> Option<u64> {
        match self {
            Self::Exactly(version) => Some(version),
            _ => None,
        }
    }

    /// The version from which to merge.
    pub const fn since(self) -> Option<u64> {
        match self {
            Self::Since(version) => Some(version),
            _ => None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&parts.headers)
    }
}

fn read(headers: &HeaderMap) -> Result<Precondition, Problem> {
    let exactly = one(headers, "if-match")?;
    let since = one(headers, "base-version")?;
    match (exactly, since) {
        (Some(_), Some(_)) => Err(invalid(
            "Send If-Match (refuse when changed) or Base-Version (merge), not both.",
        )),
        (Some("*"), None) => Ok(Precondition::Exists),
        (Some(tag), None) => version_of(tag).map(Precondition::Exactly).ok_or_else(|| {
            invalid("If-Match takes one ETag as it was answered, like \"3\", or *.")
        }),
        (None, Some(text)) => number(text.trim_matches('"'))
            .map(Precondition::Since)
            .ok_or_else(|| invalid("Base-Version takes the version that was read, like 3.")),
        (None, None) => Ok(Precondition::None),
    }
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut all = headers.get_all(name).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    match (value.to_str(), all.next()) {
        (Ok(text), None) => Ok(Some(text.trim())),
        _ => Err(invalid(
            "Send If-Match or Base-Version once, with one version.",
        )),
    }
}

/// The version in an ETag; `W/"3"` equals `"3"`.
fn version_of(tag: &str) -> Option<u64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    number(tag.strip_prefix('"')?.strip_suffix('"')?)
}

fn number(text: &str) -> Option<u64> {
    let digits =
        !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn invalid(words: &'static str) -> Problem {
    Problem::new(Code::ParameterInvalid, words)
}

#[cfg(test)]
mod tests;
