//! The one task that writes: it takes what waits, decides all of it in memory, and writes it as one.

use super::{load, shut, write};
use crate::{
    Committed, Options, StoreError,
    decide::{Command, decide},
    plan::Plan,
};
use futures::future::BoxFuture;
use sqlx::SqliteConnection;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

/// Commands decided together, at most.
const BATCH: usize = 256;

type Answered = Result<Committed, StoreError>;
/// Told with the connection in a transaction, or why there is none.
pub(super) type Work = Box<
    dyn for<'c> FnOnce(Result<&'c mut SqliteConnection, StoreError>) -> BoxFuture<'c, Tell> + Send,
>;

/// What the writer is asked to do.
pub(super) enum Job {
    /// Decide and commit.
    Commit(Box<Command>, oneshot::Sender<Answered>),
    /// Some statements in a transaction of their own.
    Work(Work),
    /// Close the connection, after everything before.
    Close(oneshot::Sender<()>),
}

/// What came of some work: whether to commit it, and who is told then.
pub(super) struct Tell {
    pub done: bool,
    pub tell: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

/// Runs until the store is closed or dropped.
pub(super) async fn run(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Job>,
    options: Options,
    hint: Arc<Notify>,
) {
    let mut jobs = Vec::with_capacity(BATCH);
    let mut writer = Batcher {
        options,
        hint,
        commands: Vec::new(),
        waiting: Vec::new(),
    };
    loop {
        writer.options.seam.waits("jobs");
        if queue.recv_many(&mut jobs, BATCH).await == 0 {
            break;
        }
        for job in jobs.drain(..) {
            match job {
                Job::Commit(command, answer) => {
                    let alone = command.stands_alone();
                    if alone {
                        writer.flush(&mut connection).await;
                    }
                    writer.commands.push(*command);
                    writer.waiting.push(answer);
                    if alone {
                        writer.flush(&mut connection).await;
                    }
                }
                Job::Work(work) => {
                    writer.flush(&mut connection).await;
                    writer.transact(&mut connection, work).await;
                }
                Job::Close(closed) => {
                    writer.flush(&mut connection).await;
                    shut(connection).await;
                    let _gone = closed.send(());
                    return;
                }
            }
        }
        writer.flush(&mut connection).await;
    }
    shut(connection).await;
}

struct Batcher {
    options: Options,
    hint: Arc<Notify>,
    commands: Vec<Command>,
    waiting: Vec<oneshot::Sender<Answered>>,
}

impl Batcher {
    /// Commits what was collected; when that fails, one by one, so that each gets its own answer.
    async fn flush(&mut self, connection: &mut SqliteConnection) {
        if self.commands.is_empty() {
            return;
        }
        let commands = std::mem::take(&mut self.commands);
        let answers = match self.attempt(connection, &commands).await {
            Ok(answers) => answers,
            Err(why) if commands.len() == 1 => vec![Err(why)],
            Err(why) => {
                tracing::debug!(%why, commands = commands.len(), "a batch was rolled back and is done one by one");
                let mut answers = Vec::with_capacity(commands.len());
                for command in commands.chunks(1) {
                    let alone = self.attempt(connection, command).await;
                    answers.extend(alone.unwrap_or_else(|why| vec![Err(why)]));
                }
                answers
            }
        };
        let told = self.options.seam.at("answer").await;
        self.hint.notify_waiters();
        for (waiting, answer) in self.waiting.drain(..).zip(answers) {
            // Whoever does not wait any more has gone; what was written stays.
            let _gone = waiting.send(if told.is_ok() {
                answer
            } else {
                Err(super::closed())
            });
        }
    }

    async fn attempt(
        &self,
        connection: &mut SqliteConnection,
        commands: &[Command],
    ) -> Result<Vec<Answered>, StoreError> {
        let outcome = self.transaction(connection, commands).await;
        if outcome.is_err() {
            roll_back(connection).await;
        }
        outcome
    }

    async fn transaction(
        &self,
        connection: &mut SqliteConnection,
        commands: &[Command],
    ) -> Result<Vec<Answered>, StoreError> {
        self.options.seam.at("begin").await?;
        let mut overlay = load::load(connection, commands).await?;
        let now = self.options.moment();
        let mut plan = Plan::default();
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let decided = decide(command, &mut overlay, now, &self.options.random);
            answers.push(decided.map(|(committed, next)| {
                plan.then(next);
                committed
            }));
        }
        if plan.is_empty() {
            roll_back(connection).await;
            return Ok(answers);
        }
        self.options.seam.at("commit").await?;
        write::write(connection, plan).await?;
        Ok(answers)
    }

    /// Some statements between BEGIN and COMMIT.
    async fn transact(&self, connection: &mut SqliteConnection, work: Work) {
        if let Err(why) = self.begin(connection).await {
            roll_back(connection).await;
            let Tell { tell, .. } = work(Err(why)).await;
            return tell(Ok(()));
        }
        let Tell { done, tell } = work(Ok(&mut *connection)).await;
        let committed = if done {
            self.commit(connection).await
        } else {
            Ok(())
        };
        if !done || committed.is_err() {
            roll_back(connection).await;
        }
        let told = self.options.seam.at("answer").await;
        tell(told.and(committed));
    }

    async fn begin(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.options.seam.at("begin").await?;
        let begun = sqlx::raw_sql("begin immediate").execute(connection).await;
        begun.map(drop).map_err(crate::error::failed)
    }

    async fn commit(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        self.options.seam.at("commit").await?;
        let committed = sqlx::raw_sql("commit").execute(connection).await;
        committed.map(drop).map_err(crate::error::failed)
    }
}

/// Ends whatever transaction there is; that there is none is no fault.
async fn roll_back(connection: &mut SqliteConnection) {
    if let Err(why) = sqlx::raw_sql("rollback").execute(connection).await {
        tracing::trace!(%why, "nothing to roll back");
    }
}
