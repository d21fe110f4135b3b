//! The lines as they come in: counted, hashed, and each in its place.

use super::{
    Lines,
    file::{self, Begin, First, Last, unfit},
    table::{Table, Type},
};
use crate::{StoreError, ask::JsonRow, chain::hex};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What is still to be read.
pub(super) struct Reader {
    from: Lines,
    /// Lines read.
    read: u64,
    hash: Sha256,
    /// Read, but not used yet.
    next: Option<String>,
}

/// A row, as it came and as it is read.
pub(super) struct RowLine {
    pub text: String,
    pub row: JsonRow,
}

impl Reader {
    pub(super) fn new(from: Lines) -> Self {
        Self {
            from,
            read: 0,
            hash: Sha256::new(),
            next: None,
        }
    }

    pub(super) async fn first(&mut self) -> Result<First, StoreError> {
        let line = self.line().await?;
        self.count(&line);
        file::first(&line)
    }

    /// The line before the rows of a table, which must come now.
    pub(super) async fn begin(&mut self, table: &Table) -> Result<(), StoreError> {
        let line = self.line().await?;
        let found = file::begin(&line);
        let fits = |begin: &Begin| begin.table == table.name && begin.columns == table.names();
        if !found.as_ref().is_some_and(fits) {
            let words = format!(
                "line {} is not the beginning of {} as this version of Errand knows it",
                self.read + 1,
                table.name
            );
            return Err(unfit(&words));
        }
        self.count(&line);
        Ok(())
    }

    /// The next row of a table; none when the next line is no row.
    pub(super) async fn row(&mut self, table: &Table) -> Result<Option<RowLine>, StoreError> {
        let text = self.line().await?;
        if !text.starts_with('[') {
            self.next = Some(text);
            return Ok(None);
        }
        self.count(&text);
        let cannot = |why: &dyn std::fmt::Display| {
            unfit(&format!("line {} cannot be read: {why}", self.read))
        };
        let row: Vec<Value> = serde_json::from_str(&text).map_err(|why| cannot(&why))?;
        let fits = |(value, (_, kind)): (&Value, &(_, Type))| match kind {
            Type::Text => value.is_string() || value.is_null(),
            Type::Int => value.is_i64() || value.is_null(),
        };
        if row.len() != table.columns.len() || !row.iter().zip(table.columns).all(fits) {
            return Err(cannot(&format!("it is no row of {}", table.name)));
        }
        let row = JsonRow::new(row);
        Ok(Some(RowLine { text, row }))
    }

    /// The last line, which says whether all came.
    pub(super) async fn last(mut self) -> Result<(), StoreError> {
        let line = self.line().await?;
        let last: Last = serde_json::from_str(&line)
            .map_err(|_| unfit(&format!("line {} belongs to no table", self.read + 1)))?;
        if last.end != self.read || last.sha256 != hex(&self.hash.finalize()) {
            return Err(unfit(&"it is not what was exported: lines were changed"));
        }
        if self.from.recv().await.is_some() {
            return Err(unfit(&"something stands behind its end"));
        }
        Ok(())
    }

    /// Which line of the file the last one was.
    pub(super) fn at(&self) -> u64 {
        self.read
    }

    async fn line(&mut self) -> Result<String, StoreError> {
        if let Some(line) = self.next.take() {
            return Ok(line);
        }
        let line = self.from.recv().await.transpose();
        let line = line.map_err(|why| unfit(&format!("it cannot be read: {why}")))?;
        line.ok_or_else(|| {
            unfit(&format!(
                "it was cut off: after line {} more should come",
                self.read
            ))
        })
    }

    fn count(&mut self, line: &str) {
        self.read += 1;
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
    }
}
