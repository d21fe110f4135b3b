//! How a task comes back: r_3_1, r_3_4, r_3_5.

use domain::recurrence::{
    CivilWhen, CountedFrom, End, Missed, Next, Note, Recurrence, Rule, RuleError, Until,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

fn when(text: &str) -> CivilWhen {
    text.parse().expect("a date")
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// A recurrence in Berlin.
fn repeated(rrule: &str, start: &str) -> Recurrence {
    Recurrence::new(rule(rrule), when(start), "Europe/Berlin".parse().ok())
}

fn shown(next: Option<Next>) -> String {
    let note = |note: Note| serde_json::to_string(&note).expect("a word");
    next.map_or_else(
        || "none".to_owned(),
        |next| {
            format!(
                "{}{}",
                next.occurrence,
                next.note.map_or_else(String::new, note)
            )
        },
    )
}

#[test]
fn r_3_1_day_31_falls_to_the_months_last_day_and_says_so() {
    let check = |text: &str, start: &str, expected: &[&str]| {
        let recurrence = repeated(text, start);
        let next = recurrence
            .series()
            .take(expected.len())
            .map(|next| shown(Some(next)));
        assert_eq!(next.collect::<Vec<_>>(), expected, "{text}");
    };
    let moved = "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD";
    let note = "\"short_month\"";
    let short = |day: &str| format!("{day}{note}");
    check(
        moved,
        "2027-01-31",
        &[
            "2027-01-31",
            &short("2027-02-28"),
            "2027-03-31",
            &short("2027-04-30"),
            "2027-05-31",
        ],
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-30",
        &["2027-01-30", &short("2027-02-28")],
    );
    check(
        "FREQ=MONTHLY",
        "2027-01-31",
        &["2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31"],
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD",
        "2027-01-31",
        &["2027-01-31", &short("2027-03-01"), "2027-03-31"],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=1,31;RSCALE=GREGORIAN;SKIP=FORWARD",
        "2027-02-01",
        &[
            "2027-02-01",
            &short("2027-03-01"),
            "2027-03-31",
            "2027-04-01",
            &short("2027-05-01"),
            "2027-05-31",
        ],
    );
    let leap = "FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=BACKWARD";
    check(
        leap,
        "2028-02-29",
        &[
            "2028-02-29",
            &short("2029-02-28"),
            &short("2030-02-28"),
            &short("2031-02-28"),
            "2032-02-29",
        ],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=30,31;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-04-01",
        &["2027-04-30", "2027-05-30"],
    );
    check(
        "FREQ=YEARLY;BYYEARDAY=366;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-01",
        &[&short("2027-12-31"), "2028-12-31"],
    );
}

#[test]
fn r_3_1_skip_backward_is_what_the_plain_rules_say() {
    let same = |moved: &str, plain: &str, start: &str| {
        let start = when(start).datetime();
        let moved = rule(&format!("{moved};RSCALE=GREGORIAN;SKIP=BACKWARD"));
        let moved: Vec<_> = moved.iter(start).take(500).map(|next| next.at).collect();
        let plain: Vec<_> = rule(plain)
            .iter(start)
            .take(500)
            .map(|next| next.at)
            .collect();
        assert_eq!(moved, plain);
    };
    same(
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "2026-01-31T09:00",
    );
    same(
        "FREQ=MONTHLY;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        "2026-01-30T09:00",
    );
    same(
        "FREQ=MONTHLY;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
        "2026-01-29T09:00",
    );
    same(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
        "2026-01-29T09:00",
    );
}

#[test]
fn r_3_5_nine_stays_nine_and_gaps_and_overlaps_are_noted() {
    let preview = |start: &str, count| {
        let items = repeated("FREQ=DAILY", start).preview(count, &TimeZone::UTC);
        items
            .into_iter()
            .map(|item| {
                (
                    item.instant.map(|at| at.to_string()).unwrap_or_default(),
                    item.note,
                )
            })
            .collect::<Vec<_>>()
    };
    let at = |text: &str, note| (text.to_owned(), note);
    assert_eq!(
        preview("2027-03-27T09:00", 3),
        [
            at("2027-03-27T08:00:00Z", None),
            at("2027-03-28T07:00:00Z", None),
            at("2027-03-29T07:00:00Z", None)
        ]
    );
    assert_eq!(
        preview("2027-03-27T02:30", 3),
        [
            at("2027-03-27T01:30:00Z", None),
            at("2027-03-28T01:30:00Z", Some(Note::ClockGap)),
            at("2027-03-29T00:30:00Z", None)
        ]
    );
    assert_eq!(
        preview("2027-10-31T02:30", 2),
        [
            at("2027-10-31T00:30:00Z", Some(Note::ClockOverlap)),
            at("2027-11-01T01:30:00Z", None)
        ]
    );
}

#[test]
fn r_3_1_until_count_include_and_exclude_are_honoured() {
    let check = |recurrence: &Recurrence, expected: &[&str]| {
        let all: Vec<_> = recurrence
            .series()
            .take(20)
            .map(|next| next.occurrence.to_string())
            .collect();
        assert_eq!(all, expected);
        for pair in all.windows(2) {
            assert_eq!(shown(recurrence.next(when(&pair[0]))), pair[1]);
        }
    };
    let start = "2026-11-27T15:00:00";
    check(
        &repeated("FREQ=WEEKLY;COUNT=3", start),
        &[
            "2026-11-27T15:00:00",
            "2026-12-04T15:00:00",
            "2026-12-11T15:00:00",
        ],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T140000Z", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T135959Z", start),
        &["2026-11-27T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T150000", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    let mut changed = repeated("FREQ=WEEKLY;COUNT=3", start);
    changed.include = vec![
        when("2026-12-01"),
        when("2026-11-20T08:00"),
        when("2026-12-04T15:00"),
    ];
    changed.exclude = vec![when("2026-12-11")];
    check(
        &changed,
        &[
            "2026-11-20T08:00:00",
            "2026-11-27T15:00:00",
            "2026-12-01T15:00:00",
            "2026-12-04T15:00:00",
        ],
    );
    let mut days = repeated("FREQ=DAILY;UNTIL=20261130", "2026-11-27");
    days.exclude = vec![when("2026-11-28")];
    days.include = vec![when("2026-12-24T18:00")];
    check(
        &days,
        &["2026-11-27", "2026-11-29", "2026-11-30", "2026-12-24"],
    );
}

#[test]
fn r_3_1_after_completion_the_interval_counts_from_that_day() {
    let check = |text: &str, start: &str, completed: &str, expected: &str| {
        let mut recurrence = repeated(text, start);
        recurrence.from = CountedFrom::Completion;
        assert_eq!(recurrence.check(), Ok(()));
        let next = recurrence.next_after_completion(moment(completed), &TimeZone::UTC);
        assert_eq!(shown(next), expected, "{text}");
        let caught = recurrence.catch_up(when(start), moment(completed), &TimeZone::UTC);
        assert_eq!(shown(caught.next), expected, "{text}");
    };
    let start = "2026-11-01T09:00";
    check(
        "FREQ=DAILY;INTERVAL=3",
        start,
        "2026-11-23T22:00:00Z",
        "2026-11-26T09:00:00",
    );
    // 23:30 UTC is the next day in Berlin.
    check(
        "FREQ=DAILY;INTERVAL=3",
        start,
        "2026-11-23T23:30:00Z",
        "2026-11-27T09:00:00",
    );
    check(
        "FREQ=DAILY;INTERVAL=3",
        "2026-11-01",
        "2026-11-23T10:00:00Z",
        "2026-11-26",
    );
    check(
        "FREQ=DAILY",
        start,
        "2026-11-23T05:00:00Z",
        "2026-11-24T09:00:00",
    );
    check(
        "FREQ=WEEKLY;INTERVAL=2",
        start,
        "2026-11-23T10:00:00Z",
        "2026-12-07T09:00:00",
    );
    check(
        "FREQ=WEEKLY;BYDAY=FR",
        start,
        "2026-11-27T10:00:00Z",
        "2026-12-04T09:00:00",
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        start,
        "2027-01-31T10:00:00Z",
        "2027-02-28T09:00:00\"short_month\"",
    );
    check(
        "FREQ=HOURLY;INTERVAL=5",
        start,
        "2026-11-23T10:10:40Z",
        "2026-11-23T16:10:00",
    );
}

#[test]
fn r_3_4_what_was_missed_is_caught_up_skipped_or_listed() {
    let check = |text: &str, missed: Missed, last: &str, now: &str, next: &str, listed: &[&str]| {
        let mut recurrence = repeated(text, last);
        recurrence.missed = missed;
        let caught = recurrence.catch_up(when(last), moment(now), &TimeZone::UTC);
        assert_eq!(shown(caught.next), next, "{text} {missed:?}");
        let passed: Vec<_> = caught.missed.iter().map(ToString::to_string).collect();
        assert_eq!(passed, listed, "{text} {missed:?}");
        assert!(!caught.too_far_ahead);
    };
    let (monday, thursday) = ("2026-11-23T09:00", "2026-11-26T09:30:00Z");
    check(
        "FREQ=DAILY",
        Missed::Skip,
        monday,
        thursday,
        "2026-11-27T09:00:00",
        &[],
    );
    check(
        "FREQ=DAILY",
        Missed::Each,
        monday,
        thursday,
        "2026-11-24T09:00:00",
        &[],
    );
    let listed = [
        "2026-11-24T09:00:00",
        "2026-11-25T09:00:00",
        "2026-11-26T09:00:00",
    ];
    check(
        "FREQ=DAILY",
        Missed::List,
        monday,
        thursday,
        "2026-11-27T09:00:00",
        &listed,
    );
    // A whole day has not passed before it is over.
    check(
        "FREQ=DAILY",
        Missed::List,
        "2026-11-23",
        thursday,
        "2026-11-26",
        &["2026-11-24", "2026-11-25"],
    );
    // Completed early: the one after.
    check(
        "FREQ=DAILY",
        Missed::Skip,
        "2026-11-30T09:00",
        thursday,
        "2026-12-01T09:00:00",
        &[],
    );
    check(
        "FREQ=YEARLY;INTERVAL=5",
        Missed::Skip,
        monday,
        thursday,
        "2031-11-23T09:00:00",
        &[],
    );
    check(
        "FREQ=DAILY;COUNT=2",
        Missed::Skip,
        monday,
        thursday,
        "none",
        &[],
    );
    // In the gap of 28 March, 02:30 is 03:30: not passed at 03:10.
    check(
        "FREQ=DAILY",
        Missed::Skip,
        "2027-03-20T02:30",
        "2027-03-28T01:10:00Z",
        "2027-03-28T02:30:00",
        &[],
    );
}

#[test]
fn r_3_4_never_more_than_a_year_ahead() {
    let recurrence = repeated("FREQ=WEEKLY", "2026-11-23");
    let mut last = when("2026-11-23");
    let mut made = 0;
    let caught = loop {
        let caught = recurrence.catch_up(last, moment("2026-11-23T10:00:00Z"), &TimeZone::UTC);
        let Some(next) = caught.next else {
            break caught;
        };
        last = next.occurrence;
        made += 1;
    };
    assert!(caught.too_far_ahead);
    assert_eq!(made, 53);
}

#[test]
fn r_3_4_a_year_of_hours_missed_is_listed_up_to_a_limit() {
    let mut recurrence = repeated("FREQ=HOURLY", "2020-01-01T00:00");
    recurrence.missed = Missed::List;
    let caught = recurrence.catch_up(
        recurrence.start,
        moment("2026-11-23T10:20:00Z"),
        &TimeZone::UTC,
    );
    assert_eq!(caught.missed.len(), 366);
    assert_eq!(shown(caught.next), "2026-11-23T12:00:00");
}

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
fn r_3_3_this_and_following_divides_a_series_without_losing_any() {
    let check = |text: &str, start: &str, at: &str, before: usize| {
        let whole = repeated(text, start);
        let (first, rest) = whole.split_at(when(at));
        let all: Vec<_> = whole
            .series()
            .take(60)
            .map(|next| next.occurrence)
            .collect();
        let mut parts: Vec<_> = first
            .iter()
            .flat_map(Recurrence::series)
            .map(|next| next.occurrence)
            .collect();
        assert_eq!(parts.len(), before, "{text}");
        parts.extend(
            rest.series()
                .take(60_usize.saturating_sub(before))
                .map(|next| next.occurrence),
        );
        assert_eq!(parts, all, "{text}");
    };
    check("FREQ=WEEKLY", "2026-11-27T15:00", "2026-12-11T15:00", 2);
    check("FREQ=WEEKLY", "2026-11-27T15:00", "2026-11-27T15:00", 0);
    check("FREQ=WEEKLY;COUNT=7", "2026-11-27", "2026-12-18", 3);
    check(
        "FREQ=WEEKLY;UNTIL=20270301T140000Z",
        "2026-11-27T15:00",
        "2026-12-18T15:00",
        3,
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-31",
        "2027-02-28",
        1,
    );
    check(
        "FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2028-02-29",
        "2030-02-28",
        2,
    );
    check(
        "FREQ=DAILY;INTERVAL=3;BYHOUR=9,18",
        "2026-11-27T09:00",
        "2026-11-30T18:00",
        3,
    );
}

#[test]
fn a_rule_can_be_given_another_end() {
    let ended =
        rule("FREQ=DAILY;COUNT=3").with_end(End::Until(Until::Date(when("2026-11-28").date())));
    assert_eq!(ended.to_string(), "FREQ=DAILY;UNTIL=20261128");
}
