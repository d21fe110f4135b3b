//! Who asks: a browser's session or a program's token, and what it may.

mod known;
mod scopes;

pub use known::Known;
pub use scopes::{Accounts, Assists, Audits, Deletes, Follows, Reads, Writes, scope};

use crate::{Code, Deps, Problem, body::Raw, rates::Slot, secret::hex};
use axum::extract::{FromRef, FromRequestParts, MatchedPath};
use domain::id::RunId;
use http::{HeaderMap, Method, header, request::Parts};
use sha2::{Digest, Sha256};
use store::{ClientKind, Credential, Idempotency, Reader, Writer};

/// The name of the session's cookie.
pub const COOKIE: &str = "errand_session";

/// Somebody signed in, whatever they may. Handlers ask for a scope instead ([`Reads`], [`Writes`], …).
#[derive(Clone, Debug)]
pub struct Who(pub Credential);

impl Who {
    /// Whether they may do what needs that scope. A person at the page may everything.
    pub fn may(&self, scope: &str) -> bool {
        self.0.kind == "session"
            || self
                .0
                .scopes
                .split_ascii_whitespace()
                .any(|own| own == scope)
    }

    /// The person and their stream.
    pub fn reader(&self) -> Reader {
        self.0.reader.clone()
    }

    /// Refuses somebody who lacks a scope.
    ///
    /// # Errors
    /// 403 `scope_missing`.
    pub fn needs(self, scope: &str) -> Result<Self, Problem> {
        if self.may(scope) {
            return Ok(self);
        }
        let words = format!(
            "This token lacks the scope `{scope}`. Make one that has it: errand token --help."
        );
        Err(Problem::new(Code::ScopeMissing, words).param("scope", scope))
    }

    /// As somebody who writes: this request is one run.
    fn writer(&self, parts: &Parts, deps: &Deps) -> Result<Writer, Problem> {
        let person = self.0.kind == "session";
        Ok(Writer {
            reader: self.reader(),
            client: if person {
                "page".to_owned()
            } else {
                self.0.name.clone()
            },
            kind: if person {
                ClientKind::Person
            } else {
                ClientKind::Agent
            },
            run: RunId(deps.ids.uuid()),
            correlation: correlation(&parts.headers)
                .unwrap_or_else(|| deps.ids.uuid().simple().to_string()),
            causation: None,
            idempotency: idempotency(parts)?,
            once: None,
            keeps: None,
        })
    }
}

impl<S> FromRequestParts<S> for Who
where
    Deps: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let deps = Deps::from_ref(state);
        let Some((purpose, secret)) = shown(&parts.headers) else {
            return Err(unauthenticated());
        };
        let hash = deps.key.hash(purpose, secret);
        let now = deps.clock.now();
        let mut found = deps.known.get(&hash, now);
        if found.is_none() {
            let before = deps.known.mark();
            found = deps.store.credential(&hash, now).await?;
            if let Some(found) = &found {
                deps.known.put(hash, found, now, before);
            }
        }
        let found = found
            .filter(|found| found.kind == purpose)
            .ok_or_else(unauthenticated)?;
        if let Some(slot) = parts.extensions.get::<Slot>() {
            let person = found.reader.person;
            slot.count(|| deps.rates.take(person, deps.config.rate, now))?;
        }
        Ok(Self(found))
    }
}

/// The secret in the request, and what it claims to be. A token goes before a cookie.
fn shown(headers: &HeaderMap) -> Option<(&'static str, &str)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        let secret = secret.trim();
        return (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with("errand_"))
            .then_some(("token", secret));
    }
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, secret)| ("session", secret))
}

fn unauthenticated() -> Problem {
    let words = "Open the link that errand printed when it started, or send `Authorization: Bearer errand_…`.";
    Problem::new(Code::Unauthenticated, words)
}

/// The trace that this request is part of: W3C `traceparent`'s trace id, else `X-Correlation-Id`.
fn correlation(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let trace = text("traceparent").and_then(|value| {
        let id = value.split('-').nth(1)?;
        let good = id.len() == 32
            && id.bytes().all(|b| b.is_ascii_hexdigit())
            && id.bytes().any(|b| b != b'0');
        good.then(|| id.to_ascii_lowercase())
    });
    let own = || {
        let id = text("x-correlation-id")?;
        let good = !id.is_empty() && id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| id.to_owned())
    };
    trace.or_else(own)
}

/// The request's `Idempotency-Key`, bound to method, path, query and body.
fn idempotency(parts: &Parts) -> Result<Option<Idempotency>, Problem> {
    let value = parts.headers.get("idempotency-key");
    let Some(value) = value.filter(|_| !parts.method.is_safe()) else {
        return Ok(None);
    };
    let text = value.to_str().map(str::trim).unwrap_or_default();
    let key = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let words =
            "Idempotency-Key takes 1 to 255 visible characters, with or without quotes around it.";
        return Err(Problem::new(Code::ParameterInvalid, words));
    }
    let raw = parts.extensions.get::<Raw>();
    let raw = match raw {
        Some(raw) => raw.0.as_ref(),
        None if parts.method == Method::DELETE => &[],
        None => {
            return Err(Problem::internal(
                &"the edge is missing: wrap the router in host::edge",
            ));
        }
    };
    let path = parts
        .extensions
        .get::<MatchedPath>()
        .map_or(parts.uri.path(), MatchedPath::as_str);
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), target.as_bytes(), raw] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Ok(Some(Idempotency {
        route: format!("{} {path}", parts.method),
        key: key.to_owned(),
        body: hex(&hash.finalize()),
    }))
}

/// The `Set-Cookie` of a session: HTTP only, for this site only, `Secure` where the page is served by TLS.
pub fn session_cookie(deps: &Deps, secret: &str) -> String {
    let secure = deps
        .config
        .public_url
        .as_ref()
        .is_some_and(crate::config::PublicUrl::is_tls);
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000{secure}")
}
