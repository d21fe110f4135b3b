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
    let mut one = match (a, b) {
        // A day and a time, in either order.
        (day, clock) if day.time.is_none() && clock.day.is_none() => Piece {
            day: day.day,
            ..clock.clone()
        },
        (clock, day) if clock.day.is_none() && day.time.is_none() => Piece {
            day: day.day,
            ..clock.clone()
        },
        // "tomorrow, 13/04/21": the explicit day wins.
        (a, b) if a.relative && a.time.is_none() && b.day.is_some() && !b.relative => b.clone(),
        (a, b) if b.relative && b.time.is_none() && a.day.is_some() => a.clone(),
        // "friday, 27 november": the same day said twice.
        (a, b) if a.time.is_none() && a.day == b.day && a.day.is_some() => b.clone(),
        (a, b) if b.time.is_none() && a.day == b.day && a.day.is_some() => a.clone(),
        // "monday ... in the evening at 8 on monday": two clocks do not join.
        _ => return None,
    };
    one.range = range;
    one.role = role;
    Some(one)
}
