//! Strict reading of JSON.

use super::read_only;
use crate::{Code, Problem};
use contract::words::{below, plain, pointer};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads JSON of exactly that shape.
///
/// # Errors
/// 400 when it is not JSON (also: nested deeper than 128, half a surrogate pair), 422 by its place when the shape is another.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    no_nul(bytes)?;
    let mut unknown = Vec::new();
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = serde_ignored::deserialize(tracked, |path| unknown.push(ignored(&path)));
    let value: T = match read.and_then(|value| json.end().map(|()| value)) {
        Ok(value) => value,
        Err(error) => {
            // Of a number where a word is wanted serde says that it is no JSON.
            let is_json = error.is_data() || serde_json::from_slice::<Value>(bytes).is_ok();
            return Err(problem(&error, is_json, &pointer(&track.path())));
        }
    };
    if unknown.is_empty() {
        Ok(value)
    } else {
        Err(unknown_fields(&unknown))
    }
}

/// What serde says, as a problem at that place.
fn problem(error: &serde_json::Error, is_json: bool, pointer: &str) -> Problem {
    let said = error.to_string();
    let words = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(words, _)| words);
    if !is_json {
        let place = format!("line {}, column {}", error.line(), error.column());
        return Problem::new(
            Code::MalformedJson,
            format!("This is not JSON: {words} ({place}). Correct it there."),
        );
    }
    if let Some(name) = quoted(words, "unknown field `") {
        let own = below("", name);
        let pointer = if pointer.ends_with(&own) {
            pointer.to_owned()
        } else {
            format!("{pointer}{own}")
        };
        return unknown_fields(&[pointer]);
    }
    if let Some(name) = quoted(words, "missing field `") {
        let pointer = below(pointer, name);
        return Problem::field(
            pointer.clone(),
            Code::FieldInvalid,
            format!("`{pointer}` is missing. Add it."),
        );
    }
    if let Some((code, words)) = coded(words) {
        return Problem::field(pointer, code, format!("`{pointer}`: {words}"));
    }
    let place = if pointer.is_empty() {
        "the body"
    } else {
        pointer
    };
    Problem::field(
        pointer,
        Code::FieldInvalid,
        format!("`{place}` is not right: {}.", plain(words)),
    )
}

/// Fields that do not exist, or cannot be written.
fn unknown_fields(pointers: &[String]) -> Problem {
    let name = |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let first = pointers.first().map(String::as_str).unwrap_or_default();
    let mut problem = match read_only::way(&name(first)) {
        Some(way) => Problem::new(
            Code::FieldReadOnly,
            format!("`{first}` is not written directly: {way}."),
        ),
        None => Problem::new(
            Code::FieldUnknown,
            format!(
                "There is no field `{first}`. Check the spelling; /openapi.json lists the fields."
            ),
        ),
    };
    for pointer in pointers {
        let read_only = read_only::way(&name(pointer)).is_some();
        problem = problem.with(
            pointer,
            if read_only {
                Code::FieldReadOnly
            } else {
                Code::FieldUnknown
            },
        );
    }
    problem
}

/// A message of ours that begins with a code: `date_impossible: there is no 31 February`.
fn coded(words: &str) -> Option<(Code, &str)> {
    let end = words.find([':', ' ']).unwrap_or(words.len());
    let code = Code::named(&words[..end]).filter(|code| code.status() == 422)?;
    let rest = words[end..].trim_start_matches([':', ' ']);
    Some((code, if rest.is_empty() { code.title() } else { rest }))
}

fn quoted<'a>(words: &'a str, before: &str) -> Option<&'a str> {
    words.strip_prefix(before)?.split('`').next()
}

/// NUL is valid JSON and in no database's text.
fn no_nul(bytes: &[u8]) -> Result<(), Problem> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(());
    }; // said better when it is read
    if !text
        .split('\\')
        .skip(1)
        .any(|after| after.starts_with("u0000"))
    {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Ok(());
    }; // said better when it is read
    match nul_in(&value, String::new()) {
        Some(pointer) => {
            let words = format!(
                "`{pointer}` holds a NUL character (\\u0000), which no text can. Remove it."
            );
            Err(Problem::field(pointer, Code::FieldInvalid, words))
        }
        None => Ok(()),
    }
}

/// The first place with a NUL character. No deeper than the parser went.
fn nul_in(value: &Value, pointer: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(pointer),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(n, item)| nul_in(item, format!("{pointer}/{n}"))),
        Value::Object(all) => all.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                Some(pointer.clone())
            } else {
                nul_in(value, below(&pointer, name))
            }
        }),
        _ => None,
    }
}

fn ignored(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path as P;
    match path {
        P::Root => String::new(),
        P::Seq { parent, index } => format!("{}/{index}", ignored(parent)),
        P::Map { parent, key } => below(&ignored(parent), key),
        P::Some { parent } | P::NewtypeStruct { parent } | P::NewtypeVariant { parent } => {
            ignored(parent)
        }
    }
}
