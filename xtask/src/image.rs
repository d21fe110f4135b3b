//! `cargo xtask image`: the one image of all functions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{run, test};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Its tag; the commit unless given. Knative makes a revision only when the name of the image changes.
    #[arg(long)]
    tag: Option<String>,
    /// Without Docker: a folder with the same root, in `target/image`, that any builder of containers takes.
    #[arg(long)]
    rootless: bool,
    /// The program to put into that folder, instead of a release build.
    #[arg(long, requires = "rootless")]
    program: Option<PathBuf>,
    /// A program that loads such a folder into a cluster, as `PROGRAM load NAME:TAG FOLDER`.
    #[arg(long, requires = "rootless")]
    load: Option<PathBuf>,
}

/// As in the Dockerfile's last stage.
const CONTAINERFILE: &str = "FROM scratch
COPY rootfs /
ENV ERRAND_DATA=/data
USER 65532:65532
EXPOSE 8080
ENTRYPOINT [\"/errand\"]
";

/// Makes it, and says its name.
///
/// # Errors
/// When it does not build.
pub(crate) fn run(options: &Options) -> Result<()> {
    let revision = run::read(Command::new("git").current_dir(run::root()).args([
        "rev-parse",
        "--short",
        "HEAD",
    ]));
    let revision = revision.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned());
    let tag = options.tag.as_ref().unwrap_or(&revision);
    if !options.rootless {
        let mut docker = Command::new("docker");
        docker
            .current_dir(run::root())
            .args(["build", "--tag", &format!("errand:{tag}")])
            .args(["--build-arg", &format!("REVISION={revision}"), "."]);
        run::show(&mut docker)?;
        println!("errand:{tag}");
        return Ok(());
    }
    let program = if let Some(program) = &options.program {
        program.clone()
    } else {
        run::show(run::cargo().args(["build", "--release", "--workspace", "--bin", "errand"]))?;
        test::target()?.join("release/errand")
    };
    if let Some(loader) = &options.load {
        return load(&program, loader, tag);
    }
    println!("{}", folder_of(&program)?.display());
    Ok(())
}

/// Hands an image of that program to a cluster.
///
/// # Errors
/// When it cannot be made or is not taken.
pub(crate) fn load(program: &Path, loader: &Path, tag: &str) -> Result<()> {
    let folder = folder_of(program)?;
    let mut load = Command::new(loader);
    run::show(load.arg("load").arg(format!("errand:{tag}")).arg(&folder))
}

/// The image's root as a folder, and how it is started.
fn folder_of(program: &Path) -> Result<PathBuf> {
    let folder = test::target()?.join("image");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("Containerfile"), CONTAINERFILE)?;
    let mut rootfs = Command::new("sh");
    rootfs
        .arg(run::root().join("image/rootfs.sh"))
        .args([program, &folder.join("rootfs")]);
    run::read(&mut rootfs).context("the folder cannot be made")?;
    Ok(folder)
}
