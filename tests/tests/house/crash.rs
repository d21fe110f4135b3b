//! kill -9 of the built program, again and again, while eight clients write and reminders go out to a mail server.

use crate::home::{Api, Home, PATIENCE, Server};
use house_tests::writing::{Client, End, Kept, Repeats, Up, still_to_come};
use std::time::Duration;
use testkit::smtp::{Behaviour, SmtpServer};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// How many clients write at once.
const CLIENTS: usize = 8;
/// How often it is killed, unless `ERRAND_KILLS` says otherwise.
const KILLS: usize = 30;
/// Within how long it is ready again, at the median: a second, and two more for a machine that has other things to do.
const READY: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_2_9_killed_at_any_moment_it_loses_nothing_and_doubles_nothing() {
    let Some(mut home) = Home::new() else { return };
    let mut world = World::begin(&mut home).await;
    for kill in 0..kills() {
        world.let_it_work(kill).await;
        world.kill(&home).await;
    }
    let (server, end) = world.end().await;
    server.stop().await;
    println!("{} kills: {end}", kills());
    assert!(end.ready_in_median() < READY, "{end}");

    let rows = home.run(&["rebuild", "--check"]).await;
    assert_eq!(rows.to_string(), "The tables are what the log says.\n");
    let log = home.run(&["verify"]).await.to_string();
    assert!(log.starts_with("Intact: events "), "{log}");
}

fn kills() -> usize {
    let asked = std::env::var("ERRAND_KILLS").ok();
    asked.map_or(KILLS, |asked| {
        asked.parse().expect("ERRAND_KILLS: a number")
    })
}

struct World {
    mail: SmtpServer,
    server: Option<Server>,
    up: watch::Sender<Up>,
    /// Writes acknowledged so far.
    acknowledged: watch::Sender<u64>,
    stop: CancellationToken,
    clients: JoinSet<Kept>,
    ready_in: Vec<Duration>,
    /// How many mails had come at each kill.
    mails_at_kill: Vec<usize>,
}

impl World {
    async fn begin(home: &mut Home) -> Self {
        let mail = SmtpServer::start().await.expect("a port");
        home.set("ERRAND_MAIL_URL", mail.url());
        home.set("ERRAND_MAIL_FROM", "errand@example.org");
        home.set("ERRAND_MAIL_TO", "ann@example.org");
        let server = home.serve().await;
        let up = watch::Sender::new(Up::first(&server.api));
        let (acknowledged, stop) = (watch::Sender::new(0), CancellationToken::new());
        let mut clients = JoinSet::new();
        for n in 0..CLIENTS {
            let client = Client::new(
                n,
                Repeats::AtEachStart,
                up.subscribe(),
                acknowledged.clone(),
                stop.clone(),
            );
            clients.spawn(client.run());
        }
        Self {
            ready_in: vec![server.ready_in],
            mail,
            server: Some(server),
            up,
            acknowledged,
            stop,
            clients,
            mails_at_kill: Vec::new(),
        }
    }

    /// Waits for the moment to kill: amid writes; as soon as a mail was taken, so between the mail server's yes and our record of
    /// it; while the mail server does not say whether it takes the mail; and when it has taken it and does not say so.
    async fn let_it_work(&mut self, kill: usize) {
        let stall = match kill % 5 {
            3 => {
                let mails = self.mail.mails().len();
                self.mail.wait_for(mails + 1).await;
                return;
            }
            4 if kill.is_multiple_of(2) => Behaviour::Stall,
            4 => Behaviour::StallAfterData,
            _ => {
                // 10 to 50 writes, in no order.
                let more = 10 + (kill as u64 * 7_919) % 40;
                self.wait_for_writes(more).await;
                return;
            }
        };
        self.mail.next([stall]);
        self.mail.wait_until_done().await;
        if stall == Behaviour::StallAfterData {
            self.wait_for_writes(10).await;
        }
    }

    async fn wait_for_writes(&self, more: u64) {
        let mut acknowledged = self.acknowledged.subscribe();
        let until = *acknowledged.borrow() + more;
        let enough = acknowledged.wait_for(|writes| *writes >= until);
        let enough = tokio::time::timeout(PATIENCE, enough).await;
        assert!(matches!(enough, Ok(Ok(_))), "writes stand still");
    }

    /// Kills it and starts it again.
    async fn kill(&mut self, home: &Home) {
        let alive = self.server.take().expect("it serves");
        alive.kill().await;
        self.mails_at_kill.push(self.mail.mails().len());
        let server = home.serve().await;
        self.ready_in.push(server.ready_in);
        self.server = Some(server);
        self.up.send_modify(Up::again);
    }

    /// Lets the clients finish, waits until all that follows has happened, and looks at what is there.
    async fn end(mut self) -> (Server, End) {
        self.stop.cancel();
        let mut kept = Kept::default();
        while let Some(client) = self.clients.join_next().await {
            kept.add(client.expect("a client that did not panic"));
        }
        let server = self.server.expect("it serves");
        let api: &Api = &server.api;
        wait_until_quiet(api, &kept).await;
        let end = End {
            tasks: api.all("/tasks?status=all").await,
            deliveries: api.all("/deliveries?").await,
            mails: self.mail.mails(),
            mails_at_kill: self.mails_at_kill,
            ready_in: self.ready_in,
            kept,
        };
        end.check();
        (server, end)
    }
}

/// Waits until every reminder has gone out and every next occurrence is there. However many are still to come, they come one by
/// one.
async fn wait_until_quiet(api: &Api, kept: &Kept) {
    let mut open = still_to_come(api, kept).await;
    while !open.is_empty() {
        let fewer = async {
            loop {
                let cursor = api.get("/changes?after=now").await["cursor"].clone();
                let now = still_to_come(api, kept).await;
                if now != open {
                    return now;
                }
                let cursor = cursor.as_str().expect("a cursor");
                api.get(&format!("/changes?after={cursor}")).await; // answers when something happens
            }
        };
        let fewer = tokio::time::timeout(PATIENCE, fewer).await;
        open = fewer.unwrap_or_else(|_| panic!("{open:?} did not come"));
    }
}
