//! How many tests ran, read from what the test programs print.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// The sum over all test programs.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    skipped: Vec<String>,
    failures: Vec<String>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.skipped.len()
        )
    }
}

impl Counts {
    /// Nothing could be run at all.
    pub(crate) fn broken() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// Something that could not be tested here.
    pub(crate) fn skip(&mut self, what: &str, why: &str) {
        self.skipped.push(format!("{what}: {why}"));
    }

    /// Something that went wrong outside a test program.
    pub(crate) fn fail(&mut self, what: &str) {
        self.failed += 1;
        self.failures.push(what.to_owned());
    }

    /// What the tests wrote into `ERRAND_TEST_SKIPS`: one line each, `name: reason`. The test program counted such a test as
    /// passed, because it returned.
    pub(crate) fn add_skips(&mut self, lines: &str) {
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            self.passed = self.passed.saturating_sub(1);
            self.skipped.push(line.to_owned());
        }
    }

    /// Prints what failed, and what was skipped and why.
    pub(crate) fn print_details(&self) {
        if !self.skipped.is_empty() {
            println!("\nskipped:");
            self.skipped.iter().for_each(|line| println!("  {line}"));
        }
        if !self.failures.is_empty() {
            println!("\nfailed:");
            self.failures.iter().for_each(|line| println!("  {line}"));
        }
        println!();
    }

    fn read_line(&mut self, line: &str) {
        if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.split_once(" ... ignored"))
        {
            self.skipped.push(format!("{}: ignored", name.0));
        } else if let Some((_, numbers)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        {
            self.passed += number_before(numbers, "passed");
            self.failed += number_before(numbers, "failed");
        }
    }

    /// vitest's line `Tests  1 failed | 12 passed | 2 skipped (15)`. `None` when the line is another.
    fn read_vitest(line: &str) -> Option<(usize, usize, usize)> {
        let numbers = line.trim().strip_prefix("Tests ")?.trim_start();
        numbers
            .starts_with(|first: char| first.is_ascii_digit())
            .then(|| {
                let skipped = number_before(numbers, "skipped") + number_before(numbers, "todo");
                (
                    number_before(numbers, "passed"),
                    number_before(numbers, "failed"),
                    skipped,
                )
            })
    }
}

/// Runs `cargo test` and counts.
///
/// # Errors
/// When cargo cannot be started. Failing tests are no error here but a count.
pub(crate) fn from_cargo(command: &mut Command, counts: &mut Counts) -> Result<()> {
    let ended_well = each_line(command, |line| counts.read_line(line))?;
    if !ended_well && counts.failed == 0 {
        counts.failed = 1; // a test program died before it could count, or one did not build
        counts
            .failures
            .push("cargo test ended early: see above".to_owned());
    }
    Ok(())
}

/// Runs one script of the page: its own count where it prints one, else one test.
///
/// # Errors
/// When npm cannot be started. Failing tests are no error here but a count.
pub(crate) fn from_script(command: &mut Command, name: &str, counts: &mut Counts) -> Result<()> {
    let mut counted = None;
    let ended_well = each_line(command, |line| {
        counted = Counts::read_vitest(line).or(counted);
    })?;
    let (passed, failed, skipped) = counted.unwrap_or((usize::from(ended_well), 0, 0));
    counts.passed += passed;
    counts.failed += failed;
    for _ in 0..skipped {
        counts.skip("a test of the page", "see its output");
    }
    if failed > 0 {
        counts.failures.push(format!("the page: npm run {name}"));
    } else if !ended_well {
        counts.fail(&format!("the page: npm run {name}"));
    }
    Ok(())
}

/// Runs a program that prints a line for each step, `ok NAME` or `not ok NAME`, and stops at the first that fails.
///
/// # Errors
/// When it cannot be started. A step that fails is no error here but a count.
pub(crate) fn from_steps(command: &mut Command, name: &str, counts: &mut Counts) -> Result<()> {
    let before = counts.failed;
    let ended_well = each_line(command, |line| {
        if line.starts_with("ok ") {
            counts.passed += 1;
        } else if let Some(step) = line.strip_prefix("not ok ") {
            counts.fail(&format!("{name}: {step}"));
        }
    })?;
    if !ended_well && counts.failed == before {
        counts.fail(&format!("{name}: it ended early"));
    }
    Ok(())
}

/// Shows and reads a command's standard output line by line; whether the command ended well.
fn each_line(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the tests")?;
    let pipe = child.stdout.take().context("no output")?;
    for line in BufReader::new(pipe).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if !says_nothing(&line) {
            println!("{line}");
        }
        read(&line);
    }
    Ok(child.wait()?.success())
}

/// A crate without tests prints five lines, twice with its documentation: a screen of nothing, repeated.
fn says_nothing(line: &str) -> bool {
    line.is_empty()
        || line == "running 0 tests"
        || line.starts_with("test result: ok. 0 passed; 0 failed; 0 ignored;")
}

/// The number in front of a word: 12 of "12 passed; 1 failed" before "passed"; 0 where it does not stand.
fn number_before(text: &str, word: &str) -> usize {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ';' || c == '|')
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(printed: &str, skips: &str, expected: &str) {
        let mut counts = Counts::default();
        printed.lines().for_each(|line| counts.read_line(line));
        counts.add_skips(skips);
        assert_eq!(counts.to_string(), expected);
    }

    #[test]
    fn cargo_tests_are_summed() {
        check("", "", "0 passed, 0 failed, 0 skipped");
        check(
            "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "",
            "31 passed, 1 failed, 0 skipped",
        );
    }

    #[test]
    fn a_test_that_skipped_itself_did_not_pass() {
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\ntest x ... ignored",
            "suite::on_postgres: no PostgreSQL\n",
            "2 passed, 0 failed, 2 skipped",
        );
    }

    #[test]
    fn vitest_is_read() {
        assert_eq!(
            Counts::read_vitest("      Tests  12 passed (12)"),
            Some((12, 0, 0))
        );
        assert_eq!(
            Counts::read_vitest(" Tests  1 failed | 12 passed | 2 skipped (15)"),
            Some((12, 1, 2))
        );
        assert_eq!(Counts::read_vitest(" Test Files  2 passed (2)"), None);
    }
}
