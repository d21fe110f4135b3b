//! Tokens for programs: random, shown once, kept only as their hash.

use crate::{
    link::{credential, fresh_token, no_answer, said},
    me::words,
};
use domain::{
    event::{Detail, EventKind},
    need::Need,
    refusal::Refusal,
};
use host::{Accounts, Answer, Body, Code, Deps, Id, PageQuery, Params, Problem, Who, who::scope};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Credential, Decide, Keeps, Writer};
use uuid::Uuid;

/// A token as it is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenInput {
    /// 1 to 60 characters; the client in the history.
    #[schemars(length(min = 1, max = 60))]
    name: String,
    /// What it may; all that whoever asks may, when left out.
    #[serde(default)]
    scopes: Option<Vec<String>>,
    /// Until when it works; for good when left out.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// A token, without its secret.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Token {
    id: Uuid,
    /// As the person named it.
    name: String,
    /// What it may.
    scopes: Vec<String>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl From<&Credential> for Token {
    fn from(credential: &Credential) -> Self {
        Self {
            id: credential.id,
            name: credential.name.clone(),
            scopes: words(&credential.scopes),
            created_at: credential.created_at,
            expires_at: credential.expires_at,
        }
    }
}

/// A token with its secret.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NewToken {
    #[serde(flatten)]
    known: Token,
    /// The secret, shown this once.
    token: String,
}

/// `GET /me/tokens`
pub(crate) async fn all(
    deps: Deps,
    who: Accounts,
    Params(query): Params<PageQuery>,
) -> Result<Answer, Problem> {
    let cursor = deps.store.cursor(&who.reader).await?;
    let tokens = deps.store.credentials(&who.reader, "token").await?;
    let named = |of: &Credential| (of.id.to_string(), contract::doc::json(&Token::from(of)));
    let items: Vec<_> = tokens.iter().map(named).collect();
    Ok(Answer::part(&items, &query, &cursor)?)
}

/// `POST /me/tokens`: the answer is the only place where the secret is shown.
pub(crate) async fn create(
    deps: Deps,
    asks: Who,
    who: Accounts,
    Body(input): Body<TokenInput>,
) -> Result<Answer, Problem> {
    let name = named(&input.name)?;
    let scopes = scopes(&asks, input.scopes)?;
    if input.expires_at.is_some_and(|at| at <= deps.clock.now()) {
        return Err(Problem::field(
            "/expires_at",
            Code::FieldInvalid,
            "That moment has passed. Choose one ahead.",
        ));
    }
    let secret = secret(&deps, &who);
    let credential = credential(
        &deps,
        &who.reader,
        "token",
        &secret,
        name,
        &scopes,
        input.expires_at,
    );
    let answer = store::Answer {
        status: 201,
        body: contract::doc::json(&Token::from(&credential)),
        version: None,
    };
    let (kind, id) = (EventKind::TokenCreated, credential.id);
    // One transaction: no token without its event, no event without its token.
    let who = Writer {
        keeps: Some(Keeps::Credential(credential.clone())),
        ..who.0.clone()
    };
    let mut done = said(&deps, &who, kind, id, name, answer).await?;
    // The secret joins the answer only here, so that what is kept to be repeated does not hold it.
    let known = serde_json::from_str(&done.answer.body).map_err(|why| Problem::internal(&why))?;
    let token = secret;
    done.answer.body = contract::doc::json(&NewToken { known, token });
    Ok(Answer::from(done).at("/api/v1/me/tokens"))
}

/// The scopes of a new token, with blanks between: those that were asked for, or all that who asks has. None may what its maker
/// may not.
fn scopes(asks: &Who, wanted: Option<Vec<String>>) -> Result<String, Problem> {
    let Some(wanted) = wanted else {
        let own = scope::ALL.iter().copied().filter(|scope| asks.may(scope));
        return Ok(own.collect::<Vec<_>>().join(" "));
    };
    let all = scope::ALL.join(", ");
    if wanted.is_empty() {
        let words = format!("A token that may nothing is of no use. Name what it may: {all}.");
        return Err(Problem::field("/scopes", Code::FieldInvalid, words));
    }
    for (i, scope) in wanted.iter().enumerate() {
        if !scope::ALL.contains(&scope.as_str()) {
            let words = format!("There is no such scope. There are: {all}.");
            return Err(Problem::field(
                format!("/scopes/{i}"),
                Code::FieldInvalid,
                words,
            ));
        }
        asks.clone().needs(scope)?;
    }
    Ok(wanted.join(" "))
}

fn named(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        let words = "A token's name has 1 to 60 characters on one line.";
        return Err(Problem::field("/name", Code::FieldInvalid, words));
    }
    Ok(name)
}

/// A new secret; the same one for the same request with the same `Idempotency-Key`.
fn secret(deps: &Deps, who: &Writer) -> String {
    let Some(once) = &who.idempotency else {
        return fresh_token(deps);
    };
    let request = format!("{}\n{}\n{}", who.reader.person, once.key, once.body);
    format!("errand_{}", deps.key.hash("new token", &request))
}

/// `DELETE /me/tokens/{id}`: it stops working at once.
pub(crate) async fn revoke(deps: Deps, who: Accounts, Id(id): Id<Uuid>) -> Result<Answer, Problem> {
    let tokens = deps.store.credentials(&who.reader, "token").await?;
    let is_there = tokens.iter().any(|token| token.id == id);
    // Whoever repeats the request is answered what was answered; everybody else hears that it is gone.
    if !is_there && who.idempotency.is_none() {
        return Err(Problem::not_found("token"));
    }
    // One transaction: no token that works after its event, no event while it works; and one event, however many revoke it at once.
    let revoking = Writer {
        keeps: Some(Keeps::NoMore(id)),
        once: Some(("errand:revoked".to_owned(), id.to_string())),
        ..who.0.clone()
    };
    let need = Need::default();
    let done = deps
        .store
        .commit(&revoking, need, revoked(id, is_there))
        .await?;
    deps.known.forget();
    if done.answer != no_answer() {
        // Somebody else revoked it meanwhile.
        return Err(Problem::not_found("token"));
    }
    Ok(Answer::from(done))
}

fn revoked(id: Uuid, is_there: bool) -> Decide {
    Arc::new(move |state, now| {
        if !is_there {
            return Err(Refusal::NotFound("token"));
        }
        let (home, kind) = (state.home, EventKind::TokenRevoked);
        state.say(home, kind, id, now, Detail::default());
        Ok(no_answer())
    })
}
