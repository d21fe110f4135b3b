//! What was measured: sorted, said, and written down for the table.

use std::{fmt::Display, fs::OpenOptions, io::Write, time::Duration};

/// Where `cargo xtask cluster` reads them.
const FILE: &str = "ERRAND_TEST_FIGURES";
/// From so many on the budgets hold as they stand. Fewer are a look, on a machine that does other things, too.
const ENOUGH: usize = 20;
/// How much more a look may show.
const LEEWAY: u32 = 4;

/// A line of the table.
pub(crate) fn figure(what: &str, measured: impl Display, asked: impl Display) {
    println!("FIGURE {what}: {measured} (asked: {asked})");
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    writeln!(file, "{what}\t{measured}\t{asked}").unwrap();
}

/// Times of the same thing.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort();
    }

    pub(crate) fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    pub(crate) fn worst(&self) -> Duration {
        self.0[self.0.len() - 1]
    }

    /// Below which so many of a hundred are.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }

    /// What a budget comes to for that many.
    pub(crate) fn budget(&self, budget: Duration) -> Duration {
        if self.0.len() >= ENOUGH {
            budget
        } else {
            budget * LEEWAY
        }
    }
}

impl Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, last) = (self.0[0], self.worst());
        write!(
            f,
            "median {:.2} s, {:.2} to {:.2} (n = {})",
            self.median().as_secs_f64(),
            first.as_secs_f64(),
            last.as_secs_f64(),
            self.0.len()
        )
    }
}
