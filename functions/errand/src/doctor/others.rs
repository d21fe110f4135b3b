//! What is looked at over the network, beside the database and Kafka.

use super::{
    PATIENCE,
    Seen::{self, Absent, Well, Wrong},
    late, whole,
};
use errand::FUNCTIONS;
use host::Config;
use notify::{MailUrl, Tls};
use reqwest::{Client, Method, StatusCode};
use std::collections::BTreeSet;
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};

/// The mail server, where there is one: it is spoken to, and sent nothing.
pub(super) async fn mail(config: &Config) -> Seen {
    let Some(mail) = &config.mail else {
        return Absent("not set up: reminders show on the open page".to_owned());
    };
    let url = mail.url.reveal();
    if !url.starts_with("smtp") {
        return Absent("no SMTP server: it is asked when the first mail goes out".to_owned());
    }
    let server = match MailUrl::parse(url) {
        Ok(server) => server,
        Err(error) => return Wrong(error.to_string()),
    };
    let name = format!("{}:{}", server.host, server.port);
    let greeted = async {
        let mut line = TcpStream::connect((server.host.as_str(), server.port)).await?;
        let mut code = *b"220";
        if server.tls != Tls::Wrapped {
            line.read_exact(&mut code).await?;
        }
        Ok::<_, std::io::Error>(code)
    };
    match timeout(PATIENCE, greeted).await {
        Err(_) => late(name),
        Ok(Err(error)) => Wrong(format!("{name}: {error}: see ERRAND_MAIL_URL")),
        Ok(Ok(code)) if &code == b"220" => Well(format!("{name} answers")),
        Ok(Ok(_)) => Wrong(format!("{name} is no mail server that takes mail now")),
    }
}

/// What wakes each function where it is installed, and what this release asks for.
pub(super) fn subscriptions(given: &[String]) -> Seen {
    let installed: BTreeSet<_> = given.iter().map(|one| sorted(one)).collect();
    let asked = FUNCTIONS.iter().filter(|one| !one.subscribes.is_empty());
    let asked: BTreeSet<_> = asked
        .map(|one| {
            let names: Vec<_> = one.subscribes.iter().map(|kind| kind.name()).collect();
            sorted(&format!("{}={}", one.name, names.join("+")))
        })
        .collect();
    let differ = installed.symmetric_difference(&asked);
    let names: BTreeSet<_> = differ.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return Well("as this release asks for".to_owned());
    }
    let names: Vec<_> = names.into_iter().collect();
    Wrong(format!(
        "{} woken by other events than this release asks for: install the chart of this release",
        match names.as_slice() {
            [one] => format!("{one} is"),
            all => format!("{} are", all.join(", ")),
        }
    ))
}

fn sorted(subscription: &str) -> (String, BTreeSet<String>) {
    let (name, events) = subscription.split_once('=').unwrap_or((subscription, ""));
    let events = events.split('+').filter(|event| !event.is_empty());
    (name.to_owned(), events.map(str::to_owned).collect())
}

/// Asks others by HTTP.
pub(super) struct Others(Client);

impl Others {
    pub(super) fn new() -> anyhow::Result<Self> {
        let client = Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self(client))
    }

    /// Whether Dapr's sidecar does what it is asked.
    pub(super) async fn sidecar(&self, port: Option<u16>) -> Seen {
        let Some(port) = port else {
            return Absent("not set up".to_owned());
        };
        let url = format!("http://127.0.0.1:{port}/v1.0/healthz/outbound");
        match self.ask(Method::GET, &url).await {
            Ok(status) if status.is_success() => Well("its components are there".to_owned()),
            Ok(status) => Wrong(format!(
                "answers {status}: a component did not start, its log says which"
            )),
            Err(words) => Wrong(words),
        }
    }

    /// Whether a function is there, ready, and takes events where it should.
    pub(super) async fn function(&self, name: &str, address: &str) -> Seen {
        match self.ask(Method::GET, &format!("{address}/ready")).await {
            Ok(status) if status.is_success() => {}
            Ok(status) => return Wrong(format!("answers {status} at {address}/ready")),
            Err(words) => return Wrong(words),
        }
        let woken = FUNCTIONS
            .iter()
            .any(|one| one.name == name && !one.subscribes.is_empty());
        if !woken {
            return Well("is ready".to_owned());
        }
        match self.ask(Method::OPTIONS, &format!("{address}/")).await {
            Ok(status) if status.is_success() => Well("is ready, and takes events".to_owned()),
            Ok(status) => Wrong(format!(
                "answers {status} to who asks whether it takes events: is {address} another function?"
            )),
            Err(words) => Wrong(words),
        }
    }

    async fn ask(&self, method: Method, url: &str) -> Result<StatusCode, String> {
        let answer = self.0.request(method, url).send().await;
        answer
            .map(|answer| answer.status())
            .map_err(|error| whole(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(seen: &Seen) -> &str {
        match seen {
            Well(words) | Wrong(words) | Absent(words) => words,
        }
    }

    #[test]
    fn subscriptions_are_compared_without_their_order() {
        let all = || {
            FUNCTIONS
                .iter()
                .filter(|one| !one.subscribes.is_empty())
                .map(|one| {
                    let names: Vec<_> = one
                        .subscribes
                        .iter()
                        .rev()
                        .map(|kind| kind.name())
                        .collect();
                    format!("{}={}", one.name, names.join("+"))
                })
        };
        let mut given: Vec<_> = all().collect();
        assert!(matches!(subscriptions(&given), Well(_)));
        given.retain(|one| !one.starts_with("recur="));
        let seen = subscriptions(&given);
        assert!(matches!(seen, Wrong(_)));
        assert!(
            words(&seen).starts_with("recur is woken by other events"),
            "{}",
            words(&seen)
        );
        given.push("recur=task.created".to_owned());
        assert!(matches!(subscriptions(&given), Wrong(_)));
    }
}
