//! The interpreter, on a thread of its own.
//!
//! Reading a line is bounded work of a millisecond or so, but it is work: not for the threads that serve. And whichever thread reads
//! keeps the patterns' scratch memory, megabytes of it; so one reads for all.

use crate::Problem;
use contract::interpret::Interpretation;
use language::Context;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{LazyLock, mpsc},
    thread,
};
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// The thread's queue.
static READER: LazyLock<mpsc::Sender<Work>> = LazyLock::new(|| {
    let (sender, queue) = mpsc::channel::<Work>();
    let read = move || {
        for work in queue {
            drop(catch_unwind(AssertUnwindSafe(work)));
        }
    };
    // Where there is no thread to be had the queue ends, and whoever asks is told.
    drop(
        thread::Builder::new()
            .name("interpreter".to_owned())
            .spawn(read),
    );
    sender
});

/// Builds the patterns, so that no request waits for that.
pub async fn warm() {
    let _built = on_thread(language::warm).await;
}

/// What a line of text would do.
///
/// # Errors
/// When the thread is gone.
pub async fn interpret(text: String, context: Context) -> Result<Interpretation, Problem> {
    on_thread(move || language::interpret(&text, &context)).await
}

async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let (answer, answered) = oneshot::channel();
    let work = move || {
        // Who asked may have gone while others were read for.
        if !answer.is_closed() {
            drop(answer.send(work()));
        }
    };
    // A queue without a thread drops the work, and with it the answer's sender.
    drop(READER.send(Box::new(work)));
    answered.await.map_err(|error| Problem::internal(&error))
}
