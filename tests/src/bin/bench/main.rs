//! The budgets, measured: `cargo xtask bench`, with `--only NAME` for one group and `--quick` for small sizes.
//!
//! What a thing costs is CPU time of the threads that did it, because clocks on shared machines lie; where something is
//! measured in rounds, the least counts, which others disturbed least. What a person waits for is measured by the clock.
//! Beside a figure stands, where there is one, its floor in the same run: a bare axum route that answers the same body.

mod cpu;
mod house;
mod http;
mod million;
mod program;
mod proxy;
mod rows;
mod table;

use anyhow::{Context, Result, bail};
use clap::Parser;
use std::path::PathBuf;
use table::Table;

/// Measure the budgets, and print them as a Markdown table.
#[derive(Parser)]
#[command(name = "cargo xtask bench")]
pub(crate) struct Options {
    /// Only the groups whose name contains this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// A tenth of the sizes: shows that everything runs, not what it costs
    #[arg(long)]
    quick: bool,
    /// The errand to measure [default: the one built beside this program]
    #[arg(long, value_name = "FILE")]
    errand: Option<PathBuf>,
}

impl Options {
    /// As many, or a tenth of it.
    pub(crate) fn size(&self, full: u32) -> u32 {
        if self.quick { full / 10 } else { full }
    }

    /// The program to measure.
    pub(crate) fn errand(&self) -> Result<PathBuf> {
        let beside = || Ok(std::env::current_exe()?.with_file_name("errand"));
        let file = self
            .errand
            .clone()
            .map_or_else(beside, Ok::<_, std::io::Error>)?;
        if !file.is_file() {
            bail!(
                "{} is not built: cargo build --release --workspace",
                file.display()
            );
        }
        Ok(file)
    }

    fn wants(&self, group: &str) -> bool {
        self.only.as_deref().is_none_or(|only| group.contains(only))
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("client")
        .enable_all()
        .build()?;
    let mut table = Table::default();
    let done = runtime.block_on(measure(&options, &mut table));
    // What was measured before something failed is shown all the same.
    println!("{table}");
    done
}

async fn measure(options: &Options, table: &mut Table) -> Result<()> {
    let names: Vec<&str> = rows::GROUPS.to_vec();
    if !names.iter().any(|name| options.wants(name)) {
        bail!("--only takes (a part of) one of: {}", names.join(", "));
    }
    let million = if rows::OF_A_MILLION.iter().any(|name| options.wants(name)) {
        Some(million::Million::fill(options.size(1_000_000)).await?)
    } else {
        None
    };
    for group in names {
        if options.wants(group) {
            eprintln!("measuring: {group}");
            rows::measure(group, options, million.as_ref(), table)
                .await
                .with_context(|| format!("measuring {group}"))?;
        }
    }
    Ok(())
}
