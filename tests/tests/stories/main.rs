//! Stories across functions, each over the whole house.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

mod accounts;
mod anything;
mod audit;
mod bad_input;
mod bulk;
mod chat;
mod digest;
mod listings;
mod live;
mod offline;
mod published;
mod recur;
mod remind;
mod retry;
mod routes;
mod talk;
mod tasks;
mod transfer;
mod two_people;
mod unsubscribe;

use expect_test::Expect;

/// Monday morning in Berlin, where most stories begin.
const MONDAY: &str = "2026-11-23T09:00 Europe/Berlin";

/// Whether these lines are what is expected.
#[track_caller]
fn check(lines: Vec<String>, expected: Expect) {
    expected.assert_eq(&lines.join("\n"));
}
