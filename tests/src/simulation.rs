//! A whole deployment inside one deterministic test: two processes over one SQLite file, each with its clock, relay, functions
//! and HTTP, and people who use them, while everything goes wrong that the seed wants to go wrong. In every second world there is
//! a Kafka between the functions, in the others each process delivers to its own.
//!
//! The store, the relay, the clock, the functions and the witness are the real ones. What they wait for goes through here: at
//! every seam (a question to the store, the writer's begin, commit and answer, a delivery of the bus, a mail, a request, a sleep)
//! the seed says who goes next, and whether it happens, fails, gets lost, comes twice, takes long, or whether the process dies.
//! After each transaction the log is read and what must always hold is checked, so that the message says what broke; when the
//! storm is over all that was to be done must be done.
//!
//! What it leaves out: a process dies at a seam, not within COMMIT (the crash tests do that), and its files survive (no power
//! cut). SQLite has one writer at a time, so two processes never write at once here; the seams keep the lock's order and nobody
//! waits in the database. Two transactions of PostgreSQL that run into each other are the business of the store's own suite.

mod bus;
mod check;
mod client;
mod clock;
mod dice;
mod executor;
mod finish;
mod kafka;
mod mail;
mod outside;
mod process;
mod store;
mod story;
mod trace;
mod waiting;
mod weakness;
mod weather;
mod world;

pub use weakness::Weakness;

use jiff::Timestamp;
use std::fmt;

/// When every world begins: Monday, 23 November 2026, 08:00 UTC.
const START: Timestamp = Timestamp::constant(1_795_420_800, 0);

/// How a world ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// The first invariant that did not hold, in words.
    pub broken: Option<String>,
    /// What happened, line by line.
    pub trace: Vec<String>,
    /// What there was of it.
    pub counts: Counts,
}

/// How much happened.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub worlds: u64,
    pub steps: u64,
    pub transactions: u64,
    pub kills: u64,
    pub mails: u64,
    /// Mails that came twice because a process died, or the line broke, between the provider's yes and our record of it.
    pub doubles: u64,
}

/// Lives through the world of a seed.
#[must_use]
pub fn run(seed: u64, weakness: Weakness) -> Outcome {
    story::Story::new(seed, weakness).tell()
}

/// Lives through it twice: the second time must be like the first.
///
/// # Errors
/// What broke, or where the two differ, with what came before.
pub fn twice(seed: u64) -> Result<Counts, String> {
    let (first, second) = (run(seed, Weakness::None), run(seed, Weakness::None));
    let same = |(a, b): &(&String, &String)| a == b;
    let same = first
        .trace
        .iter()
        .zip(&second.trace)
        .take_while(same)
        .count();
    if same < first.trace.len().max(second.trace.len()) {
        let at = |outcome: &Outcome| outcome.trace.get(same).cloned().unwrap_or_default();
        return Err(format!(
            "the same seed is the same world: seed {seed} went differently at line {same}\n  first: {}\n  then:  {}",
            at(&first),
            at(&second)
        ));
    }
    match first.broken {
        None => Ok(first.counts),
        Some(_) => Err(first.to_string()),
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LAST: usize = 40;
        let words = self.broken.as_deref().unwrap_or("everything held");
        writeln!(f, "seed {}: {words}", self.seed)?;
        for line in self
            .trace
            .iter()
            .skip(self.trace.len().saturating_sub(LAST))
        {
            writeln!(f, "  {line}")?;
        }
        write!(
            f,
            "  (all of it: cargo xtask simulate --seed {})",
            self.seed
        )
    }
}

impl Counts {
    /// Adds another world's.
    pub fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.steps += other.steps;
        self.transactions += other.transactions;
        self.kills += other.kills;
        self.mails += other.mails;
        self.doubles += other.doubles;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            worlds,
            steps,
            transactions,
            kills,
            mails,
            doubles,
        } = self;
        write!(
            f,
            "{worlds} worlds, {steps} steps, {transactions} transactions, {kills} kills, {mails} mails, {doubles} of them again because nobody could know"
        )
    }
}
