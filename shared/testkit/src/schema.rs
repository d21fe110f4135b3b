//! Checks JSON against JSON Schema, more strictly than the standard: an object may hold only what is declared, and a keyword that
//! this does not know is a fault of the schema. So a test that passes has checked everything the schema says.

use serde_json::{Map, Value};

/// Says what these keywords say in words, or nothing that could be checked.
const WORDS: &[&str] = &[
    "title",
    "description",
    "examples",
    "default",
    "$comment",
    "deprecated",
];
const KNOWN: &[&str] = &[
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "allOf",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "prefixItems",
];

/// What of `value` is not as `schema` says, each with its place. References lead into `document`.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    Check { document }.at("", schema, value)
}

struct Check<'a> {
    document: &'a Value,
}

impl Check<'_> {
    fn at(&self, place: &str, schema: &Value, value: &Value) -> Vec<String> {
        let rules = match schema {
            Value::Bool(true) => return Vec::new(),
            Value::Object(rules) => rules,
            other => return vec![format!("{place}: nothing may stand here ({other})")],
        };
        let mut faults: Vec<String> = rules
            .keys()
            .filter(|key| !KNOWN.contains(&key.as_str()) && !WORDS.contains(&key.as_str()))
            .map(|key| format!("{place}: the schema's keyword {key} is not checked"))
            .collect();
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.document.pointer(pointer));
            match target {
                Some(target) => faults.extend(self.at(place, target, value)),
                None => faults.push(format!("{place}: {reference} leads nowhere")),
            }
        }
        faults.extend(kind(rules, value).map(|words| format!("{place}: {words}")));
        faults.extend(self.branches(place, rules, value));
        match value {
            Value::Object(fields) => faults.extend(self.object(place, rules, fields)),
            Value::Array(items) => faults.extend(self.array(place, rules, items)),
            Value::String(text) => {
                faults.extend(string(rules, text).map(|words| format!("{place}: {words}")));
            }
            Value::Number(number) => faults
                .extend(range(rules, number.as_f64()).map(|words| format!("{place}: {words}"))),
            _ => {}
        }
        faults
    }

    fn branches(&self, place: &str, rules: &Map<String, Value>, value: &Value) -> Vec<String> {
        let all = |key: &str| {
            rules
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let mut faults: Vec<_> = all("allOf")
            .flat_map(|branch| self.at(place, branch, value))
            .collect();
        for key in ["anyOf", "oneOf"] {
            let tried: Vec<_> = all(key)
                .map(|branch| self.at(place, branch, value))
                .collect();
            if !tried.is_empty() && tried.iter().all(|faults| !faults.is_empty()) {
                faults.push(format!("{place}: none of {key} fits: {tried:?}"));
            }
        }
        faults
    }

    fn object(
        &self,
        place: &str,
        rules: &Map<String, Value>,
        fields: &Map<String, Value>,
    ) -> Vec<String> {
        let declared = rules.get("properties").and_then(Value::as_object);
        let more = rules.get("additionalProperties");
        let mut faults = Vec::new();
        for (name, value) in fields {
            let place = format!("{place}/{name}");
            match declared.and_then(|declared| declared.get(name)).or(more) {
                Some(schema) => faults.extend(self.at(&place, schema, value)),
                None if declared.is_some() => faults.push(format!("{place}: is not declared")),
                None => {}
            }
        }
        let required = rules
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let missing = required
            .filter_map(Value::as_str)
            .filter(|name| !fields.contains_key(*name));
        faults.extend(missing.map(|name| format!("{place}/{name}: is missing")));
        faults
    }

    fn array(&self, place: &str, rules: &Map<String, Value>, items: &[Value]) -> Vec<String> {
        let size = items.len() as u64;
        let bound = |key: &str| rules.get(key).and_then(Value::as_u64);
        if bound("minItems").is_some_and(|least| size < least)
            || bound("maxItems").is_some_and(|most| size > most)
        {
            return vec![format!("{place}: {size} items")];
        }
        let Some(schema) = rules.get("items") else {
            return Vec::new();
        };
        let numbered = items.iter().enumerate();
        numbered
            .flat_map(|(n, item)| self.at(&format!("{place}/{n}"), schema, item))
            .collect()
    }
}

/// `type`, `enum` and `const`.
fn kind(rules: &Map<String, Value>, value: &Value) -> Option<String> {
    let is = |name: &Value| match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    let fits = match rules.get("type") {
        None => true,
        Some(Value::Array(names)) => names.iter().any(is),
        Some(name) => is(name),
    };
    let listed = rules
        .get("enum")
        .and_then(Value::as_array)
        .is_none_or(|all| all.contains(value));
    let same = rules.get("const").is_none_or(|only| only == value);
    (!(fits && listed && same)).then(|| format!("{value} is not {}", Value::Object(rules.clone())))
}

fn string(rules: &Map<String, Value>, text: &str) -> Option<String> {
    let length = text.chars().count() as u64;
    let bound = |key: &str| rules.get(key).and_then(Value::as_u64);
    if bound("minLength").is_some_and(|least| length < least)
        || bound("maxLength").is_some_and(|most| length > most)
    {
        return Some(format!("{length} characters"));
    }
    let pattern = rules.get("pattern").and_then(Value::as_str);
    if pattern.is_some_and(|pattern| {
        !regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
    }) {
        return Some(format!("{text:?} does not match {pattern:?}"));
    }
    let good = match rules.get("format").and_then(Value::as_str) {
        Some("uuid") => text.parse::<uuid::Uuid>().is_ok(),
        Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
        Some("date") => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        None => true,
        Some(_) => false,
    };
    (!good).then(|| format!("{text:?} is not in the format {}", rules["format"]))
}

fn range(rules: &Map<String, Value>, number: Option<f64>) -> Option<String> {
    let number = number?;
    let bound = |key: &str| rules.get(key).and_then(Value::as_f64);
    let out = bound("minimum").is_some_and(|least| number < least)
        || bound("maximum").is_some_and(|most| number > most);
    out.then(|| format!("{number} is out of range"))
}

#[cfg(test)]
mod tests {
    use super::faults;
    use serde_json::{Value, json};

    #[test]
    fn what_is_not_declared_is_a_fault() {
        let document = json!({ "defs": { "Id": { "type": "string", "format": "uuid" } } });
        let schema = json!({
            "type": "object",
            "properties": {
                "id": { "$ref": "#/defs/Id" },
                "n": { "type": ["integer", "null"], "minimum": 1 },
                "all": { "type": "array", "items": { "anyOf": [{ "const": "a" }, { "type": "boolean" }] } },
            },
            "required": ["id"],
        });
        let check = |value: Value, places: &[&str]| {
            let faults = faults(&document, &schema, &value);
            let found: Vec<_> = faults
                .iter()
                .filter_map(|fault| fault.split(':').next())
                .collect();
            assert_eq!(found, places, "{value}: {faults:?}");
        };
        let id = "0193e3a4-7b1c-7000-8000-000000000001";
        check(json!({ "id": id }), &[]);
        check(json!({ "id": id, "n": 1, "all": ["a", true] }), &[]);
        check(json!({ "id": id, "n": null }), &[]);
        check(json!({}), &["/id"]);
        check(json!({ "id": "x" }), &["/id"]);
        check(json!({ "id": id, "n": 0 }), &["/n"]);
        check(json!({ "id": id, "n": 1.5 }), &["/n"]);
        check(json!({ "id": id, "all": ["a", 1] }), &["/all/1"]);
        check(json!({ "id": id, "more": 1 }), &["/more"]);
        check(json!([]), &[""]);
        assert_eq!(faults(&document, &json!({ "not": {} }), &json!(1)).len(), 1);
        assert_eq!(
            faults(&document, &json!({ "$ref": "#/defs/No" }), &json!(1)).len(),
            1
        );
    }
}
