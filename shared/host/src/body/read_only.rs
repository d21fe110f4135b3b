//! Fields that are read but not written (API.md 1), each with the way to change it.

/// How a field of that name is changed, where it is one that cannot be written.
pub(super) fn way(field: &str) -> Option<&'static str> {
    Some(match field {
        "status" => "use /complete, /reopen or /drop",
        "position" => "use /move",
        "version" => "send If-Match or Base-Version with the version you have read",
        "series_id" | "occurrence" => "change `recurrence`, or use /skip and /reschedule",
        "closed_at" => "use /complete, /drop or /reopen",
        "deleted_at" => "use DELETE, or /restore",
        "created_at" | "updated_at" => "it is kept by the server",
        "instant" => "it follows from the date, the time and the zone",
        _ => return None,
    })
}
