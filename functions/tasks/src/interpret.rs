//! What a line of text would do. Nothing is done.

use contract::{
    interpret::{InterpretRequest, Interpretation, Mode, Trouble},
    propose,
};
use domain::{id::ListId, settings::Settings};
use host::{Answer, Body, Code, Deps, Problem, Reads};
use jiff::tz::TimeZone;
use language::Context;

/// The most lines in one request.
const MOST: usize = 100;

/// `POST /interpret`
pub(crate) async fn interpret(
    deps: Deps,
    who: Reads,
    Body(input): Body<serde_json::Value>,
) -> Result<Answer, Problem> {
    let many = input.is_array();
    let text = input.to_string();
    let requests: Vec<InterpretRequest> = if many {
        host::body::decode(text.as_bytes())?
    } else {
        vec![host::body::decode(text.as_bytes())?]
    };
    if requests.len() > MOST {
        return Err(Problem::new(
            Code::LimitExceeded,
            format!("At most {MOST} lines at once."),
        )
        .param("limit", MOST as u64));
    }
    let (settings, _) = host::person::settings(&deps, &who).await?;
    let lists = host::person::lists(&deps, &who).await?;
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        fits(&request)?;
        let context = context(&request, &settings, &lists)?;
        let zone = context.now.time_zone().clone();
        let mut answer = host::interpreter::interpret(request.text, context).await?;
        propose_commands(&deps, &mut answer, &lists, &zone);
        answers.push(answer);
    }
    Ok(if many {
        Answer::json(&answers)
    } else {
        Answer::json(&answers.pop())
    })
}

fn fits(request: &InterpretRequest) -> Result<(), Problem> {
    let limit = if request.mode == Mode::Add {
        500
    } else {
        10_000
    };
    if request.text.chars().nth(limit).is_none() {
        return Ok(());
    }
    let words = format!("A line to interpret has at most {limit} characters.");
    Err(Problem::field("/text", Code::LimitExceeded, words).param("limit", limit))
}

/// What the reading depends on: the request's moment and zone, the person's settings and lists.
fn context(
    request: &InterpretRequest,
    settings: &Settings,
    lists: &[(ListId, String)],
) -> Result<Context, Problem> {
    let mut context = language::context(request).map_err(|refused| {
        Problem::field(
            refused.pointer,
            Code::named(refused.code).unwrap_or(Code::FieldInvalid),
            refused.detail,
        )
    })?;
    context.settings = settings_for(request, settings);
    context.lists = lists.iter().map(|(_, name)| name.clone()).collect();
    Ok(context)
}

/// The person's settings; who never said how they write dates is taken to write as their device's language does.
fn settings_for(request: &InterpretRequest, settings: &Settings) -> language::Settings {
    let device = request.language.clone().unwrap_or_default();
    if settings.locale.is_empty() && !device.is_empty() {
        let locale = device;
        return (&Settings {
            locale,
            ..settings.clone()
        })
            .into();
    }
    settings.into()
}

/// Says with each thing to make the command that makes it. Targets are found by the assistant, which knows the conversation.
fn propose_commands(
    deps: &Deps,
    answer: &mut Interpretation,
    lists: &[(ListId, String)],
    zone: &TimeZone,
) {
    for item in &mut answer.items {
        let named = |name: &String| {
            lists
                .iter()
                .find(|(_, list)| list.to_lowercase() == name.to_lowercase())
        };
        let list = item.list.as_ref().and_then(named).map(|(id, _)| *id);
        if let (Some(name), None) = (&item.list, list) {
            answer.problems.push(Trouble {
                code: Code::ReferenceUnknown.name().to_owned(),
                detail: format!("There is no list {name:?}; the task goes into the inbox."),
                from: None,
                to: None,
            });
        }
        item.command = propose::command(item, deps.ids.uuid(), None, list, zone);
    }
}
