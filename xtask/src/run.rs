//! Starting other programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Arguments that are handed on as they are.
#[derive(clap::Args)]
pub(crate) struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// The repository's top folder.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// `cargo` at the top folder, with the environment as it was before `cargo run` started this program: what cargo adds for a
/// program it runs (`CARGO_PKG_NAME`, `LD_LIBRARY_PATH`) would make build scripts run again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command to its end with its output shown.
///
/// # Errors
/// When it cannot be started or does not end well; the message names the command.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    let name = words(command);
    eprintln!("$ {name}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs a command to its end and gives what it printed.
///
/// # Errors
/// When it cannot be started or does not end well; the message holds the end of what it said.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let name = words(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let last: Vec<&str> = said.lines().rev().take(8).collect();
        bail!(
            "`{name}` failed ({}): {}",
            output.status,
            last.into_iter().rev().collect::<Vec<_>>().join("\n")
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first of these programs that is on the PATH.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    })
}

/// Where what is fetched or built once is kept, for this user.
pub(crate) fn cache() -> PathBuf {
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache"));
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(home)
        .unwrap_or_else(env::temp_dir)
        .join("errand")
}

/// Whether this is the superuser. Asked of `id`, because the standard library cannot say it.
pub(crate) fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// What `cargo metadata` says of the workspace's own packages.
///
/// # Errors
/// When cargo cannot read a manifest.
pub(crate) fn metadata() -> Result<Value> {
    let text = read(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    serde_json::from_str(&text).context("cargo metadata")
}

/// One of the programs in `tests`, built for speed beside everything else, with the arguments handed on.
///
/// # Errors
/// When it does not build or does not end well.
pub(crate) fn program(name: &str, rest: &Rest) -> Result<()> {
    // The whole workspace, as everywhere: a program on its own would be built with other features, all of it anew.
    show(cargo().args(["build", "--release", "--workspace"]))?;
    let built = target()?.join("release").join(name);
    show(Command::new(built).args(&rest.arguments))
}

/// Where cargo builds.
fn target() -> Result<PathBuf> {
    let metadata = metadata()?;
    let folder = metadata["target_directory"].as_str();
    folder
        .map(PathBuf::from)
        .context("cargo metadata names no target folder")
}

fn words(command: &Command) -> String {
    let mut words = vec![
        Path::new(command.get_program())
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
