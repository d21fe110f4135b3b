//! `cargo xtask cluster`: the chart on a real Kubernetes with Knative. A program called `box` makes one on this machine, in a
//! network of its own; the tests run inside that network and speak to it by `kubectl`, `helm` and HTTP.

mod proof;
mod the_box;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::test::{self, counts::Counts};
use crate::{daprd, image, install, page, run};
use proof::Table;
use the_box::TheBox;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only proofs whose name contains one of these.
    names: Vec<String>,
    /// The program as `cargo build` makes it, stripped: sooner there, slower than what is shipped.
    #[arg(long)]
    debug: bool,
    /// How often each cold start and each reminder is measured.
    #[arg(long, default_value_t = 20)]
    times: usize,
    /// For how long pods are killed under load.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Leave the cluster up, for a look at it; `box down` ends it.
    #[arg(long)]
    keep: bool,
}

impl Options {
    /// What the suite does: a little of what matters most, by the program that it has built anyway. All of it takes half an hour.
    fn of_the_suite() -> Self {
        Self {
            names: ["installed::", "slept::", "reminded::"]
                .map(String::from)
                .to_vec(),
            debug: true,
            times: 2,
            minutes: 0,
            keep: false,
        }
    }
}

/// What the tests are called, all of them: other runs of the test programs leave them out by it.
pub(crate) const NAME: &str = "on_knative::";
/// What all of them are, where they are left out.
pub(crate) const WHAT: &str = "the chart on a cluster";

/// Starts the cluster, runs the proofs and prints them as a table. Gives whether all held.
///
/// # Errors
/// When there is no box, or something does not build or start.
pub(crate) fn run(options: &Options) -> Result<bool> {
    install::before_the_build();
    let the_box = TheBox::find()
        .context("there is no box: name it by ERRAND_BOX, or put `box` on the PATH")?;
    let mut counts = Counts::default();
    prove(&the_box, options, &mut counts)?;
    counts.print_details();
    println!("{counts}");
    Ok(counts.failed == 0)
}

/// The same as a part of the suite, where the box and what it builds are on this machine already; else it is skipped aloud.
pub(crate) fn test(counts: &mut Counts) {
    let Some(the_box) = TheBox::find() else {
        counts.skip(WHAT, "no box (ERRAND_BOX names it)");
        return;
    };
    if !the_box::is_built() {
        counts.skip(WHAT, "the box is not built: `box build`, `box build kafka`");
        return;
    }
    if the_box.is_up() {
        counts.skip(WHAT, "the box is up: somebody works with it");
        return;
    }
    if let Err(error) = prove(&the_box, &Options::of_the_suite(), counts) {
        eprintln!("{error:#}");
        counts.fail(WHAT);
    }
}

fn prove(the_box: &TheBox, options: &Options, counts: &mut Counts) -> Result<()> {
    let program = built(options.debug)?;
    run::show(run::cargo().args(["test", "--workspace", "--no-run"]))?;
    let cluster = the_box.up(options.keep)?;
    let images = Images::load(&cluster, &program)?;
    let table = Table::new(&test::target()?)?;
    let skips = test::target()?.join("cluster-skips");
    fs::write(&skips, "")?;
    let mut cargo = run::cargo();
    cargo
        .args(["test", "--workspace", "--test", "cluster"])
        .args(["--", "--test-threads=1", "--show-output"])
        .args(&options.names)
        .args(options.names.is_empty().then_some(NAME))
        .env(runner()?, format!("{} run", cluster.program().display()))
        .env("ERRAND_TEST_BOX", cluster.program())
        .env("ERRAND_TEST_SKIPS", &skips)
        .env("ERRAND_TEST_IMAGE", images.errand)
        .env("ERRAND_TEST_FIGURES", table.file())
        .env("ERRAND_CLUSTER_TIMES", options.times.to_string())
        .env("ERRAND_CLUSTER_MINUTES", options.minutes.to_string());
    if let Some(image) = images.daprd {
        cargo.env("ERRAND_TEST_DAPRD_IMAGE", image);
    }
    if let (Ok(node), Some(chromium)) = (page::node(), page::chromium()) {
        cargo
            .env("ERRAND_TEST_NODE", node)
            .env("ERRAND_TEST_CHROMIUM", chromium);
    }
    let done = test::counts::from_cargo(&mut cargo, counts);
    counts.add_skips(&fs::read_to_string(&skips)?);
    table.print()?;
    done
}

/// By this variable cargo starts test programs through another program: here into the cluster's network.
fn runner() -> Result<String> {
    let said = run::read(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc names no host")?;
    let host = host.to_uppercase().replace('-', "_");
    Ok(format!("CARGO_TARGET_{host}_RUNNER"))
}

/// The program, without what only a debugger reads.
fn built(debug: bool) -> Result<PathBuf> {
    let mut build = run::cargo();
    build.args(["build", "--workspace", "--bin", "errand"]);
    if !debug {
        build.arg("--release");
    }
    run::show(&mut build)?;
    let target = test::target()?;
    if !debug {
        return Ok(target.join("release/errand"));
    }
    let stripped = target.join("debug/errand-stripped");
    let mut strip = Command::new("strip");
    strip
        .arg("-o")
        .arg(&stripped)
        .arg(target.join("debug/errand"));
    run::read(&mut strip)?;
    Ok(stripped)
}

/// Names of images that the cluster has.
struct Images {
    errand: String,
    daprd: Option<String>,
}

impl Images {
    fn load(cluster: &the_box::Cluster<'_>, program: &Path) -> Result<Self> {
        // A fresh tag each time: Knative makes a revision only when the name changes.
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let tag = format!("t{now}");
        image::load(program, cluster.program(), &tag)?;
        let daprd = daprd::binary().and_then(|binary| {
            let folder = test::target()?.join("daprd-image");
            fs::create_dir_all(&folder)?;
            fs::copy(&binary, folder.join("daprd"))?;
            cluster.load(&format!("daprd:{tag}"), &folder)?;
            Ok(format!("dev.local/daprd:{tag}"))
        });
        if let Err(error) = &daprd {
            eprintln!("no daprd: the proof of the sidecar is skipped ({error:#})");
        }
        Ok(Self {
            errand: format!("dev.local/errand:{tag}"),
            daprd: daprd.ok(),
        })
    }
}
