//! Ids in the path.

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
        let nothing = || Problem::not_found("record");
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| nothing())?;
        let (_, text) = params
            .iter()
            .find(|(name, _)| *name == "id")
            .ok_or_else(nothing)?;
        text.parse().map(Self).map_err(|_| nothing())
    }
}
