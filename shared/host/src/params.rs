//! Parameters of the query string.

use crate::{Code, Problem};
use axum::extract::FromRequestParts;
use contract::words::plain;
use http::request::Parts;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, de::DeserializeOwned};

/// The query string, of exactly that shape: a parameter that does not exist is refused by its name.
#[derive(Clone, Debug)]
pub struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if query.contains("%00") {
        return Err(Problem::new(
            Code::ParameterInvalid,
            "A parameter holds a NUL character. Remove it.",
        ));
    }
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let tracked = serde_path_to_error::Deserializer::new(pairs, &mut track);
    let read = serde_ignored::deserialize(tracked, |path| unknown.push(path.to_string()));
    match (read, unknown.first()) {
        (Ok(value), None) => Ok(value),
        (Ok(_), Some(name)) => Err(no_such(name)),
        (Err(error), _) => {
            let words = error.to_string();
            let within = |before: &str| {
                words
                    .strip_prefix(before)
                    .and_then(|rest| rest.split('`').next())
            };
            if let Some(name) = within("unknown field `") {
                return Err(no_such(name));
            }
            if let Some(name) = within("missing field `") {
                return Err(invalid(
                    name,
                    format!("The parameter `{name}` is missing. Add it."),
                ));
            }
            if let Some(name) = within("duplicate field `") {
                return Err(invalid(
                    name,
                    format!("The parameter `{name}` stands there twice. Send it once."),
                ));
            }
            let name = track.path().to_string();
            Err(invalid(
                &name,
                format!("The parameter `{name}` is not right: {}.", plain(&words)),
            ))
        }
    }
}

fn no_such(name: &str) -> Problem {
    invalid(
        name,
        format!(
            "There is no parameter `{name}` here. Check the spelling; /openapi.json lists them."
        ),
    )
}

fn invalid(name: &str, words: String) -> Problem {
    Problem::field("", Code::ParameterInvalid, words).param("parameter", name)
}

/// How many of a listing: 1 to 200, 50 when not said. As a field: `#[serde(default)] limit: Limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit(pub u32);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// Which page of a listing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PageQuery {
    /// How many at most.
    pub limit: Limit,
    /// The last page's `next`.
    pub after: Option<String>,
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50, "description": "How many at most." })
    }
}

impl TryFrom<String> for Limit {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let limit = text.parse().ok().filter(|limit| (1..=200).contains(limit));
        limit.map(Self).ok_or("it is a number from 1 to 200")
    }
}

#[cfg(test)]
mod tests;
