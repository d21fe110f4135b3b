//! `cargo xtask test`: the one command that tests everything.

pub(crate) mod counts;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::install::{self, Installed, Installs};
use crate::{chart, cluster, page, postgres, run, story};
use counts::Counts;
use story::Servers;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only tests whose name contains this.
    name: Option<String>,
    /// Leave out the page's own tests and the story in a browser.
    #[arg(long)]
    no_page: bool,
    /// Leave out the chart on a cluster of its own, which takes some minutes where there is a box.
    #[arg(long)]
    no_cluster: bool,
}

/// Runs all tests, or those of a name; prints what was skipped and why, and the count as the last line. Gives whether all passed.
///
/// # Errors
/// When nothing could be run: it does not build.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let counts = count(options, install::begin())?;
    println!("{counts}");
    Ok(counts.failed == 0)
}

/// Builds the program and runs its story in a browser. Gives whether it went well.
///
/// # Errors
/// When it does not build.
pub(crate) fn story() -> Result<bool> {
    let mut counts = Counts::default();
    install::before_the_build();
    run::show(run::cargo().args(["build", "--workspace", "--bin", "errand"]))?;
    let binary = target()?.join("debug/errand");
    story::test(&binary, &kept(), &mut counts)?;
    counts.print_details();
    println!("{counts}");
    Ok(counts.failed == 0)
}

/// Runs all and counts. Prints what was skipped, but not yet the count, so that the caller can make it the last line.
pub(crate) fn all(installs: Installs) -> Result<Counts> {
    count(
        &Options {
            name: None,
            no_page: false,
            no_cluster: std::env::var_os("ERRAND_NO_CLUSTER").is_some(),
        },
        installs,
    )
}

fn count(options: &Options, installs: Installs) -> Result<Counts> {
    // The stories and the crash tests drive the real program. `--workspace` here and below: one set of features, built once.
    run::show(run::cargo().args(["build", "--workspace", "--bin", "errand"]))?;
    run::show(run::cargo().args(["test", "--workspace", "--no-run"]))?;
    let installed = installs.wait();

    let mut counts = Counts::default();
    let skips = target()?.join(format!("skips-{}", std::process::id()));
    fs::write(&skips, "")?;
    let binary = target()?.join("debug/errand");
    let mut cargo = run::cargo();
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(&options.name)
        .args(["--", "--skip", cluster::NAME]);
    cargo
        .env("ERRAND_TEST_SKIPS", &skips)
        .env("ERRAND_TEST_BINARY", &binary);
    let (server, servers) = services(&mut cargo, &installed);
    let mut done = counts::from_cargo(&mut cargo, &mut counts);
    if done.is_ok() {
        done = stories_over_postgres(&cargo, options, &servers, &mut counts);
    }
    counts.add_skips(&fs::read_to_string(&skips)?);
    fs::remove_file(&skips)?;
    done?;

    if !options.no_page && options.name.is_none() {
        chart::test(&mut counts)?;
        page::test(&mut counts)?;
        story::test(&binary, &servers, &mut counts)?;
        if options.no_cluster {
            counts.skip(
                cluster::WHAT,
                "it is left out (--no-cluster, or ERRAND_NO_CLUSTER)",
            );
        } else {
            cluster::test(&mut counts);
        }
    }
    drop((server, installed));
    counts.print_details();
    Ok(counts)
}

/// Runs the stories across functions once more, each over a PostgreSQL database of its own.
fn stories_over_postgres(
    before: &Command,
    options: &Options,
    servers: &Servers,
    counts: &mut Counts,
) -> Result<()> {
    const NAME: &str = "the stories, over PostgreSQL";
    if servers.postgres.is_none() {
        counts.skip(NAME, "no PostgreSQL");
        return Ok(());
    }
    println!("{NAME}");
    let mut cargo = run::cargo();
    cargo
        .args(["test", "--workspace", "--no-fail-fast", "--test", "stories"])
        .args(&options.name)
        .envs(
            before
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("ERRAND_TEST_STORIES_OVER", "postgres");
    counts::from_cargo(&mut cargo, counts)
}

/// Puts into the environment of the tests where each service is. What cannot be had is left out, and said; each test that
/// needs it skips itself aloud.
fn services(cargo: &mut Command, installed: &Installed) -> (Option<postgres::Server>, Servers) {
    if let Some(chromium) = page::chromium() {
        cargo.env("ERRAND_TEST_CHROMIUM", chromium);
    } else {
        eprintln!("no Chromium: tests that need a browser are skipped");
    }
    // Over Kafka the browser's story is told by `cargo xtask story` alone; the same is asked of the API by a test here.
    let mut servers = Servers {
        kafka: None,
        ..kept()
    };
    if let Some(broker) = &installed.kafka {
        cargo
            .env("ERRAND_TEST_KAFKA_BROKERS", &broker.brokers)
            .env("ERRAND_TEST_KAFKA_JARS", &broker.jars);
        if let Some(authority) = &broker.authority {
            cargo.env("ERRAND_TEST_KAFKA_CA", authority);
        }
    }
    if let Some(program) = &installed.cargo_lambda {
        cargo.env("ERRAND_TEST_CARGO_LAMBDA", program);
    }
    if let Some(moto) = &installed.moto {
        cargo.env("ERRAND_TEST_MOTO_URL", &moto.url);
    }
    if let Some(daprd) = &installed.daprd {
        cargo.env("ERRAND_TEST_DAPRD", daprd);
    }
    if servers.postgres.is_some() {
        return (None, servers);
    }
    match postgres::Server::start() {
        Ok(server) => {
            cargo.env("ERRAND_TEST_POSTGRES_URL", &server.url);
            servers.postgres = Some(server.url.clone());
            (Some(server), servers)
        }
        Err(error) => {
            eprintln!("no PostgreSQL: tests that need it are skipped ({error:#})");
            (None, servers)
        }
    }
}

/// The servers that somebody keeps: `cargo xtask services up`.
fn kept() -> Servers {
    Servers {
        postgres: std::env::var("ERRAND_TEST_POSTGRES_URL").ok(),
        kafka: std::env::var("ERRAND_TEST_KAFKA_BROKERS").ok(),
    }
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf> {
    let target = run::metadata()?["target_directory"]
        .as_str()
        .map(PathBuf::from);
    target.context("cargo metadata names no target directory")
}
