//! What the interpreter gets right of sentences that nobody here wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::run;

/// Where the cases are, and how much to say.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A folder with case files (`*.jsonl`, one case a line) and their judge, `score.py`
    #[arg(long, value_name = "FOLDER")]
    cases: PathBuf,
    /// Also show so many of the misses of each class
    #[arg(long, value_name = "N", default_value_t = 0)]
    misses: u32,
}

/// Prints the score of `errand interpret` for each file of cases that are sentences.
///
/// # Errors
/// When the folder has no cases or no judge, or the program does not build.
pub(crate) fn run(options: &Options) -> Result<()> {
    let judge = options.cases.join("score.py");
    ensure!(
        judge.is_file(),
        "--cases: there is no judge {}",
        judge.display()
    );
    let files = sentences(&options.cases)?;
    ensure!(
        !files.is_empty(),
        "--cases: no file there has sentences to read"
    );
    run::show(run::cargo().args(["build", "--workspace", "--bin", "errand"]))?;
    let binary = run::root().join("target/debug/errand");
    let mut command = Command::new("python3");
    command.arg(judge).arg(binary).args(files);
    run::show(command.args(["--misses", &options.misses.to_string()]))
}

/// The files whose cases have a text; others in the folder are about rules or events.
fn sentences(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("--cases: {}", folder.display()))?;
    let paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    let has_text = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let case = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
        text.lines()
            .filter_map(case)
            .any(|case| case["text"].is_string())
    };
    let is_cases = |path: &PathBuf| path.extension().is_some_and(|name| name == "jsonl");
    let mut files: Vec<_> = paths
        .into_iter()
        .filter(is_cases)
        .filter(has_text)
        .collect();
    files.sort();
    Ok(files)
}
