//! JSON lines in, JSON lines out.

use crate::home::Home;
use expect_test::expect;
use serde_json::Value;

const MOM: &str = r#"{"text": "call mom tomorrow at 3pm", "now": "2026-11-25T10:00:00+01:00", "time_zone": "Europe/Berlin", "mode": "add"}"#;

/// Each answer as what a person would look at.
fn brief(answers: &str) -> String {
    let brief = |line: &str| {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        match answer["detail"].as_str() {
            Some(words) => format!("{} {}: {words}\n", answer["status"], answer["code"]),
            None => format!(
                "{} {} {}\n",
                answer["decision"], answer["items"][0]["title"], answer["items"][0]["due"]["at"]
            ),
        }
    };
    answers.lines().map(brief).collect()
}

#[tokio::test]
async fn r_1_14_each_line_is_answered_by_a_line_also_a_wrong_one() {
    let Some(home) = Home::new() else { return };
    let lines = [
        MOM,
        "",
        "call mom tomorrow",
        "[]",
        r#"{"text": "call mom"}"#,
        r#"{"text": "x", "now": "yesterday", "time_zone": "Europe/Berlin"}"#,
        r#"{"text": "x", "now": "2026-11-25T10:00:00+01:00", "time_zone": "Mars/Olympus"}"#,
        r#"{"text": "", "now": "2026-11-25T10:00:00+01:00", "time_zone": "UTC"}"#,
        r#"{"text": "x", "now": "2026-11-25T10:00:00+01:00", "time_zone": "UTC", "mode": "do"}"#,
        MOM,
    ];
    let said = home.run_with(&["interpret"], &lines.join("\n")).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    expect![[r#"
        "act" "call mom" "2026-11-26T15:00:00"
        400 "malformed_json": Not a request to interpret: expected value at line 1 column 1.
        400 "malformed_json": Not a request to interpret: invalid length 0, expected an object with `text`, `now` and `time_zone` at line 1 column 2.
        400 "malformed_json": Not a request to interpret: missing field `now` at line 1 column 20.
        422 "field_invalid": now must be a date and time with an offset, such as 2026-11-29T15:00:00+01:00.
        422 "zone_unknown": time_zone must be an IANA name such as Europe/Berlin.
        "ignore" null null
        400 "malformed_json": Not a request to interpret: unknown variant `do`, expected `add` or `talk` at line 1 column 82.
        "act" "call mom" "2026-11-26T15:00:00"
    "#]].assert_eq(&brief(&said.out));
    assert!(!home.data().exists(), "it needs no data folder");
}

const AT: [&str; 5] = [
    "interpret",
    "--now",
    "2026-11-25T10:00:00+01:00",
    "--zone",
    "Europe/Berlin",
];

#[tokio::test]
async fn r_1_14_words_are_interpreted_as_they_are_typed() {
    let Some(home) = Home::new() else { return };
    let typed = [&AT[..], &["call", "mom", "tomorrow", "at", "3pm"]].concat();
    let said = home.run(&typed).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let answer: Value = serde_json::from_str(&said.out).expect("JSON");
    let item = &answer["items"][0];
    assert_eq!(answer["decision"], "act");
    assert_eq!(item["intent"], "create_task");
    assert_eq!(item["title"], "call mom");
    assert_eq!(item["due"]["at"], "2026-11-26T15:00:00");
    assert!(said.out.lines().count() > 5, "for a person to read");
    // Quick add makes a task of what is a question elsewhere.
    let intent = async |more: &[&str]| {
        let said = home.run(&[&AT[..], more].concat()).await;
        let answer: Value = serde_json::from_str(&said.out).expect("JSON");
        answer["items"][0]["intent"].clone()
    };
    assert_eq!(intent(&["what is due today?"]).await, "list_tasks");
    assert_eq!(
        intent(&["--add", "what is due today?"]).await,
        "create_task"
    );
    // Now and here, unless told.
    let said = home.run(&["interpret", "call mom tomorrow"]).await;
    assert_eq!(said.code, Some(0), "{said}");
    for (flags, words) in [
        (
            ["--zone", "Mars/Olympus"],
            "errand: time_zone must be an IANA name such as Europe/Berlin.",
        ),
        (
            ["--now", "yesterday"],
            "errand: now must be a date and time with an offset, such as 2026-11-29T15:00:00+01:00.",
        ),
    ] {
        let said = home
            .run(&[&["interpret"], &flags[..], &["x"]].concat())
            .await;
        assert_eq!((said.code, said.err.trim_end()), (Some(1), words));
    }
    assert!(!home.data().exists(), "it needs no data folder");
}

#[tokio::test]
async fn r_1_14_lines_of_text_are_interpreted_line_by_line() {
    let Some(home) = Home::new() else { return };
    let lines = "call mom tomorrow at 3pm\n\n{\"milk\"}\n";
    let said = home.run_with(&[&AT[..], &["--text"]].concat(), lines).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let answers: Vec<Value> = said
        .out
        .lines()
        .map(|it| serde_json::from_str(it).expect("JSON"))
        .collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["items"][0]["due"]["at"], "2026-11-26T15:00:00");
    assert!(answers[1]["decision"].is_string(), "{}", answers[1]);
}

#[tokio::test]
async fn lines_that_are_no_text_and_no_lines_at_all() {
    let Some(home) = Home::new() else { return };
    let said = home.run_with(&["interpret"], "").await;
    assert_eq!(said.to_string(), "");
    let mut command = home.errand(&["interpret"]);
    let file = home.path("lines");
    std::fs::write(&file, [b"\xff\xfe\n".as_slice(), MOM.as_bytes()].concat()).unwrap();
    command.stdin(std::fs::File::open(&file).unwrap());
    let said = home.said(command).await;
    assert_eq!(said.code, Some(0));
    expect![[r#"
        400 "malformed_json": Not a request to interpret: expected value at line 1 column 1.
        "act" "call mom" "2026-11-26T15:00:00"
    "#]]
    .assert_eq(&brief(&said.out));
}
