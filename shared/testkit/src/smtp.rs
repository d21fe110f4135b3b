//! A mail server for tests, in this process: it keeps what it is given, and refuses, defers, stalls and drops the line when told to.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What the server does with a mail, or with a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it (250).
    #[default]
    Accept,
    /// Refuses the recipient for good (550).
    Refuse,
    /// Puts the recipient off (451).
    Defer,
    /// Refuses the content for good after having read it (554).
    RefuseData,
    /// Closes the line instead of answering RCPT.
    DropAtRecipient,
    /// Takes and keeps the mail, and closes the line instead of answering: the sender cannot know.
    DropAfterData,
    /// Takes the mail, answers 250, and closes the line.
    DropAfterAccepting,
    /// Never answers RCPT, and keeps the line open.
    Stall,
    /// Takes and keeps the mail, never answers, and keeps the line open.
    StallAfterData,
    /// Greets with 554 instead of 220.
    RefuseGreeting,
    /// Refuses the password (535).
    RefuseLogin,
    /// Answers MAIL with 530, as servers do that want a password.
    WantLogin,
}

/// A mail that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Head and body as they came, lines ending in CRLF, dots unstuffed.
    pub data: String,
    /// With its angle brackets; empty when there was none.
    pub message_id: String,
    /// Whether the sender was told so. A mail that was not may rightly come again.
    pub answered: bool,
}

/// The server: on 127.0.0.1, on a free port, until this value goes.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    mails: watch::Sender<Vec<Mail>>,
    /// How many of the next behaviours were not used yet.
    left: watch::Sender<usize>,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    always: Behaviour,
    next: VecDeque<Behaviour>,
    connections: usize,
    logins: Vec<String>,
}

impl SmtpServer {
    /// Starts it, accepting everything.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// For `ERRAND_MAIL_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What it does from now on.
    pub fn set(&self, behaviour: Behaviour) {
        self.shared.script(|script| script.always = behaviour);
    }

    /// What it does with the next mails (or greetings), one each; after them as [`Self::set`] says.
    pub fn next(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        let left = self.shared.script(|script| {
            script.next.extend(behaviours);
            script.next.len()
        });
        self.shared.left.send_replace(left);
    }

    /// Returns when everything given to [`Self::next`] was done; panics when it was not within 30 s.
    pub async fn wait_until_done(&self) {
        let mut left = self.shared.left.subscribe();
        let done = left.wait_for(|left| *left == 0);
        assert!(
            tokio::time::timeout(Duration::from_secs(30), done)
                .await
                .is_ok(),
            "no mail came for what was still to be done"
        );
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.shared.script(|script| script.connections)
    }

    /// What was said to sign in so far: the initial response of AUTH PLAIN, in base64.
    pub fn logins(&self) -> Vec<String> {
        self.shared.script(|script| script.logins.clone())
    }

    /// The mails so far, in the order in which they came.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.borrow().clone()
    }

    /// Returns when there are that many mails; panics when there are not within 30 s.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut mails = self.shared.mails.subscribe();
        let enough = mails.wait_for(|mails| mails.len() >= count);
        match tokio::time::timeout(Duration::from_secs(30), enough).await {
            Ok(Ok(mails)) => mails.clone(),
            _ => panic!("{} mails came instead of {count}", self.mails().len()),
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.script.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is to be done with what comes next.
    fn coming(&self) -> Behaviour {
        self.script(|script| script.next.front().copied().unwrap_or(script.always))
    }

    fn take(&self) -> Behaviour {
        let (behaviour, left) = self.script(|script| {
            let behaviour = script.next.pop_front().unwrap_or(script.always);
            (behaviour, script.next.len())
        });
        self.left.send_replace(left);
        behaviour
    }

    fn keep(&self, mail: Mail) {
        self.mails.send_modify(|mails| mails.push(mail));
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // Goes with this task, and takes the open connections with it.
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        shared.script(|script| script.connections += 1);
        open.spawn(converse(stream, Arc::clone(&shared)));
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let mut talk = Talk {
        stream: BufReader::new(stream),
        shared,
    };
    if matches!(talk.run().await, Ok(End::Silence)) {
        // Until the other side gives up.
        drop(talk.stream.read_to_end(&mut Vec::new()).await);
    }
}

/// How a conversation ends: the line is closed, or kept open in silence.
enum End {
    Closed,
    Silence,
}

struct Talk {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
}

impl Talk {
    async fn run(&mut self) -> io::Result<End> {
        if self.shared.coming() == Behaviour::RefuseGreeting {
            self.shared.take();
            self.say("554 no mail from you").await?;
            return Ok(End::Closed);
        }
        self.say("220 test").await?;
        let (mut from, mut to, mut behaviour) = (String::new(), Vec::new(), Behaviour::Accept);
        while let Some(line) = self.line().await? {
            let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let offers = "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN";
                    self.say(offers).await?;
                }
                "AUTH" => self.login(&line).await?,
                "MAIL" if self.shared.coming() == Behaviour::WantLogin => {
                    self.shared.take();
                    self.say("530 5.7.0 sign in first").await?;
                }
                "MAIL" => {
                    from = bare(&line);
                    self.say("250 ok").await?;
                }
                "RCPT" => {
                    behaviour = self.shared.take();
                    match behaviour {
                        Behaviour::Refuse => self.say("550 5.1.1 nobody of that name here").await?,
                        Behaviour::Defer => self.say("451 4.7.1 come back later").await?,
                        Behaviour::DropAtRecipient => return Ok(End::Closed),
                        Behaviour::Stall => return Ok(End::Silence),
                        _ => {
                            to.push(bare(&line));
                            self.say("250 ok").await?;
                        }
                    }
                }
                "DATA" => {
                    self.say("354 go on").await?;
                    let Some(data) = self.data().await? else {
                        return Ok(End::Closed);
                    };
                    let mail = Mail::new(std::mem::take(&mut from), std::mem::take(&mut to), data);
                    if let Some(end) = self.take_mail(mail, behaviour).await? {
                        return Ok(end);
                    }
                }
                "NOOP" | "RSET" => self.say("250 ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(End::Closed);
                }
                _ => self.say("500 what?").await?,
            }
        }
        Ok(End::Closed)
    }

    async fn take_mail(&mut self, mut mail: Mail, behaviour: Behaviour) -> io::Result<Option<End>> {
        match behaviour {
            Behaviour::RefuseData => {
                self.say("554 5.6.0 not such a mail").await?;
                return Ok(None);
            }
            Behaviour::DropAfterData | Behaviour::StallAfterData => {
                self.shared.keep(mail);
                let end = if behaviour == Behaviour::DropAfterData {
                    End::Closed
                } else {
                    End::Silence
                };
                return Ok(Some(end));
            }
            _ => {}
        }
        mail.answered = true;
        let queued = self.shared.mails.borrow().len() + 1;
        // Kept before the answer: who was told yes finds it here.
        self.shared.keep(mail);
        self.say(&format!("250 2.0.0 queued as {queued}")).await?;
        Ok((behaviour == Behaviour::DropAfterAccepting).then_some(End::Closed))
    }

    async fn login(&mut self, line: &str) -> io::Result<()> {
        if self.shared.coming() == Behaviour::RefuseLogin {
            self.shared.take();
            return self.say("535 5.7.8 wrong user or password").await;
        }
        let said = line.rsplit(' ').next().unwrap_or_default().to_owned();
        self.shared.script(|script| script.logins.push(said));
        self.say("235 welcome").await
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
    }

    /// The next line without its end; `None` when the other side is gone.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if self.stream.read_until(b'\n', &mut bytes).await? == 0 {
            return Ok(None);
        }
        Ok(Some(
            String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        ))
    }

    /// Everything up to the lone dot; `None` when it did not come.
    async fn data(&mut self) -> io::Result<Option<String>> {
        let mut data = String::new();
        while let Some(line) = self.line().await? {
            if line == "." {
                return Ok(Some(data));
            }
            data += line.strip_prefix('.').unwrap_or(&line);
            data += "\r\n";
        }
        Ok(None)
    }
}

impl Mail {
    fn new(from: String, to: Vec<String>, data: String) -> Self {
        let head = data.split("\r\n").take_while(|line| !line.is_empty());
        let id = head
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("Message-ID"));
        let message_id = id.map(|(_, value)| value.to_owned()).unwrap_or_default();
        Self {
            from,
            to,
            data,
            message_id,
            answered: false,
        }
    }
}

/// The address between the angle brackets.
fn bare(line: &str) -> String {
    let inside = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}
