//! Reading what an older release wrote. Stored bytes never change: data of an older version is brought to today's shape when it
//! is read, one step at a time. Data says its version as `v`; without one it is version 1.

use domain::event::EventKind;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// From one version of a type's data to the next.
struct Step {
    kind: EventKind,
    from: u32,
    lift: fn(&mut Map<String, Value>),
}

/// Every step there ever was. (None yet: every type is in its first version.)
const STEPS: &[Step] = &[];

/// The version in which data of that kind is written today.
pub fn version(kind: EventKind) -> u32 {
    latest(STEPS, kind)
}

/// The data in today's shape.
///
/// # Errors
/// When it is not JSON.
pub fn today(kind: EventKind, data: &str) -> serde_json::Result<Cow<'_, str>> {
    lifted(STEPS, kind, data)
}

fn latest(steps: &[Step], kind: EventKind) -> u32 {
    let own = steps.iter().filter(|step| step.kind == kind);
    own.map(|step| step.from + 1).max().unwrap_or(1)
}

fn lifted<'a>(steps: &[Step], kind: EventKind, data: &'a str) -> serde_json::Result<Cow<'a, str>> {
    #[derive(Deserialize)]
    struct Versioned {
        #[serde(default = "one")]
        v: u32,
    }
    fn one() -> u32 {
        1
    }
    let latest = latest(steps, kind);
    if latest == 1 {
        return Ok(Cow::Borrowed(data)); // nothing was ever another way
    }
    let Versioned { v } = serde_json::from_str(data)?;
    if v >= latest {
        return Ok(Cow::Borrowed(data));
    }
    let mut fields: Map<String, Value> = serde_json::from_str(data)?;
    for from in v..latest {
        let step = steps
            .iter()
            .find(|step| step.kind == kind && step.from == from);
        if let Some(step) = step {
            (step.lift)(&mut fields);
        }
    }
    fields.insert("v".to_owned(), latest.into());
    serde_json::to_string(&fields).map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As if `note` had been called `why` at first, and `words` after that.
    const RENAMED: &[Step] = &[
        Step {
            kind: EventKind::RunUndone,
            from: 1,
            lift: |data| rename(data, "why", "words"),
        },
        Step {
            kind: EventKind::RunUndone,
            from: 2,
            lift: |data| rename(data, "words", "note"),
        },
    ];

    fn rename(data: &mut Map<String, Value>, from: &str, to: &str) {
        if let Some(value) = data.remove(from) {
            data.insert(to.to_owned(), value);
        }
    }

    #[test]
    fn older_data_is_brought_to_todays_shape_step_by_step() {
        let check = |kind: EventKind, data: &str, expected: &str| {
            assert_eq!(lifted(RENAMED, kind, data).unwrap(), expected, "{data}");
        };
        check(
            EventKind::RunUndone,
            r#"{"why":"a"}"#,
            r#"{"note":"a","v":3}"#,
        );
        check(
            EventKind::RunUndone,
            r#"{"words":"a","v":2}"#,
            r#"{"note":"a","v":3}"#,
        );
        check(
            EventKind::RunUndone,
            r#"{"note": "a", "v": 3}"#,
            r#"{"note": "a", "v": 3}"#,
        ); // byte for byte
        check(EventKind::TaskCreated, r#"{"why": "a"}"#, r#"{"why": "a"}"#);
        assert_eq!(latest(RENAMED, EventKind::RunUndone), 3);
        assert_eq!(latest(RENAMED, EventKind::TaskCreated), 1);
        assert!(lifted(RENAMED, EventKind::RunUndone, "{").is_err());
    }
}
