//! An event as a request to a function: CloudEvents' binary mode.

use super::processes::Processes;
use async_trait::async_trait;
use bus::kafka::{Deliver, Record, Tried};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long a function may take for one event.
const DEADLINE: Duration = Duration::from_secs(30);

/// Delivers to functions at addresses, and to processes of our own.
pub(super) struct Http {
    client: reqwest::Client,
    targets: BTreeMap<&'static str, String>,
    processes: Option<Arc<Processes>>,
}

impl Http {
    pub(super) fn new(
        targets: BTreeMap<&'static str, String>,
        processes: Option<Arc<Processes>>,
    ) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(DEADLINE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            targets,
            processes,
        })
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.targets.contains_key(name) || self.processes.is_some()
    }

    async fn post(&self, base: &str, event: &Record) -> Tried {
        let mut request = self.client.post(format!("{base}/"));
        for (name, value) in event.http_headers() {
            request = request.header(name, value);
        }
        let sent = request
            .body(event.payload.clone().unwrap_or_default())
            .send();
        let response = sent.await.map_err(|error| said(&error))?;
        let status = response.status();
        let body = response.text().await.map_err(|error| said(&error))?;
        Ok((status, body))
    }
}

#[async_trait]
impl Deliver for Http {
    async fn deliver(&self, to: &str, event: &Record) -> Tried {
        if let Some(base) = self.targets.get(to) {
            return self.post(base, event).await;
        }
        let Some(processes) = &self.processes else {
            return Err(format!("there is no address of {to}"));
        };
        let lent = processes
            .lend(to)
            .await
            .map_err(|error| format!("{error:#}"))?;
        self.post(lent.base(), event).await
    }

    fn address(&self, to: &str) -> String {
        let own = || format!("http://{to}");
        self.targets.get(to).cloned().unwrap_or_else(own)
    }
}

/// An error with what caused it.
fn said(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
