//! `cargo xtask new-function`.

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The function's name: one lower-case word that says what it does.
    name: String,
}

/// Makes it.
///
/// # Errors
/// When the name is taken or is no crate name.
pub(crate) fn run(options: &Options) -> Result<()> {
    bail!("not yet: {}", options.name)
}
