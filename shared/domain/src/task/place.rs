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
/// Something named that does not exist; a task inside itself; too deep; a conflict with what somebody else changed.
pub fn place(
    state: &mut State,
    id: TaskId,
    to: &Place,
    expect: change::Expect,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut edit = change::Edit::default();
    edit.set.list_id = to.list;
    edit.set.section_id = to.section;
    edit.set.parent_id = to.parent;
    edit.set.position = match to.after {
        None => None,
        Some(None) => Some(first(state, now)),
        Some(Some(after)) => Some(behind(state, id, after)?),
    };
    change::change(state, id, &edit, expect, now)
}

/// Between a task and the one that stands next.
fn behind(state: &State, id: TaskId, after: TaskId) -> Result<String, Refusal> {
    let low = state.row::<Task>(after.0).map_err(|_| Refusal::Reference {
        pointer: "/after".into(),
        what: "task",
    })?;
    let low = low.value.position.as_str();
    // The need of a move loads the sibling that stands next: the lowest above `low`, whatever else was loaded.
    let high = state
        .rows::<Task>()
        .filter(|(other, row)| *other != id.0 && row.value.deleted_at.is_none())
        .map(|(_, row)| row.value.position.as_str())
        .filter(|position| *position > low)
        .min();
    position::between(Some(low), high).map_err(|_| {
        Refusal::Unfit("There is no place left there; move its neighbour first.".to_owned())
    })
}

/// Digits that hold the microseconds until the year 2398.
const TIME: u32 = 9;
/// Digits that tell apart what one moment made.
const COUNT: u32 = 3;

/// The last place: behind everything made before. No row is read for it.
pub fn last(state: &State, now: Timestamp) -> String {
    let (time, count) = moment(state, now);
    // `i` heads a number of nine digits; a key must not end in the lowest digit, or nothing would fit before it.
    format!("i{}{}V", digits(time, TIME), digits(count, COUNT))
}

/// The first place: before everything made or put first before. No row is read for it.
pub fn first(state: &State, now: Timestamp) -> String {
    let (time, count) = moment(state, now);
    let down = |value: u64, many: u32| digits(62_u64.pow(many) - 1 - value, many);
    // `R` heads a number of nine digits below all those that `last` makes.
    format!("R{}{}V", down(time, TIME), down(count, COUNT))
}

/// The time, and a number that no other event of the stream has at that time.
fn moment(state: &State, now: Timestamp) -> (u64, u64) {
    let time = now.as_microsecond().max(0).unsigned_abs();
    let n = state.heads.get(&state.home).map_or(0, |head| head.n);
    let count = n + state.written().events.len() as u64;
    (time.min(62_u64.pow(TIME) - 1), count % 62_u64.pow(COUNT))
}

fn digits(value: u64, many: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    (0..many)
        .rev()
        .map(|place| char::from(DIGITS[(value / 62_u64.pow(place) % 62) as usize]))
        .collect()
}
