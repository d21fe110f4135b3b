//! What serde says of a body, as its sender knows the body: by JSON's kinds and a JSON pointer.

use serde_path_to_error::{Path, Segment};

/// serde's words without our types and its own: what is wanted, in words for people.
pub fn plain(said: &str) -> String {
    if let Some((given, wanted)) = said.strip_prefix("unknown variant ").and_then(halves) {
        let choices = wanted.trim_start_matches("one of ").replace(" or ", ", ");
        return format!("{given} is none of {choices}");
    }
    if let Some((_, wanted)) = said.strip_prefix("invalid length ").and_then(halves) {
        return format!("it takes {}", kind(wanted));
    }
    let typed = ["invalid type: ", "invalid value: "];
    let typed = typed.iter().find_map(|before| said.strip_prefix(before));
    if let Some((given, wanted)) = typed.and_then(halves) {
        return format!("it takes {}, not {given}", kind(wanted));
    }
    match said {
        _ if said.starts_with("failed to parse") || said.starts_with("parsed value") => {
            "it takes a moment such as 2026-11-29T14:00:00Z".to_owned()
        }
        _ if said.starts_with("UUID parsing failed") => {
            "it takes an id, which is a UUID".to_owned()
        }
        _ if said.starts_with("expected value") => "it takes a value of another kind".to_owned(),
        other => other.to_owned(),
    }
}

fn halves(said: &str) -> Option<(&str, &str)> {
    said.split_once(", expected ")
}

fn kind(wanted: &str) -> &str {
    match wanted {
        _ if wanted.starts_with("struct ") || wanted == "a map" => "an object",
        _ if wanted.contains("sequence") => "an array",
        _ if wanted.starts_with("internally tagged enum") || wanted.contains("enum ") => {
            "an object"
        }
        "a string" | "a borrowed string" | "string or map" => "a text",
        "a boolean" => "true or false",
        "a formatted UUID string" | "a UUID string" => "an id, which is a UUID",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        other => other,
    }
}

/// A JSON pointer (RFC 6901) to where reading stopped.
pub fn pointer(path: &Path) -> String {
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => below(&pointer, key),
            Segment::Enum { variant } => below(&pointer, variant),
            Segment::Unknown => pointer,
        })
}

/// The pointer to a member of what a pointer points to.
pub fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_name_of_ours_gets_out() {
        let check = |said: &str, plainly: &str| assert_eq!(plain(said), plainly);
        check(
            "invalid type: string \"x\", expected struct Link",
            "it takes an object, not string \"x\"",
        );
        check(
            "invalid type: integer `5`, expected a sequence",
            "it takes an array, not integer `5`",
        );
        check(
            "invalid length 0, expected struct Times with 5 elements",
            "it takes an object",
        );
        check(
            "unknown variant `x`, expected `a` or `b`",
            "`x` is none of `a`, `b`",
        );
        check("trailing comma", "trailing comma");
    }
}
