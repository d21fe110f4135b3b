use super::world;
use crate::{
    event::EventKind,
    id::{DeliveryId, TaskId},
    ledger::{Delivery, DeliveryState},
    reminder::{self, Tried},
    task::Task,
    testing::World,
};
use serde_json::json;

/// The digests: day, moment (UTC), state, titles; by moment.
fn digests(world: &World) -> String {
    let mut all: Vec<&Delivery> = world.state.deliveries.values().collect();
    all.retain(|it| it.digest.is_some());
    all.sort_by_key(|it| it.digest);
    let line = |it: &&Delivery| {
        let titles: Vec<_> = it.items.iter().map(|item| item.title.as_str()).collect();
        let day = it.digest.expect("a digest");
        format!("{day} {} [{}]", it.state.name(), titles.join(", "))
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The digest that waits, and when it comes.
fn waiting(world: &World) -> Option<(DeliveryId, String)> {
    let open = |it: &&Delivery| it.digest.is_some() && it.state == DeliveryState::Open;
    let it = world.state.deliveries.values().find(open)?;
    Some((it.id, it.next_at.to_string()))
}

fn wake(world: &mut World, id: DeliveryId) {
    let woken = world.commit(|state, now| {
        reminder::wake(state, id, now);
        Ok(())
    });
    woken.expect("never refused");
}

/// What `remind` does: gathers all open tasks that were loaded, and claims.
fn claim(world: &mut World, id: DeliveryId) -> bool {
    let live = |(id, row): (uuid::Uuid, &crate::state::Row<Task>)| {
        row.value.is_live().then_some(TaskId(id))
    };
    let due: Vec<TaskId> = world.state.rows::<Task>().filter_map(live).collect();
    let claimed = world.commit(|state, now| {
        reminder::gather(state, id, &due, now);
        Ok(reminder::claim(state, id, "t", now))
    });
    claimed.expect("never refused").is_some()
}

#[test]
fn r_2_8_the_digest_comes_each_day_at_the_persons_hour() {
    let mut world = world();
    world.settings(json!({"digest_at": "07:30"}));
    let call = world.add(json!({"title": "call mom", "due": {"date": "2026-11-24"}}));
    world.add(json!({"title": "pay rent", "due": {"date": "2026-11-24"}}));
    let (first, at) = waiting(&world).expect("planned");
    assert_eq!(at, "2026-11-24T06:30:00Z");
    wake(&mut world, first);
    assert!(world.wakes.is_empty(), "not yet");
    world.clock("2026-11-24T07:30");
    wake(&mut world, first);
    assert_eq!(world.wakes[0].kind, EventKind::DigestDue);
    assert!(claim(&mut world, first));
    let tried = Tried::Retry("busy".into());
    assert_eq!(world.tried(first, "t", &tried), DeliveryState::Open);
    // What is done meanwhile is not said, and what came meanwhile is not: it is the digest of its hour.
    world.complete(call);
    world.add(json!({"title": "buy milk", "due": {"date": "2026-11-24"}}));
    world.clock("2026-11-24T07:32");
    wake(&mut world, first);
    assert!(claim(&mut world, first));
    let tried = Tried::Sent("250".into());
    assert_eq!(world.tried(first, "t", &tried), DeliveryState::Sent);
    let days = "2026-11-24 sent [pay rent]\n2026-11-25 open []";
    assert_eq!(digests(&world), days);
    let said = world.log.iter().rev().take(1).map(|it| it.event.kind);
    assert_eq!(said.collect::<Vec<_>>(), [EventKind::ReminderSent]);
}

#[test]
fn a_digest_of_nothing_is_not_sent_and_the_next_one_waits() {
    let mut world = world();
    world.settings(json!({"digest_at": "07:30"}));
    let (first, _) = waiting(&world).expect("planned");
    // The machine was off for two days: one digest comes, not three.
    world.clock("2026-11-26T12:00");
    wake(&mut world, first);
    assert!(!claim(&mut world, first));
    let days = "2026-11-24 cancelled []\n2026-11-27 open []";
    assert_eq!(digests(&world), days);
}

#[test]
fn the_digest_follows_the_settings_and_their_undo() {
    let mut world = world();
    let set = |world: &mut World, settings| {
        world.settings(settings);
        waiting(world).map(|(_, at)| at)
    };
    let at = |text: &str| Some(text.to_owned());
    let seven = json!({"digest_at": "07:00"});
    assert_eq!(set(&mut world, seven.clone()), at("2026-11-24T06:00:00Z"));
    let evening = json!({"digest_at": "20:00"});
    assert_eq!(set(&mut world, evening), at("2026-11-23T19:00:00Z"));
    let there = json!({"time_zone": "America/New_York"});
    assert_eq!(set(&mut world, there), at("2026-11-24T01:00:00Z"));
    let nobody = json!({"email": null});
    assert_eq!(set(&mut world, nobody), None, "there is no address");
    world.undo();
    assert_eq!(waiting(&world).map(|it| it.1), at("2026-11-24T01:00:00Z"));
    assert_eq!(set(&mut world, json!({"digest_at": null})), None);
    // Nothing that has nothing to do with it moves it.
    let again = set(&mut world, seven);
    let locale = json!({"locale": "en-GB", "quiet_hours": {"from": "22:00", "until": "09:00"}});
    assert_eq!(set(&mut world, locale), again);
}

#[test]
fn r_3_5_the_digest_keeps_its_hour_across_clock_changes() {
    let settings =
        json!({"digest_at": "02:30", "email": "ann@example.org", "time_zone": "Europe/Berlin"});
    let settings = serde_json::from_value(settings).expect("settings");
    let next = |now: &str| {
        let now = now.parse().expect("a moment");
        reminder::next_digest(&settings, now)
            .expect("one")
            .to_string()
    };
    // In the gap it comes an hour later on the clock, in the overlap the first time.
    assert_eq!(next("2027-03-28T00:00:00Z"), "2027-03-28T01:30:00Z");
    assert_eq!(next("2027-03-28T01:30:00Z"), "2027-03-29T00:30:00Z");
    assert_eq!(next("2026-10-24T12:00:00Z"), "2026-10-25T00:30:00Z");
    assert_eq!(next("2026-10-25T00:30:00Z"), "2026-10-26T01:30:00Z");
}
