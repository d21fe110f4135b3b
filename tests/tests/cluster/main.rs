//! The chart, installed on a real Kubernetes with Knative: `cargo xtask cluster` makes one, runs these one after the other inside
//! its network, and prints what they measured. Without it each is skipped.
//!
//! They share one release; what needs other values upgrades it, or installs one of its own.

#![expect(clippy::unwrap_used, reason = "the panic of a test is its message")]

mod on_knative;
