//! `kubectl` and `helm`, as they are on the PATH inside the cluster's network.

use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How long anything may take that ends by itself. It is only for when it never does.
const PATIENCE: Duration = Duration::from_mins(3);

/// Runs a program with that text as its input: what it printed, or else what it said.
pub(crate) fn try_run(program: &str, words: &[&str], input: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    command
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let mut pipe = child.stdin.take().unwrap();
    // Whoever does not read says why by its exit.
    let _unread = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} {}: {said}{why}", words.join(" ")))
}

/// What `kubectl` prints.
pub(crate) fn kubectl(words: &[&str]) -> String {
    try_run("kubectl", words, "").unwrap_or_else(|why| panic!("{why}"))
}

/// Objects, as JSON has them.
pub(crate) fn objects(words: &[&str]) -> Vec<Value> {
    let text = kubectl(&[words, &["--output", "json"]].concat());
    let all: Value = serde_json::from_str(&text).unwrap();
    all["items"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![all])
}

/// A file of the repository.
pub(crate) fn of_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Waits until something holds; the test fails when it does not come to hold.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(
            began.elapsed() < PATIENCE,
            "not within {PATIENCE:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The variable's number.
pub(crate) fn number(variable: &str, unless: usize) -> usize {
    let asked = std::env::var(variable).ok();
    asked.map_or(unless, |asked| {
        let number = asked.parse();
        number.unwrap_or_else(|_| panic!("{variable}: a number"))
    })
}
