//! Tokens for programs: random, shown once, kept only as their hash.

use crate::{
    link::{new_token, said},
    me::words,
};
use domain::event::EventKind;
use host::{Accounts, Answer, Body, Code, Deps, Id, Problem, who::scope};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Credential;
use uuid::Uuid;

/// A token as it is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenInput {
    /// 1 to 60 characters; the client in the history.
    #[schemars(length(min = 1, max = 60))]
    name: String,
    /// What it may; everything when left out.
    #[serde(default)]
    scopes: Vec<String>,
    /// Until when it works; for good when left out.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// A token, without its secret.
#[derive(Serialize, JsonSchema)]
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
pub(crate) async fn all(deps: Deps, who: Accounts) -> Result<Answer, Problem> {
    let tokens = deps.store.credentials(&who.reader, "token").await?;
    let items: Vec<_> = tokens.iter().map(Token::from).collect();
    Ok(Answer::json(&json!({ "items": items, "next": null })))
}

/// `POST /me/tokens`: the answer is the only place where the secret is shown.
pub(crate) async fn create(
    deps: Deps,
    who: Accounts,
    Body(input): Body<TokenInput>,
) -> Result<Answer, Problem> {
    let name = input.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Problem::field(
            "/name",
            Code::FieldInvalid,
            "A token's name has 1 to 60 characters on one line.",
        ));
    }
    if let Some(i) = input
        .scopes
        .iter()
        .position(|scope| !scope::ALL.contains(&scope.as_str()))
    {
        let words = format!(
            "There is no such scope. There are: {}.",
            scope::ALL.join(", ")
        );
        return Err(Problem::field(
            format!("/scopes/{i}"),
            Code::FieldInvalid,
            words,
        ));
    }
    if input.expires_at.is_some_and(|at| at <= deps.clock.now()) {
        return Err(Problem::field(
            "/expires_at",
            Code::FieldInvalid,
            "That moment has passed. Choose one ahead.",
        ));
    }
    let scopes = if input.scopes.is_empty() {
        scope::ALL.join(" ")
    } else {
        input.scopes.join(" ")
    };
    let (credential, secret) = new_token(&deps, &who.reader, name, &scopes, input.expires_at);
    deps.store.add_credential(&credential).await?;
    said(&deps, &who, EventKind::TokenCreated, credential.id, name).await?;
    let new = NewToken {
        known: Token::from(&credential),
        token: secret,
    };
    Ok(Answer::raw(201, contract::doc::json(&new)).at("/api/v1/me/tokens"))
}

/// `DELETE /me/tokens/{id}`: it stops working at once.
pub(crate) async fn revoke(deps: Deps, who: Accounts, Id(id): Id<Uuid>) -> Result<Answer, Problem> {
    if !deps.store.remove_credential(&who.reader, id).await? {
        return Err(Problem::not_found("token"));
    }
    deps.known.forget();
    said(&deps, &who, EventKind::TokenRevoked, id, "").await?;
    Ok(Answer::empty())
}
