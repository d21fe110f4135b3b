//! Clients that write while programs are killed, and what must be there in the end.

mod client;
mod end;

pub use client::{Client, Kept, Repeats, Task, Up};
pub use end::{End, check_tasks, still_to_come};

use std::time::Duration;

/// How long anything may take that ends by itself. It is only for when it never does.
const PATIENCE: Duration = Duration::from_mins(1);
