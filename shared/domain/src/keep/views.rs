//! Views: saved filters.

use super::{gone, trim, update};
use crate::{
    event::{Detail, EventKind},
    filter::Filter,
    id::ViewId,
    list::{View, ViewPatch},
    record::Record,
    refusal::Refusal,
    state::State,
    task::{change::Expect, check, place},
};
use jiff::Timestamp;

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
        position: place::last(state, now),
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
        |_, view| {
            gone::<View>(view.deleted_at)?;
            fit_view(view)
        },
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
