//! What a rule would give.

use contract::{doc, input::RepeatInput};
use domain::{recurrence::describe, repeat::Repeat};
use host::{Answer, Body, Deps, Problem, Reads};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// A recurrence, and how many of its occurrences to show.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct PreviewInput {
    #[serde(default = "ten")]
    count: u16,
    #[serde(flatten)]
    repeat: serde_json::Map<String, Value>,
}

fn ten() -> u16 {
    10
}

/// `POST /recurrence/preview`: the next occurrences, with a note where a clock change or a short month moved one.
pub(crate) async fn preview(
    deps: Deps,
    who: Reads,
    Body(input): Body<PreviewInput>,
) -> Result<Answer, Problem> {
    if !(1..=200).contains(&input.count) {
        return Err(Problem::field(
            "/count",
            host::Code::FieldInvalid,
            "`count` goes from 1 to 200.",
        ));
    }
    let repeat: Repeat =
        contract::commands::read::<RepeatInput>(Value::Object(input.repeat))?.into();
    let (settings, _) = host::person::settings(&deps, &who).await?;
    let recurrence = repeat.resolve(None, &settings, deps.clock.now());
    let recurrence = recurrence.map_err(|refusal| match Problem::from(refusal) {
        // Here the rule stands at the top.
        problem
            if problem
                .errors()
                .iter()
                .any(|fault| fault.pointer == "/recurrence/rrule") =>
        {
            Problem::field("/rrule", problem.code(), problem.detail())
        }
        problem => problem,
    })?;
    let items: Vec<_> = recurrence
        .preview(usize::from(input.count), settings.zone())
        .iter()
        .map(|item| {
            json!({
                "occurrence": item.occurrence,
                "instant": item.instant,
                "note": item.note.map(domain::recurrence::Note::words),
            })
        })
        .collect();
    let answer = json!({ "rrule": recurrence.rrule.to_string(), "words": describe(&recurrence.rrule), "items": items });
    Ok(Answer::raw(200, doc::json(&answer)))
}
