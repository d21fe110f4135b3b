//! `cargo xtask check`: the rules of the house that no compiler holds. ARCHITECTURE.md numbers them.

mod deny;
mod documents;
mod edges;
mod sizes;
mod source;
mod words;

use anyhow::{Result, bail};

use source::Source;

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Licences, bans and sources too, by cargo-deny (installed when it is missing: three minutes).
    #[arg(long)]
    deny: bool,
}

/// Holds every rule and names each place that breaks one.
///
/// # Errors
/// When a rule is broken, or the sources cannot be read.
pub(crate) fn run(options: &Options) -> Result<()> {
    let files = source::files()?;
    let sources: Vec<&Source> = files.iter().filter(|file| file.is_rust()).collect();
    let mut broken = edges::broken(&crate::run::metadata()?);
    broken.extend(sizes::broken(&sources));
    for source in &sources {
        broken.extend(source.broken());
    }
    for file in &files {
        broken.extend(words::broken(file));
        broken.extend(documents::broken(file));
    }
    broken.sort();
    for line in &broken {
        eprintln!("{line}");
    }
    if !broken.is_empty() {
        bail!("rules broken: {}", broken.len());
    }
    println!(
        "rules hold: {} files read, {} of them Rust",
        files.len(),
        sources.len()
    );
    if options.deny {
        deny::run()?;
    }
    Ok(())
}
