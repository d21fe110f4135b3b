//! One request as JSON in, one answer as JSON out: what `errand interpret` and `/interpret` both do.

use contract::interpret::{InterpretRequest, Interpretation};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::interpret::interpret;
use crate::person::by_locale;

/// Why a request could not be read: a problem of API.md section 7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// malformed_json, field_invalid or zone_unknown.
    pub code: &'static str,
    /// The field it is about, as a JSON pointer.
    pub pointer: &'static str,
    /// The words for a person.
    pub detail: String,
}

/// Reads one request.
pub fn answer(request: &InterpretRequest) -> Result<Interpretation, Refused> {
    let context = context(request)?;
    Ok(interpret(&request.text, &context))
}

/// The context that a request describes, with default settings.
pub fn context(request: &InterpretRequest) -> Result<Context, Refused> {
    let zone = TimeZone::get(&request.time_zone).map_err(|_| Refused {
        code: "zone_unknown",
        pointer: "/time_zone",
        detail: "time_zone must be an IANA name such as Europe/Berlin.".to_owned(),
    })?;
    let now: Timestamp = request.now.parse().map_err(|_| Refused {
        code: "field_invalid",
        pointer: "/now",
        detail: "now must be a date and time with an offset, such as 2026-11-29T15:00:00+01:00."
            .to_owned(),
    })?;
    let mut context = Context::new(now.to_zoned(zone), request.mode);
    context.literal.clone_from(&request.literal);
    context.settings.date_order = by_locale(request.language.as_deref().unwrap_or_default());
    Ok(context)
}

/// One JSON object in, one JSON object out: an interpretation, or a problem.
pub fn interpret_line(line: &str) -> String {
    let parsed: Result<InterpretRequest, _> = serde_json::from_str(line);
    let answer = parsed
        .map_err(|e| Refused {
            code: "malformed_json",
            pointer: "",
            detail: format!("Not a request to interpret: {e}."),
        })
        .and_then(|request| answer(&request));
    match answer {
        Ok(answer) => serde_json::to_string(&answer).unwrap_or_default(),
        Err(refused) => json!({
            "type": "about:blank",
            "title": "This line cannot be interpreted.",
            "status": if refused.code == "malformed_json" { 400 } else { 422 },
            "detail": refused.detail,
            "code": refused.code,
            "errors": [{"pointer": refused.pointer, "code": refused.code}],
        })
        .to_string(),
    }
}
