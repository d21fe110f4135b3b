//! Our own functions as writers.

use crate::Deps;
use domain::id::RunId;
use store::{ClientKind, Reader, Writer};

/// One of our functions, acting for a person of its own accord.
pub fn system(deps: &Deps, reader: Reader, function: &str) -> Writer {
    let run = deps.ids.uuid();
    Writer {
        reader,
        client: function.to_owned(),
        kind: ClientKind::System,
        run: RunId(run),
        correlation: run.simple().to_string(),
        causation: None,
        idempotency: None,
        once: None,
        keeps: None,
    }
}
