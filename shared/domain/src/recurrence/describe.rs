//! A rule in plain English.

use jiff::civil::Weekday;

use super::rule::{ByDay, End, Freq, Rule, Skip, Until};

/// A rule in plain English: "every 2 weeks on Friday", "monthly on the 31st (or the last day)".
///
/// ```
/// use domain::recurrence::{Rule, describe};
/// let rule: Rule = "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3".parse().unwrap();
/// assert_eq!(describe(&rule), "monthly on the last Friday, 3 times");
/// ```
pub fn describe(rule: &Rule) -> String {
    let parts = [days(rule), weeks(rule), months(rule), times(rule)];
    let words: Vec<String> = std::iter::once(pace(rule))
        .chain(parts.into_iter().flatten())
        .collect();
    let words = words.join(" ");
    match rule.end {
        End::Never => words,
        End::Count(1) => format!("{words}, once"),
        End::Count(count) => format!("{words}, {count} times"),
        End::Until(until) => format!("{words}, until {}", last_day(until)),
    }
}

/// "every 2 weeks", "weekly", "every weekday".
fn pace(rule: &Rule) -> String {
    let (once, many) = match rule.freq {
        Freq::Secondly => ("every second", "seconds"),
        Freq::Minutely => ("every minute", "minutes"),
        Freq::Hourly => ("every hour", "hours"),
        Freq::Daily => ("every day", "days"),
        Freq::Weekly if is_weekdays(&rule.by_day) && rule.interval == 1 => ("every weekday", ""),
        Freq::Weekly => ("weekly", "weeks"),
        Freq::Monthly => ("monthly", "months"),
        Freq::Yearly => ("yearly", "years"),
    };
    match rule.interval {
        1 => once.to_owned(),
        2 if rule.freq == Freq::Daily => "every other day".to_owned(),
        interval => format!("every {interval} {many}"),
    }
}

/// "on Friday", "on the 31st (or the last day)", "on the last weekday".
fn days(rule: &Rule) -> Option<String> {
    if let Some(last) = last_possible(rule) {
        return Some(dated(rule, &nth(last), " (or the last day)"));
    }
    let picked = match rule.by_set_pos.as_slice() {
        [] => None,
        picks => Some(all(picks.iter().map(|pick| position(*pick)))),
    };
    let weekdays = is_weekdays(&rule.by_day);
    let named = if rule.by_day.is_empty() {
        None
    } else {
        Some(weekday_list(&rule.by_day))
    };
    if !rule.by_month_day.is_empty() {
        let list = all(rule.by_month_day.iter().map(|day| month_day(*day)));
        let also = named.map_or_else(String::new, |named| format!(", when it is {named}"));
        return Some(format!(
            "{}{also}{}",
            dated(rule, &list, short_month(rule)),
            of_these(picked)
        ));
    }
    if !rule.by_year_day.is_empty() {
        let list = all(rule.by_year_day.iter().map(|day| month_day(*day)));
        return Some(format!("on the {list} of the year{}", of_these(picked)));
    }
    match (named, picked) {
        (None, _) => None,
        (Some(_), None) if weekdays && rule.freq == Freq::Weekly && rule.interval == 1 => None,
        (Some(_), None) if weekdays => Some("on weekdays".to_owned()),
        (Some(_), Some(picked)) if weekdays => Some(format!("on the {picked} weekday")),
        (Some(named), None) => Some(format!("on {named}")),
        (Some(named), Some(picked)) => Some(format!("on the {picked} of {named}")),
    }
}

/// Yearly dates say their month: "on 29 February"; else "on the 29th".
fn dated(rule: &Rule, list: &str, after: &str) -> String {
    match (
        rule.freq,
        rule.by_month.as_slice(),
        rule.by_month_day.as_slice(),
    ) {
        (Freq::Yearly, [month], [day]) if *day > 0 => {
            format!("on {day} {}{after}", month_name(*month))
        }
        (Freq::Yearly, [month], _) => format!("on the {list} of {}{after}", month_name(*month)),
        _ => format!("on the {list}{after}"),
    }
}

/// The day that the plain form of SKIP=BACKWARD stands for: BYMONTHDAY=28,29,30;BYSETPOS=-1 is the 30th.
fn last_possible(rule: &Rule) -> Option<i16> {
    let days = rule.by_month_day.as_slice();
    let last = *days.last()?;
    let known = [&[28, 29][..], &[28, 29, 30], &[28, 29, 30, 31]].contains(&days);
    (known && rule.by_set_pos == [-1] && rule.by_day.is_empty()).then_some(last)
}

fn short_month(rule: &Rule) -> &'static str {
    let reaches = rule.by_month_day.iter().any(|day| *day > 28);
    match rule.skip {
        Skip::Backward if reaches => " (or the last day)",
        Skip::Forward if reaches => " (or the day after the month's end)",
        _ => "",
    }
}

fn of_these(picked: Option<String>) -> String {
    picked.map_or_else(String::new, |picked| format!(" (the {picked} of these)"))
}

fn weeks(rule: &Rule) -> Option<String> {
    let list = all(rule.by_week_no.iter().map(|week| match week {
        week if *week < 0 => format!("the {} week", position(*week)),
        week => format!("week {week}"),
    }));
    (!list.is_empty()).then(|| format!("in {list}"))
}

fn months(rule: &Rule) -> Option<String> {
    let said =
        rule.freq == Freq::Yearly && rule.by_month.len() == 1 && !rule.by_month_day.is_empty();
    let list = all(rule
        .by_month
        .iter()
        .map(|month| month_name(*month).to_owned()));
    (!list.is_empty() && !said).then(|| format!("in {list}"))
}

fn times(rule: &Rule) -> Option<String> {
    if rule.by_hour.is_empty() {
        let minutes = all(rule.by_minute.iter().map(ToString::to_string));
        return (!minutes.is_empty()).then(|| format!("at minute {minutes}"));
    }
    let minutes = if rule.by_minute.is_empty() {
        &[0][..]
    } else {
        &rule.by_minute
    };
    if rule.by_hour.len() * minutes.len() > 6 {
        return Some("at several times".to_owned());
    }
    let times = rule
        .by_hour
        .iter()
        .flat_map(|hour| minutes.iter().map(move |minute| (hour, minute)));
    Some(format!(
        "at {}",
        all(times.map(|(hour, minute)| format!("{hour}:{minute:02}")))
    ))
}

fn last_day(until: Until) -> String {
    let date = match until {
        Until::Date(date) => date,
        Until::Local(at) | Until::Utc(at) => at.date(),
    };
    format!(
        "{} {} {}",
        date.day(),
        month_name(date.month().into()),
        date.year()
    )
}

fn is_weekdays(days: &[ByDay]) -> bool {
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    days.len() == 5
        && days
            .iter()
            .all(|day| day.nth == 0 && !weekend.contains(&day.day))
}

fn weekday_list(days: &[ByDay]) -> String {
    let name = |day: &ByDay| match day.nth {
        0 => weekday_name(day.day).to_owned(),
        nth => format!("the {} {}", position(nth), weekday_name(day.day)),
    };
    all(days.iter().map(name))
}

/// "first", "3rd", "last", "second to last".
fn position(at: i16) -> String {
    match at {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        -1 => "last".to_owned(),
        -2 => "second to last".to_owned(),
        -3 => "third to last".to_owned(),
        at if at < 0 => format!("{} to last", nth(-at)),
        at => nth(at),
    }
}

fn month_day(day: i16) -> String {
    if day < 0 {
        format!("{} day", position(day))
    } else {
        nth(day)
    }
}

fn nth(number: i16) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// "a, b and c".
fn all(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    let Some(last) = items.pop() else {
        return String::new();
    };
    if items.is_empty() {
        last
    } else {
        format!("{} and {last}", items.join(", "))
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn month_name(month: i16) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1)
        .ok()
        .and_then(|at| NAMES.get(at))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_in_words() {
        let check = |rule: &str, words: &str| {
            let parsed: Rule = rule.parse().unwrap_or_else(|why| panic!("{rule}: {why}"));
            assert_eq!(describe(&parsed), words, "{rule}");
        };
        check("FREQ=DAILY", "every day");
        check("FREQ=DAILY;INTERVAL=2", "every other day");
        check(
            "FREQ=DAILY;INTERVAL=3;BYHOUR=9,18",
            "every 3 days at 9:00 and 18:00",
        );
        check("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday");
        check(
            "FREQ=WEEKLY;BYDAY=FR,MO,WE",
            "weekly on Monday, Wednesday and Friday",
        );
        check("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday");
        check(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR",
            "every 2 weeks on weekdays",
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD",
            "monthly on the 31st (or the last day)",
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            "monthly on the 30th (or the last day)",
        );
        check(
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
            "yearly on the 29th of February (or the last day)",
        );
        check("FREQ=MONTHLY;BYMONTHDAY=-1", "monthly on the last day");
        check(
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "monthly on the 1st and 15th",
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
            "monthly on the 13th, when it is Friday",
        );
        check("FREQ=MONTHLY;BYDAY=2TU", "monthly on the second Tuesday");
        check(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "monthly on the last weekday",
        );
        check(
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            "yearly on 24 December",
        );
        check(
            "FREQ=YEARLY;BYMONTH=1,7;BYDAY=1MO",
            "yearly on the first Monday in January and July",
        );
        check("FREQ=YEARLY;BYWEEKNO=20", "yearly in week 20");
        check(
            "FREQ=YEARLY;BYYEARDAY=100,-1",
            "yearly on the last day and 100th of the year",
        );
        check("FREQ=WEEKLY;COUNT=10", "weekly, 10 times");
        check(
            "FREQ=WEEKLY;UNTIL=20261231T225959Z",
            "weekly, until 31 December 2026",
        );
    }
}
