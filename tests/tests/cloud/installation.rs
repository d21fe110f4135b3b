//! One installation: its folder, its topics, its database, and its processes as `errand` starts them.

use crate::kit::until;
use bus::kafka::Settings;
use domain::{command::Command as Wish, settings::SettingsPatch};
use host::{Config, Deps, Key, Secret, SystemClock, SystemIds};
use house_tests::Api;
use reqwest::Client;
use std::{
    fs::{File, read_dir, read_to_string},
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};
use store::{Reader, Store, suite::kit};
use testkit::{
    kafka::{Broker, kafka, topics_on},
    postgres::{TestDatabase, database},
    skip,
};

/// What its secrets are hashed under.
const KEY: &str = "a key of these tests";

/// What all its processes have in common.
pub(crate) struct Installation {
    folder: tempfile::TempDir,
    /// Goes with the installation.
    own: Option<TestDatabase>,
    database: String,
    binary: String,
    pub(crate) settings: Settings,
    also: Vec<(&'static str, String)>,
}

impl Installation {
    /// On the broker of all tests, and on a database of its own.
    pub(crate) async fn new() -> Option<Self> {
        let binary = skip::unless("ERRAND_TEST_BINARY", "no built errand")?;
        Self::over(binary, kafka().await?).await
    }

    /// The same, on a broker of its own.
    pub(crate) async fn beside(broker: &Broker) -> Option<Self> {
        let binary = skip::unless("ERRAND_TEST_BINARY", "no built errand")?;
        Self::over(binary, topics_on(broker.address()).await).await
    }

    async fn over(binary: String, settings: Settings) -> Option<Self> {
        let own = database().await?;
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            database: own.url.clone(),
            own: Some(own),
            binary,
            settings,
            also: Vec::new(),
        })
    }

    /// On that database and those topics.
    pub(crate) fn on(database: String, settings: Settings) -> Option<Self> {
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            own: None,
            database,
            binary: skip::unless("ERRAND_TEST_BINARY", "no built errand")?,
            settings,
            also: Vec::new(),
        })
    }

    /// A setting for everything that is started from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.also.push((name, value.into()));
    }

    pub(crate) fn command(&self, words: &[&str], listen: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(words)
            .env("ERRAND_DATA", self.folder.path())
            .env("ERRAND_DATABASE_URL", &self.database)
            .env("ERRAND_KEY", KEY)
            .env("ERRAND_KAFKA_BROKERS", &self.settings.brokers)
            .env("ERRAND_KAFKA_PREFIX", &self.settings.prefix)
            .env("ERRAND_LISTEN", listen)
            .env("ERRAND_LOG", "warn")
            .envs(self.also.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// A process that ends with the value.
    pub(crate) fn start(&self, words: &[&str], listen: &str) -> Process {
        let log = File::options().create(true).append(true).open(self.log());
        let mut command = self.command(words, listen);
        command.stdout(Stdio::piped()).stderr(log.unwrap());
        Process(command.spawn().unwrap())
    }

    /// A function at an address, once it answers.
    pub(crate) async fn serve(&self, name: &str, listen: &str) -> Process {
        let process = self.start(&["serve", name], listen);
        until(&format!("{name} answers"), async || {
            answers(&format!("http://{listen}/health")).await
        })
        .await;
        process
    }

    /// Runs a command to its end: whether it was well, and what it said.
    pub(crate) fn said(&self, words: &[&str], listen: &str) -> (bool, String) {
        let output = self.command(words, listen).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// The same, where it must be well.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let (good, said) = self.said(words, "127.0.0.1:0");
        assert!(good, "{words:?}: {said}");
        said
    }

    /// What its processes log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What its functions are given.
    pub(crate) async fn deps(&self) -> Deps {
        let options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
        let store = store::open(&self.database, options).await.unwrap();
        let config = Config::in_folder(self.folder.path());
        Deps::new(
            store,
            Arc::new(config),
            Arc::new(Key::from_text(&Secret::new(KEY))),
        )
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        const LAST: usize = 60;
        if std::thread::panicking() {
            let log = read_to_string(self.log()).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let last = lines.len().saturating_sub(LAST);
            println!("{}", lines[last..].join("\n"));
        }
        drop(self.own.take());
    }
}

/// Somebody whose mail goes to that address.
pub(crate) async fn person_with_mail(store: &Arc<dyn Store>, address: &str) -> Reader {
    let me = kit::person(store).await;
    let set = SettingsPatch {
        email: Some(Some(address.to_owned())),
        ..SettingsPatch::default()
    };
    let wish = Wish::UpdateSettings { set: Box::new(set) };
    kit::run(store, &kit::writer(&me), wish).await.unwrap();
    me
}

/// The API as a program of that person sees it.
pub(crate) async fn api_of(deps: &Deps, me: &Reader, port: u16) -> Api {
    let scopes = host::who::scope::ALL.join(" ");
    let (credential, token) = accounts::new_token(deps, me, "test", &scopes, None);
    deps.store.add_credential(&credential).await.unwrap();
    Api::new(port, token)
}

/// One `errand`.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Whether it has not ended by itself.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end; it ends well.
    pub(crate) fn end(mut self) {
        self.signal("-TERM");
        assert!(self.0.wait().unwrap().success());
    }

    /// The first address that it prints.
    pub(crate) fn address(&mut self) -> String {
        let printed = self.0.stdout.take().unwrap();
        let mut lines = BufReader::new(printed).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("http://")).unwrap();
        line.split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap()
            .to_owned()
    }

    /// The function processes that it has started, by number and name.
    pub(crate) fn children(&self) -> Vec<(u32, String)> {
        let threads = read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let children = threads.flatten().filter_map(|thread| {
            let listed = read_to_string(thread.path().join("children")).ok()?;
            Some(
                listed
                    .split(' ')
                    .filter_map(|pid| pid.parse().ok())
                    .collect(),
            )
        });
        let children: Vec<Vec<u32>> = children.collect();
        let named = |pid: u32| {
            let words = read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
            Some((pid, words.split('\0').nth(2)?.to_owned()))
        };
        children.into_iter().flatten().filter_map(named).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.children().into_iter().map(|(_, name)| name).collect();
        names.sort();
        names
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// An address of this machine that nobody listens at.
pub(crate) fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Whether something answers there that it is well.
pub(crate) async fn answers(url: &str) -> bool {
    let answer = Client::new().get(url).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// The API at an address, as a program of the installation's person.
pub(crate) fn api_at(installation: &Installation, base: &str) -> Api {
    let token = installation.run(&["token", "--name", "test"]);
    let (_, port) = base.rsplit_once(':').unwrap();
    Api::new(port.parse().unwrap(), token.trim().to_owned())
}

/// Whether there is a process of that number.
pub(crate) fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// A figure of a clock's `/metrics`.
pub(crate) async fn metric(listen: &str, name: &str) -> f64 {
    let answer = Client::new().get(format!("http://{listen}/metrics"));
    let text = answer.send().await.unwrap().text().await.unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = line.unwrap_or_else(|| panic!("there is no {name} in {text}"));
    value.parse().unwrap()
}

/// How much of it: the variable's number, or one for every day.
pub(crate) fn number(variable: &str, unless: usize) -> usize {
    let asked = std::env::var(variable).ok();
    asked.map_or(unless, |asked| {
        let number = asked.parse();
        number.unwrap_or_else(|_| panic!("{variable}: a number"))
    })
}
