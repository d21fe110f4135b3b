use super::{call, world};
use crate::{
    command::Command,
    ledger::{DeliveryState, ScheduleState},
    refusal::Refusal,
    reminder::{self, Tried},
    testing::{World, lead},
};
use jiff::SignedDuration;
use serde_json::json;

/// Two reminders that came at once, on both channels.
fn fired() -> World {
    let mut world = world();
    call(&mut world);
    world.add(json!({"title": "pay rent", "due": {"date": "2026-11-23"}, "reminders": [lead(1, "PT5H45M")]}));
    world.clock("2026-11-23T14:45");
    world.fire();
    world
}

fn wait(world: &mut World, minutes: i64) {
    world.now += SignedDuration::from_mins(minutes);
}

#[test]
fn r_2_3_what_comes_at_once_is_one_delivery_on_each_channel() {
    let mut world = fired();
    assert_eq!(world.deliveries(), "email open 0 [, ]\npage open 0 [, ]");
    assert_eq!(world.wakes.len(), 2);
    assert!(world.claim(world.delivery("email"), "t1"));
    assert_eq!(
        world.deliveries(),
        "email open 1 [call mom, pay rent]\npage open 0 [, ]"
    );
    world.settings(json!({"email_reminders": false}));
    let task = call(&mut world);
    world.set(task, json!({"due": {"at": "2026-11-23T15:30:00"}}));
    wait(&mut world, 60);
    world.fire();
    assert_eq!(
        world.state.deliveries.len(),
        3,
        "without e-mail only the page"
    );
}

#[test]
fn r_2_9_two_clocks_make_the_same_delivery() {
    let mut world = world();
    let task = call(&mut world);
    world.clock("2026-11-23T14:45");
    let due: Vec<_> = world
        .ledger
        .iter()
        .map(|row| (row.task, row.reminder, row.generation))
        .collect();
    let clock = |later: i64| {
        let mut state = world.state.clone();
        reminder::fire(
            &mut state,
            &due,
            None,
            world.now + SignedDuration::from_secs(later),
        );
        state
    };
    let (one, mut other) = (clock(0), clock(3));
    assert!(one.deliveries.keys().eq(other.deliveries.keys()));
    assert_eq!(one.written().ledger, other.written().ledger);
    let claimed = other.written().ledger.len();
    let now = world.now;
    reminder::fire(&mut other, &due, None, now);
    assert_eq!(other.written().ledger.len(), claimed, "fired already");
    // What moved meanwhile, or is not due yet, is left out.
    world.set(task, json!({"due": {"at": "2026-11-23T16:00:00"}}));
    let mut moved = world.state.clone();
    reminder::fire(&mut moved, &due, None, now);
    reminder::fire(&mut moved, &[(task, due[0].1, 2)], None, now);
    assert!(moved.deliveries.is_empty());
}

#[test]
fn a_claim_freezes_the_words_and_leaves_out_what_was_cancelled() {
    let mut world = fired();
    let (mail, page) = (world.delivery("email"), world.delivery("page"));
    let [one, other] = [1, 2].map(crate::testing::id);
    assert!(world.claim(mail, "t1"));
    assert!(!world.claim(mail, "t2"), "somebody has it");
    let item = world.state.deliveries[&mail].items[0].clone();
    assert_eq!(item.due.as_deref(), Some("Monday 23 November 2026, 15:00"));
    world.set(one, json!({"title": "call dad"}));
    world.complete(other);
    assert_eq!(
        world.tried(mail, "t1", &Tried::Retry("busy".into())),
        DeliveryState::Open
    );
    wait(&mut world, 2);
    assert!(world.claim(mail, "t2"));
    assert!(world.claim(page, "t3"));
    assert_eq!(
        world.deliveries(),
        "email open 2 [call mom]\npage open 1 [call dad]"
    );
    world.complete(one);
    wait(&mut world, 2);
    assert!(!world.claim(mail, "t4"));
    assert_eq!(
        world.state.deliveries[&mail].state,
        DeliveryState::Cancelled
    );
}

#[test]
fn only_who_holds_the_token_may_record() {
    let mut world = fired();
    let mail = world.delivery("email");
    assert!(world.claim(mail, "slow"));
    wait(&mut world, 2);
    assert!(world.claim(mail, "quick"), "the lease is over");
    assert_eq!(
        world.tried(mail, "slow", &Tried::Sent("250 ok".into())),
        DeliveryState::Open
    );
    assert_eq!(
        world.tried(mail, "quick", &Tried::Sent("250 ok".into())),
        DeliveryState::Sent
    );
    assert_eq!(
        world.tried(mail, "quick", &Tried::Stop("no".into())),
        DeliveryState::Sent
    );
    assert!(!world.claim(mail, "late"));
    let sent = world
        .log
        .iter()
        .filter(|logged| logged.event.kind.name() == "reminder.sent");
    assert_eq!(
        sent.map(|logged| logged.event.detail.title.clone())
            .collect::<Vec<_>>(),
        [Some("call mom".into()), Some("pay rent".into())]
    );
}

#[test]
fn r_2_7_a_failed_delivery_is_tried_after_1_5_and_15_minutes_then_given_up() {
    let mut world = fired();
    let mail = world.delivery("email");
    for (attempt, minutes) in [(1, 1), (2, 5), (3, 15)] {
        assert!(world.claim(mail, "t"), "attempt {attempt}");
        let now = world.now;
        assert_eq!(
            world.tried(mail, "t", &Tried::Retry("busy".into())),
            DeliveryState::Open
        );
        assert_eq!(
            world.state.deliveries[&mail].next_at,
            now + SignedDuration::from_mins(minutes)
        );
        assert!(!world.claim(mail, "t"), "not before its time");
        wait(&mut world, minutes);
    }
    assert!(world.claim(mail, "t"));
    assert_eq!(
        world.tried(mail, "t", &Tried::Retry("550 no".into())),
        DeliveryState::Failed
    );
    assert!(
        world
            .history(crate::testing::id(1))
            .ends_with("reminder.failed (550 no)")
    );
    // By hand, once more.
    let wakes = world.wakes.len();
    world
        .commit(|state, now| reminder::retry(state, mail, now))
        .expect("it failed");
    assert_eq!(world.wakes.len(), wakes + 1);
    assert!(world.claim(mail, "t"));
    let open = world.commit(|state, now| reminder::retry(state, mail, now));
    assert!(matches!(open, Err(Refusal::Unfit(_))));
    assert_eq!(
        world.tried(mail, "t", &Tried::Sent("250 ok".into())),
        DeliveryState::Sent
    );
}

#[test]
fn what_will_never_go_fails_at_once() {
    let mut world = fired();
    let mail = world.delivery("email");
    assert!(world.claim(mail, "t"));
    assert_eq!(
        world.tried(mail, "t", &Tried::Stop("no such address".into())),
        DeliveryState::Failed
    );
    let unknown = world.commit(|state, now| reminder::retry(state, crate::testing::id(9), now));
    assert_eq!(unknown, Err(Refusal::NotFound("delivery")));
}

#[test]
fn a_delivery_that_nobody_took_is_published_again() {
    let mut world = fired();
    let mail = world.delivery("email");
    let wake = |world: &mut World| {
        let before = world.wakes.len();
        let woken = world.commit(|state, now| {
            reminder::wake(state, mail, now);
            Ok(())
        });
        assert_eq!(woken, Ok(()));
        world.wakes.len() - before
    };
    assert_eq!(wake(&mut world), 0, "not before ten seconds");
    wait(&mut world, 1);
    assert_eq!(wake(&mut world), 1);
    assert_eq!(wake(&mut world), 0);
    let causes: std::collections::BTreeSet<_> = world
        .wakes
        .iter()
        .map(|wake| (wake.subject, &wake.cause))
        .collect();
    assert_eq!(causes.len(), world.wakes.len(), "each has an id of its own");
}

#[test]
fn r_2_8_quiet_hours_put_off_the_mail_and_not_the_page() {
    let check = |quiet: (&str, &str), at: &str, until: Option<&str>| {
        let mut world = world();
        world.settings(json!({"quiet_hours": {"from": quiet.0, "until": quiet.1}}));
        let at: jiff::civil::DateTime = at.parse().expect("a wall time");
        world.add(
            json!({"title": "x", "due": {"at": at.to_string()}, "reminders": [lead(1, "PT0S")]}),
        );
        world.clock(&at.to_string());
        world.fire();
        assert_eq!(
            world.wakes.len(),
            if until.is_some() { 1 } else { 2 },
            "{quiet:?} {at}"
        );
        let mail = &world.state.deliveries[&world.delivery("email")];
        let put_off = (mail.token == "waiting").then(|| mail.next_at.to_string());
        assert_eq!(put_off.as_deref(), until, "{quiet:?} {at}");
        if until.is_some() {
            let (mail, next) = (mail.id, mail.next_at);
            assert!(!world.claim(mail, "t"));
            world.now = next;
            assert!(world.claim(mail, "t"));
        }
    };
    let night = ("22:00", "07:00");
    check(night, "2026-11-24T21:59:00", None);
    check(night, "2026-11-24T22:00:00", Some("2026-11-25T06:00:00Z"));
    check(night, "2026-11-25T06:59:00", Some("2026-11-25T06:00:00Z"));
    check(night, "2026-11-25T07:00:00", None);
    check(
        ("12:00", "13:00"),
        "2026-11-25T12:30:00",
        Some("2026-11-25T12:00:00Z"),
    );
    check(("12:00", "13:00"), "2026-11-25T13:00:00", None);
    check(("12:00", "12:00"), "2026-11-25T12:00:00", None);
    // The night of the clock change ends at seven all the same.
    check(night, "2027-03-28T01:30:00", Some("2027-03-28T05:00:00Z"));
}

#[test]
fn r_2_8_what_quiet_hours_hold_back_comes_as_one() {
    let mut world = world();
    world.settings(json!({"quiet_hours": {"from": "22:00", "until": "07:00"}}));
    let mut tasks = Vec::new();
    for (title, at) in [
        ("lock up", "2026-11-23T22:30:00"),
        ("feed cat", "2026-11-24T01:00:00"),
        ("wake up", "2026-11-24T06:30:00"),
    ] {
        let task = json!({"title": title, "due": {"at": at}, "reminders": [lead(1, "PT0S")]});
        tasks.push(world.add(task));
        world.clock(at);
        world.fire();
    }
    let mail = world.delivery("email");
    let mails = |world: &World| {
        let all = world.deliveries();
        let mails = all.lines().filter(|line| line.starts_with("email"));
        mails.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(mails(&world), "email open 0 [, , ]");
    world.complete(tasks[1]);
    world.clock("2026-11-24T07:00");
    assert!(world.claim(mail, "t"));
    assert_eq!(mails(&world), "email open 1 [lock up, wake up]");
    // What is claimed is frozen: a clock that runs behind opens another one.
    let late = json!({"title": "too late", "due": {"at": "2026-11-24T06:59:59"}, "reminders": [lead(1, "PT0S")]});
    world.add(late);
    world.clock("2026-11-24T06:59:59");
    world.fire();
    assert_eq!(
        mails(&world),
        "email open 0 []\nemail open 1 [lock up, wake up]"
    );
}

#[test]
fn a_task_closed_between_clock_and_claim_is_not_told() {
    let mut world = world();
    let task = call(&mut world);
    world.clock("2026-11-23T14:45");
    world.fire();
    world.complete(task);
    assert!(!world.claim(world.delivery("email"), "t"));
    assert_eq!(world.deliveries(), "email cancelled 0 []\npage open 0 []");
    let fired = world
        .ledger
        .iter()
        .filter(|row| row.state == ScheduleState::Fired)
        .count();
    assert_eq!(fired, 1);
    world.run(Command::ReopenTask { id: task });
    assert_eq!(world.ledger.len(), 1, "it came already");
}
