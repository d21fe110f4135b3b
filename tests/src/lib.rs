//! Across functions: the whole house, for stories, and a deployment in which everything goes wrong.

mod api;
pub mod simulation;
pub mod writing;

pub use api::Api;

use errand::Functions;
use futures::FutureExt;
use notify::{Channel, Email, MailUrl};
use std::sync::Arc;
use testkit::{House, Wiring, house::Ground, smtp::SmtpServer};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The whole house at a moment: `2026-11-23T09:00 Europe/Berlin`. Every function over SQLite in memory.
pub async fn house(moment: &str) -> House {
    House::at(moment, wiring).await
}

/// The same, where mail goes out to a server.
///
/// # Panics
/// When the server's address is none.
pub async fn house_by_mail(moment: &str, server: &SmtpServer) -> House {
    let url = MailUrl::parse(&server.url()).expect("an address of a mail server");
    let mail = Email::new(url, "Errand <errand@example.org>").expect("a sender");
    let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(mail)];
    let by_mail = async |ground: &Ground| {
        let (deps, people) = (ground.deps.clone(), ground.people.clone());
        wiring(&Ground {
            deps,
            channels,
            people,
        })
        .await
    };
    House::at(moment, by_mail).await
}

/// Every function, as `errand` wires them.
///
/// # Panics
/// When the witness has no place to write to.
pub async fn wiring(ground: &Ground) -> Wiring {
    let folder = tempfile::tempdir().expect("a folder for the witness");
    let copy = folder.path().join("witness.db");
    let secret = || ground.deps.ids.secret();
    let witness = audit::Witness::open(&copy, folder.path(), secret).await;
    let functions = Functions {
        deps: ground.deps.clone(),
        channels: ground.channels.clone(),
        witness: Arc::new(witness.expect("the witness opens")),
    };
    let feed = live::Feed::new(ground.deps.clone());
    let clock = clock::Clockwork::new(ground.deps.clone(), ground.people.clone()).warming();
    let clock = Arc::new(Mutex::new(clock));
    let stop = CancellationToken::new();
    tokio::spawn(feed.clone().run(stop.clone()));
    Wiring {
        router: functions.router(&feed),
        subscribers: functions.subscribers(),
        turn: Box::new(move || {
            let clock = clock.clone();
            async move { clock.lock().await.turn().await.map(drop) }.boxed()
        }),
        kept: Box::new((folder, functions, stop.drop_guard())),
    }
}
