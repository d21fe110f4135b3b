//! One command decided on what was loaded: the same for both backends.

use crate::{
    Committed, Decide, Random, StoreError, Writer, overlay::Overlay, plan::Plan, seam::micros,
};
use domain::{need::Need, refusal::Refusal};
use jiff::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a caller of `commit` asked for.
#[derive(Clone)]
pub(crate) struct Command {
    pub who: Writer,
    pub need: Need,
    pub decide: Decide,
}

impl Command {
    /// Whether what it needs must be asked of the database, so that it is decided in a batch of its own.
    pub(crate) fn stands_alone(&self) -> bool {
        let need = &self.need;
        !(need.series.is_empty()
            && need.tasks_of.is_empty()
            && need.after.is_empty()
            && need.first.is_empty()
            && need.since.is_empty())
            || need.undo.is_some()
    }
}

/// Decides, and takes what was written into the overlay. `now` is the database's clock.
pub(crate) fn decide(
    command: &Command,
    overlay: &mut Overlay,
    now: Timestamp,
    random: &Random,
) -> Result<(Committed, Plan), StoreError> {
    let who = &command.who;
    if let Some(key) = &who.idempotency
        && let Some(kept) = overlay.answer(who.reader.person, &key.route, &key.key)
    {
        return if kept.body == key.body {
            Ok((
                Committed {
                    answer: kept.answer.clone(),
                    replayed: true,
                    events: Vec::new(),
                },
                Plan::default(),
            ))
        } else {
            Err(StoreError::KeyReused)
        };
    }
    if who
        .once
        .as_ref()
        .is_some_and(|event| overlay.was_consumed(event))
    {
        let answer = crate::Answer {
            status: 200,
            body: String::new(),
            version: None,
        };
        return Ok((
            Committed {
                answer,
                replayed: true,
                events: Vec::new(),
            },
            Plan::default(),
        ));
    }
    let mut state = overlay
        .state(&who.reader, &command.need)
        .ok_or(Refusal::NotFound("person"))?;
    let latest =
        Timestamp::from_microsecond(overlay.latest(who.reader.person)).unwrap_or(Timestamp::MIN);
    let at = micros(now).max(latest);
    let answer =
        catch_unwind(AssertUnwindSafe(|| (command.decide)(&mut state, at))).map_err(|_| {
            StoreError::Corrupt("a decision panicked; nothing was written".to_owned())
        })??;
    let plan = Plan::of(&state, overlay, who, &answer, at, random)?;
    overlay.absorb(&state, &plan, who);
    Ok((
        Committed {
            answer,
            replayed: false,
            events: plan.events(),
        },
        plan,
    ))
}
