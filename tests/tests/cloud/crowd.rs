//! Many people's reminders due one right after the other, with two of everything, and from no process at all. `ERRAND_CROWD` says
//! how many people (300); five thousand are due within a minute.

use crate::{
    installation::{Installation, free, number, person_with_mail},
    kit::{does, until},
};
use domain::event::EventKind;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{Reader, Store};
use testkit::smtp::SmtpServer;
use uuid::Uuid;

/// How far apart they are.
const APART: SignedDuration = SignedDuration::from_millis(12);
/// Writes at once.
const WIDTH: usize = 16;

#[tokio::test]
async fn r_5_2_many_peoples_reminders_come_once_each_with_two_of_everything() {
    let Some((installation, mail)) = with_mail().await else {
        return;
    };
    let (recur, audit) = (free(), free());
    let mut functions = vec![
        installation.serve("recur", &recur).await,
        installation.serve("audit", &audit).await,
    ];
    let mut dispatchers = Vec::new();
    for _ in 0..2 {
        let remind = free();
        functions.push(installation.serve("clock", &free()).await);
        functions.push(installation.serve("remind", &remind).await);
        let to = format!("remind=http://{remind},recur=http://{recur},audit=http://{audit}");
        let words = ["dispatch", "--to", &to];
        dispatchers.push(installation.start(&words, "127.0.0.1:0"));
    }
    let crowd = Crowd::gather(&installation, mail).await;
    let due = crowd.set().await;
    crowd.each_came_once("two of everything", &due).await;
    for process in dispatchers.into_iter().chain(functions) {
        process.end();
    }
}

#[tokio::test]
async fn r_3_1_many_peoples_reminders_come_once_each_from_no_process_at_all() {
    let Some((installation, mail)) = with_mail().await else {
        return;
    };
    let words = ["dispatch", "--scale-to-zero", "--idle", "1"];
    let mut cloud = installation.start(&words, "127.0.0.1:0");
    cloud.address();
    let crowd = Crowd::gather(&installation, mail).await;
    // Before anything is due soon: then it is started ahead.
    let names = cloud.names();
    assert!(!names.contains(&"remind".to_owned()), "{names:?}");
    let due = crowd.set().await;
    crowd.each_came_once("from zero", &due).await;
    until("only the clock is left", async || {
        cloud.names() == ["clock"]
    })
    .await;
    cloud.end();
}

async fn with_mail() -> Option<(Installation, SmtpServer)> {
    let mut installation = Installation::new().await?;
    let mail = SmtpServer::start().await.unwrap();
    installation.set("ERRAND_MAIL_URL", mail.url());
    installation.set("ERRAND_MAIL_FROM", "errand@example.org");
    Some((installation, mail))
}

struct Crowd {
    mail: SmtpServer,
    store: Arc<dyn Store>,
    people: Vec<Reader>,
    /// How long it took to write twice for each.
    took: SignedDuration,
}

impl Crowd {
    async fn gather(installation: &Installation, mail: SmtpServer) -> Self {
        let store = installation.deps().await.store;
        let began = Timestamp::now();
        let person = |n: usize| {
            let store = store.clone();
            async move { person_with_mail(&store, &format!("person{n}@example.org")).await }
        };
        let people = stream::iter(0..number("ERRAND_CROWD", 300)).map(person);
        let people = people.buffered(WIDTH).collect().await;
        Self {
            mail,
            store,
            people,
            took: Timestamp::now().duration_since(began),
        }
    }

    /// A reminder for each, all of them written before the first is due.
    async fn set(&self) -> Vec<(&Reader, Timestamp)> {
        let first = Timestamp::now() + SignedDuration::from_secs(5) + self.took;
        let moments = (0..).map(|n| first + APART * n);
        let due: Vec<_> = self.people.iter().zip(moments).collect();
        let set = |(who, at): &(&Reader, Timestamp)| {
            let (who, at) = ((*who).clone(), *at);
            async move {
                let reminder = json!({ "id": Uuid::now_v7(), "at": at });
                let set = json!({ "title": "call mom", "reminders": [reminder] });
                let make = json!({ "type": "create_task", "id": Uuid::now_v7(), "set": set });
                does(&self.store, &who, make).await;
            }
        };
        stream::iter(&due)
            .map(set)
            .buffer_unordered(WIDTH)
            .collect::<Vec<_>>()
            .await;
        assert!(
            Timestamp::now() < first,
            "writing took longer than was thought"
        );
        due
    }

    /// Each has one mail and one record on each channel. Prints how late they were.
    async fn each_came_once(&self, how: &str, due: &[(&Reader, Timestamp)]) {
        let mut late = Vec::new();
        for (who, moment) in due {
            let sent = async || {
                let lines = self.store.lines(who.home, 0, 100).await.unwrap();
                let sent = lines
                    .into_iter()
                    .filter(|it| it.kind == EventKind::ReminderSent);
                sent.map(|line| line.at).collect::<Vec<_>>()
            };
            until("it is sent on both channels", async || {
                sent().await.len() >= 2
            })
            .await;
            let sent = sent().await;
            assert_eq!(sent.len(), 2, "{sent:?}");
            late.extend(sent.iter().max().map(|at| at.duration_since(*moment)));
        }
        until("everything is published", async || {
            let left = self.store.outgoing(Timestamp::MAX, 1).await;
            left.unwrap().is_empty()
        })
        .await;
        let mut mails = BTreeMap::<String, usize>::new();
        for mail in self.mail.mails() {
            *mails.entry(mail.to.join(" ")).or_default() += 1;
        }
        let wanted = (0..due.len()).map(|n| (format!("person{n}@example.org"), 1));
        assert_eq!(mails, wanted.collect(), "one mail each");
        late.sort();
        let at =
            |part: usize| Duration::try_from(late[late.len() * part / 100]).unwrap_or_default();
        println!(
            "{} reminders, {how}: late by {:.2?} at the median, {:.2?} at p99",
            due.len(),
            at(50),
            at(99)
        );
    }
}
