//! Mails turned off from a mail, without signing in: `GET` shows a page with a button, as what follows links ahead of people must
//! change nothing; `POST` acts, sent by that button or by the mail program itself (RFC 8058).

use axum::response::{Html, IntoResponse, Response};
use domain::{
    command::Command,
    id::UserId,
    settings::{Enabled, SettingsPatch},
    state::State,
    task::change::Expect,
};
use host::{Deps, Params, Problem, unsubscribe};
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use store::Reader;
use uuid::Uuid;

use crate::link::no_answer;

/// What a mail's link says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// Whose mails.
    person: Uuid,
    /// That the link is the installation's own.
    key: String,
}

const ASK: &str = r#"<p>Errand sends you reminders by e-mail.</p>
<form method="post"><button name="List-Unsubscribe" value="One-Click">Turn these mails off</button></form>"#;
const OFF: &str = "<p>Errand sends you no more mails.</p>
<p>Reminders show on the open page, and the settings there turn mails on again.</p>";
const NONE: &str = "<p>This link is not whole, or it is not of this installation.</p>
<p>Mails are turned off in the settings of the page.</p>";

/// `GET /unsubscribe`: the page with the button.
pub(crate) async fn ask(deps: Deps, Params(link): Params<Link>) -> Result<Response, Problem> {
    Ok(match whose(&deps, &link).await? {
        Some(_) => page(StatusCode::OK, ASK),
        None => page(StatusCode::NOT_FOUND, NONE),
    })
}

/// `POST /unsubscribe`: no reminders and no digests by mail from now on.
pub(crate) async fn turn_off(deps: Deps, Params(link): Params<Link>) -> Result<Response, Problem> {
    let Some(reader) = whose(&deps, &link).await? else {
        return Ok(page(StatusCode::NOT_FOUND, NONE));
    };
    let set = SettingsPatch {
        email_reminders: Some(Enabled(false)),
        digest_at: Some(None),
        ..SettingsPatch::default()
    };
    let command = Command::UpdateSettings { set: Box::new(set) };
    let need = command.need(Expect::Any);
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, Expect::Any, now)?;
        Ok(no_answer())
    });
    let who = host::system(&deps, reader, "mail");
    deps.store.commit(&who, need, decide).await?;
    Ok(page(StatusCode::OK, OFF))
}

async fn whose(deps: &Deps, link: &Link) -> Result<Option<Reader>, Problem> {
    let person = UserId(link.person);
    if !unsubscribe::is_signed(&deps.key, person, &link.key) {
        return Ok(None);
    }
    Ok(deps.store.reader(person).await?)
}

/// A page that needs nothing, and tells nobody the link it was opened by.
fn page(status: StatusCode, what: &str) -> Response {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        // Not `no-referrer`: the button's request would then come from nowhere, and be refused as another site's.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let text = format!(
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mails from Errand</title></head>
<body style="font-family: sans-serif">
<main>
<h1>Mails from Errand</h1>
{what}
</main>
</body>
</html>
"#
    );
    (status, headers, Html(text)).into_response()
}
