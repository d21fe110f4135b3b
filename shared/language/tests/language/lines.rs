//! JSON in, JSON out; and that the rest of the house can take what comes out.

use domain::filter::Filter;
use domain::recurrence::Rule;
use expect_test::expect;
use language::interpret_line;

use super::{add, talk};

#[test]
fn a_line_answers_a_line() {
    let line = r#"{"text": "call mom on sunday at 3pm", "mode": "add", "now": "2026-11-23T10:00:00+01:00", "time_zone": "Europe/Berlin"}"#;
    expect![[r#"{"decision":"act","confidence":0.9,"question":null,"language":"en","problems":[],"items":[{"intent":"create_task","title":"call mom","target":null,"due":{"at":"2026-11-29T15:00:00","time_zone":"Europe/Berlin","instant":"2026-11-29T14:00:00Z","grain":"hour"},"start":null,"deadline":null,"recurrence":null,"reminders":[],"tags":[],"priority":null,"list":null,"estimate":null,"assignee":null,"filter":null,"command":null}],"alternatives":[],"spans":[{"from":9,"to":25,"is":"due","item":0}]}"#]].assert_eq(&interpret_line(line));
}

#[test]
fn a_wrong_line_is_a_problem() {
    let zone = r#"{"text": "x", "now": "2026-11-23T10:00:00Z", "time_zone": "Mars/Olympus"}"#;
    let now = r#"{"text": "x", "now": "soon", "time_zone": "UTC"}"#;
    for (line, code) in [
        ("{", "malformed_json"),
        ("[]", "malformed_json"),
        (zone, "zone_unknown"),
        (now, "field_invalid"),
    ] {
        assert!(interpret_line(line).contains(code), "{line}");
    }
}

#[test]
fn every_rule_can_be_kept() {
    for text in [
        "x every day",
        "x every other friday",
        "x monthly on the 31st",
        "x every year on february 29th",
        "x every wed until june",
        "x every friday at 5pm until june",
        "x every day at 10, 12 and 17",
        "x monthly on the first and last instance of wed and fri",
        "x every year in week 12",
        "x every 3 days after completion",
        "x yearly on the fourth thursday in november",
        "x 31st of every year",
        "x every hour",
        "x every 5 hours for 3 times",
    ] {
        let repeat = add(text).items[0].recurrence.clone().expect(text);
        let rule: Result<Rule, _> = repeat.rrule.parse();
        assert!(rule.is_ok(), "{text}: {} {:?}", repeat.rrule, rule.err());
    }
}

#[test]
fn every_filter_can_be_read() {
    for text in [
        "what are my tasks",
        "what is overdue",
        "show my tasks for tomorrow",
        "what's on my shopping list",
        "is milk on my shopping list",
        "list tasks tagged home",
        "show high priority tasks",
        "show completed tasks",
        "find the task about \"rent\"",
        "what's due next month",
        "delete all tasks for today",
    ] {
        let filter = talk(text).items[0].filter.clone().expect(text);
        assert!(
            Filter::parse(&filter).is_ok(),
            "{text}: {filter} {:?}",
            Filter::parse(&filter).err()
        );
    }
}
