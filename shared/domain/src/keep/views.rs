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
    let fields = view.sort.iter().flat_map(|sort| sort.split(','));
    let mut fields = fields.map(|field| field.trim().trim_start_matches('-'));
    if fields.clone().count() > SORTS || !fields.all(|field| SORTED_BY.contains(&field)) {
        let words = format!(
            "A view is sorted by up to {SORTS} of {}, with commas between and a - before for descending.",
            SORTED_BY.join(", ")
        );
        return Err(Refusal::field("/sort", words));
    }
    Ok(())
}

/// Fields that a listing can be sorted by.
const SORTED_BY: [&str; 8] = [
    "due", "deadline", "priority", "position", "title", "created", "updated", "closed",
];
/// The most of them at once.
const SORTS: usize = 4;

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
