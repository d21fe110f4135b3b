//! Many commands in one request: all or nothing, or each by itself; one undo.

use contract::commands::{CommandInput, Commands, Kind, Mode};
use domain::{
    command::Command,
    need::Need,
    record::Record,
    refusal::Refusal,
    state::{Kept, State},
    task::{Task, change::Expect},
};
use host::{Answer, Body, Code, Deps, Problem, Who, Writes, who::scope};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most commands in one request.
pub(crate) const MOST: usize = 1_000;

/// A command as it was read.
pub(crate) struct Read {
    /// The client's own name for it.
    pub(crate) key: Option<String>,
    /// What it is, or why it is none.
    pub(crate) command: Result<(Command, Expect), Refusal>,
}

/// `POST /commands`
pub(crate) async fn commands(
    deps: Deps,
    asks: Who,
    who: Writes,
    Body(input): Body<Commands>,
) -> Result<Answer, Problem> {
    if input.commands.is_empty() || input.commands.len() > MOST {
        let words = format!(
            "Send 1 to {MOST} commands; these are {}.",
            input.commands.len()
        );
        return Err(
            Problem::field("/commands", Code::LimitExceeded, words).param("limit", MOST as u64)
        );
    }
    let any = |of: fn(Kind) -> bool| input.commands.iter().any(|command| of(command.kind));
    let mut asks = asks;
    if any(Kind::deletes) {
        asks = asks.needs(scope::TASKS_DELETE)?;
    }
    if any(|kind| kind == Kind::UpdateSettings) {
        asks.needs(scope::ACCOUNT)?;
    }
    let person = who.reader.person;
    let fresh = || deps.ids.uuid();
    let read = |input: CommandInput| Read {
        key: input.key.clone(),
        command: input.command(person, &fresh),
    };
    let all = input.commands.into_iter().map(read).collect();
    run(&deps, &who, input.mode, input.dry_run, all).await
}

/// Does many commands as one commit.
pub(crate) async fn run(
    deps: &Deps,
    who: &store::Writer,
    mode: Mode,
    dry_run: bool,
    all: Vec<Read>,
) -> Result<Answer, Problem> {
    let commands = all.iter().filter_map(|read| read.command.as_ref().ok());
    let need = commands.fold(Need::default(), |need, (command, expect)| {
        need.and(command.need(*expect))
    });
    let run_id = who.run;
    let decide = Arc::new(move |state: &mut State, now| {
        let (results, refused) = decide_all(state, &all, mode, now);
        if mode == Mode::All && refused > 0 {
            return Err(Refusal::Many(failures(&all, results)));
        }
        let results: Vec<_> = results
            .into_iter()
            .map(|result| result.unwrap_or_else(|refusal| refused_json(&refusal)))
            .collect();
        let body =
            json!({ "run_id": run_id, "dry_run": dry_run, "results": with_keys(&all, results) })
                .to_string();
        let answer = store::Answer {
            status: 200,
            body,
            version: None,
        };
        if dry_run {
            Err(Refusal::DryRun(answer.body))
        } else {
            Ok(answer)
        }
    });
    match deps.store.commit(who, need, decide).await {
        Ok(done) => Ok(done.into()),
        Err(store::StoreError::Refused(Refusal::DryRun(body))) => Ok(Answer::raw(200, body)),
        Err(error) => Err(error.into()),
    }
}

type Outcome = Result<Value, Refusal>;

fn decide_all(
    state: &mut State,
    all: &[Read],
    mode: Mode,
    now: jiff::Timestamp,
) -> (Vec<Outcome>, usize) {
    let loaded = (mode == Mode::Each).then(|| state.clone());
    let mut refused = 0;
    let mut results: Vec<Outcome> = Vec::with_capacity(all.len());
    for read in all {
        let writes = state.writes();
        let result = match &read.command {
            Err(refusal) => Err(refusal.clone()),
            Ok((command, expect)) => command
                .decide(state, *expect, now)
                .map(|()| done_json(state, command)),
        };
        if result.is_err() {
            refused += 1;
            if let Some(loaded) = &loaded
                && state.writes() != writes
            {
                *state = again(loaded, all, &results, now);
            }
        }
        results.push(result);
    }
    (results, refused)
}

/// The state without what a refused command had begun to write: what was accepted before it, decided anew, which comes out the same.
/// Few commands are refused after their first write, so this is cheaper than a copy of the state before each.
fn again(loaded: &State, all: &[Read], results: &[Outcome], now: jiff::Timestamp) -> State {
    let mut state = loaded.clone();
    for (read, result) in all.iter().zip(results) {
        if let (Ok((command, expect)), Ok(_)) = (&read.command, result) {
            let decided = command.decide(&mut state, *expect, now);
            debug_assert!(decided.is_ok(), "a decision is pure");
        }
    }
    state
}

fn failures(all: &[Read], results: Vec<Outcome>) -> Vec<(usize, Option<String>, Refusal)> {
    let refused = results
        .into_iter()
        .enumerate()
        .filter_map(|(i, result)| Some((i, all[i].key.clone(), result.err()?)));
    refused.collect()
}

fn with_keys(all: &[Read], results: Vec<Value>) -> Vec<Value> {
    let keyed = |(read, mut result): (&Read, Value)| {
        if let (Some(key), Some(fields)) = (&read.key, result.as_object_mut()) {
            fields.insert("key".to_owned(), key.as_str().into());
        }
        result
    };
    all.iter().zip(results).map(keyed).collect()
}

fn refused_json(refusal: &Refusal) -> Value {
    json!({ "status": "refused", "problem": Problem::from(refusal.clone()).to_json() })
}

/// The record that a command was about, as it is now.
fn done_json(state: &State, command: &Command) -> Value {
    use domain::list::{Comment, List, Section, View};
    fn of<R: Kept + Record>(state: &State, id: impl Into<uuid::Uuid>) -> Value {
        let id = id.into();
        match state.row::<R>(id) {
            Ok(row) => json!({ "status": "done", "id": id, "version": row.version }),
            Err(_) => json!({ "status": "done", "id": id }),
        }
    }
    match command {
        Command::DuplicateTask { copy, .. } => of::<Task>(state, copy.0),
        Command::Comment { id, .. } | Command::UpdateComment { id, .. } => {
            of::<Comment>(state, id.0)
        }
        Command::CreateList { id, .. }
        | Command::UpdateList { id, .. }
        | Command::DeleteList { id }
        | Command::RestoreList { id } => of::<List>(state, id.0),
        Command::CreateSection { id, .. }
        | Command::UpdateSection { id, .. }
        | Command::DeleteSection { id } => of::<Section>(state, id.0),
        Command::CreateView { id, .. }
        | Command::UpdateView { id, .. }
        | Command::DeleteView { id } => of::<View>(state, id.0),
        other => match other.task() {
            Some(id) => of::<Task>(state, id.0),
            None => json!({ "status": "done" }),
        },
    }
}
