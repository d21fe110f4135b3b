//! Every function as a process of its own, two where there may be two, over a PostgreSQL and a Kafka of its own. Each keeps its
//! address, so that it can be killed and come back.

use crate::{
    installation::{Installation, Process, answers, api_of},
    kit::until,
};
use host::Deps;
use house_tests::Api;
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::Reader;
use testkit::{
    kafka::{Broker, topics_on},
    port,
    postgres::Server,
    smtp::SmtpServer,
};
use tokio::task::block_in_place;

/// Processes that serve a function, each by its own name, and which.
const SERVING: [(&str, &str); 7] = [
    ("tasks", "tasks"),
    ("recur", "recur"),
    ("audit", "audit"),
    ("remind 1", "remind"),
    ("remind 2", "remind"),
    ("clock 1", "clock"),
    ("clock 2", "clock"),
];
/// Processes that bring events to them; the first knows the first `remind`, the other the other.
const DISPATCHING: [(&str, &str); 2] = [("dispatch 1", "remind 1"), ("dispatch 2", "remind 2")];

pub(crate) const POSTGRES: &str = "PostgreSQL";
pub(crate) const KAFKA: &str = "Kafka";

pub(crate) struct Deployment {
    running: BTreeMap<&'static str, Process>,
    ports: BTreeMap<&'static str, u16>,
    pub(crate) installation: Installation,
    pub(crate) deps: Deps,
    pub(crate) mail: SmtpServer,
    pub(crate) kafka: Broker,
    postgres: Server,
}

impl Deployment {
    /// Started and answering, or none after saying what is missing.
    pub(crate) async fn start() -> Option<Self> {
        let kafka = Broker::start()?;
        let postgres = block_in_place(Server::start)?;
        let settings = topics_on(kafka.address()).await;
        let mail = SmtpServer::start().await.unwrap();
        let mut installation = Installation::on(postgres.url(), settings)?;
        installation.set("ERRAND_MAIL_URL", mail.url());
        installation.set("ERRAND_MAIL_FROM", "errand@example.org");
        let deps = installation.deps().await;
        let ports = SERVING.iter().map(|(name, _)| (*name, port::lasting(1)));
        let mut deployment = Self {
            running: BTreeMap::new(),
            ports: ports.collect(),
            installation,
            deps,
            mail,
            kafka,
            postgres,
        };
        for name in Self::processes() {
            deployment.go_on(name);
        }
        deployment.is_ready().await;
        Some(deployment)
    }

    /// The names of all its processes.
    pub(crate) fn processes() -> impl Iterator<Item = &'static str> {
        let serving = SERVING.iter().map(|(name, _)| *name);
        serving.chain(DISPATCHING.iter().map(|(name, _)| *name))
    }

    /// Where a function's process listens.
    pub(crate) fn listen(&self, name: &str) -> String {
        format!("127.0.0.1:{}", self.ports[name])
    }

    /// The API as a program of that person sees it.
    pub(crate) async fn api(&self, me: &Reader) -> Api {
        api_of(&self.deps, me, self.ports["tasks"]).await
    }

    /// kill -9 of one of its processes, or of a server.
    pub(crate) fn kill(&mut self, name: &str) {
        match name {
            POSTGRES => self.postgres.kill(),
            KAFKA => self.kafka.kill(),
            _ => self.running.remove(name).unwrap().kill(),
        }
    }

    /// Starts it again. PostgreSQL is waited for, because nothing can be started without it.
    pub(crate) fn go_on(&mut self, name: &'static str) {
        match name {
            POSTGRES => block_in_place(|| self.postgres.go_on()),
            KAFKA => self.kafka.go_on(),
            _ => drop(self.running.insert(name, self.process(name))),
        }
    }

    /// A process that was started anew while PostgreSQL was away has ended; it is started as a supervisor would.
    pub(crate) fn look_after(&mut self) {
        let ended: Vec<_> = Self::processes()
            .filter(|name| !self.running.get_mut(name).is_some_and(Process::runs))
            .collect();
        for name in ended {
            self.go_on(name);
        }
    }

    fn process(&self, name: &str) -> Process {
        if let Some((_, function)) = SERVING.iter().find(|(own, _)| *own == name) {
            return self
                .installation
                .start(&["serve", function], &self.listen(name));
        }
        let (_, remind) = DISPATCHING.iter().find(|(own, _)| *own == name).unwrap();
        let to = format!(
            "recur=http://{},audit=http://{},remind=http://{}",
            self.listen("recur"),
            self.listen("audit"),
            self.listen(remind)
        );
        self.installation
            .start(&["dispatch", "--to", &to], "127.0.0.1:0")
    }

    /// Waits until all processes run, and those that serve are ready.
    pub(crate) async fn is_ready(&mut self) {
        let listening: Vec<_> = SERVING.iter().map(|(name, _)| self.listen(name)).collect();
        for listen in listening {
            let url = format!("http://{listen}/ready");
            until(&url, async || {
                self.look_after();
                answers(&url).await
            })
            .await;
        }
    }

    /// Waits until everything is published.
    pub(crate) async fn is_published(&self) {
        until("everything is published", async || {
            let left = self.deps.store.outgoing(Timestamp::MAX, 1).await;
            left.is_ok_and(|left| left.is_empty())
        })
        .await;
    }

    /// Asks everything to end: the witness first, because its last word is published, too.
    pub(crate) async fn end(&mut self) {
        self.running.remove("audit").unwrap().end();
        self.is_published().await;
        while let Some((_, process)) = self.running.pop_first() {
            process.end();
        }
    }
}
