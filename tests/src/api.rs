//! The API, asked over the network.

use reqwest::Method;
use serde_json::Value;

/// The API as a program uses it.
#[derive(Clone)]
pub struct Api {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    /// What it signs in with.
    pub token: String,
    /// What it sends with.
    pub http: reqwest::Client,
}

impl Api {
    /// The API at a port of this machine.
    ///
    /// # Panics
    /// When there is no client.
    pub fn new(port: u16, token: String) -> Self {
        Self {
            base: format!("http://127.0.0.1:{port}"),
            token,
            http: reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .expect("a client"),
        }
    }

    /// A request as the local person.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v1{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// Reads something that is there.
    ///
    /// # Panics
    /// When it is not.
    pub async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await;
        let response = response.expect("an answer");
        let (status, text) = (response.status(), response.text().await.expect("text"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// All pages of a listing. The path has its first parameter already.
    ///
    /// # Panics
    /// When one is not there.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}&limit=200{after}")).await;
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            let Some(next) = page["next"].as_str() else {
                return items;
            };
            after = format!("&after={next}");
        }
    }
}
