//! Whatever is written: no panic, no wrong span, no long wait.

use std::time::Duration;

use contract::interpret::{Decision, Interpretation};
use proptest::prelude::*;

use super::{add, talk};

fn sound(text: &str, answer: &Interpretation) {
    let units = text.encode_utf16().count();
    assert_eq!(answer.items.len(), 1);
    assert!((0.0..=1.0).contains(&answer.confidence));
    for span in &answer.spans {
        assert!(
            span.from < span.to && span.to <= units,
            "{text:?}: {span:?}"
        );
    }
    if answer.decision == Decision::Ask {
        assert!(answer.question.is_some(), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        sound(&text, &talk(&text));
        sound(&text, &add(&text));
    }

    #[test]
    fn any_words_of_ours_are_read_without_a_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..12)) {
        let text = words.join(" ");
        sound(&text, &talk(&text));
        sound(&text, &add(&text));
    }
}

const WORDS: &[&str] = &[
    "every",
    "each",
    "other",
    "2nd",
    "last",
    "first",
    "friday",
    "mondays",
    "of",
    "the",
    "month",
    "year",
    "week",
    "day",
    "until",
    "for",
    "except",
    "may",
    "in",
    "on",
    "at",
    "3pm",
    "5",
    "31st",
    "february",
    "and",
    "to",
    "remind",
    "me",
    "before",
    "after",
    "completion",
    "tomorrow",
    "\"",
    "\\",
    "#a",
    "+b",
    "@c",
    "!high",
    "delete",
    "mark",
    "as",
    "done",
    "change",
    "due",
    "date",
    "99999",
    "0",
    "-1",
    "2026-02-31",
    "twice",
    "times",
    "starting",
    "next",
    "|",
    "~",
    "é",
    "😀",
    "snooze",
    "by",
    "hours",
    "half an",
    "from",
    "now",
    "all",
    "tasks",
    "list",
    "by",
    "end of",
    "weekend",
    "9999-12-31",
    "0000-00-00",
];

/// What this thread has used: the kernel's count of nanoseconds, because clocks on shared machines lie. Nothing where there is no
/// Linux to ask.
fn used() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

#[test]
fn hostile_lines_do_not_take_long() {
    language::warm();
    let lines = [
        "every ".repeat(83),
        "monday ".repeat(71),
        "at 3pm ".repeat(71),
        "1/1/1 ".repeat(83),
        "remind me 1 minute before ".repeat(19),
        "\"".repeat(500),
        "the first and second ".repeat(23),
        "until tomorrow except ".repeat(22),
        "a".repeat(500),
        "1".repeat(500),
        "in 2 days from next friday ".repeat(18),
        "delete the ".repeat(45),
        "every second and third friday of ".repeat(15),
        "😀".repeat(500),
        "from 3 to 4 ".repeat(42),
        "between 3pm and 4pm ".repeat(25),
        "monday to friday ".repeat(30),
        "jan 1 - feb 2, ".repeat(34),
        "1-2 ".repeat(125),
        "2026-01-01 - 2026-01-02 ".repeat(21),
        "3:00-4:00 ".repeat(50),
        "1/1 - 2/2 ".repeat(50),
        "half past 3 ".repeat(42),
        "this morning ".repeat(39),
        "next week ".repeat(50),
        "may 1 ".repeat(84),
        "first monday of may ".repeat(25),
        "5 minutes ".repeat(50),
        "tonight at 8 ".repeat(39),
        "december 3 2027 at 3pm ".repeat(22),
        "december 3 2027 at 3pm to december 5 2027 at 6pm ".repeat(11),
        "1/1/1/1/1/1/1/1/1/1 ".repeat(25),
        "1-1-1-1-1-1-1-1-1-1 ".repeat(25),
        "1 2 3 4 to 5 6 7 8 ".repeat(26),
        "friday may 1 2027 at 3:00 in the morning ".repeat(13),
        "last day of next month next week ".repeat(16),
        "3 days ago from now ".repeat(25),
        "at 3 or 4 in the morning ".repeat(20),
    ];
    // A debug build is several times slower than what is shipped.
    let limit = if cfg!(debug_assertions) {
        Duration::from_secs(1)
    } else {
        Duration::from_millis(50)
    };
    for line in &lines {
        let text: String = line.chars().take(500).collect();
        let before = used();
        sound(&text, &talk(&text));
        let took = used().saturating_sub(before);
        assert!(
            took < limit,
            "{took:?} for {}",
            text.chars().take(40).collect::<String>()
        );
    }
}

#[test]
fn too_long_is_refused_in_words() {
    let answer = add(&"x".repeat(501));
    assert_eq!(answer.problems[0].code, "limit_exceeded");
    assert_eq!(answer.decision, Decision::Ignore);
    assert_eq!(talk(&"x ".repeat(5_001)).problems[0].code, "limit_exceeded");
}
