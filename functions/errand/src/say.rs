//! Standard output, which may be a pipe that somebody has closed.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

/// Writes a line.
///
/// # Errors
/// When nobody reads it any more: [`is_unheard`] tells that from other failures.
pub(crate) fn say(line: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// Whether a command ended because whoever read its output has heard enough (`errand today | head -1`).
pub(crate) fn is_unheard(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
