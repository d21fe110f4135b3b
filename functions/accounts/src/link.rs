//! How a browser is signed in: the link that was printed works once and leaves a cookie.

use axum::response::{IntoResponse, Response};
use domain::{
    event::{Detail, EventKind},
    need::Need,
    state::State,
};
use host::{Answer, Code, Deps, Params, Problem, Who, who};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use store::{Committed, Credential, Keeps, Reader, Writer};
use uuid::Uuid;

/// How long the printed link works.
const LINK: SignedDuration = SignedDuration::from_hours(24);
/// How long a browser stays signed in.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A new API token: what is stored, and the secret that is shown once.
pub fn new_token(
    deps: &Deps,
    reader: &Reader,
    name: &str,
    scopes: &str,
    expires_at: Option<Timestamp>,
) -> (Credential, String) {
    let secret = fresh_token(deps);
    (
        credential(deps, reader, "token", &secret, name, scopes, expires_at),
        secret,
    )
}

/// A secret that nobody can guess.
pub(crate) fn fresh_token(deps: &Deps) -> String {
    format!("errand_{}", hex(&deps.ids.secret()))
}

/// A new link that signs a browser in once: what is stored, and the path to open.
pub fn new_link(deps: &Deps, reader: &Reader) -> (Credential, String) {
    let secret = hex(&deps.ids.secret());
    let until = deps.clock.now() + LINK;
    (
        credential(deps, reader, "link", &secret, "link", "", Some(until)),
        format!("/sign-in?key={secret}"),
    )
}

/// A secret as it is kept.
pub(crate) fn credential(
    deps: &Deps,
    reader: &Reader,
    kind: &str,
    secret: &str,
    name: &str,
    scopes: &str,
    expires_at: Option<Timestamp>,
) -> Credential {
    Credential {
        id: deps.ids.uuid(),
        reader: reader.clone(),
        hash: deps.key.hash(kind, secret),
        kind: kind.to_owned(),
        name: name.to_owned(),
        scopes: scopes.to_owned(),
        created_at: deps.clock.now(),
        expires_at,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The secret of a link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyQuery {
    /// As printed; it works once, for 24 hours.
    key: String,
}

/// `GET /sign-in?key=`: uses the link up, leaves the cookie, and goes to the page.
pub(crate) async fn sign_in(
    deps: Deps,
    headers: HeaderMap,
    Params(query): Params<KeyQuery>,
) -> Result<Response, Problem> {
    let hash = deps.key.hash("link", &query.key);
    let link = deps
        .store
        .credential(&hash, deps.clock.now())
        .await?
        .filter(|found| found.kind == "link");
    let Some(link) = link else {
        return used_up(&headers);
    };
    let secret = hex(&deps.ids.secret());
    let until = deps.clock.now() + SESSION;
    let session = credential(
        &deps,
        &link.reader,
        "session",
        &secret,
        "page",
        "",
        Some(until),
    );
    let id = session.id;
    let who = Writer {
        keeps: Some(Keeps::Credential(session)),
        ..host::system(&deps, link.reader.clone(), "page")
    };
    let (kind, note) = (EventKind::SignedIn, "by the printed link");
    said(&deps, &who, kind, id, note, no_answer()).await?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    let cookie = HeaderValue::try_from(who::session_cookie(&deps, &secret))
        .map_err(|error| Problem::internal(&error))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What a link says that does not work (any more): a page for a browser, a problem for a program.
fn used_up(asked: &HeaderMap) -> Result<Response, Problem> {
    let accept = asked.get(header::ACCEPT).map(HeaderValue::as_bytes);
    let page = accept.is_some_and(|kinds| kinds.windows(9).any(|kind| kind == b"text/html"));
    if !page {
        let words =
            "This link was used already, or is too old. `errand token --link` prints a new one.";
        return Err(Problem::new(Code::Unauthenticated, words));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let page = include_str!("link/used.html");
    Ok((StatusCode::UNAUTHORIZED, headers, page).into_response())
}

/// `POST /me/sign-out`
pub(crate) async fn sign_out(deps: Deps, Who(credential): Who) -> Result<Answer, Problem> {
    deps.store
        .remove_credential(&credential.reader, credential.id)
        .await?;
    deps.known.forget();
    Ok(Answer::empty())
}

/// Nothing to say.
pub(crate) fn no_answer() -> store::Answer {
    store::Answer {
        status: 204,
        body: String::new(),
        version: None,
    }
}

/// Puts a security event into the person's log, with the answer of the request that it belongs to.
pub(crate) async fn said(
    deps: &Deps,
    who: &Writer,
    kind: EventKind,
    about: Uuid,
    note: &str,
    answer: store::Answer,
) -> Result<Committed, Problem> {
    let note = (!note.is_empty()).then(|| note.to_owned());
    let decide = Arc::new(move |state: &mut State, now| {
        let home = state.home;
        state.say(
            home,
            kind,
            about,
            now,
            Detail {
                note: note.clone(),
                ..Detail::default()
            },
        );
        Ok(answer.clone())
    });
    Ok(deps.store.commit(who, Need::default(), decide).await?)
}
