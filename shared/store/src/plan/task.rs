//! A task's columns.

use super::TaskRow;
use domain::{
    id::TaskId,
    settings::Settings,
    state::Row,
    task::{Estimate, Task},
    when::When,
};
use jiff::{Span, civil::Time};

/// The key of what has no date: after everything.
pub(crate) const NEVER: i64 = i64::MAX;

/// The columns of a task for a person with these settings, which place dates that float.
pub(crate) fn task_row(id: TaskId, row: &Row<Task>, settings: &Settings) -> TaskRow {
    let task = &row.value;
    let micros = |at: jiff::Timestamp| at.as_microsecond();
    let starts = |when: &When| when.instant(settings.zone(), Time::midnight()).map(micros);
    TaskRow {
        id: id.0,
        stream: row.stream.0,
        version: row.version,
        updated_at: micros(row.updated_at),
        title: task.title.to_lowercase(),
        // The document keeps a NUL, in its own way; a text of PostgreSQL cannot.
        notes: task.notes.to_lowercase().replace('\0', ""),
        status: task.status.name(),
        due_key: task.due.as_ref().and_then(starts).unwrap_or(NEVER),
        due_end: task
            .due
            .as_ref()
            .and_then(|due| due.end(settings.zone()))
            .map_or(NEVER, micros),
        start_key: task.start.as_ref().and_then(starts).unwrap_or(i64::MIN),
        start_end: task
            .start
            .as_ref()
            .and_then(|start| start.end(settings.zone()))
            .map_or(i64::MIN, micros),
        deadline: task.deadline.map(|date| date.to_string()),
        priority: task.priority as i64,
        list_id: task.list_id.map(|id| id.0),
        section_id: task.section_id.map(|id| id.0),
        parent_id: task.parent_id.map(|id| id.0),
        assignee: task.assignee.map(|id| id.0),
        estimate: task.estimate.as_ref().and_then(minutes),
        source_system: task.source.as_ref().map(|source| source.system.clone()),
        source_id: task.source.as_ref().map(|source| source.id.clone()),
        series_id: task.series_id.map(|id| id.0),
        links: !task.links.is_empty(),
        recurs: task.recurrence.is_some(),
        floats: [&task.due, &task.start]
            .into_iter()
            .flatten()
            .any(|when| when.zone().is_none())
            || task.deadline.is_some(),
        blocked_by: (!task.blocked_by.is_empty()).then(|| contract::doc::json(&task.blocked_by)),
        position: task.position.clone(),
        created_at: micros(task.created_at),
        closed_at: task.closed_at.map(micros),
        deleted_at: task.deleted_at.map(micros),
        doc: contract::doc::task(id, row, settings),
        reminders: contract::doc::json(&task.reminders),
    }
}

/// Minutes, a day counted as 24 hours.
fn minutes(estimate: &Estimate) -> Option<i64> {
    let span: Span = estimate.as_str().parse().ok()?;
    let days = jiff::SpanTotal::from(jiff::Unit::Minute).days_are_24_hours();
    span.total(days).ok().map(|minutes| minutes as i64)
}
