//! What a task may hold. Everything is checked after the edit, as a whole.

use super::{Reminder, ReminderSpec, Task, TaskPatch};
use crate::{id::TaskId, list::List, list::Section, refusal::Refusal, state::State, when::When};
use jiff::Span;
use std::collections::BTreeSet;

/// Characters in a title or a name.
pub const TITLE: usize = 500;
/// Characters in notes.
pub const NOTES: usize = 100_000;
/// Tags on a task.
pub const TAGS: usize = 50;
/// Characters in a tag.
pub const TAG: usize = 60;
/// Reminders on a task.
pub const REMINDERS: usize = 20;
/// Links on a task.
pub const LINKS: usize = 50;
/// Tasks that a task waits for.
pub const BLOCKERS: usize = 50;
/// Levels of subtasks below a task.
pub const DEPTH: u64 = 6;
/// Open tasks in a stream.
pub const OPEN_TASKS: u64 = 100_000;
/// Lists in a stream.
pub const LISTS: u64 = 1_000;

/// Trims what people leave around words, and takes doubled tags and blockers out.
pub fn tidy(task: &mut Task) {
    task.title = task.title.trim().to_owned();
    let mut seen = BTreeSet::new();
    task.tags = task
        .tags
        .iter()
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| seen.insert(tag.to_lowercase()))
        .collect();
    let mut seen = BTreeSet::new();
    task.blocked_by.retain(|id| seen.insert(*id));
}

/// Whether a task may be as it is, where `changed` are the fields that were set.
///
/// # Errors
/// The first field that cannot be, with its JSON pointer.
pub fn task(state: &State, id: TaskId, task: &Task, changed: &TaskPatch) -> Result<(), Refusal> {
    if changed.title.is_some() {
        text("/title", &task.title, TITLE)?;
    }
    if task.notes.chars().nth(NOTES).is_some() {
        return Err(Refusal::Limit {
            what: "characters in the notes",
            limit: NOTES as u64,
            pointer: "/notes".into(),
        });
    }
    plausible("/due", task.due.as_ref())?;
    plausible("/start", task.start.as_ref())?;
    plausible("/deadline", task.deadline.map(When::Date).as_ref())?;
    tags(&task.tags)?;
    links(task)?;
    reminders(&task.reminders)?;
    placed(state, id, task, changed)?;
    blockers(state, id, task, changed)?;
    if let Some(recurrence) = task
        .recurrence
        .as_ref()
        .filter(|_| changed.recurrence.is_some())
    {
        recurrence.check()?;
    }
    Ok(())
}

/// A name or a title: 1 to `limit` characters, no control characters.
///
/// # Errors
/// What to do about it.
pub fn text(pointer: &str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::field(
            pointer,
            "It must not be empty: write at least one character.",
        ));
    }
    if text.chars().nth(limit).is_some() {
        return Err(Refusal::Limit {
            what: "characters here",
            limit: limit as u64,
            pointer: pointer.to_owned(),
        });
    }
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Refusal::field(
            pointer,
            "It must be one line: take line breaks and control characters out.",
        ));
    }
    Ok(())
}

fn plausible(pointer: &str, when: Option<&When>) -> Result<(), Refusal> {
    if when.is_none_or(When::is_plausible) {
        return Ok(());
    }
    Err(Refusal::Field {
        pointer: pointer.to_owned(),
        code: "date_impossible",
        words: "The year must lie between 1900 and 9998.".to_owned(),
    })
}

fn tags(tags: &[String]) -> Result<(), Refusal> {
    if tags.len() > TAGS {
        return Err(Refusal::Limit {
            what: "tags on a task",
            limit: TAGS as u64,
            pointer: "/tags".into(),
        });
    }
    tags.iter()
        .enumerate()
        .try_for_each(|(i, tag)| text(&format!("/tags/{i}"), tag, TAG))
}

fn links(task: &Task) -> Result<(), Refusal> {
    if task.links.len() > LINKS {
        return Err(Refusal::Limit {
            what: "links on a task",
            limit: LINKS as u64,
            pointer: "/links".into(),
        });
    }
    let known = |url: &str| {
        ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    };
    let fits = |url: &str| {
        known(url)
            && url.len() <= 2_000
            && !url.chars().any(|c| c.is_control() || c.is_whitespace())
    };
    match task.links.iter().position(|link| !fits(&link.url)) {
        Some(i) => Err(Refusal::field(
            format!("/links/{i}/url"),
            "A link begins with http://, https:// or mailto:, has no spaces and at most 2,000 characters.",
        )),
        None => Ok(()),
    }
}

fn reminders(reminders: &[Reminder]) -> Result<(), Refusal> {
    let mut each = std::collections::BTreeMap::<_, usize>::new();
    for (i, reminder) in reminders.iter().enumerate() {
        let own = each.entry(reminder.person).or_default();
        *own += 1;
        if *own > REMINDERS {
            return Err(Refusal::Limit {
                what: "reminders on a task",
                limit: REMINDERS as u64,
                pointer: "/reminders".into(),
            });
        }
        if let ReminderSpec::Lead { offset, .. } = &reminder.spec
            && lead(offset).is_none()
        {
            return Err(Refusal::field(
                format!("/reminders/{i}/offset"),
                "A lead time is an ISO 8601 duration of at most a year with its sign, such as -PT15M or -P1D.",
            ));
        }
    }
    Ok(())
}

/// Reads a lead time: an ISO 8601 duration with its sign, of at most about a year.
pub fn lead(offset: &str) -> Option<Span> {
    let span: Span = offset.parse().ok().filter(|_| offset.contains('P'))?;
    let reference = jiff::SpanRelativeTo::days_are_24_hours();
    let rough = span.get_years() == 0 && span.get_months() == 0 && {
        let hours = span.total((jiff::Unit::Hour, reference)).ok()?;
        hours.abs() <= 24.0 * 366.0
    };
    rough.then_some(span)
}

fn placed(state: &State, id: TaskId, task: &Task, changed: &TaskPatch) -> Result<(), Refusal> {
    let reference = |pointer: &str, what| Refusal::Reference {
        pointer: pointer.to_owned(),
        what,
    };
    if let Some(list) = task.list_id.filter(|_| changed.list_id.is_some()) {
        let found = state
            .row::<List>(list.0)
            .ok()
            .filter(|row| row.value.deleted_at.is_none());
        found.ok_or_else(|| reference("/list_id", "list"))?;
    }
    if let Some(section) = task
        .section_id
        .filter(|_| changed.section_id.is_some() || changed.list_id.is_some())
    {
        let found = state
            .row::<Section>(section.0)
            .ok()
            .filter(|row| row.value.deleted_at.is_none());
        let row = found.ok_or_else(|| reference("/section_id", "section"))?;
        if Some(row.value.list_id) != task.list_id {
            return Err(Refusal::field(
                "/section_id",
                "That section belongs to another list.",
            ));
        }
    }
    if let Some(parent) = task.parent_id.filter(|_| changed.parent_id.is_some()) {
        let row = state
            .row::<Task>(parent.0)
            .ok()
            .filter(|row| row.value.deleted_at.is_none());
        let row = row.ok_or_else(|| reference("/parent_id", "task"))?;
        let above = height_above(state, id, parent)?;
        if above + height_below(state, id) > DEPTH {
            return Err(Refusal::Depth(DEPTH));
        }
        if task.recurrence.is_some() && row.value.recurrence.is_some() {
            return Err(Refusal::field(
                "/recurrence",
                "A step of a recurring task comes back with it and has no recurrence of its own.",
            ));
        }
    }
    Ok(())
}

/// How many levels stand above a task whose parent is `parent`.
fn height_above(state: &State, id: TaskId, parent: TaskId) -> Result<u64, Refusal> {
    let mut levels = 0;
    let mut at = Some(parent);
    while let Some(ancestor) = at {
        levels += 1;
        if ancestor == id || levels > DEPTH {
            return Err(Refusal::Depth(DEPTH));
        }
        at = state
            .row::<Task>(ancestor.0)
            .ok()
            .and_then(|row| row.value.parent_id);
    }
    Ok(levels)
}

fn height_below(state: &State, id: TaskId) -> u64 {
    let mut level = vec![id];
    let mut height = 0;
    while height <= DEPTH {
        level = level
            .iter()
            .flat_map(|parent| state.children(*parent))
            .collect();
        if level.is_empty() {
            break;
        }
        height += 1;
    }
    height
}

fn blockers(state: &State, id: TaskId, task: &Task, changed: &TaskPatch) -> Result<(), Refusal> {
    if changed.blocked_by.is_none() {
        return Ok(());
    }
    if task.blocked_by.len() > BLOCKERS {
        return Err(Refusal::Limit {
            what: "blockers on a task",
            limit: BLOCKERS as u64,
            pointer: "/blocked_by".into(),
        });
    }
    let mut seen = BTreeSet::new();
    let mut waiting = task.blocked_by.clone();
    while let Some(blocker) = waiting.pop() {
        if blocker == id {
            return Err(Refusal::Cycle);
        }
        if !seen.insert(blocker) {
            continue;
        }
        match state.row::<Task>(blocker.0) {
            Ok(row) => waiting.extend(&row.value.blocked_by),
            Err(_) if task.blocked_by.contains(&blocker) => {
                return Err(Refusal::Reference {
                    pointer: "/blocked_by".into(),
                    what: "task",
                });
            }
            Err(_) => {}
        }
    }
    Ok(())
}
