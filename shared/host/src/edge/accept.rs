//! What the caller can read (RFC 9110 section 12.5.1).

use crate::{Code, Problem};
use http::{HeaderMap, header};

/// What the API answers in: JSON, problems, and text in its kinds (streams, calendars, tables).
const OURS: [&str; 6] = [
    "*/*",
    "application/*",
    "application/json",
    "application/problem+json",
    "application/cloudevents+json",
    "text/*",
];

/// Refuses whoever can read nothing that is ever answered.
pub(super) fn accept(path: &str, headers: &HeaderMap) -> Result<(), Problem> {
    let mut asked = headers.get_all(header::ACCEPT).iter().peekable();
    if asked.peek().is_none() || !path.starts_with("/api/") {
        return Ok(());
    }
    let lines = asked.filter_map(|line| line.to_str().ok());
    if lines.flat_map(|line| line.split(',')).any(is_ours) {
        return Ok(());
    }
    let words =
        "This is answered as JSON. Send `Accept: application/json`, or leave the header out.";
    Err(Problem::new(Code::NotAcceptable, words))
}

fn is_ours(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let unwanted = |part: &str| {
        let weight = part.strip_prefix("q=").map(str::parse::<f32>);
        weight.is_some_and(|weight| weight.is_ok_and(|weight| weight <= 0.0))
    };
    (OURS.contains(&kind.as_str()) || kind.starts_with("text/")) && !parts.any(unwanted)
}
