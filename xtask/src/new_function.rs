//! `cargo xtask new-function`: the files that each function has, and its name where functions are named.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run;

const MANIFEST: &str = include_str!("new_function/manifest.txt");
const LIB: &str = include_str!("new_function/lib.txt");
const HANDLER: &str = include_str!("new_function/handler.txt");
const TESTS: &str = include_str!("new_function/tests.txt");

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The function's name: one lower-case word that says what it does.
    name: String,
}

/// Makes it, and says what is left to do by hand.
///
/// # Errors
/// When the name is taken or cannot be the name of a crate.
pub(crate) fn run(options: &Options) -> Result<()> {
    let name = options.name.as_str();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase()) {
        bail!("`{name}` is not one lower-case word");
    }
    let folder = run::root().join("functions").join(name);
    let shared = run::root().join("shared").join(name);
    if folder.exists() || shared.exists() {
        bail!("`{name}` is taken");
    }
    fs::create_dir_all(folder.join("src"))?;
    for (file, text) in [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", LIB),
        ("src/handler.rs", HANDLER),
        ("src/tests.rs", TESTS),
    ] {
        fs::write(folder.join(file), text.replace("NAME", name))?;
    }
    let top = format!("{name} = {{ path = \"functions/{name}\" }}");
    add_line(&run::root().join("Cargo.toml"), "path = \"functions/", &top)?;
    add_line(
        &run::root().join("functions/errand/Cargo.toml"),
        "recur.workspace",
        &format!("{name}.workspace = true"),
    )?;
    add_line(
        &run::root().join("tests/Cargo.toml"),
        "recur.workspace",
        &format!("{name}.workspace = true"),
    )?;
    println!("functions/{name} is there. Left to do:");
    println!("  functions/{name}/src/lib.rs   what wakes it, what it emits, its routes");
    println!("  functions/errand              its line in the list of functions");
    println!("  ARCHITECTURE.md               its row in the code map");
    Ok(())
}

/// Puts a line behind the last one that contains `after`.
fn add_line(file: &Path, after: &str, line: &str) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|own| own.contains(after));
    let last = last.with_context(|| format!("{} names no other function", file.display()))?;
    lines.insert(last + 1, line);
    Ok(fs::write(file, lines.join("\n") + "\n")?)
}
