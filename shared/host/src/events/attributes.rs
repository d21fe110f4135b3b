//! CloudEvents' context attributes (CloudEvents 1.0.2, section 3): names, types, and what each must hold.

use std::collections::BTreeMap;

/// The attributes of an event, each in its text form.
pub(super) type Attributes = BTreeMap<String, String>;

/// Checks a whole set.
///
/// # Errors
/// The first that is wrong, in words.
pub(super) fn check(attributes: &Attributes) -> Result<(), String> {
    match attributes.get("specversion").map(String::as_str) {
        Some("1.0") => {}
        Some(other) => return Err(format!("specversion {other:?} is not 1.0")),
        None => return Err("specversion is missing".to_owned()),
    }
    for name in ["id", "source", "type"] {
        if attributes.get(name).is_none_or(String::is_empty) {
            return Err(format!("{name} is missing"));
        }
    }
    attributes
        .iter()
        .try_for_each(|(name, value)| attribute(name, value))
}

fn attribute(name: &str, value: &str) -> Result<(), String> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if name.is_empty() || !name.bytes().all(letters) || name == "data" {
        return Err(format!(
            "{name:?} is no attribute name: lower-case letters and digits only"
        ));
    }
    if let Some(letter) = value.chars().find(|letter| is_forbidden(*letter)) {
        return Err(format!(
            "{name} holds the character U+{:04X}",
            u32::from(letter)
        ));
    }
    let wrong = |what: &str| Err(format!("{name} is not {what}: {value:?}"));
    match name {
        "source" if fluent_uri::UriRef::parse(value).is_err() => wrong("a URI reference"),
        "dataschema" if fluent_uri::Uri::parse(value).is_err() => wrong("a URI"),
        "subject" if value.is_empty() => wrong("a text of at least one character"),
        "time" if !is_timestamp(value) => wrong("an RFC 3339 time"),
        "datacontenttype" if value.parse::<mime::Mime>().is_err() => wrong("a media type"),
        _ => Ok(()),
    }
}

/// Control characters, surrogates (no `char` is one) and noncharacters (section 3.1, String).
fn is_forbidden(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control() || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// RFC 3339 to the letter: `2018-04-05T17:31:00.123Z`, and a day and time that exist.
fn is_timestamp(text: &str) -> bool {
    let shape = |text: &str| {
        text.bytes()
            .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte })
            .collect::<Vec<_>>()
    };
    let Some((seconds, rest)) = text.split_at_checked(19) else {
        return false;
    };
    if !shape(seconds).eq_ignore_ascii_case(b"0000-00-00T00:00:00") {
        return false;
    }
    let (fraction, offset) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("0", rest),
    };
    let zoned = offset.eq_ignore_ascii_case("z")
        || shape(offset) == b"+00:00"
        || shape(offset) == b"-00:00";
    let exists = format!("{seconds}{offset}")
        .parse::<jiff::Timestamp>()
        .is_ok();
    !fraction.is_empty() && zoned && exists
}
