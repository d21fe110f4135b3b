//! Functions alone, over a real Kafka: each by itself, and all of them under faults; and through Dapr's real sidecar.
//!
//! What takes long takes its numbers from variables, which CONTRIBUTING.md names.

#![expect(clippy::unwrap_used, reason = "the panic of a test is its message")]

mod crash;
mod crowd;
mod dapr;
mod database;
mod deployment;
mod dispatch;
mod doctor;
mod front;
mod installation;
mod kit;
mod live;
mod once;
mod outage;
mod poison;
mod processes;
mod relay;
mod security;
mod stopped;
mod story;
mod surroundings;
mod warm;
mod window;
