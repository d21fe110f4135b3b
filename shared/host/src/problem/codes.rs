//! The codes of API.md 7.

macro_rules! codes {
    ($($code:ident $name:literal $status:literal $title:literal)*) => {
        /// What went wrong, as programs read it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "API.md 7 names them; each has its title here")]
        pub enum Code { $($code,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The word on the wire, which stays for good.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// The HTTP status it comes with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// The same few words each time.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }

            /// The code of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.name() == name)
            }
        }
    };
}

codes! {
    MalformedJson "malformed_json" 400 "This is not JSON"
    ParameterInvalid "parameter_invalid" 400 "A parameter is not right"
    CursorInvalid "cursor_invalid" 400 "This cursor belongs to another listing"
    Unauthenticated "unauthenticated" 401 "Who are you?"
    ScopeMissing "scope_missing" 403 "This token may not do that"
    OriginRefused "origin_refused" 403 "Another site asked for this"
    BudgetSpent "budget_spent" 403 "This token has used up its writes"
    NotFound "not_found" 404 "Not found"
    MethodNotAllowed "method_not_allowed" 405 "Not that way"
    NotAcceptable "not_acceptable" 406 "Not in that format"
    IdTaken "id_taken" 409 "The id is in use"
    IdempotencyInFlight "idempotency_in_flight" 409 "Still being worked on"
    ConfirmationStale "confirmation_stale" 409 "It changed since you were asked"
    UndoBlocked "undo_blocked" 409 "It was changed again since"
    CursorGone "cursor_gone" 410 "Read everything again"
    Purged "purged" 410 "Removed for good"
    Conflict "conflict" 412 "Both of you changed it"
    VersionMismatch "version_mismatch" 412 "It changed since you read it"
    BodyTooLarge "body_too_large" 413 "Too large"
    MediaTypeUnsupported "media_type_unsupported" 415 "Send JSON"
    HostUnknown "host_unknown" 421 "Not the host you meant"
    FieldUnknown "field_unknown" 422 "There is no such field"
    FieldInvalid "field_invalid" 422 "A field is not right"
    FieldReadOnly "field_read_only" 422 "This field is changed another way"
    DateImpossible "date_impossible" 422 "There is no such date"
    ZoneUnknown "zone_unknown" 422 "There is no such time zone"
    RruleInvalid "rrule_invalid" 422 "The rule cannot be read"
    RruleNeverMatches "rrule_never_matches" 422 "The rule never comes true"
    RecurrenceTooFrequent "recurrence_too_frequent" 422 "Too often"
    DependencyCycle "dependency_cycle" 422 "Tasks would wait for each other"
    DepthExceeded "depth_exceeded" 422 "Too deep"
    LimitExceeded "limit_exceeded" 422 "Too many"
    ReferenceUnknown "reference_unknown" 422 "It names something that does not exist"
    FilterInvalid "filter_invalid" 422 "The filter cannot be read"
    TargetRefused "target_refused" 422 "This target is not allowed"
    IdempotencyKeyReused "idempotency_key_reused" 422 "The key was used for something else"
    CommandsRefused "commands_refused" 422 "Not all of it could be done"
    RateLimited "rate_limited" 429 "Too fast"
    Internal "internal" 500 "Our fault"
    Unavailable "unavailable" 503 "Not now"
    ModelUnavailable "model_unavailable" 503 "The language model does not answer"
}
