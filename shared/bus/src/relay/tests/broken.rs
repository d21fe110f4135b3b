//! A bus that fails, and a relay that lost its lease: nothing is lost, nothing overtakes, nothing is called dead.

use super::*;

#[tokio::test]
async fn when_the_bus_fails_all_begins_again_at_the_oldest_row() {
    let (house, ann, mut relay) = with_ann(Told::default()).await;
    house.bus.answer("a", Verdict::Broken("gone".to_owned()));
    for _ in 0..3 {
        house.write(&ann).await;
    }
    // More often than any event is tried.
    for _ in 0..20 {
        assert_eq!(relay.step(house.clock.now()).await.unwrap(), 0);
        house.bus.got();
        assert_eq!(relay.step(house.clock.now()).await.unwrap(), 0);
        assert_eq!(house.bus.got(), [""; 0], "it rests");
        house.clock.forward(1);
    }
    assert_eq!(house.store.dead(10).await.unwrap().len(), 0);
    house.bus.answer("a", Verdict::Taken);
    assert_eq!(relay.step(house.clock.now()).await.unwrap(), 3);
    let got = house.bus.got();
    let a: Vec<_> = got.iter().filter(|got| got.starts_with('a')).collect();
    assert_eq!(a, ["a:2", "a:3", "a:4"]);
    assert_eq!(house.waiting().await, 0);
}

#[tokio::test]
async fn a_relay_that_lost_its_lease_lets_go_of_what_it_held() {
    let (house, ann, mut first) = with_ann(Told::default()).await;
    let mut second = house.relay("second");
    house.write(&ann).await;
    first.take(house.clock.now()).await.unwrap();
    // It is stopped here, for longer than its lease; another goes on.
    house.clock.forward(6);
    house.write(&ann).await;
    assert_eq!(second.step(house.clock.now()).await.unwrap(), 2);
    house.bus.got();
    house.write(&ann).await;
    // Awake again: what it had begun goes out once more, and nothing else.
    first.step(house.clock.now()).await.unwrap();
    let mut got = house.bus.got();
    got.sort();
    assert_eq!(got, ["a:2", "b:2"]);
    assert_eq!(first.step(house.clock.now()).await.unwrap(), 0);
    assert_eq!(house.bus.got(), [""; 0]);
    assert_eq!(second.step(house.clock.now()).await.unwrap(), 1);
}
