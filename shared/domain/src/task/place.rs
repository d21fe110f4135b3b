//! Where a task stands.

use super::{Task, change};
use crate::{
    id::{ListId, SectionId, TaskId},
    position,
    refusal::Refusal,
    state::State,
};
use jiff::Timestamp;

/// Where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Into this list; `Some(None)` is the inbox.
    pub list: Option<Option<ListId>>,
    /// Into this section.
    pub section: Option<Option<SectionId>>,
    /// Under this task.
    pub parent: Option<Option<TaskId>>,
    /// Right after this sibling; `Some(None)` is the first place.
    pub after: Option<Option<TaskId>>,
}

/// Moves a task to another list, section, parent or place.
///
/// # Errors
/// Something named that does not exist; a task inside itself; too deep.
pub fn place(state: &mut State, id: TaskId, to: &Place, now: Timestamp) -> Result<(), Refusal> {
    let mut edit = change::Edit::default();
    edit.set.list_id = to.list;
    edit.set.section_id = to.section.or(to.list.map(|_| None));
    edit.set.parent_id = to.parent;
    edit.set.position = to
        .after
        .map(|after| between(state, id, after))
        .transpose()?;
    change::change(state, id, &edit, change::Expect::Any, now)
}

fn between(state: &State, id: TaskId, after: Option<TaskId>) -> Result<String, Refusal> {
    let missing = || Refusal::Reference {
        pointer: "/after".into(),
        what: "task",
    };
    let low = match after {
        Some(after) => Some(
            state
                .row::<Task>(after.0)
                .map_err(|_| missing())?
                .value
                .position
                .clone(),
        ),
        None => None,
    };
    // The need of a move loads the sibling that stands next, or the first one; it is the lowest above `low`.
    let high = state
        .rows::<Task>()
        .filter(|(other, row)| *other != id.0 && row.value.deleted_at.is_none())
        .map(|(_, row)| &row.value.position)
        .filter(|position| low.as_ref().is_none_or(|low| *position > low))
        .min();
    position::between(low.as_deref(), high.map(String::as_str)).map_err(|_| {
        Refusal::Unfit("There is no place left there; move its neighbour first.".to_owned())
    })
}

/// The last place: behind everything made before. No row is read for it.
pub fn last(now: Timestamp) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = now.as_microsecond().max(0).unsigned_abs();
    let mut key = [b'0'; 9];
    for digit in key.iter_mut().rev() {
        *digit = DIGITS[(left % 62) as usize];
        left /= 62;
    }
    // A key must not end in the lowest digit, or nothing would fit before it.
    format!("{}V", String::from_utf8_lossy(&key))
}
