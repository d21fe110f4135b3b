//! Sections of a list.

use super::{gone, tasks, trim, update};
use crate::{
    event::{Detail, EventKind},
    id::SectionId,
    list::{List, Section, SectionPatch},
    record::{Patch, Record},
    refusal::Refusal,
    state::State,
    task::{Task, change::Expect, check, place},
};
use jiff::Timestamp;

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
        position: place::last(state, now),
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
    let set = set.only(|field| field != "list_id");
    update::<Section>(
        state,
        id.0,
        EventKind::SectionChanged,
        &set,
        expect,
        now,
        |_, section| {
            gone::<Section>(section.deleted_at)?;
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
