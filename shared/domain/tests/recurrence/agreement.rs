//! Two other ways to expand a rule agree: the rrule crate where it is right, and a slow walk.

use domain::recurrence::Rule;
use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};
use proptest::{prelude::*, test_runner::TestRunner};
use std::cell::Cell;

use crate::rule_texts::{rule_text, start, wild_rule};

/// What the rrule crate gives, in UTC, where it takes the rule.
fn theirs(rule: &str, start: DateTime, many: u16) -> Option<Vec<String>> {
    let text = format!("DTSTART:{}Z\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%S"));
    let set: rrule::RRuleSet = text.parse().ok()?;
    let found = set.all(many);
    Some(
        found
            .dates
            .iter()
            .map(|at| at.naive_utc().format("%Y-%m-%dT%H:%M:%S").to_string())
            .collect(),
    )
}

#[test]
fn the_rrule_crate_agrees() {
    let config = ProptestConfig {
        cases: 1_500,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    // The crate does not take every rule: what counts is how many were compared, and how many of those gave dates.
    let (compared, dated) = (Cell::new(0), Cell::new(0));
    let agrees = |(rule, start): (String, DateTime)| {
        let rule = format!("{rule};UNTIL={}", end(&rule, start));
        let Some(theirs) = theirs(&rule, start, 12) else {
            return Ok(());
        };
        let parsed: Rule = rule
            .parse()
            .map_err(|why| TestCaseError::fail(format!("{rule} refused: {why}")))?;
        let ours: Vec<String> = parsed
            .iter(start)
            .take(12)
            .map(|next| next.at.to_string())
            .collect();
        compared.set(compared.get() + 1);
        dated.set(dated.get() + i32::from(!theirs.is_empty()));
        prop_assert_eq!(ours, theirs, "{} {}", rule, start);
        Ok(())
    };
    let run = TestRunner::new(config).run(&(rule_text(), start()), agrees);
    run.unwrap_or_else(|why| panic!("{why}"));
    let (compared, dated) = (compared.get(), dated.get());
    println!("{compared} compared, {dated} of them with dates");
    assert!(compared >= 1_000 && dated >= 500, "{compared} {dated}");
}

/// An end that the crate reaches soon: it walks there.
fn end(rule: &str, start: DateTime) -> String {
    let span = match rule {
        _ if rule.contains("HOURLY") => 40.days(),
        _ if rule.contains("YEARLY") => 30.years(),
        _ if rule.contains("MONTHLY") => 10.years(),
        _ => 2.years(),
    };
    let end = start.checked_add(span).expect("in range");
    end.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Whether a wall time passes the filters of a rule by the hour, minute or second: slowly, by jiff's own calendar.
fn passes(rule: &str, at: DateTime) -> bool {
    rule.split(';')
        .filter_map(|part| part.split_once('='))
        .all(|(name, value)| {
            let day = at.date();
            let (of, length) = match name {
                "BYMONTH" => (i32::from(at.month()), None),
                "BYMONTHDAY" => (at.day().into(), Some(day.days_in_month().into())),
                "BYYEARDAY" => (
                    day.day_of_year().into(),
                    Some(i32::from(day.days_in_year())),
                ),
                "BYHOUR" => (at.hour().into(), None),
                "BYMINUTE" => (at.minute().into(), None),
                "BYSECOND" => (at.second().into(), None),
                "BYDAY" => {
                    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
                    let own = names
                        [usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6")];
                    return value.split(',').any(|day| day == own);
                }
                _ => return true,
            };
            let numbers = value
                .split(',')
                .map(|number| number.parse::<i32>().expect("a number"));
            numbers.into_iter().any(|number| match length {
                Some(length) if number < 0 => length + number + 1 == of,
                _ => number == of,
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn by_the_hour_minute_and_second_it_is_the_interval_and_the_filters(rule in wild_rule(), start in start()) {
        let unit = [("HOURLY", 3_600), ("MINUTELY", 60), ("SECONDLY", 1)].into_iter().find(|(freq, _)| rule.contains(freq));
        let Some((freq, unit)) = unit else { return Ok(()) };
        let plain = ["BYWEEKNO", "BYSETPOS", "COUNT", "UNTIL", "SKIP"].iter().all(|part| !rule.contains(part));
        // What is finer than the frequency is expanded, not filtered: only the start's own there.
        let coarse = match freq { "HOURLY" => !rule.contains("BYMINUTE") && !rule.contains("BYSECOND"), "MINUTELY" => !rule.contains("BYSECOND"), _ => true };
        if !(plain && coarse) { return Ok(()) }
        let parsed: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        let step = i64::from(parsed.interval()) * unit;
        let far = 10_000;
        let walk = (0..far).map_while(|count| start.checked_add(SignedDuration::from_secs(count * step)).ok());
        let expected: Vec<_> = walk.filter(|at| passes(&rule, *at)).take(5).collect();
        let ours: Vec<_> = parsed.iter(start).take(expected.len()).map(|next| next.at).collect();
        prop_assert_eq!(ours, expected, "{} {}", rule, start);
    }
}
