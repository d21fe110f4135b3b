//! How clients sign in to the brokers, and whether the line is encrypted: `ERRAND_KAFKA_SECURITY`, read once and refused by name.

use super::{
    context::Context,
    token::{Tokens, Way},
};
use crate::Clock;
use rdkafka::ClientConfig;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// How clients sign in, and whether the line is encrypted. Nothing of it is ever shown.
#[derive(Clone, Default)]
pub struct Security {
    properties: Vec<(&'static str, String)>,
    tokens: Option<Arc<Tokens>>,
}

/// Why Kafka cannot be spoken to in that way, in words for the operator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongSecurity(String);

/// What may be said. All but the last two are librdkafka's own names.
const NAMES: [&str; 14] = [
    PROTOCOL,
    MECHANISM,
    USER,
    PASSWORD,
    CA,
    CERTIFICATE,
    KEY,
    KEY_PASSWORD,
    ENDPOINT,
    CLIENT,
    SECRET,
    SCOPE,
    REGION,
    "sasl.mechanisms",
];
const PROTOCOL: &str = "security.protocol";
const MECHANISM: &str = "sasl.mechanism";
const USER: &str = "sasl.username";
const PASSWORD: &str = "sasl.password";
const CA: &str = "ssl.ca.location";
const CERTIFICATE: &str = "ssl.certificate.location";
const KEY: &str = "ssl.key.location";
const KEY_PASSWORD: &str = "ssl.key.password";
const ENDPOINT: &str = "sasl.oauthbearer.token.endpoint.url";
const CLIENT: &str = "sasl.oauthbearer.client.id";
const SECRET: &str = "sasl.oauthbearer.client.secret";
const SCOPE: &str = "sasl.oauthbearer.scope";
const REGION: &str = "aws.region";

/// The mechanism of Amazon MSK, as its own clients call it: OAUTHBEARER by a token that IAM can check.
const IAM: &str = "AWS_MSK_IAM";

impl Security {
    /// Reads `name=value` separated by commas, or by line breaks where a value holds a comma:
    ///
    /// | | |
    /// | --- | --- |
    /// | `security.protocol` | `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT`, `SASL_SSL` |
    /// | `sasl.mechanism` | `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`: with `sasl.username`, `sasl.password` |
    /// | | `OAUTHBEARER`: with `sasl.oauthbearer.token.endpoint.url`, `.client.id`, `.client.secret`, perhaps `.scope` |
    /// | | `AWS_MSK_IAM`: with AWS's own credentials, and `aws.region` or `AWS_REGION` |
    /// | `ssl.ca.location` | the file of the authorities that are trusted; the machine's own where it is not said |
    /// | `ssl.certificate.location`, `ssl.key.location`, `.password` | a certificate of ours, where brokers ask for one |
    ///
    /// # Errors
    /// For what is none of these, and for what does not go together.
    pub fn parse(
        text: &str,
        region: Option<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WrongSecurity> {
        let mut said = read(text)?;
        let protocol = said
            .take(PROTOCOL)
            .unwrap_or_else(|| "PLAINTEXT".to_owned());
        let (tls, sasl) = match protocol.as_str() {
            "PLAINTEXT" => (false, false),
            "SSL" => (true, false),
            "SASL_PLAINTEXT" => (false, true),
            "SASL_SSL" => (true, true),
            _ => {
                return wrong(format!(
                    "{PROTOCOL}={protocol} is none of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"
                ));
            }
        };
        let mut security = Self::default();
        if tls {
            security.encrypt(&mut said)?;
        }
        match (said.take(MECHANISM), sasl) {
            (Some(mechanism), true) => {
                security.sign_in(&mechanism, tls, &mut said, region, clock)?;
            }
            (None, true) => return wrong(format!("{PROTOCOL}={protocol} needs {MECHANISM}")),
            (Some(_), false) => {
                return wrong(format!(
                    "{MECHANISM} needs {PROTOCOL}=SASL_SSL or SASL_PLAINTEXT"
                ));
            }
            (None, false) => {}
        }
        if let Some(name) = said.0.keys().next() {
            return wrong(format!("{name} says nothing beside the rest"));
        }
        security.properties.push((PROTOCOL, protocol));
        Ok(security)
    }

    fn encrypt(&mut self, said: &mut Said) -> Result<(), WrongSecurity> {
        // Where it is not said, the places are tried in which distributions keep the public authorities: OpenSSL is built in, and
        // would look only where the distribution that it was built on keeps them.
        let ca = said.take(CA).map(|path| pem(CA, path)).transpose()?;
        self.properties
            .push((CA, ca.unwrap_or_else(|| "probe".to_owned())));
        let Some(certificate) = said.take(CERTIFICATE) else {
            return Ok(());
        };
        self.properties
            .push((CERTIFICATE, pem(CERTIFICATE, certificate)?));
        self.properties
            .push((KEY, pem(KEY, said.needs(KEY, CERTIFICATE)?)?));
        self.properties
            .extend(said.take(KEY_PASSWORD).map(|word| (KEY_PASSWORD, word)));
        Ok(())
    }

    fn sign_in(
        &mut self,
        mechanism: &str,
        tls: bool,
        said: &mut Said,
        region: Option<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<(), WrongSecurity> {
        let mut by = mechanism;
        let whole = format!("{MECHANISM}={mechanism}");
        match mechanism {
            "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" => {
                self.properties.push((USER, said.needs(USER, &whole)?));
                self.properties
                    .push((PASSWORD, said.needs(PASSWORD, &whole)?));
            }
            "OAUTHBEARER" => {
                let way = Way::Endpoint {
                    url: endpoint(said.needs(ENDPOINT, &whole)?)?,
                    client: said.needs(CLIENT, &whole)?,
                    secret: said.needs(SECRET, &whole)?,
                    scope: said.take(SCOPE),
                };
                self.tokens = Some(Arc::new(Tokens::new(way, clock)));
            }
            IAM if !tls => return wrong(format!("{whole} needs {PROTOCOL}=SASL_SSL")),
            IAM => {
                let Some(region) = said.take(REGION).or(region) else {
                    return wrong(format!("{whole} needs {REGION}, or AWS_REGION"));
                };
                self.tokens = Some(Arc::new(Tokens::new(Way::Iam { region }, clock)));
                by = "OAUTHBEARER";
            }
            _ => {
                return wrong(format!(
                    "{whole} is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, {IAM}"
                ));
            }
        }
        self.properties.push((MECHANISM, by.to_owned()));
        Ok(())
    }

    /// Whether clients sign in by a token.
    pub(super) fn by_token(&self) -> bool {
        self.tokens.is_some()
    }

    /// Says it to librdkafka.
    pub(super) fn apply(&self, config: &mut ClientConfig) {
        for (name, value) in &self.properties {
            config.set(*name, value);
        }
    }

    /// What a client is made with.
    pub(super) fn context(&self) -> Context {
        Context::new(self.tokens.clone())
    }
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Security(secret)")
    }
}

/// What was said and not used yet.
struct Said(BTreeMap<&'static str, String>);

impl Said {
    fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    fn needs(&mut self, name: &str, why: &str) -> Result<String, WrongSecurity> {
        let value = self.take(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| WrongSecurity(format!("{why} needs {name}")))
    }
}

fn read(text: &str) -> Result<Said, WrongSecurity> {
    let separator = if text.contains('\n') { '\n' } else { ',' };
    let parts = text.split(separator).map(str::trim);
    let mut said = Said(BTreeMap::new());
    for part in parts.filter(|part| !part.is_empty()) {
        // What has no name may be half of a password, and is not shown.
        let Some((name, value)) = part.split_once('=') else {
            return wrong("it is not name=value, with commas between, or line breaks where a value holds a comma".to_owned());
        };
        let Some(known) = NAMES.into_iter().find(|known| *known == name.trim()) else {
            return wrong(format!(
                "{} is none of {}",
                name.trim(),
                NAMES[..13].join(", ")
            ));
        };
        let known = if known == "sasl.mechanisms" {
            MECHANISM
        } else {
            known
        };
        if said.0.insert(known, value.trim().to_owned()).is_some() {
            return wrong(format!("{known} stands there twice"));
        }
    }
    Ok(said)
}

/// A file that librdkafka will read.
fn pem(name: &str, path: String) -> Result<String, WrongSecurity> {
    match std::fs::read_to_string(&path) {
        Ok(text) if text.contains("-----BEGIN ") => Ok(path),
        Ok(_) => wrong(format!("{name}: {path} holds nothing in PEM")),
        Err(error) => wrong(format!("{name}: {path} cannot be read: {error}")),
    }
}

/// Where tokens are had. A secret goes there, so the line must be encrypted where it leaves this machine.
fn endpoint(url: String) -> Result<String, WrongSecurity> {
    let uri = url.parse::<http::Uri>().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let near = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.as_ref().and_then(http::Uri::scheme_str) {
        Some("https") => Ok(url),
        Some("http") if near => Ok(url),
        _ => wrong(format!(
            "{ENDPOINT} begins with https:, but on this machine"
        )),
    }
}

fn wrong<T>(words: String) -> Result<T, WrongSecurity> {
    Err(WrongSecurity(words))
}

#[cfg(test)]
mod tests;
