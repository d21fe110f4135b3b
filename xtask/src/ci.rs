//! `cargo xtask ci`: what must pass before a merge, the same here and in the pipeline.

use anyhow::Result;

use crate::test::{self, counts::Counts};
use crate::{check, install, run};

/// Runs every step, also after one failed, so that one run tells all. The last line is the count of the tests. Gives whether
/// all passed.
pub(crate) fn run() -> bool {
    let installs = install::begin(); // a browser is 360 MB: it comes while the compiler works
    let mut failed = Vec::new();
    let mut step = |name: &'static str, done: Result<()>| {
        if let Err(error) = done {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    };
    step(
        "format",
        run::show(run::cargo().args(["fmt", "--all", "--check", "--", "--color=never"])),
    );
    step(
        "lints",
        run::show(run::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ])),
    );
    step("rules", check::run(&check::Options::default()));
    let counts = test::all(installs).unwrap_or_else(|error| {
        eprintln!("tests: {error:#}");
        Counts::broken()
    });
    if counts.failed > 0 {
        failed.push("tests");
    }
    if failed.is_empty() {
        println!("format, lints, rules and tests pass");
    } else {
        println!("did not pass: {}", failed.join(", "));
    }
    println!("{counts}");
    failed.is_empty()
}
