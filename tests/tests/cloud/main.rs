//! Functions alone, over a real Kafka.

#![expect(clippy::unwrap_used, reason = "the panic of a test is its message")]

mod dispatch;
mod kit;
mod once;
mod processes;
mod relay;
