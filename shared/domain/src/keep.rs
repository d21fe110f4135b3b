//! What can be done to lists, sections, tags, views, comments and settings.

mod comments;
mod lists;
mod sections;
mod settings;
mod tags;
#[cfg(test)]
mod tests;
mod views;

pub(crate) use comments::comment_text;
pub use comments::{comment, update_comment};
pub use lists::{create_list, delete_list, restore_list, update_list};
pub use sections::{create_section, delete_section, update_section};
pub(crate) use settings::settle_all;
pub use settings::update_settings;
pub use tags::{delete_tag, tag_id, update_tag};
pub use views::{create_view, delete_view, update_view};

use crate::{
    event::{Detail, EventKind},
    id::TaskId,
    refusal::Refusal,
    state::{Kept, State},
    task::{
        Task,
        change::{Expect, unmerged},
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

/// Refuses to change what was deleted.
fn gone<R: Kept>(deleted_at: Option<Timestamp>) -> Result<(), Refusal> {
    match deleted_at {
        Some(_) => Err(Refusal::NotFound(R::WHAT)),
        None => Ok(()),
    }
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
    unmerged(R::WHAT, row.version, expect)?;
    let mut next = row.value.clone();
    next.apply(patch);
    check(state, &mut next)?;
    state.change::<R>(kind, id, now, Detail::default(), |record| *record = next)?;
    Ok(())
}

fn tasks(state: &State, which: impl Fn(&Task) -> bool) -> Vec<TaskId> {
    state
        .rows::<Task>()
        .filter(|(_, row)| which(&row.value))
        .map(|(id, _)| TaskId(id))
        .collect()
}
