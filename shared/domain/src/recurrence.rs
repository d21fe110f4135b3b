//! stub
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("rule")]
pub struct RuleError;
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Recurrence { pub rrule: String }
