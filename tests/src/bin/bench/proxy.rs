//! Stands before a PostgreSQL server and counts what our process says to it. The connection that hears of other processes' commits
//! and tells them of ours is left out: nobody waits for it.

use anyhow::{Context, Result, ensure};
use reqwest::Url;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What was said on all connections so far.
#[derive(Default)]
pub(crate) struct Said {
    /// Times that our process spoke after the server had: round trips.
    trips: AtomicU32,
    /// Messages that have statements run: simple queries, and executions of prepared ones.
    statements: AtomicU32,
}

impl Said {
    /// Round trips and statements.
    pub(crate) fn so_far(&self) -> (u32, u32) {
        (self.trips.load(Relaxed), self.statements.load(Relaxed))
    }
}

/// The address of the proxy before the server of that address.
pub(crate) async fn before(server: &str) -> Result<(String, Arc<Said>)> {
    let mut url = Url::parse(server)?;
    let host = url.host_str().context("an address without a host")?;
    let to = format!("{host}:{}", url.port().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let said = Arc::new(Said::default());
    let counts = said.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&to).await else {
                return;
            };
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            let answered = Arc::new(AtomicBool::new(true));
            tokio::spawn(asked(
                from_client,
                to_server,
                counts.clone(),
                answered.clone(),
            ));
            tokio::spawn(answers(from_server, to_client, answered));
        }
    });
    url.set_host(Some("127.0.0.1"))?;
    ensure!(
        url.set_port(Some(port)).is_ok(),
        "an address without a port"
    );
    Ok((url.into(), said))
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answered: Arc<AtomicBool>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        answered.store(true, Relaxed);
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

async fn asked(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    said: Arc<Said>,
    answered: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 65_536];
    let (mut messages, mut listens) = (Messages::default(), false);
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        listens |= bytes[..count].windows(6).any(|word| word == b"LISTEN");
        if answered.swap(false, Relaxed) && !listens {
            said.trips.fetch_add(1, Relaxed);
        }
        let statements = messages.statements(&bytes[..count]);
        if !listens {
            said.statements.fetch_add(statements, Relaxed);
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// The messages of a client, cut out of what arrives.
#[derive(Default)]
struct Messages {
    started: bool,
    rest: Vec<u8>,
}

impl Messages {
    /// How many of those that are whole now have statements run.
    fn statements(&mut self, bytes: &[u8]) -> u32 {
        self.rest.extend_from_slice(bytes);
        let mut count = 0;
        // A kind and a length that counts itself; the first message has no kind.
        while let Some(head) = self.rest.get(..5) {
            let (kind, length) = if self.started {
                (head[0], &head[1..5])
            } else {
                (0, &head[..4])
            };
            let length = length
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            let whole = length + usize::from(self.started);
            if self.rest.len() < whole {
                break;
            }
            // "Do you speak TLS?" comes before the first message, and is eight bytes long.
            self.started |= length != 8;
            count += u32::from(kind == b'Q' || kind == b'E');
            self.rest.drain(..whole);
        }
        count
    }
}
