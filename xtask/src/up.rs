//! `cargo xtask up`: the cloud shape on this machine.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::services::Services;
use crate::{run, test};

/// Starts what it needs, and runs it until ctrl-c. PostgreSQL and Kafka stay until `cargo xtask services down`.
///
/// # Errors
/// When it does not build, or something does not start.
pub(crate) fn run() -> Result<()> {
    run::show(run::cargo().args(["build", "--workspace", "--bin", "errand"]))?;
    let binary = test::target()?.join("debug/errand");
    let data = test::target()?.join("up");
    fs::create_dir_all(&data)?;
    let services = Services::of_user()?;
    let (database, brokers) = (services.postgres_up()?, services.kafka_up()?);
    let errand = |words: &[&str]| {
        let mut command = Command::new(&binary);
        command
            .args(words)
            .env("ERRAND_DATA", &data)
            .env("ERRAND_KEY", "only for this machine")
            .env("ERRAND_DATABASE_URL", &database)
            .env("ERRAND_KAFKA_BROKERS", &brokers);
        command
    };
    run::read(&mut errand(&["topics"]))?;
    let mut dispatch = errand(&["dispatch", "--scale-to-zero"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start errand")?;
    let printed = dispatch.stdout.take().context("no output")?;
    let Some(address) = BufReader::new(printed).lines().map_while(Result::ok).next() else {
        bail!("errand dispatch ended at its start");
    };
    println!("{address}");
    println!("PostgreSQL   {database}");
    println!("Kafka        {brokers}");
    println!("clock        runs, and the relay beside it");
    println!(
        "the others   start when a request or an event comes for them, and stop after a minute without one"
    );
    println!("This link signs your browser in once:");
    println!("{}", run::read(&mut errand(&["token", "--link"]))?.trim());
    dispatch.wait()?;
    Ok(())
}
