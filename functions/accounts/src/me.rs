//! The person and their settings.

use domain::{command::Command, settings::Settings, state::State, task::change::Expect};
use host::{Accounts, Answer, Body, Deps, Precondition, Problem, Who, person};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /me`
pub(crate) async fn me(deps: Deps, who: Who) -> Result<Answer, Problem> {
    let reader = who.reader();
    let settings = person::settings(&deps, &reader).await?.0;
    Ok(Answer::json(&json!({
        "id": reader.person,
        "stream": reader.home,
        "client": who.0.name,
        "scopes": who.0.scopes.split_ascii_whitespace().collect::<Vec<_>>(),
        "time_zone": settings.time_zone,
        "assistant": { "interpreter": if deps.config.model.is_some() { "model" } else { "offline" } },
    })))
}

/// `GET /me/settings`
pub(crate) async fn settings(deps: Deps, who: Who) -> Result<Answer, Problem> {
    let (settings, version) = person::settings(&deps, &who.reader()).await?;
    let json = contract::doc::json(&settings);
    Ok(Answer::doc(store::Doc {
        id: who.reader().person.0,
        version,
        json,
    }))
}

/// `PATCH /me/settings`
pub(crate) async fn change_settings(
    deps: Deps,
    who: Accounts,
    at: Precondition,
    Body(input): Body<Value>,
) -> Result<Answer, Problem> {
    let (_, version) = person::settings(&deps, &who.reader).await?;
    if at.exactly().is_some_and(|asked| asked != version) {
        let asked = at.exactly().unwrap_or_default();
        return Err(domain::refusal::Refusal::VersionMismatch {
            what: "settings",
            current: version,
            asked,
        }
        .into());
    }
    let command = Command::UpdateSettings {
        set: Box::new(contract::commands::settings(input)?),
    };
    let need = command.need(Expect::Any);
    let person = who.reader.person;
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, Expect::Any, now)?;
        let version = state.row::<Settings>(person.0).map_or(0, |row| row.version);
        Ok(store::Answer {
            status: 200,
            body: contract::doc::json(&state.my_settings()),
            version: Some(version),
        })
    });
    Ok(deps.store.commit(&who, need, decide).await?.into())
}

/// `GET /me/channels`: how reminders reach the person, and why one does not.
pub(crate) async fn channels(deps: Deps, who: Who) -> Result<Answer, Problem> {
    let (settings, _) = person::settings(&deps, &who.reader()).await?;
    let why = match (&deps.config.mail, &settings.email) {
        (None, _) => Some("This installation has no mail server: set ERRAND_MAIL_URL."),
        (_, None) => Some("There is no e-mail address in the settings."),
        _ if !settings.email_reminders.0 => {
            Some("Reminders by e-mail are turned off in the settings.")
        }
        _ => None,
    };
    let items = json!([
        { "kind": "page", "on": true, "why": null },
        { "kind": "email", "on": why.is_none(), "address": settings.email, "why": why },
    ]);
    Ok(Answer::json(&json!({ "items": items, "next": null })))
}
