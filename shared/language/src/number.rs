//! Numbers, weekdays and months in words.

use jiff::civil::Weekday;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

/// "3", "three", "a", "a couple of", "twenty-one".
pub(crate) fn cardinal(word: &str) -> Option<i64> {
    let word = word.trim();
    if let Ok(n) = word.parse::<i64>() {
        return (0..=9999).contains(&n).then_some(n);
    }
    match word {
        "a" | "an" | "single" => return Some(1),
        "couple" | "a couple" | "a couple of" => return Some(2),
        "few" | "a few" => return Some(3),
        _ => {}
    }
    if let Some(n) = ONES.iter().position(|w| *w == word) {
        return Some(n as i64);
    }
    let (tens, ones) = word.split_once(['-', ' ']).unwrap_or((word, "zero"));
    let tens = TENS.iter().position(|w| !w.is_empty() && *w == tens)? as i64 * 10;
    let ones = ONES.iter().position(|w| *w == ones).filter(|n| *n < 10)? as i64;
    Some(tens + ones)
}

/// "3rd", "third", "twenty first", "thirty-first".
pub(crate) fn ordinal(word: &str) -> Option<i64> {
    let word = word.trim();
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    {
        let suffix = &word[digits.len()..];
        let n = digits
            .parse::<i64>()
            .ok()
            .filter(|n| (1..=999).contains(n))?;
        return matches!(suffix, "st" | "nd" | "rd" | "th").then_some(n);
    }
    if let Some(n) = ORDINALS.iter().position(|w| *w == word) {
        return Some(n as i64);
    }
    match word {
        "twentieth" => return Some(20),
        "thirtieth" => return Some(30),
        _ => {}
    }
    let (tens, ones) = word.split_once(['-', ' '])?;
    let tens = TENS.iter().position(|w| !w.is_empty() && *w == tens)? as i64 * 10;
    let ones = ORDINALS
        .iter()
        .position(|w| *w == ones.trim())
        .filter(|n| (1..10).contains(n))? as i64;
    Some(tens + ones)
}

/// "tue", "tuesdays", "wednsday".
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    let word = word.trim_end_matches('.');
    let word = word.strip_suffix("'s").unwrap_or(word);
    Some(match word {
        "mon" | "monday" | "mondays" | "mons" => Weekday::Monday,
        "tue" | "tues" | "tuesday" | "tuesdays" | "tusday" | "teusday" => Weekday::Tuesday,
        "wed" | "weds" | "wednesday" | "wednesdays" | "wednsday" | "wednsdays" | "wensday"
        | "wedensday" | "wendesday" => Weekday::Wednesday,
        "thu" | "thur" | "thurs" | "thursday" | "thursdays" | "thrusday" | "thusday" => {
            Weekday::Thursday
        }
        "fri" | "friday" | "fridays" | "fris" => Weekday::Friday,
        "sat" | "saturday" | "saturdays" | "sats" | "saterday" => Weekday::Saturday,
        "sun" | "sunday" | "sundays" | "suns" => Weekday::Sunday,
        _ => return None,
    })
}

/// Whether a weekday was written as several: "tuesdays".
pub(crate) fn plural_weekday(word: &str) -> bool {
    weekday(word).is_some() && word.trim_end_matches('.').ends_with("days")
}

/// "jan", "sept.", "december".
pub(crate) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    Some(match word {
        "jan" | "january" => 1,
        "feb" | "february" | "febuary" => 2,
        "mar" | "march" => 3,
        "apr" | "april" => 4,
        "may" => 5,
        "jun" | "june" => 6,
        "jul" | "july" => 7,
        "aug" | "august" => 8,
        "sep" | "sept" | "september" => 9,
        "oct" | "october" => 10,
        "nov" | "november" => 11,
        "dec" | "december" => 12,
        _ => return None,
    })
}

/// The two letters of RFC 5545.
pub(crate) fn letters(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (word, n) in [
            ("3", 3),
            ("three", 3),
            ("a", 1),
            ("twenty-one", 21),
            ("a couple of", 2),
            ("thirty", 30),
        ] {
            assert_eq!(cardinal(word), Some(n), "{word}");
        }
        for (word, n) in [
            ("3rd", 3),
            ("first", 1),
            ("thirty-first", 31),
            ("twenty third", 23),
            ("31st", 31),
        ] {
            assert_eq!(ordinal(word), Some(n), "{word}");
        }
        assert_eq!(cardinal("milk"), None);
        assert_eq!(ordinal("milk"), None);
        assert_eq!(ordinal("th"), None);
    }
}
