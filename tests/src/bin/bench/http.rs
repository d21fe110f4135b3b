//! The client's side.

use anyhow::{Result, bail};
use serde_json::Value;

/// Somebody who asks one server, with a token.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub(crate) fn new(url: impl Into<String>, token: impl Into<String>) -> Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            url: url.into(),
            token: token.into(),
        })
    }

    /// The body of what is there.
    pub(crate) async fn get(&self, path: &str) -> Result<String> {
        self.said(self.http.get(format!("{}{path}", self.url)))
            .await
    }

    /// The answer to some JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<String> {
        let request = self.http.post(format!("{}{path}", self.url));
        self.said(json(request, body.to_string())).await
    }

    /// The answer to some JSON that may be sent twice.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: String) -> Result<String> {
        let request = self.http.post(format!("{}{path}", self.url));
        self.said(json(request, body).header("idempotency-key", key))
            .await
    }

    async fn said(&self, request: reqwest::RequestBuilder) -> Result<String> {
        let answer = request.bearer_auth(&self.token).send().await?;
        let (status, url) = (answer.status(), answer.url().path().to_owned());
        let body = answer.text().await?;
        if !status.is_success() {
            bail!(
                "{url} answered {status}: {}",
                body.chars().take(500).collect::<String>()
            );
        }
        Ok(body)
    }
}

fn json(request: reqwest::RequestBuilder, body: String) -> reqwest::RequestBuilder {
    request
        .header("content-type", "application/json")
        .body(body)
}
