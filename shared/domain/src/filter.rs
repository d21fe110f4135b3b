//! stub
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("filter")]
pub struct FilterError;
#[derive(Clone, Debug, PartialEq)]
pub struct Filter;
