//! Why a rule is refused, in words that say what to do instead.

/// A rule or recurrence that cannot be used. [`RuleError::code`] is the stable name of API.md section 7.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not a rule by RFC 5545 and RFC 7529, or one that cannot go with this start.
    #[error("{words}")]
    Invalid {
        /// The part at fault ("BYDAY"), or "rrule", "start", "include", "exclude".
        part: String,
        /// What is wrong and what to write instead.
        words: String,
    },
    /// A well-formed rule that gives no occurrence at all.
    #[error("{0}")]
    NeverMatches(String),
    /// More than one occurrence an hour: not what a task is for.
    #[error("{0}")]
    TooFrequent(String),
}

impl RuleError {
    /// The stable code that goes out.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "rrule_invalid",
            Self::NeverMatches(_) => "rrule_never_matches",
            Self::TooFrequent(_) => "recurrence_too_frequent",
        }
    }

    pub(super) fn invalid(part: &str, words: impl Into<String>) -> Self {
        Self::Invalid {
            part: part.chars().take(40).collect(),
            words: words.into(),
        }
    }
}
