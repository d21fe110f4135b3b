//! Problems as they look outside.

use super::*;
use domain::refusal::Refusal;
use expect_test::{Expect, expect};
use store::StoreError;

fn check(problem: impl Into<Problem>, expected: Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(&problem.into().to_json()).unwrap());
}

#[test]
fn r_6_3_a_problem_has_code_words_and_place() {
    check(
        Refusal::Limit {
            what: "tags on a task",
            limit: 50,
            pointer: "/tags".to_owned(),
        },
        expect![[r#"
            {
              "code": "limit_exceeded",
              "detail": "At most 50 tags on a task.",
              "errors": [
                {
                  "code": "limit_exceeded",
                  "params": {
                    "limit": 50
                  },
                  "pointer": "/tags"
                }
              ],
              "status": 422,
              "title": "Too many",
              "type": "urn:errand:problem:limit_exceeded"
            }"#]],
    );
    check(
        StoreError::Corrupt("select * from tasks".to_owned()),
        expect![[r#"
            {
              "code": "internal",
              "detail": "Something went wrong on our side. Nothing was changed; try again in a moment.",
              "status": 500,
              "title": "Our fault",
              "type": "urn:errand:problem:internal"
            }"#]],
    );
    check(
        Refusal::Field {
            pointer: "/due".to_owned(),
            code: "date_impossible",
            words: "There is no 31 February.".to_owned(),
        },
        expect![[r#"
            {
              "code": "date_impossible",
              "detail": "There is no 31 February.",
              "errors": [
                {
                  "code": "date_impossible",
                  "pointer": "/due"
                }
              ],
              "status": 422,
              "title": "There is no such date",
              "type": "urn:errand:problem:date_impossible"
            }"#]],
    );
}

#[test]
fn r_1_9_a_conflict_has_all_values() {
    let title = |title: &str| domain::task::TaskPatch {
        title: Some(title.to_owned()),
        ..Default::default()
    };
    let conflict = domain::refusal::Conflict {
        field: "title",
        base: title("call"),
        yours: title("call mom"),
        theirs: title("call dad"),
        by: None,
        at: Some(jiff::Timestamp::UNIX_EPOCH),
    };
    let refusal = Refusal::Conflict {
        version: 4,
        conflicts: vec![conflict],
    };
    let alone = Problem::from(refusal.clone()).to_json();
    let among = Problem::from(Refusal::Many(vec![(1, None, refusal.clone())])).to_json();
    for both in ["conflicts", "current"] {
        assert_eq!(among["errors"][0][both], alone[both], "{both}");
    }
    check(
        refusal,
        expect![[r#"
            {
              "code": "conflict",
              "conflicts": [
                {
                  "at": "1970-01-01T00:00:00Z",
                  "base": "call",
                  "by": null,
                  "field": "title",
                  "theirs": "call dad",
                  "yours": "call mom"
                }
              ],
              "current": {
                "version": 4
              },
              "detail": "Somebody changed the same since you read it. Choose a value for each field and send it again.",
              "status": 412,
              "title": "Both of you changed it",
              "type": "urn:errand:problem:conflict"
            }"#]],
    );
}

#[test]
fn every_code_is_its_own() {
    for code in Code::ALL {
        assert_eq!(Code::named(code.name()), Some(*code));
        assert!((400..600).contains(&code.status()));
    }
}

#[test]
fn what_comes_again_says_when() {
    let response = Problem::from(StoreError::InFlight).into_response();
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(
        Problem::unavailable("x").into_response().headers()["retry-after"],
        "2"
    );
    let response = Problem::new(Code::Unauthenticated, "x").into_response();
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}
