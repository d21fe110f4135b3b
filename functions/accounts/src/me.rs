//! The person and their settings.

use domain::{command::Command, settings::Settings, state::State, task::change::Expect};
use host::{Accounts, Answer, Body, Deps, Precondition, Problem, Who, person};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Who asks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Me {
    /// The person.
    id: Uuid,
    /// Their own stream.
    stream: Uuid,
    /// The client that asks: the token's name, or the page.
    client: String,
    /// What a token may; the page may everything.
    scopes: Vec<String>,
    /// Where the person is.
    time_zone: String,
    assistant: Assistant,
}

/// The assistant behind it.
#[derive(Serialize, JsonSchema)]
struct Assistant {
    /// `offline` or `model`.
    interpreter: &'static str,
}

/// `GET /me`
pub(crate) async fn me(deps: Deps, who: Who) -> Result<Answer, Problem> {
    let reader = who.reader();
    let settings = person::settings(&deps, &reader).await?.0;
    Ok(Answer::json(&Me {
        id: reader.person.0,
        stream: reader.home.0,
        client: who.0.name,
        scopes: words(&who.0.scopes),
        time_zone: settings.time_zone.as_str().to_owned(),
        assistant: Assistant {
            interpreter: if deps.config.model.is_some() {
                "model"
            } else {
                "offline"
            },
        },
    }))
}

/// Scopes are kept as words of one text.
pub(crate) fn words(scopes: &str) -> Vec<String> {
    scopes.split_ascii_whitespace().map(str::to_owned).collect()
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
    let command = Command::UpdateSettings {
        set: Box::new(contract::commands::settings(input)?),
    };
    let expect = match at {
        Precondition::None | Precondition::Exists => Expect::Any,
        Precondition::Exactly(version) => Expect::Version(version),
        Precondition::Since(version) => Expect::Base(version),
    };
    let need = command.need(expect);
    let person = who.reader.person;
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, expect, now)?;
        let version = state.row::<Settings>(person.0).map_or(0, |row| row.version);
        Ok(store::Answer {
            status: 200,
            body: contract::doc::json(&state.my_settings()),
            version: Some(version),
        })
    });
    Ok(deps.store.commit(&who, need, decide).await?.into())
}

/// A way to reach the person.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Channel {
    /// `page` or `email`.
    kind: &'static str,
    /// Whether reminders go there.
    on: bool,
    /// Where, in the case of e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Option<String>>,
    /// Why they do not.
    why: Option<&'static str>,
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
    let items = [
        Channel {
            kind: "page",
            on: true,
            address: None,
            why: None,
        },
        Channel {
            kind: "email",
            on: why.is_none(),
            address: Some(settings.email),
            why,
        },
    ];
    Ok(Answer::json(&json!({ "items": items, "next": null })))
}
