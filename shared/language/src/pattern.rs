//! Patterns, built once.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A pattern that is built at its first use.
pub(crate) type Pattern = LazyLock<Regex>;

/// Declares patterns; `WD`, `MON`, `NUM` and `UNIT` stand for a weekday, a month, a small number and a unit of time.
macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) static $name: $crate::pattern::Pattern = std::sync::LazyLock::new(|| $crate::pattern::build($text));)*
        /// Builds the patterns of this file ahead of their first use.
        pub(crate) fn warm() {
            $(std::sync::LazyLock::force(&$name);)*
        }
        #[cfg(test)]
        mod patterns_are_valid {
            #[test]
            fn all() {
                $(assert_ne!(super::$name.as_str(), $crate::pattern::NOTHING, stringify!($name));)*
            }
        }
    };
}
pub(crate) use patterns;

/// Weekdays as people write and mistype them.
pub(crate) const WD: &str = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday|nsday|ensday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)";
/// Months.
pub(crate) const MON: &str = r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
/// Small cardinal numbers.
pub(crate) const NUM: &str = r"(?:\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|a couple(?: of)?|a few|half an?)";
/// Units of time.
pub(crate) const UNIT: &str = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?)";

/// Matches nothing.
pub(crate) const NOTHING: &str = r"[^\s\S]";

/// A character of a word: of ASCII, or beyond it. The tables of all scripts' letters and digits would take ten times the memory, and
/// [`crate::text::Text`] knows no blank but the space.
const WORD: &str = r"[a-z0-9_\x{80}-\x{10FFFF}]";

/// Builds a pattern: `~` is a date of any length, and `\d`, `\s` and `\w` mean less than Unicode says. Patterns of this crate are
/// constants, so a wrong one shows in the first test.
pub(crate) fn build(text: &str) -> Regex {
    let text = text
        .replace("WD", WD)
        .replace("MON", MON)
        .replace("NUM", NUM)
        .replace("UNIT", UNIT)
        .replace(r"\d", "[0-9]")
        .replace(r"\s", " ")
        .replace(r"\w", WORD)
        .replace('~', "(?:~+)");
    Regex::new(&text)
        .unwrap_or_else(|_| Regex::new(NOTHING).expect("a class of nothing is a pattern"))
}

/// The range of a group.
pub(crate) fn group(found: &regex::Captures, n: usize) -> Option<Range<usize>> {
    found.get(n).map(|m| m.range())
}

/// The words of a group.
pub(crate) fn words<'t>(found: &regex::Captures<'t>, n: usize) -> &'t str {
    found.get(n).map_or("", |m| m.as_str())
}
