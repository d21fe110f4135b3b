//! How a command reaches the API: over the running program, or, where none runs, in this process.

use crate::{
    app::App,
    lock::Lock,
    serve::{self, Parts, token_file},
};
use anyhow::{Context, anyhow, bail};
use axum::{Router, body::Body};
use host::Config;
use serde_json::Value;
use tower::ServiceExt;

/// The API of this installation, as the local person.
pub(crate) struct Client {
    token: String,
    way: Way,
}

enum Way {
    Running {
        base: String,
        http: reqwest::Client,
    },
    Here {
        router: Router,
        parts: Parts,
        app: Box<App>,
        host: String,
        lock: Option<Lock>,
    },
}

impl Client {
    /// Finds the running program by its address, or opens the data folder itself.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let base = format!("http://{}", config.listen);
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(30))
            .no_proxy() // it is this machine
            .build()?;
        let token =
            std::fs::read_to_string(config.data.join("token")).map(|token| token.trim().to_owned());
        if let Ok(token) = token
            && runs(&http, &base, &token).await
        {
            return Ok(Self {
                token,
                way: Way::Running { base, http },
            });
        }
        let lock = Lock::try_take(&config)?;
        let app = App::open(config).await?;
        let path = token_file(&app, &app.person().await?).await?;
        let token = std::fs::read_to_string(path)?.trim().to_owned();
        let host = app.deps.config.listen.to_string();
        let parts = serve::parts(&app, &serve::all()).await?;
        Ok(Self {
            token,
            way: Way::Here {
                router: serve::open_to_all(&app, &parts),
                parts,
                app: Box::new(app),
                host,
                lock,
            },
        })
    }

    /// Asks, and answers the JSON; what went wrong is said in the problem's own words.
    pub(crate) async fn ask(
        &self,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let (status, text) = match &self.way {
            Way::Running { base, http } => {
                let mut request = http
                    .request(method, format!("{base}{path}"))
                    .bearer_auth(&self.token);
                if let Some(body) = body {
                    request = request.json(body);
                }
                let response = request.send().await.context("errand does not answer")?;
                (response.status().as_u16(), response.text().await?)
            }
            Way::Here { router, host, .. } => self.here(router, host, method, path, body).await?,
        };
        let value: Value = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text)?
        };
        if status < 400 {
            return Ok(value);
        }
        bail!("{}", value["detail"].as_str().unwrap_or(&text))
    }

    async fn here(
        &self,
        router: &Router,
        host: &str,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(u16, String)> {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("authorization", format!("Bearer {}", self.token));
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string()))?,
            None => request.body(Body::empty())?,
        };
        let response = router
            .clone()
            .oneshot(request)
            .await
            .map_err(|never| match never {})?;
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        Ok((
            status,
            String::from_utf8(bytes.into()).map_err(|_| anyhow!("the answer is not text"))?,
        ))
    }

    /// Does what follows from what was done, unless a running program does it, and closes what was opened.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        let Way::Here {
            app, parts, lock, ..
        } = self.way
        else {
            return Ok(());
        };
        // Over Kafka it is the relay beside the clock that does it.
        let is_mine = lock.is_some() && app.deps.config.kafka.is_none();
        let settled = if is_mine {
            serve::settle(&app, &parts).await
        } else {
            Ok(())
        };
        app.close().await;
        settled
    }
}

async fn runs(http: &reqwest::Client, base: &str, token: &str) -> bool {
    let asked = http
        .get(format!("{base}/api/v1/me"))
        .bearer_auth(token)
        .send()
        .await;
    asked.is_ok_and(|response| response.status().is_success())
}
