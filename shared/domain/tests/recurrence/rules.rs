//! Rules as text: what is refused, and the normal form.

use domain::recurrence::{End, Recurrence, Rule, RuleError, Until};

use crate::{rule, when};

#[test]
fn rules_that_cannot_be_are_refused_with_their_code() {
    let check = |text: &str, start: &str, code: &str| {
        let refused = text
            .parse::<Rule>()
            .and_then(|rule| Recurrence::new(rule, when(start), None).check());
        assert_eq!(
            refused.as_ref().map_err(RuleError::code),
            Err(code),
            "{text}: {refused:?}"
        );
        let words = refused.err().map(|why| why.to_string()).unwrap_or_default();
        assert!(words.len() > 20 && words.len() < 250, "{words}");
    };
    let start = "2026-11-27T15:00";
    check("", start, "rrule_invalid");
    check("weekly", start, "rrule_invalid");
    check("INTERVAL=2", start, "rrule_invalid");
    check("FREQ=FORTNIGHTLY", start, "rrule_invalid");
    check("FREQ=DAILY;INTERVAL=0", start, "rrule_invalid");
    check("FREQ=DAILY;INTERVAL=99999999999", start, "rrule_invalid");
    check("FREQ=DAILY;BYMONTHDAY=32", start, "rrule_invalid");
    check("FREQ=DAILY;BYHOUR=24", start, "rrule_invalid");
    check("FREQ=DAILY;BYHOUR=-1", start, "rrule_invalid");
    check("FREQ=WEEKLY;BYDAY=1MO", start, "rrule_invalid");
    check("FREQ=WEEKLY;BYDAY=", start, "rrule_invalid");
    check("FREQ=WEEKLY;BYDAY=é", start, "rrule_invalid");
    check("FREQ=MONTHLY;BYSETPOS=1", start, "rrule_invalid");
    check("FREQ=DAILY;COUNT=2;UNTIL=20261231", start, "rrule_invalid");
    check("FREQ=DAILY;UNTIL=20260231", start, "rrule_invalid");
    check("FREQ=DAILY;UNTIL=2026-12-31", start, "rrule_invalid");
    check("FREQ=MONTHLY;SKIP=BACKWARD", start, "rrule_invalid");
    check("RSCALE=HEBREW;FREQ=MONTHLY", start, "rrule_invalid");
    check("FREQ=DAILY;BYHOUR=9", "2026-11-27", "rrule_invalid");
    check("FREQ=HOURLY", "2026-11-27", "rrule_invalid");
    check(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        start,
        "rrule_never_matches",
    );
    check("FREQ=MONTHLY;BYDAY=6MO", start, "rrule_never_matches");
    check(
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "2027-01-01",
        "rrule_never_matches",
    );
    check("FREQ=WEEKLY;UNTIL=20261101", start, "rrule_never_matches");
    check("FREQ=WEEKLY;COUNT=0", start, "rrule_never_matches");
    check(
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        start,
        "rrule_never_matches",
    );
    check("FREQ=SECONDLY", start, "recurrence_too_frequent");
    check(
        "FREQ=MINUTELY;INTERVAL=90",
        start,
        "recurrence_too_frequent",
    );
    check(
        "FREQ=HOURLY;BYMINUTE=0,30",
        start,
        "recurrence_too_frequent",
    );
    check(
        "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=1,2",
        start,
        "recurrence_too_frequent",
    );
}

#[test]
fn the_normal_form() {
    let check = |text: &str, normal: &str| assert_eq!(rule(text).to_string(), normal);
    check(
        "RRULE:INTERVAL=2;BYDAY=FR;FREQ=WEEKLY;",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
    );
    check(
        " freq=weekly;byday=fr,mo,fr;wkst=mo;interval=1",
        "FREQ=WEEKLY;BYDAY=MO,FR",
    );
    check(
        "FREQ=MONTHLY;BYDAY=+1MO,-1FR",
        "FREQ=MONTHLY;BYDAY=-1FR,1MO",
    );
    check(
        "FREQ=DAILY;UNTIL=20261231T235960Z",
        "FREQ=DAILY;UNTIL=20261231T235959Z",
    );
    check(
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD",
    );
    check("FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=OMIT", "FREQ=MONTHLY");
}

#[test]
fn the_shape_in_json() {
    let json = r#"{"rrule":"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR","from":"schedule","start":"2026-11-27T15:00:00","time_zone":"Europe/Berlin","include":[],"exclude":["2026-12-11"],"missed":"skip"}"#;
    let recurrence: Recurrence = serde_json::from_str(json).expect("a recurrence");
    assert_eq!(serde_json::to_string(&recurrence).expect("JSON"), json);
    let short: Recurrence = serde_json::from_str(r#"{"rrule":"FREQ=DAILY","start":"2026-11-27"}"#)
        .expect("a recurrence");
    assert_eq!(
        short,
        Recurrence::new(rule("FREQ=DAILY"), when("2026-11-27"), None)
    );
    for wrong in [
        r#"{"rrule":"FREQ=DAILY"}"#,
        r#"{"rrule":"FREQ=DAILY","start":"2026-02-30"}"#,
        r#"{"rrule":"FREQ=DAILY","start":"2026-11-27","time_zone":"Mars"}"#,
        r#"{"rrule":"FREQ=DAILY","start":"2026-11-27","missed":"all"}"#,
    ] {
        assert!(
            serde_json::from_str::<Recurrence>(wrong).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn a_rule_can_be_given_another_end() {
    let ended =
        rule("FREQ=DAILY;COUNT=3").with_end(End::Until(Until::Date(when("2026-11-28").date())));
    assert_eq!(ended.to_string(), "FREQ=DAILY;UNTIL=20261128");
}
