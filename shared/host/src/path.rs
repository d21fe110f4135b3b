//! Ids and names in the path.

use crate::Problem;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use std::str::FromStr;

/// The `{id}` of the route. What is no id is the id of nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<T, S> FromRequestParts<S> for Id<T>
where
    T: FromStr,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id = param(parts, state, "id").await;
        let id = id.and_then(|text| text.parse().ok());
        id.map(Self).ok_or_else(|| Problem::not_found("record"))
    }
}

/// The `{name}` of the route. What is no text is the name of nothing: 404.
#[derive(Clone, Debug)]
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = param(parts, state, "name").await;
        let name = name.filter(|name| !name.contains(char::is_control));
        name.map(Self).ok_or_else(|| Problem::not_found("record"))
    }
}

async fn param<S: Send + Sync>(parts: &mut Parts, state: &S, named: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let (_, text) = params.iter().find(|(name, _)| *name == named)?;
    Some(text.to_owned())
}
