//! What serde says of a body, as its sender knows the body: by JSON's kinds and a JSON pointer.

use serde_path_to_error::{Path, Segment};

/// serde's words without the names of our types: `expected struct Link` is `expected an object` outside.
pub fn plain(words: &str) -> String {
    const KINDS: [(&str, &str); 6] = [
        ("struct ", "an object"),
        ("internally tagged enum ", "an object"),
        ("adjacently tagged enum ", "an object"),
        ("enum ", "one of its words"),
        ("unit variant ", "a word"),
        ("a sequence", "an array"),
    ];
    let Some((before, expected)) = words.split_once("expected ") else {
        return words.to_owned();
    };
    let kind = KINDS.iter().find(|(kind, _)| expected.starts_with(kind));
    let Some((kind, plain)) = kind else {
        return words.to_owned();
    };
    let rest = &expected[kind.len()..];
    // Only the kinds that end in a space have a name after them.
    let name = if kind.ends_with(' ') {
        rest.find([' ', ',']).unwrap_or(rest.len())
    } else {
        0
    };
    format!("{before}expected {plain}{}", &rest[name..])
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
            "invalid type: string \"x\", expected an object",
        );
        check(
            "invalid type: integer `5`, expected a sequence",
            "invalid type: integer `5`, expected an array",
        );
        check(
            "invalid type: null, expected struct Times with 5 fields",
            "invalid type: null, expected an object with 5 fields",
        );
        check(
            "unknown variant `x`, expected `a` or `b`",
            "unknown variant `x`, expected `a` or `b`",
        );
        check("trailing comma", "trailing comma");
    }
}
