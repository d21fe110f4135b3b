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
    tidy_tags(&mut task.tags);
    let mut seen = BTreeSet::new();
    task.blocked_by.retain(|id| seen.insert(*id));
}

/// The same for tags alone.
pub(crate) fn tidy_tags(tags: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for tag in tags.iter_mut() {
        *tag = tag.trim().to_owned();
    }
    tags.retain(|tag| seen.insert(tag.to_lowercase()));
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
    if let Some(source) = &task.source {
        text("/source/system", &source.system, TITLE)?;
        text("/source/id", &source.id, TITLE)?;
    }
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

/// Whether the person's stream has room for so many more open tasks.
///
/// # Errors
/// The limit.
pub(crate) fn room(state: &State, more: u64) -> Result<(), Refusal> {
    let open = state
        .heads
        .get(&state.home)
        .map_or(0, |head| head.open_tasks);
    if open + more <= OPEN_TASKS {
        return Ok(());
    }
    Err(Refusal::Limit {
        what: "open tasks",
        limit: OPEN_TASKS,
        pointer: String::new(),
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
    for (i, link) in task.links.iter().enumerate() {
        let title = link.title.as_ref().filter(|title| !title.is_empty());
        title.map_or(Ok(()), |title| {
            text(&format!("/links/{i}/title"), title, TITLE)
        })?;
    }
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
    let mut seen = BTreeSet::new();
    for (i, reminder) in reminders.iter().enumerate() {
        if !seen.insert(reminder.id) {
            return Err(Refusal::field(
                format!("/reminders/{i}/id"),
                "Two reminders of a task cannot have one id. Leave `id` out and one is made.",
            ));
        }
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
        row.ok_or_else(|| reference("/parent_id", "task"))?;
        depth(state, id, parent)?;
    }
    if changed.parent_id.is_some() || changed.recurrence.is_some() {
        recurs_once(state, id, task)?;
    }
    Ok(())
}

/// Of a task, those above it and those below it only one may come back.
fn recurs_once(state: &State, id: TaskId, task: &Task) -> Result<(), Refusal> {
    let recurs = |id: &TaskId| {
        let row = state.row::<Task>(id.0);
        row.is_ok_and(|row| row.value.recurrence.is_some() && row.value.is_live())
    };
    let mut above = Vec::new();
    let mut at = task.parent_id;
    while let Some(ancestor) = at.filter(|ancestor| !above.contains(ancestor)) {
        above.push(ancestor);
        let row = state.row::<Task>(ancestor.0).ok();
        at = row.and_then(|row| row.value.parent_id);
    }
    let is_below = above.iter().any(recurs);
    let has_below = || below(state, id).iter().flatten().any(recurs);
    let fits = match (task.recurrence.is_some(), is_below) {
        (false, false) => true,
        (true, true) => false,
        _ => !has_below(),
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::field(
        "/recurrence",
        "A step of a recurring task comes back with it and has no recurrence of its own.",
    ))
}

/// The steps of a task, level by level, as deep as they may go and one more.
fn below(state: &State, id: TaskId) -> Vec<Vec<TaskId>> {
    let mut levels: Vec<Vec<TaskId>> = Vec::new();
    while levels.len() as u64 <= DEPTH {
        let above = levels
            .last()
            .map_or(std::slice::from_ref(&id), Vec::as_slice);
        let level: Vec<_> = above.iter().flat_map(|id| state.children(*id)).collect();
        if level.is_empty() {
            break;
        }
        levels.push(level);
    }
    levels
}

/// Whether a task that was put back stands where a task can.
///
/// # Errors
/// A circle, or too deep.
pub(crate) fn sound(state: &State, id: TaskId) -> Result<(), Refusal> {
    let task = &state.row::<Task>(id.0)?.value;
    task.parent_id
        .map_or(Ok(()), |parent| depth(state, id, parent))?;
    recurs_once(state, id, task)?;
    let changed = TaskPatch {
        blocked_by: Some(task.blocked_by.clone()),
        ..TaskPatch::default()
    };
    blockers(state, id, task, &changed)
}

fn depth(state: &State, id: TaskId, parent: TaskId) -> Result<(), Refusal> {
    let above = height_above(state, id, parent)?;
    if above + below(state, id).len() as u64 > DEPTH {
        return Err(Refusal::Depth(DEPTH));
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
    // One that was removed for good meanwhile blocks nothing and stands in nobody's way.
    let had = state
        .row::<Task>(id.0)
        .map(|row| row.value.blocked_by.clone());
    let had = had.unwrap_or_default();
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
            Err(_) if task.blocked_by.contains(&blocker) && !had.contains(&blocker) => {
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
