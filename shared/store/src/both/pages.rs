//! Pages of what is read by keys: the cursor of the next holds those of the last row.

use crate::{
    Page, StoreError,
    ask::Columns,
    backend::{Backend, Row},
};
use serde_json::Value;

/// The keys that a cursor holds.
pub(super) fn opened<B: Backend>(
    db: &B,
    after: Option<&str>,
    bound: &str,
) -> Result<Option<Vec<Value>>, StoreError> {
    after
        .map(|cursor| db.desk().signer.open(cursor, bound))
        .transpose()
}

/// A page out of the feed's cursor and one row more than asked for.
pub(super) fn page<B: Backend, T>(
    db: &B,
    rows: &[Row<B>],
    limit: u32,
    bound: &str,
    read: impl Fn(&Row<B>) -> Result<(T, String), StoreError>,
) -> Result<Page<T>, StoreError> {
    let (cursor, rows) = rows
        .split_first()
        .ok_or_else(|| StoreError::Corrupt("a page has no rows".to_owned()))?;
    let mut read = rows
        .iter()
        .take(limit as usize)
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    let more = rows.len() > limit as usize;
    let next = read
        .last()
        .filter(|_| more)
        .map(|(_, keys)| db.desk().signer.seal(keys, bound));
    Ok(Page {
        items: read.drain(..).map(|(item, _)| item).collect(),
        next,
        cursor: cursor.owned(0)?,
    })
}
