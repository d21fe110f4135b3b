//! kill -9 of every process and every server, in no order, again and again, while eight clients write.
//!
//! `ERRAND_CLOUD_KILLS` says how often (30), `ERRAND_CLOUD_WRITES` how many writes are acknowledged at least (1,000).

use crate::{
    deployment::{Deployment, KAFKA, POSTGRES},
    installation::{number, person_with_mail},
    kit::{all_in_order, until},
};
use house_tests::{
    Api,
    writing::{Client, End, Kept, Repeats, Up, still_to_come},
};
use std::time::{Duration, Instant};
use store::{Reader, suite::kit};
use testkit::kafka::published;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// How many clients write at once; every second one is the other person's.
const CLIENTS: usize = 8;
/// How soon everything has followed that was to follow, once nothing is killed any more.
const CATCH_UP: Duration = Duration::from_secs(30);
/// Between two looks whether all processes run.
const LOOK: Duration = Duration::from_millis(500);
/// How long writes may stand still.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_whatever_is_killed_nothing_is_lost_doubled_or_out_of_order() {
    let Some(mut deployment) = Deployment::start().await else {
        return;
    };
    let (kills, writes) = (
        number("ERRAND_CLOUD_KILLS", 30),
        number("ERRAND_CLOUD_WRITES", 1_000),
    );
    let store = deployment.deps.store.clone();
    let ann = person_with_mail(&store, "ann@example.org").await;
    let bob = person_with_mail(&store, "bob@example.org").await;
    let writers = Writers::begin([
        (ann.clone(), deployment.api(&ann).await),
        (bob.clone(), deployment.api(&bob).await),
    ]);
    let mut mails_at_kill = Vec::new();
    for (kill, victim) in victims().take(kills).enumerate() {
        let more = 40 + (kill * 7_919) % 60;
        writers.wait_for(more, &mut deployment).await;
        mails_at_kill.push(deployment.mail.mails().len());
        deployment.kill(victim);
        deployment.go_on(victim);
        // Until it was back nothing could be noted of what the mail server took.
        mails_at_kill.push(deployment.mail.mails().len());
    }
    writers.wait_for(40, &mut deployment).await;
    writers.wait_until(writes, &mut deployment).await;
    let end = writers.end(&mut deployment, mails_at_kill).await;
    println!("{kills} kills: {end}");

    deployment.end().await;
    for who in [&ann, &bob] {
        kit::verified(&store, who).await;
    }
    let found = published(&deployment.installation.settings).await;
    all_in_order(&found, &store, &[ann, bob]).await;
    let run = |words: &[&str]| deployment.installation.run(words);
    assert_eq!(
        run(&["dead-letters", "list"]),
        "There are no dead letters.\n"
    );
    assert_eq!(
        run(&["rebuild", "--check"]),
        "The tables are what the log says.\n"
    );
    let log = run(&["verify"]);
    assert!(log.starts_with("Intact: events "), "{log}");
    store.close().await;
}

/// Rounds in which each is killed once, in an order of its own.
fn victims() -> impl Iterator<Item = &'static str> {
    let mut round: Vec<_> = Deployment::processes().chain([POSTGRES, KAFKA]).collect();
    let mut random: u64 = 7;
    std::iter::from_fn(move || {
        for at in (1..round.len()).rev() {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            round.swap(at, (random >> 33) as usize % (at + 1));
        }
        Some(round.clone())
    })
    .flatten()
}

/// Two people, and the clients that write for them.
struct Writers {
    people: [(Reader, Api); 2],
    clients: [JoinSet<Kept>; 2],
    acknowledged: watch::Sender<u64>,
    stop: CancellationToken,
}

impl Writers {
    fn begin(people: [(Reader, Api); 2]) -> Self {
        let (acknowledged, stop) = (watch::Sender::new(0), CancellationToken::new());
        let mut clients = [JoinSet::new(), JoinSet::new()];
        for n in 0..CLIENTS {
            let (_, api) = &people[n % 2];
            let up = watch::Sender::new(Up::first(api)).subscribe();
            let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
            let client = Client::new(n, Repeats::SoonAfter, up, acknowledged, stop);
            clients[n % 2].spawn(client.run());
        }
        Self {
            people,
            clients,
            acknowledged,
            stop,
        }
    }

    /// Waits for so many more writes.
    async fn wait_for(&self, more: usize, deployment: &mut Deployment) {
        let so_far = *self.acknowledged.borrow();
        self.wait_until(so_far as usize + more, deployment).await;
    }

    /// Waits for so many writes, and starts what could not start while PostgreSQL was away.
    async fn wait_until(&self, writes: usize, deployment: &mut Deployment) {
        let mut acknowledged = self.acknowledged.subscribe();
        let (mut so_far, mut moved) = (0, Instant::now());
        loop {
            let now = *acknowledged.borrow_and_update();
            if now > so_far {
                (so_far, moved) = (now, Instant::now());
            }
            if so_far as usize >= writes {
                return;
            }
            assert!(moved.elapsed() < PATIENCE, "writes stand still at {so_far}");
            deployment.look_after();
            let _soon = tokio::time::timeout(LOOK, acknowledged.changed()).await;
        }
    }

    /// Lets the clients finish, waits until all that follows has happened, and looks at what is there.
    async fn end(self, deployment: &mut Deployment, mails_at_kill: Vec<usize>) -> End {
        self.stop.cancel();
        let mut kept = Vec::new();
        for mut clients in self.clients {
            let mut of_one = Kept::default();
            while let Some(client) = clients.join_next().await {
                of_one.add(client.expect("a client that did not panic"));
            }
            kept.push(of_one);
        }
        let began = Instant::now();
        deployment.is_ready().await;
        deployment.is_published().await;
        for ((_, api), kept) in self.people.iter().zip(&kept) {
            // A mail that was being sent has its lease of a minute.
            until("everything followed but mails", async || {
                let left = still_to_come(api, kept).await;
                !left.iter().any(|what| what.ends_with(" tasks"))
            })
            .await;
        }
        let caught_up = began.elapsed();
        let mut end = End {
            kept: Kept::default(),
            tasks: Vec::new(),
            deliveries: Vec::new(),
            mails: Vec::new(),
            mails_at_kill,
            ready_in: vec![caught_up],
        };
        for ((_, api), kept) in self.people.iter().zip(kept) {
            until("every mail went out", async || {
                still_to_come(api, &kept).await.is_empty()
            })
            .await;
            end.kept.add(kept);
            end.tasks.extend(api.all("/tasks?status=all").await);
            end.deliveries.extend(api.all("/deliveries?").await);
        }
        end.mails = deployment.mail.mails();
        end.check();
        assert!(caught_up < CATCH_UP, "caught up after {caught_up:?}");
        end
    }
}
