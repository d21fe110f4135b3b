//! The interpreter, on a thread of its own.
//!
//! Reading a line is bounded work of a millisecond or so, but it is work: not for the threads that serve. And whichever thread reads
//! keeps the patterns' scratch memory, megabytes of it; so one reads for all.

use crate::Problem;
use contract::interpret::Interpretation;
use language::Context;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{LazyLock, Once, mpsc},
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

/// Has the patterns built, once, while nobody waits for it.
pub fn warm() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| drop(READER.send(Box::new(language::warm))));
}

/// What a line of text would do.
///
/// # Errors
/// When the thread is gone.
pub async fn interpret(text: String, context: Context) -> Result<Interpretation, Problem> {
    let (answer, answered) = oneshot::channel();
    let read = move || {
        // Who asked may have gone while others were read for.
        if !answer.is_closed() {
            drop(answer.send(language::interpret(&text, &context)));
        }
    };
    // A queue without a thread drops the work, and with it the answer's sender.
    drop(READER.send(Box::new(read)));
    answered.await.map_err(|error| Problem::internal(&error))
}
