//! The way out through Dapr's sidecar on this machine: output bindings, pub/sub and secret stores, by its gRPC API.
//!
//! It is the `dapr` crate's generated client. The crate's own wrapper connects at once, so that whoever starts before the
//! sidecar fails, and it drops the words of an error; here the first call connects, each call connects again where it must, and
//! what failed is said.

use dapr::{
    client::{
        ApiTokenInterceptor, GetSecretRequest, InvokeBindingRequest, PublishEventRequest,
        TonicClientWithAuth,
    },
    dapr::proto::runtime::v1::dapr_client::DaprClient,
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tonic::{Code, Status, transport::Endpoint};

/// How long the sidecar may take to be connected to. It is on this machine.
const CONNECT: Duration = Duration::from_secs(2);

/// The sidecar. Cheap to clone; all clones share one connection.
#[derive(Clone)]
pub struct Sidecar {
    port: u16,
    client: TonicClientWithAuth,
}

/// A call that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Failed {
    /// Why.
    pub why: Why,
    /// In one line, without what was sent.
    pub words: String,
}

/// What a failed call means for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no sidecar, or it said nothing in time: it is not known whether anything was done.
    Away,
    /// What was sent is too large for it.
    TooLarge,
    /// It said no, or whoever it asked did.
    Refused,
}

impl Sidecar {
    /// The sidecar whose gRPC API is at that port of this machine, which may want a token. Nothing is connected yet. To be called
    /// within a tokio runtime.
    ///
    /// # Errors
    /// When the token has letters that no header may have.
    pub fn at(port: u16, token: Option<&str>) -> Result<Self, Failed> {
        let refused = |words: String| Failed {
            why: Why::Refused,
            words,
        };
        let token = ApiTokenInterceptor::try_new(token.map(str::to_owned))
            .map_err(|_| refused("the token is not made of printable ASCII".to_owned()))?;
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"))
            .map_err(|error| refused(error.to_string()))?
            .connect_timeout(CONNECT);
        Ok(Self {
            port,
            client: DaprClient::with_interceptor(endpoint.connect_lazy(), token),
        })
    }

    /// Hands something to an output binding ("create"), and waits until it is done, at most so long.
    ///
    /// # Errors
    /// When it was not done, or it is not known whether it was.
    pub async fn bind(
        &self,
        binding: &str,
        data: Vec<u8>,
        metadata: HashMap<String, String>,
        limit: Duration,
    ) -> Result<(), Failed> {
        let request = InvokeBindingRequest {
            name: binding.to_owned(),
            data,
            metadata,
            operation: "create".to_owned(),
        };
        let mut client = self.client.clone();
        self.within(limit, client.invoke_binding(request)).await?;
        Ok(())
    }

    /// Publishes something as it is, and waits until it is there, at most so long.
    ///
    /// # Errors
    /// When it is not there, or it is not known whether it is.
    pub async fn publish(
        &self,
        pub_sub: &str,
        topic: &str,
        data: Vec<u8>,
        metadata: HashMap<String, String>,
        limit: Duration,
    ) -> Result<(), Failed> {
        let request = PublishEventRequest {
            pubsub_name: pub_sub.to_owned(),
            topic: topic.to_owned(),
            data,
            metadata,
            data_content_type: String::new(), // only for what Dapr wraps
        };
        let mut client = self.client.clone();
        self.within(limit, client.publish_event(request)).await?;
        Ok(())
    }

    /// Reads a secret: its values by key.
    ///
    /// # Errors
    /// When the store or the secret is not there, or may not be read.
    pub async fn secret(
        &self,
        store: &str,
        name: &str,
        limit: Duration,
    ) -> Result<BTreeMap<String, String>, Failed> {
        let request = GetSecretRequest {
            store_name: store.to_owned(),
            key: name.to_owned(),
            metadata: HashMap::new(),
        };
        let mut client = self.client.clone();
        let answer = self.within(limit, client.get_secret(request)).await?;
        Ok(answer.into_inner().data.into_iter().collect())
    }

    async fn within<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Failed> {
        match tokio::time::timeout(limit, call).await {
            Ok(answer) => answer.map_err(|status| self.failed(&status)),
            Err(_) => Err(Failed {
                why: Why::Away,
                words: format!(
                    "the Dapr sidecar at port {} did not answer within {} s",
                    self.port,
                    limit.as_secs_f32()
                ),
            }),
        }
    }

    fn failed(&self, status: &Status) -> Failed {
        let why = match status.code() {
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Why::Away,
            Code::ResourceExhausted | Code::OutOfRange => Why::TooLarge,
            _ => Why::Refused,
        };
        let said = status.message().split_whitespace().collect::<Vec<_>>();
        let said = said.join(" ");
        let words = match why {
            Why::Away => format!(
                "the Dapr sidecar at port {} cannot be used: {said}",
                self.port
            ),
            Why::TooLarge | Why::Refused => format!("the Dapr sidecar says: {said}"),
        };
        Failed { why, words }
    }
}
