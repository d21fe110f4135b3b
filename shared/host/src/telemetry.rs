//! Logs.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging to standard error: lines for people at a terminal, JSON otherwise. A second call does nothing.
/// Panics are logged as errors.
///
/// # Errors
/// When the filter cannot be read, with its words.
pub fn init(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("ERRAND_LOG: {error}"))?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    let started = if std::io::stderr().is_terminal() {
        registry.with(lines.with_target(false).compact()).try_init()
    } else {
        registry.with(lines.json().flatten_event(true)).try_init()
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            tracing::error!(
                place,
                "panic: {}",
                panic.payload_as_str().unwrap_or("without words")
            );
        }));
    }
    Ok(())
}
