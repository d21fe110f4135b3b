//! `cargo xtask up`: the cloud shape on this machine.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::services::Services;
use crate::{install, run, test};

/// Starts what it needs, and becomes the program that runs it until ctrl-c. PostgreSQL and Kafka stay until `cargo xtask services
/// down`.
///
/// # Errors
/// When it does not build, or something does not start.
pub(crate) fn run() -> Result<()> {
    install::before_the_build();
    run::show(run::cargo().args(["build", "--workspace", "--bin", "errand"]))?;
    let binary = test::target()?.join("debug/errand");
    let services = Services::of_checkout()?;
    let (database, brokers) = (services.postgres_up()?, services.kafka_up()?);
    let errand = |words: &[&str]| {
        let mut command = Command::new(&binary);
        command
            .args(words)
            .env("ERRAND_DATA", &services.data)
            .env("ERRAND_KEY", "only for this machine")
            .env("ERRAND_DATABASE_URL", &database)
            .env("ERRAND_KAFKA_BROKERS", &brokers);
        command
    };
    run::read(&mut errand(&["topics"]))?;
    println!("PostgreSQL   {database}");
    println!("Kafka        {brokers}");
    println!("clock        runs, and the relay beside it");
    println!(
        "the others   start when a request or an event comes for them, and stop after a minute without one"
    );
    println!("This link signs your browser in once:");
    println!("{}", run::read(&mut errand(&["token", "--link"]))?.trim());
    let mut dispatch = errand(&["dispatch", "--scale-to-zero"]);
    drop(services);
    // In our place: ctrl-c is for it, and the terminal is back when it has ended.
    Err(dispatch.exec()).context("cannot start errand")
}
