//! Query strings.

use super::*;
use expect_test::{Expect, expect};

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only shown")]
struct Query {
    q: Option<String>,
    #[serde(default)]
    limit: Limit,
    at: Option<jiff::Timestamp>,
}

fn check(query: &str, expected: Expect) {
    let said = match read::<Query>(query) {
        Ok(query) => format!("{query:?}"),
        Err(problem) => format!("{} {}", problem.code().name(), problem.detail()),
    };
    expected.assert_eq(&said);
}

#[test]
fn parameters_are_read_or_refused_by_name() {
    check("", expect!["Query { q: None, limit: Limit(50), at: None }"]);
    check(
        "q=a+b%26&limit=200",
        expect![[r#"Query { q: Some("a b&"), limit: Limit(200), at: None }"#]],
    );
    check(
        "at=2026-11-23T09:00:00Z",
        expect!["Query { q: None, limit: Limit(50), at: Some(2026-11-23T09:00:00Z) }"],
    );
    check(
        "limit=0",
        expect![
            "parameter_invalid The parameter `limit` is not right: it is a number from 1 to 200."
        ],
    );
    check(
        "limit=201",
        expect![
            "parameter_invalid The parameter `limit` is not right: it is a number from 1 to 200."
        ],
    );
    check(
        "limit=-1",
        expect![
            "parameter_invalid The parameter `limit` is not right: it is a number from 1 to 200."
        ],
    );
    check(
        "limt=5",
        expect![
            "parameter_invalid There is no parameter `limt` here. Check the spelling; /openapi.json lists them."
        ],
    );
    check(
        "q=1&q=2",
        expect!["parameter_invalid The parameter `q` stands there twice. Send it once."],
    );
    check(
        "q=a%00",
        expect!["parameter_invalid A parameter holds a NUL character. Remove it."],
    );
}
