use super::{call, world};
use crate::{
    ledger::{DeliveryState, ScheduleState},
    reminder::{self, Tried},
    testing::World,
};

fn fired() -> World {
    let mut world = world();
    call(&mut world);
    world.clock("2026-11-23T14:45");
    world.fire();
    world
}

#[test]
fn r_2_9_what_was_being_sent_at_a_crash_is_sent_at_once_after_it() {
    let mut world = fired();
    let (mail, page) = (world.delivery("email"), world.delivery("page"));
    assert!(world.claim(mail, "dead"));
    let wakes = world.wakes.len();
    for id in [mail, page] {
        let released = world.commit(|state, now| {
            reminder::release(state, id, now);
            Ok(())
        });
        assert_eq!(released, Ok(()));
    }
    assert_eq!(world.wakes.len(), wakes + 1, "nobody had the page's");
    assert!(world.claim(mail, "alive"));
    assert_eq!(
        world.tried(mail, "dead", &Tried::Sent("250 ok".into())),
        DeliveryState::Open
    );
    // One that waits for its next try goes on waiting.
    world.tried(mail, "alive", &Tried::Retry("busy".into()));
    let until = world.state.deliveries[&mail].next_at;
    let waits = world.commit(|state, now| {
        reminder::release(state, mail, now);
        Ok(())
    });
    assert_eq!(waits, Ok(()));
    assert_eq!(world.state.deliveries[&mail].next_at, until);
    assert_eq!(world.wakes.len(), wakes + 1);
}

#[test]
fn what_passed_before_a_restore_is_skipped_and_what_was_on_its_way_is_shown() {
    let mut world = world();
    call(&mut world);
    let due: Vec<_> = world
        .ledger
        .iter()
        .map(|row| (row.task, row.reminder, row.generation))
        .collect();
    let skip = |world: &mut World| world.commit(|state, now| Ok(reminder::skip(state, &due, now)));
    assert_eq!(skip(&mut world), Ok(0), "it is still to come");
    world.clock("2026-11-23T14:45");
    let mut restored = fired();
    assert_eq!(skip(&mut world), Ok(1));
    assert_eq!(skip(&mut world), Ok(0));
    assert_eq!(world.ledger[0].state, ScheduleState::Skipped);
    world.fire();
    assert!(world.state.deliveries.is_empty());

    let mail = restored.delivery("email");
    let mut give_up = || {
        restored.commit(|state, now| Ok(reminder::give_up(state, mail, "it may have gone", now)))
    };
    assert_eq!(give_up(), Ok(true));
    assert_eq!(give_up(), Ok(false));
    assert_eq!(
        restored.deliveries(),
        "email failed 0 [call mom]\npage open 0 []"
    );
    let history = restored.history(crate::testing::id(1));
    assert!(
        history.ends_with("reminder.failed (it may have gone)"),
        "{history}"
    );
    restored
        .commit(|state, now| reminder::retry(state, mail, now))
        .expect("it can be tried by hand");
}
