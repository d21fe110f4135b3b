//! Services that stay up between test runs, for whoever runs single tests all day.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{daprd, kafka, postgres, run};

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
/// When a service is not installed, does not start or does not stop.
pub(crate) fn run(act: Act) -> Result<()> {
    let services = Services::of_user()?;
    match act {
        Act::Up => {
            println!(
                "export ERRAND_TEST_POSTGRES_URL={}",
                services.postgres_up()?
            );
            println!("export ERRAND_TEST_KAFKA_BROKERS={}", services.kafka_up()?);
            println!("export ERRAND_TEST_KAFKA_JARS={}", kafka::jars()?.display());
            // A program that tests start themselves; nothing else here needs it.
            match daprd::binary() {
                Ok(binary) => println!("export ERRAND_TEST_DAPRD={}", binary.display()),
                Err(error) => eprintln!("no daprd: {error:#}"),
            }
        }
        Act::Down => services.down()?,
        Act::Status => services.status()?,
    }
    Ok(())
}

/// PostgreSQL and Kafka, each in a folder of its own.
pub(crate) struct Services {
    postgres: PathBuf,
    kafka: PathBuf,
}

impl Services {
    /// One of each per user, so that two people on a machine have each their own.
    ///
    /// # Errors
    /// When `id` cannot be asked.
    pub(crate) fn of_user() -> Result<Self> {
        let user = run::read(Command::new("id").arg("-u")).context("who is this?")?;
        let folder = |name: &str| postgres::base().join(format!("errand-{name}-{}", user.trim()));
        Ok(Self {
            postgres: folder("postgres-of"),
            kafka: folder("kafka-of"),
        })
    }

    /// Starts it where it does not run; gives its address.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub(crate) fn postgres_up(&self) -> Result<String> {
        if !postgres::is_up(&self.postgres)? {
            fs::write(address(&self.postgres), postgres::start(&self.postgres)?)?;
        }
        Ok(fs::read_to_string(address(&self.postgres))?)
    }

    /// Starts it where it does not run; gives its address.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub(crate) fn kafka_up(&self) -> Result<String> {
        if !kafka::is_up(&self.kafka) {
            // It would go on at other ports than its folder says.
            remove(&self.kafka)?;
            fs::write(address(&self.kafka), kafka::start(&self.kafka)?)?;
        }
        Ok(fs::read_to_string(address(&self.kafka))?)
    }

    fn down(&self) -> Result<()> {
        if postgres::binaries().is_some() {
            postgres::stop(&self.postgres)?;
        }
        remove(&self.postgres)?;
        println!("PostgreSQL is down");
        kafka::stop(&self.kafka)?;
        remove(&self.kafka)?;
        println!("Kafka is down");
        Ok(())
    }

    fn status(&self) -> Result<()> {
        let say = |name: &str, up: bool, folder: &Path| -> Result<()> {
            if up {
                println!("{name} is up: {}", fs::read_to_string(address(folder))?);
            } else {
                println!("{name} is down");
            }
            Ok(())
        };
        let postgres_up = postgres::binaries().is_some() && postgres::is_up(&self.postgres)?;
        say("PostgreSQL", postgres_up, &self.postgres)?;
        say("Kafka", kafka::is_up(&self.kafka), &self.kafka)?;
        let daprd = daprd::path()?;
        let built = if daprd.is_file() {
            "built"
        } else {
            "not built"
        };
        println!("daprd is {built}: {}", daprd.display());
        Ok(())
    }
}

fn address(folder: &Path) -> PathBuf {
    PathBuf::from(format!("{}.address", folder.display()))
}

fn remove(folder: &Path) -> Result<()> {
    let log = folder.with_extension("log");
    for gone in [
        fs::remove_dir_all(folder),
        fs::remove_file(address(folder)),
        fs::remove_file(log),
    ] {
        gone.or_else(|error| {
            if error.kind() == ErrorKind::NotFound {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    }
    Ok(())
}
