//! What the lines are, beside rows.

use crate::StoreError;
use domain::id::StreamId;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, io};

/// How the first line begins, whatever else it says.
const BEGINNING: &str = r#"{"format":"errand-all""#;
pub(super) const FORMAT: &str = "errand-all";
pub(super) const VERSION: u64 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
pub(super) struct First {
    pub format: String,
    pub version: u64,
    /// Whether it is everything; else what came since an earlier export.
    pub whole: bool,
}

/// The line before the rows of a table.
#[derive(Serialize, Deserialize)]
pub(super) struct Begin {
    pub table: String,
    pub columns: Vec<String>,
}

/// The last line: of how many lines before it, and their SHA-256, each with its line feed, in lowercase hex.
#[derive(Serialize, Deserialize)]
pub(super) struct Last {
    pub end: u64,
    pub sha256: String,
}

/// Whether a file that begins so is an export of everything, and not of one person.
pub fn is_everything(beginning: &[u8]) -> bool {
    beginning.starts_with(BEGINNING.as_bytes())
}

/// Where the streams ended in an earlier export: with which line, and its hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends(pub(super) BTreeMap<StreamId, (u64, String)>);

impl Ends {
    /// Out of that export, of which only the beginning is read.
    ///
    /// # Errors
    /// When it is no export of everything.
    pub fn read(lines: impl IntoIterator<Item = io::Result<String>>) -> Result<Self, StoreError> {
        let mut lines = lines.into_iter();
        let mut next = || {
            let line = lines.next().transpose().map_err(|why| unfit(&why))?;
            line.ok_or_else(|| unfit(&"it ends too early"))
        };
        first(&next()?)?;
        begin(&next()?).ok_or_else(|| unfit(&"it does not say where the streams end"))?;
        let mut ends = BTreeMap::new();
        loop {
            let line = next()?;
            if line.starts_with('{') {
                return Ok(Self(ends));
            }
            let (stream, n, _, hash) = serde_json::from_str::<(StreamId, u64, i64, String)>(&line)
                .map_err(|why| unfit(&why))?;
            ends.insert(stream, (n, hash));
        }
    }
}

/// Reads the first line.
pub(super) fn first(line: &str) -> Result<First, StoreError> {
    let read = serde_json::from_str::<First>(line).ok();
    let first = read.filter(|first| first.format == FORMAT);
    let first = first.ok_or_else(|| unfit(&"it is not what `errand export --all` writes"))?;
    if first.version > VERSION {
        return Err(unfit(
            &"it was written by a newer version of Errand: import it with that version",
        ));
    }
    Ok(first)
}

/// Reads the line before the rows of a table, where it is one.
pub(super) fn begin(line: &str) -> Option<Begin> {
    serde_json::from_str(line).ok()
}

/// Why an export cannot be used.
pub(super) fn unfit(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unfit(why.to_string())
}
