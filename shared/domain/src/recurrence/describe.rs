//! A rule in plain English.

use super::Rule;

/// A rule in plain English: "every 2 weeks on Friday".
pub fn describe(rule: &Rule) -> String {
    rule.to_string()
}
