//! Joins a day and a time that stand beside each other: "on march 18, nine thirty".

use crate::context::Context;
use crate::pattern::patterns;

use super::{Piece, Role};

patterns! {
    GAP = r"^[\s,()|]*(?:(?:at|on|for|from|around|about|by|in|the|of|@|-)\s*){0,2}[\s,(]*$";
}

/// Joins neighbours; the rest stays as it is.
pub(crate) fn join(pieces: Vec<Piece>, work: &str, _context: &Context) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        let Some(last) = joined.last_mut() else {
            joined.push(piece);
            continue;
        };
        let gap = work.get(last.range.end..piece.range.start);
        let touching = gap.is_some_and(|gap| GAP.is_match(gap));
        if touching && let Some(one) = both(last, &piece) {
            *last = one;
        } else {
            joined.push(piece);
        }
    }
    joined
}

fn both(a: &Piece, b: &Piece) -> Option<Piece> {
    let range = a.range.start..b.range.end;
    let role = if a.role == Role::Due { b.role } else { a.role };
    // A day and a time, in either order.
    let day_first = a.time.is_none() && b.day.is_none();
    let clock_first = a.day.is_none() && b.time.is_none();
    let mut one = if day_first || clock_first {
        let (day, clock) = if day_first { (a, b) } else { (b, a) };
        Piece {
            day: day.day,
            ..clock.clone()
        }
    } else if wins(b, a) {
        b.clone()
    } else if wins(a, b) {
        a.clone()
    } else {
        // Two clocks do not join.
        return None;
    };
    one.range = range;
    one.role = role;
    Some(one)
}

/// "tomorrow, 13/04/21": the explicit day wins; "friday, 27 november": the same day said twice.
fn wins(one: &Piece, over: &Piece) -> bool {
    let explicit = over.relative && one.day.is_some() && !one.relative;
    let same = over.day.is_some() && over.day == one.day;
    over.time.is_none() && (explicit || same)
}
