//! In an AWS Lambda.

use super::ConfigError;

/// How this answers as a Lambda; `AWS_LAMBDA_RUNTIME_API` says that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lambda {
    /// `ERRAND_LAMBDA_STREAMS`: `true` where the function's address has the mode RESPONSE_STREAM; only that can read such answers.
    pub streams: bool,
}

impl Lambda {
    /// The data folder unless one is given: all that a Lambda can write to, and it goes with the instance.
    pub const DATA: &str = "/tmp/errand";

    pub(super) fn parse(
        get: &impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ConfigError> {
        if get("AWS_LAMBDA_RUNTIME_API").is_none() {
            return Ok(None);
        }
        let streams = match get("ERRAND_LAMBDA_STREAMS").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                return Err(ConfigError::new(
                    "ERRAND_LAMBDA_STREAMS",
                    "is true or false",
                ));
            }
        };
        Ok(Some(Self { streams }))
    }
}
