//! The filter language of API.md section 2: r_1_8.

mod properties;
mod sample;

use domain::filter::{Clock, Filter, Moment};
use domain::when::When;
use jiff::civil::date;

use sample::{Sample, moment, sample};

/// Whether the task is meant on Monday 2026-11-23 at 12:00 UTC (13:00 in Berlin, where the person is).
fn matches(filter: &str, task: &Sample) -> bool {
    let zone = domain::zone::get("Europe/Berlin").expect("a zone");
    let clock = Clock {
        now: moment("2026-11-23T12:00:00Z"),
        zone: &zone,
    };
    Filter::parse(filter)
        .unwrap_or_else(|why| panic!("{filter}: {why}"))
        .matches(task, &clock)
}

#[test]
fn r_1_8_which_tasks_are_meant() {
    let check =
        |filter: &str, expected: bool| assert_eq!(matches(filter, &sample()), expected, "{filter}");
    check("", true);
    check(
        "due<today+7d and (tag=home or priority>=medium) and list=\"Work\"",
        true,
    );
    check("due<today", false);
    check("due=today", true);
    check("due!=today", false);
    check("due>=tomorrow", false);
    check("due<now", false);
    check("due<now+3h", true);
    check("due<=now+2h", true);
    check("due<now+2h", false);
    check("due=2026-11-23T15:00", true);
    check("due=2026-11-23T14:00:00Z", true);
    check("due>2026-11-22 due<2026-11-24", true);
    check("due>yesterday & due<+1w", true);
    check("deadline<=today+8d", true);
    check("deadline<today+1w", false);
    check("deadline<=today+1m", true);
    check("created<-2d", true);
    check("updated>=now-1h", true);
    check("closed>=today", false);
    check("not closed>=today", true);
    check("closed=none", true);
    check("has:due and has:tags", true);
    check("start=none", true);
    check("priority>medium | priority=medium", true);
    check("priority!=none", true);
    check("tag=HOME tag!=work", true);
    check("!(tag:home)", false);
    check("list=inbox", false);
    check("status=open and not blocked and recurring", true);
    check("is:recurring is:open", true);
    check("blocked=false", true);
    check("title~mom", true);
    check("title!~mom", false);
    check("notes~\"the garden\"", true);
    check("text~garden", true);
    check("title~garden", false);
    check("q=\"garden phone\"", true);
    check("estimate<=30m estimate>0m", true);
    check("estimate<PT30M", false);
    check("estimate=0h30m", true);
    check("assignee=me", true);
    check("tag=home and tag=nowhere or list=work", true);
}

#[test]
fn a_whole_day_compares_by_its_date() {
    let all_day = |day: i8| Sample {
        due: Some(When::Date(date(2026, 11, day))),
        ..sample()
    };
    let check = |filter: &str, days: &[i8]| {
        let meant: Vec<i8> = (21..=25)
            .filter(|day| matches(filter, &all_day(*day)))
            .collect();
        assert_eq!(meant, days, "{filter}");
    };
    check("due<now", &[21, 22]);
    check("due<=today", &[21, 22, 23]);
    check("due=today", &[23]);
    check("due>now", &[24, 25]);
    check("due>=today+1d", &[24, 25]);
    check("due!=today", &[21, 22, 24, 25]);
}

#[test]
fn today_is_the_persons_day_also_when_the_clock_changes() {
    let zone = domain::zone::get("America/New_York").expect("a zone");
    let clock = Clock {
        now: moment("2026-11-01T12:00:00Z"),
        zone: &zone,
    };
    let range = Moment::days_from_today(0).range(&clock);
    assert_eq!(range.from, moment("2026-11-01T04:00:00Z"));
    assert_eq!(range.until, moment("2026-11-02T05:00:00Z"));
}

#[test]
fn the_canonical_text() {
    let check = |text: &str, canonical: &str| {
        let filter = Filter::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(filter.to_string(), canonical);
    };
    check(" ( (tag:home) ) ", "tag=home");
    check(
        "a=b".replace("a=b", "TAG = \"two words\"").as_str(),
        "tag=\"two words\"",
    );
    check("tag=\"none\"", "tag=\"none\"");
    check("tag=none", "tag=none");
    check("list=inbox", "list=none");
    check("list=\"inbox\"", "list=inbox");
    check(
        "tag=a or tag=b and (tag=c or tag=d)",
        "tag=a or tag=b and (tag=c or tag=d)",
    );
    check("not not blocked", "blocked");
    check("not (due<tomorrow+1w)", "not due<today+8d");
    check("due<+1w and created>-2h", "due<today+1w and created>now-2h");
    check(
        "due<2026-11-29t10:00 ".to_uppercase().as_str(),
        "due<2026-11-29T10:00:00",
    );
    check("!(blocked recurring)", "not (blocked and recurring)");
    check("estimate<2h", "estimate<120m");
    check("tag=größe", "tag=größe");
    check(r#"tag="say \"hi\" \\ bye""#, r#"tag="say \"hi\" \\ bye""#);
    check("has:priority", "priority!=none");
}

#[test]
fn what_is_no_filter_is_refused_with_the_place_and_words() {
    let check = |text: &str, at: usize, says: &str| {
        let why = Filter::parse(text).expect_err(text);
        assert_eq!(why.at, at, "{text}: {why}");
        assert!(why.words.contains(says), "{text}: {why}");
    };
    check("colour=red", 0, "is no field");
    check("tag=home and", 12, "condition here");
    check("tag=home and (due<today", 23, ") is missing");
    check("tag=home)", 8, "closes nothing");
    check("due<someday", 4, "write a date");
    check("due<2026-02-30", 4, "write a date");
    check("due<99999-01-01", 4, "write a date");
    check("due<0000-01-01", 4, "write a date");
    check("due<today+1000000d", 4, "write a date");
    check("due<tomorrow+99999d", 4, "write a date");
    check("due~today", 0, "takes <");
    check("tag>home", 0, "takes = or !=");
    check("tag=", 4, "value is missing");
    check("tag=\"\"", 4, "needs a word");
    check("priority=urgent", 9, "none, low, medium or high");
    check("\"😀\"", 0, "condition here");
    check("tag=😀x and due<never", 4, "value is missing");
    check("tag=\"😀\" and due<never", 17, "write a date");
    check("tag=\"open", 4, "not closed");
    check("tag=\"a\0b\"", 6, "control character");
    check("estimate<soon", 9, "30m");
    check("home", 0, "is no field");
    check("has:colour", 4, "has: takes");
    check(&"(".repeat(22), 21, "20 deep");
    check(&"not ".repeat(30), 84, "20 deep");
    check(&"x".repeat(2_001), 0, "2000 characters");
}

#[test]
fn a_filter_of_full_length_is_read_at_once() {
    let text = "not tag=a ".repeat(200);
    assert_eq!(
        Filter::parse(&text).map(|filter| filter.terms().len()),
        Ok(200)
    );
}
