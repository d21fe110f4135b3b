//! Buckets over a time that stands still until it is moved.

use super::*;
use uuid::Uuid;

const RATE: Rate = Rate {
    requests: 4,
    seconds: 2,
};

fn person(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
}

/// Left, full in, again in.
fn took(rates: &Rates, ms: i64) -> (u32, u32, Option<u32>) {
    let standing = rates.take(person(1), RATE, at(ms));
    (standing.left, standing.full_in, standing.again_in)
}

#[test]
fn a_bucket_empties_by_requests_and_fills_by_time() {
    let rates = Rates::default();
    assert_eq!(took(&rates, 0), (3, 1, None));
    assert_eq!(took(&rates, 0), (2, 1, None));
    assert_eq!(took(&rates, 0), (1, 2, None));
    assert_eq!(took(&rates, 0), (0, 2, None));
    assert_eq!(took(&rates, 0), (0, 2, Some(1)));
    assert_eq!(took(&rates, 499), (0, 2, Some(1)));
    assert_eq!(took(&rates, 500), (0, 2, None)); // one came back each half second
    assert_eq!(took(&rates, 500), (0, 2, Some(1)));
    assert_eq!(took(&rates, 60_000), (3, 1, None)); // no more than is in a full one
}

#[test]
fn a_clock_that_was_set_back_refuses_nobody() {
    let rates = Rates::default();
    took(&rates, 0);
    assert_eq!(took(&rates, -10_000), (3, 1, None));
    assert_eq!(took(&rates, 500), (3, 1, None));
}

#[test]
fn everybody_has_a_bucket_of_their_own() {
    let rates = Rates::default();
    for _ in 0..5 {
        took(&rates, 0);
    }
    assert_eq!(took(&rates, 0).2, Some(1));
    assert_eq!(rates.take(person(2), RATE, at(0)).again_in, None);
}

#[test]
fn full_buckets_are_forgotten() {
    let rates = Rates::default();
    for n in 0..=MOST as u128 {
        rates.take(person(n), RATE, at(0));
    }
    rates.take(person(1), RATE, at(60_000));
    assert_eq!(rates.0.lock().unwrap().len(), 1);
}

#[test]
fn it_is_said_in_the_headers_of_the_draft() {
    let mut headers = HeaderMap::new();
    Rates::default()
        .take(person(1), RATE, at(0))
        .say(&mut headers);
    assert_eq!(headers["ratelimit"], "\"person\";r=3;t=1");
    assert_eq!(headers["ratelimit-policy"], "\"person\";q=4;w=2");
}
