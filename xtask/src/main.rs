//! The short names of the daily acts: `cargo xtask test`, `story`, `check`, `ci`, `services`, `up`, `chart`, `cluster`, `image`, `simulate`,
//! `bench`, `score`, `new-function`.

mod chart;
mod check;
mod ci;
mod cluster;
mod daprd;
mod guard;
mod image;
mod install;
mod kafka;
mod kept;
mod moto;
mod new_function;
mod page;
mod postgres;
mod python;
mod run;
mod score;
mod services;
mod story;
mod test;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The daily acts of this repository, one word each.
#[derive(Parser)]
#[command(name = "cargo xtask", version, about)]
struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Start what the tests need, run them all, stop it again, and count.
    Test(test::Options),
    /// Only the story in a browser, against the program as it is now; screenshots in `target/debug/story`.
    Story,
    /// Hold the house's rules: who may depend on whom, sizes, words, pictures, SQL in one place.
    Check(check::Options),
    /// Everything that must pass before a merge: format, lints, rules, tests.
    Ci,
    /// PostgreSQL, Kafka and moto for a day's work, in private folders and on ports of their own; and Dapr's sidecar and cargo-lambda
    /// as programs.
    Services {
        #[command(subcommand)]
        act: services::Act,
    },
    /// The cloud shape on this machine: PostgreSQL, Kafka, and every function a process that is started when something comes for it.
    Up,
    /// Hold the Helm chart, the image and the compose file to what can be known without a cluster.
    Chart(chart::Options),
    /// Install the chart on a real Kubernetes with Knative, which a program `box` makes on this machine, and prove it there.
    Cluster(cluster::Options),
    /// Make the image of all functions: by Docker, or as a folder that a container is made of.
    Image(image::Options),
    /// Run many seeds of the simulation (`--seeds N`, `--seed N` for one); further arguments go to the program.
    Simulate(run::Rest),
    /// Measure the budgets of the README's table; further arguments go to the program.
    Bench(run::Rest),
    /// Print what the interpreter gets right of sentences in files, per file.
    Score(score::Options),
    /// Make the three files of a function and name it where functions are named.
    NewFunction(new_function::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().act {
        // These print the count of the tests as their last line, whatever happened.
        Act::Test(options) => test::run(&options),
        Act::Story => test::story(),
        Act::Ci => Ok(ci::run()),
        Act::Check(options) => check::run(&options).map(|()| true),
        Act::Chart(options) => chart::run(&options),
        Act::Cluster(options) => cluster::run(&options),
        Act::Image(options) => image::run(&options).map(|()| true),
        Act::Up => up::run().map(|()| true),
        Act::Services { act } => services::run(act).map(|()| true),
        Act::Simulate(rest) => run::program("simulate", &rest).map(|()| true),
        Act::Bench(rest) => run::program("bench", &rest).map(|()| true),
        Act::Score(options) => score::run(&options).map(|()| true),
        Act::NewFunction(options) => new_function::run(&options).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
