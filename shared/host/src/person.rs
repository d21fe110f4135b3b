//! What every function wants to know of a person.

use crate::Deps;
use domain::{id::ListId, settings::Settings};
use store::{Kind, Reader, StoreError};

/// A person's settings and their version; the defaults, at version 0, where none were made.
///
/// # Errors
/// When the database does not answer, or not as it must.
pub async fn settings(deps: &Deps, who: &Reader) -> Result<(Settings, u64), StoreError> {
    let docs = deps.store.records(who, Kind::Settings).await?;
    let Some(doc) = docs.first() else {
        return Ok((Settings::default(), 0));
    };
    let settings =
        serde_json::from_str(&doc.json).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok((settings, doc.version))
}

/// The names of a person's lists.
///
/// # Errors
/// When the database does not answer.
pub async fn lists(deps: &Deps, who: &Reader) -> Result<Vec<(ListId, String)>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    let docs = deps.store.records(who, Kind::List).await?;
    let named = docs.iter().filter_map(|doc| {
        let named: Named = serde_json::from_str(&doc.json).ok()?;
        Some((ListId(doc.id), named.name))
    });
    Ok(named.collect())
}
