//! What can be done to lists, sections, tags, views, comments and settings.

use crate::{
    event::{Detail, EventKind},
    filter::Filter,
    id::{CommentId, ListId, SectionId, TagId, TaskId, ViewId, derived},
    list::{
        Comment, CommentPatch, List, ListPatch, Section, SectionPatch, Tag, TagPatch, View,
        ViewPatch,
    },
    record::Record,
    refusal::Refusal,
    reminder,
    settings::{Settings, SettingsPatch},
    state::{Kept, State},
    task::{
        Task,
        change::{Expect, expected},
        check, trash,
    },
};
use jiff::Timestamp;
use uuid::Uuid;

fn trim(text: &mut String) {
    *text = text.trim().to_owned();
}

fn color(color: Option<&String>) -> Result<(), Refusal> {
    let is_color = |text: &String| {
        text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
    };
    if color.is_none_or(is_color) {
        return Ok(());
    }
    Err(Refusal::field("/color", "A colour is written as #rrggbb."))
}

/// Changes one of the small records as a whole, with the same rules for all.
fn update<R: Kept>(
    state: &mut State,
    id: Uuid,
    kind: EventKind,
    patch: &R::Patch,
    expect: Expect,
    now: Timestamp,
    check: impl FnOnce(&State, &mut R) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let row = state.row::<R>(id)?;
    expected(R::WHAT, row.version, expect)?;
    let mut next = row.value.clone();
    next.apply(patch);
    check(state, &mut next)?;
    state.change::<R>(kind, id, now, Detail::default(), |record| *record = next)?;
    Ok(())
}

/// Makes a list. The same id with the same name again is not an error.
///
/// # Errors
/// A name or colour that cannot be; too many lists.
pub fn create_list(
    state: &mut State,
    id: ListId,
    set: &ListPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut list = List {
        created_at: now,
        position: crate::task::place::last(now),
        ..List::default()
    };
    list.apply(set);
    trim(&mut list.name);
    check::text("/name", &list.name, check::TITLE)?;
    color(list.color.as_ref())?;
    if let Ok(row) = state.row::<List>(id.0) {
        return if row.value.name == list.name {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let head = state.heads.get_mut(&state.home);
    if head.is_some_and(|head| head.lists >= check::LISTS) {
        return Err(Refusal::Limit {
            what: "lists",
            limit: check::LISTS,
            pointer: String::new(),
        });
    }
    let home = state.home;
    state.create(EventKind::ListCreated, home, id.0, now, &list);
    Ok(())
}

/// Changes a list.
///
/// # Errors
/// As for a creation; a version that does not fit.
pub fn update_list(
    state: &mut State,
    id: ListId,
    set: &ListPatch,
    expect: Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    update::<List>(
        state,
        id.0,
        EventKind::ListChanged,
        set,
        expect,
        now,
        |_, list| {
            trim(&mut list.name);
            check::text("/name", &list.name, check::TITLE)?;
            color(list.color.as_ref())
        },
    )
}

/// Puts a list and the tasks in it into the trash.
///
/// # Errors
/// No such list.
pub fn delete_list(state: &mut State, id: ListId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<List>(
        EventKind::ListDeleted,
        id.0,
        now,
        Detail::default(),
        |list| {
            list.deleted_at = list.deleted_at.or(Some(now));
        },
    )?;
    for task in tasks(state, |task| {
        task.list_id == Some(id) && task.deleted_at.is_none()
    }) {
        trash::delete(state, task, now)?;
    }
    Ok(())
}

/// Takes a list out of the trash with the tasks that went with it.
///
/// # Errors
/// No such list.
pub fn restore_list(state: &mut State, id: ListId, now: Timestamp) -> Result<(), Refusal> {
    let deleted_at = state.row::<List>(id.0)?.value.deleted_at;
    state.change::<List>(
        EventKind::ListRestored,
        id.0,
        now,
        Detail::default(),
        |list| list.deleted_at = None,
    )?;
    for task in tasks(state, |task| {
        task.list_id == Some(id) && deleted_at.is_some() && task.deleted_at == deleted_at
    }) {
        trash::restore(state, task, now)?;
    }
    Ok(())
}

fn tasks(state: &State, which: impl Fn(&Task) -> bool) -> Vec<TaskId> {
    state
        .rows::<Task>()
        .filter(|(_, row)| which(&row.value))
        .map(|(id, _)| TaskId(id))
        .collect()
}

/// Makes a section.
///
/// # Errors
/// A name that cannot be; a list that does not exist.
pub fn create_section(
    state: &mut State,
    id: SectionId,
    set: &SectionPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut section = Section {
        created_at: now,
        position: crate::task::place::last(now),
        ..Section::default()
    };
    section.apply(set);
    trim(&mut section.name);
    check::text("/name", &section.name, check::TITLE)?;
    if let Ok(row) = state.row::<Section>(id.0) {
        return if row.value.name == section.name {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let list = state
        .row::<List>(section.list_id.0)
        .ok()
        .filter(|row| row.value.deleted_at.is_none());
    let stream = list
        .ok_or(Refusal::Reference {
            pointer: "/list_id".into(),
            what: "list",
        })?
        .stream;
    state.create(EventKind::SectionCreated, stream, id.0, now, &section);
    Ok(())
}

/// Changes a section's name or place; it stays in its list.
///
/// # Errors
/// As for a creation.
pub fn update_section(
    state: &mut State,
    id: SectionId,
    set: &SectionPatch,
    expect: Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    update::<Section>(
        state,
        id.0,
        EventKind::SectionChanged,
        set,
        expect,
        now,
        |_, section| {
            trim(&mut section.name);
            check::text("/name", &section.name, check::TITLE)
        },
    )
}

/// Deletes a section; its tasks stay in the list.
///
/// # Errors
/// No such section.
pub fn delete_section(state: &mut State, id: SectionId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<Section>(
        EventKind::SectionDeleted,
        id.0,
        now,
        Detail::default(),
        |section| {
            section.deleted_at = section.deleted_at.or(Some(now));
        },
    )?;
    for task in tasks(state, |task| task.section_id == Some(id)) {
        state.change::<Task>(
            EventKind::TaskChanged,
            task.0,
            now,
            Detail::default(),
            |task| task.section_id = None,
        )?;
    }
    Ok(())
}

/// The id of a tag's own record, the same for each spelling by case.
pub fn tag_id(state: &State, name: &str) -> TagId {
    TagId(derived(&[
        "tag",
        &state.home.to_string(),
        &name.to_lowercase(),
    ]))
}

/// Gives a tag a colour or another name; the tasks that carry it carry the new one.
///
/// # Errors
/// A name or colour that cannot be.
pub fn update_tag(
    state: &mut State,
    name: &str,
    set: &TagPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let new = set.name.as_deref().unwrap_or(name).trim().to_owned();
    check::text("/name", &new, check::TAG)?;
    color(set.color.as_ref().and_then(Option::as_ref))?;
    let id = tag_id(state, &new);
    let kept = state
        .row::<Tag>(tag_id(state, name).0)
        .ok()
        .and_then(|row| row.value.color.clone());
    let tag = Tag {
        name: new.clone(),
        color: set.color.clone().unwrap_or(kept),
        created_at: now,
        deleted_at: None,
    };
    put_tag(state, id, &tag, now)?;
    if new != name {
        let old = tag_id(state, name);
        if old != id && state.row::<Tag>(old.0).is_ok() {
            state.change::<Tag>(
                EventKind::TagChanged,
                old.0,
                now,
                Detail::default(),
                |tag| tag.deleted_at = Some(now),
            )?;
        }
        retag(state, name, Some(&new), now)?;
    }
    Ok(())
}

fn put_tag(state: &mut State, id: TagId, tag: &Tag, now: Timestamp) -> Result<(), Refusal> {
    if state.row::<Tag>(id.0).is_ok() {
        state.change::<Tag>(
            EventKind::TagChanged,
            id.0,
            now,
            Detail::default(),
            |kept| {
                kept.name.clone_from(&tag.name);
                kept.color.clone_from(&tag.color);
                kept.deleted_at = None;
            },
        )?;
    } else {
        let home = state.home;
        state.create(EventKind::TagChanged, home, id.0, now, tag);
    }
    Ok(())
}

/// Deletes a tag and takes it off every task.
///
/// # Errors
/// None: a tag that nothing carries is gone already.
pub fn delete_tag(state: &mut State, name: &str, now: Timestamp) -> Result<(), Refusal> {
    let id = tag_id(state, name);
    if state.row::<Tag>(id.0).is_ok() {
        state.change::<Tag>(EventKind::TagChanged, id.0, now, Detail::default(), |tag| {
            tag.deleted_at = tag.deleted_at.or(Some(now));
        })?;
    }
    retag(state, name, None, now)
}

fn retag(state: &mut State, old: &str, new: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let is_old = |tag: &String| tag.to_lowercase() == old.to_lowercase();
    for task in tasks(state, |task| task.tags.iter().any(is_old)) {
        state.change::<Task>(
            EventKind::TaskChanged,
            task.0,
            now,
            Detail::default(),
            |task| {
                match new {
                    Some(new) => task
                        .tags
                        .iter_mut()
                        .filter(|tag| is_old(tag))
                        .for_each(|tag| new.clone_into(tag)),
                    None => task.tags.retain(|tag| !is_old(tag)),
                }
                check::tidy(task);
            },
        )?;
    }
    Ok(())
}

/// Saves a filter.
///
/// # Errors
/// A name that cannot be; a filter that cannot be read.
pub fn create_view(
    state: &mut State,
    id: ViewId,
    set: &ViewPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut view = View {
        created_at: now,
        position: crate::task::place::last(now),
        ..View::default()
    };
    view.apply(set);
    fit_view(&mut view)?;
    if let Ok(row) = state.row::<View>(id.0) {
        return if row.value.name == view.name {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let home = state.home;
    state.create(EventKind::ViewChanged, home, id.0, now, &view);
    Ok(())
}

fn fit_view(view: &mut View) -> Result<(), Refusal> {
    trim(&mut view.name);
    check::text("/name", &view.name, check::TITLE)?;
    Filter::parse(&view.filter)?;
    Ok(())
}

/// Changes a saved filter.
///
/// # Errors
/// As for a creation.
pub fn update_view(
    state: &mut State,
    id: ViewId,
    set: &ViewPatch,
    expect: Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    update::<View>(
        state,
        id.0,
        EventKind::ViewChanged,
        set,
        expect,
        now,
        |_, view| fit_view(view),
    )
}

/// Deletes a saved filter.
///
/// # Errors
/// No such view.
pub fn delete_view(state: &mut State, id: ViewId, now: Timestamp) -> Result<(), Refusal> {
    state.change::<View>(
        EventKind::ViewChanged,
        id.0,
        now,
        Detail::default(),
        |view| {
            view.deleted_at = view.deleted_at.or(Some(now));
        },
    )?;
    Ok(())
}

fn comment_text(text: &str) -> Result<(), Refusal> {
    const MOST: usize = 10_000;
    if text.trim().is_empty() {
        return Err(Refusal::field("/text", "A comment must not be empty."));
    }
    if text.chars().nth(MOST).is_some() {
        return Err(Refusal::Limit {
            what: "characters in a comment",
            limit: MOST as u64,
            pointer: "/text".into(),
        });
    }
    Ok(())
}

/// Comments on a task.
///
/// # Errors
/// No such task; a text that is empty or too long.
pub fn comment(
    state: &mut State,
    id: CommentId,
    task: TaskId,
    text: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let stream = state.row::<Task>(task.0)?.stream;
    comment_text(text)?;
    if let Ok(row) = state.row::<Comment>(id.0) {
        return if row.value.text == text {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let comment = Comment {
        task_id: task,
        author: state.viewer,
        text: text.to_owned(),
        created_at: now,
        deleted_at: None,
    };
    let about = Detail {
        task: Some(task.0),
        ..Detail::default()
    };
    state.create_with(
        EventKind::CommentCreated,
        stream,
        id.0,
        now,
        &comment,
        about,
    );
    Ok(())
}

/// Changes or deletes one's own comment.
///
/// # Errors
/// No such comment of this person's.
pub fn update_comment(
    state: &mut State,
    id: CommentId,
    text: Option<&str>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Comment>(id.0)?;
    if row.value.author != state.viewer {
        return Err(Refusal::NotFound(Comment::WHAT));
    }
    let about = Detail {
        task: Some(row.value.task_id.0),
        ..Detail::default()
    };
    let patch = match text {
        Some(text) => {
            comment_text(text)?;
            CommentPatch {
                text: Some(text.to_owned()),
                ..CommentPatch::default()
            }
        }
        None => CommentPatch {
            deleted_at: Some(row.value.deleted_at.or(Some(now))),
            ..CommentPatch::default()
        },
    };
    let kind = if text.is_some() {
        EventKind::CommentChanged
    } else {
        EventKind::CommentDeleted
    };
    state.change::<Comment>(kind, id.0, now, about, |comment| comment.apply(&patch))?;
    Ok(())
}

/// Changes the person's settings, and with the zone or the all-day time the moments of their reminders.
///
/// # Errors
/// A value that cannot be.
pub fn update_settings(
    state: &mut State,
    set: &SettingsPatch,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(Some(email)) = &set.email
        && (!email.contains('@')
            || email.len() > 254
            || email.chars().any(|c| c.is_control() || c.is_whitespace()))
    {
        return Err(Refusal::field(
            "/email",
            "Write an address such as ann@example.org.",
        ));
    }
    let person = state.viewer;
    if state.row::<Settings>(person.0).is_err() {
        let home = state.home;
        let mut settings = Settings::default();
        settings.apply(set);
        state.create(EventKind::SettingsChanged, home, person.0, now, &settings);
    } else {
        state.change::<Settings>(
            EventKind::SettingsChanged,
            person.0,
            now,
            Detail::default(),
            |settings| {
                settings.apply(set);
            },
        )?;
    }
    if set.time_zone.is_some() || set.all_day_time.is_some() {
        for task in tasks(state, Task::is_live) {
            reminder::settle(state, task, now, None);
        }
    }
    Ok(())
}
