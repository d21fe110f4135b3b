//! Dates and times.

use expect_test::expect;
use jiff::Zoned;
use language::{Context, DateOrder, Mode, NextWeekday};

use super::{add, show, table};

#[test]
fn dates_as_people_write_them() {
    let texts = "
        x tomorrow
        x on friday
        x next friday
        x a week from friday
        x this weekend
        x next weekend
        x in 3 days
        x in half an hour
        x in two weeks
        x end of month
        x by eod
        x on the 5th
        x on march 5th at noon
        x 13/04/27
        x 24.12.2026 18:00
        x at 4
        x tomorrow at 8
        x 9 tomorrow evening
        x tomorrow morning
        x tomorrow 3 to 5pm
        x from december 20 to january 3
        x saturday 8:00 in the morning
        x monday 30
        x starting monday
        x thursday 8:00 GMT
        ";
    expect![[r#"
        x tomorrow
            Act CreateTask, title "x", due 2026-11-24
        x on friday
            Act CreateTask, title "x", due 2026-11-27
        x next friday
            Act CreateTask, title "x", due 2026-12-04
        x a week from friday
            Act CreateTask, title "x", due 2026-12-04
        x this weekend
            Act CreateTask, title "x", due 2026-11-28..2026-11-29
        x next weekend
            Act CreateTask, title "x", due 2026-12-05..2026-12-06
        x in 3 days
            Act CreateTask, title "x", due 2026-11-26
        x in half an hour
            Act CreateTask, title "x", due 2026-11-23T10:30:00
        x in two weeks
            Act CreateTask, title "x", due 2026-12-07
        x end of month
            Act CreateTask, title "x", due 2026-11-30
        x by eod
            Act CreateTask, title "x", due 2026-11-23T23:59:00
        x on the 5th
            Act CreateTask, title "x", due 2026-12-05
        x on march 5th at noon
            Act CreateTask, title "x", due 2027-03-05T12:00:00
        x 13/04/27
            Act CreateTask, title "x", due 2027-04-13
        x 24.12.2026 18:00
            Act CreateTask, title "x", due 2026-12-24T18:00:00
        x at 4
            Act CreateTask, title "x", due 2026-11-23T16:00:00
        x tomorrow at 8
            Act CreateTask, title "x", due 2026-11-24T08:00:00
        x 9 tomorrow evening
            Act CreateTask, title "x", due 2026-11-24T21:00:00
        x tomorrow morning
            Act CreateTask, title "x", due 2026-11-24T09:00:00
        x tomorrow 3 to 5pm
            Act CreateTask, title "x", due 2026-11-24T15:00:00..2026-11-24T17:00:00
        x from december 20 to january 3
            Act CreateTask, title "x", due 2026-12-20..2027-01-03
        x saturday 8:00 in the morning
            Act CreateTask, title "x", due 2026-11-28T08:00:00
        x monday 30
            Act CreateTask, title "x", due 2026-11-30
        x starting monday
            Act CreateTask, title "x", start 2026-11-30
        x thursday 8:00 GMT
            Act CreateTask, title "x", due 2026-11-26T09:00:00
    "#]]
    .assert_eq(&table(texts, add));
}

#[test]
fn what_only_looks_like_a_date_stays_in_the_title() {
    let texts = "
        read chapter 5 of the april report
        upgrade to 2.10.3
        pay $12
        call 650-650-6500
        sit in the sun
        you may go
        visit 10 Downing Street
        buy 3 apples
        finish the second item
        prepare the quarterly report
        ";
    expect![[r#"
        read chapter 5 of the april report
            Act CreateTask, title "read chapter 5 of the april report"
        upgrade to 2.10.3
            Act CreateTask, title "upgrade to 2.10.3"
        pay $12
            Act CreateTask, title "pay $12"
        call 650-650-6500
            Act CreateTask, title "call 650-650-6500"
        sit in the sun
            Act CreateTask, title "sit in the sun"
        you may go
            Act CreateTask, title "you may go"
        visit 10 Downing Street
            Act CreateTask, title "visit 10 Downing Street"
        buy 3 apples
            Act CreateTask, title "buy 3 apples"
        finish the second item
            Act CreateTask, title "finish the second item"
        prepare the quarterly report
            Act CreateTask, title "prepare the quarterly report"
    "#]]
    .assert_eq(&table(texts, add));
}

#[test]
fn a_day_that_does_not_exist_is_not_repaired() {
    let texts = "
        lunch on 31 february
        lunch on february 30th
        lunch on 2027-02-29
        lunch at 25:00
        lunch at 13:75
        ";
    expect![[r#"
        lunch on 31 february
            Ask CreateTask, title "lunch on 31 february", problem date_impossible
        lunch on february 30th
            Ask CreateTask, title "lunch on february 30th", problem date_impossible
        lunch on 2027-02-29
            Ask CreateTask, title "lunch on 2027-02-29", problem date_impossible
        lunch at 25:00
            Ask CreateTask, title "lunch at 25:00", problem date_impossible
        lunch at 13:75
            Ask CreateTask, title "lunch at 13:75", problem date_impossible
    "#]]
    .assert_eq(&table(texts, add));
}

#[test]
fn the_past_is_asked_about() {
    let texts = "
        lunch today at 9am
        lunch yesterday
        lunch on 2020-01-01
        ";
    expect![[r#"
        lunch today at 9am
            Ask CreateTask, title "lunch", due 2026-11-23T09:00:00
        lunch yesterday
            Ask CreateTask, title "lunch", due 2026-11-22
        lunch on 2020-01-01
            Ask CreateTask, title "lunch", due 2020-01-01
    "#]]
    .assert_eq(&table(texts, add));
}

#[test]
fn tomorrow_after_midnight_is_asked() {
    let now: Zoned = "2026-11-24T01:30:00+01:00[Europe/Berlin]"
        .parse()
        .expect("a moment");
    let answer = language::interpret("call mom tomorrow", &Context::new(now, Mode::Add));
    expect![[r#"Ask CreateTask, title "call mom", due 2026-11-25 / Some("It is past midnight: is “tomorrow” Wednesday, 25 November, or today, Tuesday, 24 November?") / 1"#]].assert_eq(&format!(
        "{} / {:?} / {}",
        show(&answer),
        answer.question,
        answer.alternatives.len()
    ));
}

#[test]
fn settings_decide_what_is_ambiguous() {
    let mut context = Context::new(super::now(), Mode::Add);
    context.settings.date_order = DateOrder::DayFirst;
    context.settings.next_weekday = NextWeekday::First;
    let read = |text: &str| show(&language::interpret(text, &context));
    expect![[r#"
        Act CreateTask, title "x", due 2027-05-04
        Act CreateTask, title "x", due 2026-11-27"#]]
    .assert_eq(&[read("x 04/05/2027"), read("x next friday")].join("\n"));
}

#[test]
fn a_wall_time_keeps_its_zone_across_a_clock_change() {
    let answer = add("x march 28 2027 at 14:00");
    let due = answer.items[0].due.clone().expect("a due date");
    assert_eq!(
        due.instant.map(|i| i.to_string()).as_deref(),
        Some("2027-03-28T12:00:00Z")
    );
    assert_eq!(due.time_zone.as_deref(), Some("Europe/Berlin"));
}

#[test]
fn spans_count_utf16_units() {
    let answer = add("\u{1f600} caf\u{e9} tomorrow #\u{e9}t\u{e9}");
    let spans: Vec<String> = answer
        .spans
        .iter()
        .map(|s| format!("{}..{} {}", s.from, s.to, s.is))
        .collect();
    expect![[r#"Some("😀 café") ["8..16 due", "17..21 tags"]"#]]
        .assert_eq(&format!("{:?} {spans:?}", answer.items[0].title));
}

#[test]
fn literal_words_are_not_read() {
    let mut context = Context::new(super::now(), Mode::Add);
    context.literal = vec![[4, 12]];
    let answer = language::interpret("see tomorrow on friday", &context);
    expect![[r#"Act CreateTask, title "see tomorrow", due 2026-11-27"#]].assert_eq(&show(&answer));
}
