//! What is to be done: commands with the versions they were made for, and how they are done together.

use crate::{reply::Action, say};
use contract::{commands::CommandInput, doc};
use domain::{
    command::Command,
    id::TaskId,
    list::List,
    need::Need,
    refusal::Refusal,
    settings::Settings,
    state::State,
    task::{Task, change::Expect},
};
use host::{Deps, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Writer;

/// One command, as it was shown to the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) command: Value,
    /// The title of what it is about.
    pub(crate) title: String,
    /// The version of the task when it was planned; none for what is made.
    pub(crate) version: Option<u64>,
}

impl Step {
    pub(crate) fn kind(&self) -> &str {
        self.command["type"].as_str().unwrap_or_default()
    }

    /// "Move “walk dog” to the trash"
    pub(crate) fn line(&self) -> String {
        say::would(self.kind(), &say::quoted(&self.title))
    }
}

/// How many are told one by one.
const TOLD: usize = 10;

/// What came of the steps.
pub(crate) struct Done {
    pub(crate) text: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) tasks: Vec<TaskId>,
}

type Planned = (String, Command, Expect);

/// Does the steps as one run: all or none. With `strict` each task must be as it was when the step was planned.
pub(crate) async fn run(
    deps: &Deps,
    who: &Writer,
    steps: &[Step],
    settings: &Settings,
    strict: bool,
) -> Result<Done, Problem> {
    let planned = steps
        .iter()
        .map(|step| read(deps, who, step, strict))
        .collect::<Result<Vec<_>, _>>()?;
    let need = planned
        .iter()
        .fold(Need::default(), |need, (_, command, expect)| {
            need.and(command.need(*expect))
        });
    let decide = Arc::new(move |state: &mut State, now| {
        for (_, command, expect) in &planned {
            command.decide(state, *expect, now)?;
        }
        let shown: Vec<_> = planned
            .iter()
            .map(|(kind, command, _)| shown(state, kind, command))
            .collect();
        Ok(store::Answer {
            status: 200,
            body: doc::json(&shown),
            version: None,
        })
    });
    let done = deps.store.commit(who, need, decide).await?;
    let shown: Vec<Value> =
        serde_json::from_str(&done.answer.body).map_err(|error| Problem::internal(&error))?;
    Ok(told(deps, &shown, settings))
}

fn read(deps: &Deps, who: &Writer, step: &Step, strict: bool) -> Result<Planned, Refusal> {
    let input: CommandInput = contract::commands::read(step.command.clone())?;
    let (command, _) = input.command(who.reader.person, &|| deps.ids.uuid())?;
    let expect = step
        .version
        // A series counts its own versions, and ending one is the same whichever it has.
        .filter(|_| strict && step.kind() != "end_series")
        .map_or(Expect::Any, Expect::Version);
    Ok((step.kind().to_owned(), command, expect))
}

/// What the command was about, as it is after it.
fn shown(state: &State, kind: &str, command: &Command) -> Value {
    let json = match command {
        Command::CreateList { id, .. } => state
            .row::<List>(id.0)
            .ok()
            .map(|row| doc::record(id.0, row)),
        other => other.task().and_then(|id| {
            let row = state.row::<Task>(id.0).ok()?;
            Some(doc::whole_task(id, row, &state.my_settings(), state.viewer))
        }),
    };
    let record: Value = json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or(Value::Null);
    json!({ "kind": kind, "record": record })
}

fn told(deps: &Deps, shown: &[Value], settings: &Settings) -> Done {
    let mut done = Done {
        text: String::new(),
        actions: Vec::new(),
        tasks: Vec::new(),
    };
    let mut lines = Vec::new();
    for one in shown {
        let (kind, record) = (one["kind"].as_str().unwrap_or_default(), &one["record"]);
        let summary = say::done(kind, record, settings);
        if let Some(id) = record["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .filter(|_| record["title"].is_string())
        {
            done.tasks.push(id);
        }
        done.actions.push(Action {
            id: deps.ids.uuid().to_string(),
            name: kind.to_owned(),
            summary: summary.clone(),
            result: record.clone(),
        });
        lines.push(summary);
    }
    let over = lines.len().saturating_sub(TOLD);
    lines.truncate(TOLD);
    done.text = lines.join("\n");
    if over > 0 {
        done.text = format!("{}\nand {over} more.", done.text);
    }
    done
}
