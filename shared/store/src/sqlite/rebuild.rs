//! Folding the log again and comparing it with the rows.

use super::SqliteStore;
use crate::StoreError;

impl SqliteStore {
    pub(super) async fn rebuild(&self, _repair: bool) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}
