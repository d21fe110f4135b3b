//! Services that stay up between test runs, for whoever runs single tests all day.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{postgres, run};

#[derive(clap::Subcommand)]
pub(crate) enum Act {
    /// Start them and print the variables to export.
    Up,
    /// Stop them and delete what they kept.
    Down,
    /// Say what runs.
    Status,
}

/// Does one of them.
///
/// # Errors
/// When PostgreSQL is not installed, does not start or does not stop.
pub(crate) fn run(act: Act) -> Result<()> {
    let folder = folder()?;
    let address = folder.with_extension("url");
    match act {
        Act::Up => {
            if !postgres::is_up(&folder)? {
                let url = postgres::start(&folder)?;
                fs::write(&address, url)?;
            }
            println!(
                "export ERRAND_TEST_POSTGRES_URL={}",
                fs::read_to_string(&address)?
            );
        }
        Act::Down => {
            postgres::stop(&folder)?;
            for gone in [fs::remove_dir_all(&folder), fs::remove_file(&address)] {
                gone.or_else(|error| {
                    if error.kind() == std::io::ErrorKind::NotFound {
                        Ok(())
                    } else {
                        Err(error)
                    }
                })?;
            }
            println!("PostgreSQL is down");
        }
        Act::Status if postgres::is_up(&folder)? => {
            println!("PostgreSQL is up: {}", fs::read_to_string(&address)?);
        }
        Act::Status => println!("PostgreSQL is down"),
    }
    Ok(())
}

/// One per user, so that two people on a machine have each their own.
fn folder() -> Result<PathBuf> {
    let user = run::read(Command::new("id").arg("-u")).context("who is this?")?;
    Ok(postgres::base().join(format!("errand-services-{}", user.trim())))
}
