//! What was measured, as a table.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The file that the tests write their figures into, a line each: what, figure, asked; tabs between.
pub(super) struct Table(PathBuf);

impl Table {
    /// An empty one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn new(target: &Path) -> Result<Self> {
        let file = target.join("cluster-figures");
        fs::write(&file, "")?;
        Ok(Self(file))
    }

    pub(super) fn file(&self) -> &Path {
        &self.0
    }

    /// Prints it, as Markdown has tables.
    ///
    /// # Errors
    /// When it is gone.
    pub(super) fn print(&self) -> Result<()> {
        let text = fs::read_to_string(&self.0)?;
        println!("\n| what | measured | asked |\n| --- | --- | --- |");
        for line in text.lines() {
            println!("| {} |", line.replace('\t', " | "));
        }
        println!();
        Ok(())
    }
}
