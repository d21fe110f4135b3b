//! The built program as people meet it: killed at any moment, in bad surroundings, at the terminal.
//!
//! `cargo xtask test` builds it and says where it is (`ERRAND_TEST_BINARY`); without it these tests are skipped aloud.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "the way `UPDATE_EXPECT=1` writes them"
)]

mod crash;
mod home;
mod lambda;
mod surroundings;
mod terminal;
