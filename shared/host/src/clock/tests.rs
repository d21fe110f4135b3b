//! A wall clock that is set while somebody sleeps.

use super::wait;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use std::{cell::Cell, future::ready, time::Duration};

const HOUR: i64 = 3_600;

/// How long a sleep of `away` seconds takes when the clock is set by `jump` seconds once `then` seconds have passed.
fn slept(away: i64, then: u64, jump: i64) -> f64 {
    let passed = Cell::new(Duration::ZERO);
    let start: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    let wall = || {
        let set = if passed.get().as_secs() < then {
            0
        } else {
            jump
        };
        let gone = SignedDuration::try_from(passed.get()).unwrap();
        start + gone + SignedDuration::from_secs(set)
    };
    let sleep = |a_while| {
        passed.set(passed.get() + a_while);
        ready(())
    };
    let moment = start + SignedDuration::from_secs(away);
    wait(wall, || passed.get(), sleep, moment)
        .now_or_never()
        .expect("its time passes by itself");
    passed.get().as_secs_f64()
}

#[test]
fn a_clock_that_is_set_makes_nobody_late() {
    let check = |away, then, jump, from: f64| {
        let late = slept(away, then, jump) - from;
        assert!(
            (0.0..=1.0).contains(&late),
            "{away} s, set by {jump} s after {then} s: {late} s late"
        );
    };
    check(60, 10, 0, 60.0);
    check(0, 10, 0, 0.0);
    check(-60, 10, 0, 0.0);
    // Set ahead past the moment, and not so far: what the wall shows counts.
    check(2 * HOUR, 10, 3 * HOUR, 10.0);
    check(2 * HOUR, 10, HOUR, 3_600.0);
    // Set back: nobody sleeps longer than the moment was away.
    check(60, 10, -HOUR, 60.0);
    check(60, 10, -24 * HOUR, 60.0);
}
