//! Pods and processes are killed in no order while clients write.

use super::{
    figures::figure,
    kit::{number, try_run, until},
    release::{Release, release},
};
use house_tests::writing::{Client, Kept, Repeats, Up, check_tasks};
use std::time::{Duration, Instant};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

const CLIENTS: usize = 4;
/// Between two kills.
const PAUSE: Duration = Duration::from_secs(4);
/// How long one line of clients may stand still.
const PATIENCE: Duration = Duration::from_mins(1);

/// Chooses without a clock, so that a run is like the one before.
struct Choice(u64);

impl Choice {
    fn of(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % count
    }
}

/// Kills one, by its pod or by its process; answers which. The witness's pod stays: on the box its files go with it.
fn kill(release: &Release, choice: &mut Choice, n: usize) -> Option<String> {
    let mut all = release.processes();
    let by_pod = n.is_multiple_of(2);
    all.retain(|one| !by_pod || one.words != "serve audit");
    if all.is_empty() {
        return None;
    }
    let one = all.swap_remove(choice.of(all.len()));
    let done = if by_pod {
        let words = [
            "delete",
            "pod",
            &one.pod,
            "--namespace",
            &release.space,
            "--grace-period=0",
            "--force",
            "--wait=false",
        ];
        try_run("kubectl", &words, "")
    } else {
        try_run("kill", &["-9", &one.id.to_string()], "")
    };
    // It may just have ended by itself.
    done.ok().map(|_| one.words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_7_2_whatever_is_killed_nothing_acknowledged_is_lost_or_doubled() {
    let Some(release) = release() else {
        return;
    };
    let api = release.api();
    let before = api.all("/tasks?status=all").await;
    let (acknowledged, stop) = (watch::Sender::new(0), CancellationToken::new());
    let up = watch::Sender::new(Up::first(&api));
    let mut clients = JoinSet::new();
    for n in 0..CLIENTS {
        let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
        clients.spawn(Client::new(n, Repeats::SoonAfter, up.subscribe(), acknowledged, stop).run());
    }
    let minutes = Duration::from_mins(number("ERRAND_CLUSTER_MINUTES", 2) as u64);
    let (began, mut choice, mut kills) = (Instant::now(), Choice(7), Vec::new());
    let (mut so_far, mut moved) = (0, Instant::now());
    while began.elapsed() < minutes {
        tokio::time::sleep(PAUSE).await;
        kills.extend(tokio::task::block_in_place(|| {
            kill(release, &mut choice, kills.len())
        }));
        let now = *acknowledged.borrow();
        if now > so_far {
            (so_far, moved) = (now, Instant::now());
        }
        assert!(moved.elapsed() < PATIENCE, "writes stand still at {so_far}");
    }
    stop.cancel();
    let mut kept = Kept::default();
    while let Some(client) = clients.join_next().await {
        kept.add(client.unwrap());
    }
    let next = kept
        .tasks
        .iter()
        .filter(|task| task.recurs && task.done)
        .count();
    let made = async || {
        let mut all = api.all("/tasks?status=all").await;
        all.retain(|task| !before.iter().any(|old| old["id"] == task["id"]));
        all
    };
    let followed = Instant::now();
    until("every occurrence followed", async || {
        made().await.len() >= kept.tasks.len() + next
    })
    .await;
    check_tasks(&kept, &made().await);
    let reminders = kept.tasks.iter().filter(|task| task.reminds).count();
    until("every reminder was shown", async || {
        shown(release, &kept).await == reminders
    })
    .await;
    until(
        "all is well, and the outbox empty",
        async || match release.errand(&["doctor"]) {
            Ok(said) => said.contains("outbox        empty"),
            // An event is tried only three times here, and who is killed again and again is away for longer. Replayed, it has its
            // effect, and no letter comes back.
            Err(said) => {
                println!("{said}");
                println!("{:?}", release.errand(&["dead-letters", "replay", "--all"]));
                false
            }
        },
    )
    .await;
    let rebuilt = release.errand(&["rebuild", "--check"]).unwrap();
    assert_eq!(rebuilt, "The tables are what the log says.\n");
    figure(
        &format!(
            "{} kills in {} s under load",
            kills.len(),
            minutes.as_secs()
        ),
        format!(
            "{} writes acknowledged, {} repeated ({} of them had been done), {next} occurrences and {reminders} reminders \
            followed within {:.0} s; none lost, none doubled",
            kept.writes,
            kept.repeated,
            kept.replayed,
            followed.elapsed().as_secs_f64()
        ),
        "none lost, none doubled",
    );
}

/// How many of the reminders came; none came twice.
async fn shown(release: &Release, kept: &Kept) -> usize {
    let deliveries = release.api().all("/deliveries?").await;
    let of_task = |id: &str| {
        let items = deliveries.iter().filter(|it| it["channel"] == "page");
        items
            .flat_map(|it| it["items"].as_array().cloned().unwrap_or_default())
            .filter(|item| item["task"] == *id)
            .count()
    };
    let times = kept
        .tasks
        .iter()
        .filter(|task| task.reminds)
        .map(|task| of_task(&task.id));
    times
        .inspect(|count| assert!(*count <= 1, "a reminder came {count} times"))
        .sum()
}
