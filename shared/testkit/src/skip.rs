//! Saying aloud that a test could not run here.

use std::fs::OpenOptions;
use std::io::Write;

/// Says that the test of this thread proves nothing on this machine, and why. The caller returns; `cargo xtask test` counts it as
/// skipped and prints the reason at the end.
///
/// ```no_run
/// let Some(url) = testkit::skip::unless("ERRAND_TEST_POSTGRES_URL", "no PostgreSQL") else { return };
/// ```
pub fn skipped(reason: &str) {
    let thread = std::thread::current();
    let line = format!("{}: {reason}", thread.name().unwrap_or("a test"));
    println!("SKIPPED: {line}");
    let file = std::env::var_os("ERRAND_TEST_SKIPS")
        .map(|path| OpenOptions::new().append(true).create(true).open(path));
    if let Some(Ok(mut file)) = file {
        // One write, so that lines of two test programs do not mix.
        drop(file.write_all(format!("{line}\n").as_bytes()));
    }
}

/// What `cargo xtask test` says of a service, or `None` after saying that the test is skipped.
pub fn unless(variable: &str, reason: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        skipped(&format!("{reason} ({variable} is not set)"));
    }
    value
}
