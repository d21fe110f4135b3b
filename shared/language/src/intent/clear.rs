//! Sentences that empty a field of a task: "remove the due date", "no priority for rent".

use contract::interpret::{Emptied, Intent};

use super::change::{aimed, one_of};
use super::{Shape, Wish};
use crate::pattern::patterns;

patterns! {
    OF = r"^(?:clear|remove|delete|drop|unset|erase|cancel|get rid of|take (?:off|away)) (?:(?:the|its|any|all) )*(?P<f>due (?:date|time)s?|deadlines?|start dates?|priority|tags?|labels?|estimates?) (?:of|from|for|on|off) (?P<t>.+)$";
    /// "its", "the", "the rent's": "delete the tax deadline" is about a task of that name.
    OWN = r"^(?:clear|remove|delete|drop|unset|erase|cancel|get rid of|take (?:off|away)) (?:(?P<t>its?|the|all|all (?:its|the))|(?P<u>.+)'s) (?P<f>due (?:date|time)s?|deadlines?|start dates?|priority|tags|labels|estimates?)$";
    NONE = r"^(?:(?:set|give it|there is|it (?:has|needs)) )?no (?P<f>due (?:date|time)|deadline|start date|priority|tags|labels|estimate)(?: (?:for|on) (?P<t>.+))?$";
    UNDATED = r"^(?:make|set|leave) (?P<t>.+?) (?P<f>undated|without (?:a |any )?(?:due )?date)$";
}

/// How sure each of these is.
const SURE: f64 = 0.88;

pub(super) fn cleared(shape: &Shape) -> Option<Wish> {
    let found = [&OF, &OWN, &NONE, &UNDATED]
        .into_iter()
        .find_map(|pattern| shape.is(pattern))?;
    let field = found.name("f").map_or("", |m| m.as_str());
    let named = found.name("t").or(found.name("u"));
    let of_it = named.is_none_or(|m| matches!(m.as_str(), "the" | "all" | "all its" | "all the"));
    let mut wish = if of_it {
        Wish::of_the_last(Intent::UpdateTask, SURE)
    } else {
        let at = one_of(shape, &found, &["t", "u"]);
        aimed(shape, Intent::UpdateTask, SURE, at)
    };
    wish.clear.push(match field.as_bytes() {
        [b'd', b'e', ..] => Emptied::Deadline,
        [b's', ..] => Emptied::Start,
        [b'p', ..] => Emptied::Priority,
        [b't' | b'l', ..] => Emptied::Tags,
        [b'e', ..] => Emptied::Estimate,
        _ => Emptied::Due,
    });
    Some(wish)
}
