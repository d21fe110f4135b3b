//! One file of the page and how it is answered.

use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, StatusCode};
use rust_embed::EmbeddedFile;
use std::io::Write;

/// Only our own files; no inline script or style; markup only through Svelte's policy, the worker's address only through ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types svelte-trusted-html errand";

/// Vite puts a hash of the content into the names under `assets/`, so those never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// A file of the page, ready to be answered; cheap to clone.
#[derive(Clone)]
pub(crate) struct File(Arc<Inner>);

struct Inner {
    plain: Bytes,
    /// Made at the first request that takes it, then kept; none when it would not be smaller.
    gzip: OnceLock<Option<Bytes>>,
    kind: &'static str,
    etag: String,
    cache: &'static str,
}

impl File {
    /// `name` is the path below the page's folder.
    pub(crate) fn new(name: &str, embedded: EmbeddedFile) -> Self {
        let mut start = [0; 8];
        start.copy_from_slice(&embedded.metadata.sha256_hash()[..8]);
        let etag = u64::from_be_bytes(start);
        Self(Arc::new(Inner {
            plain: embedded.data.into_owned().into(),
            gzip: OnceLock::new(),
            kind: content_type(name),
            etag: format!("W/\"{etag:016x}\""),
            cache: if name.starts_with("assets/") {
                FOREVER
            } else {
                ASK_AGAIN
            },
        }))
    }

    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        let file = &self.0;
        let mut answer = Response::builder()
            .header(CACHE_CONTROL, file.cache)
            .header(ETAG, &file.etag)
            .header(VARY, "accept-encoding")
            .header(CONTENT_SECURITY_POLICY, POLICY)
            .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(REFERRER_POLICY, "no-referrer")
            .header(
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            )
            .header(
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            );
        let body = if names(asked, &IF_NONE_MATCH, &file.etag) {
            answer = answer.status(StatusCode::NOT_MODIFIED);
            Body::empty()
        } else {
            answer = answer.header(CONTENT_TYPE, file.kind);
            match self
                .gzip()
                .filter(|_| names(asked, &ACCEPT_ENCODING, "gzip"))
            {
                Some(small) => {
                    answer = answer.header(CONTENT_ENCODING, "gzip");
                    Body::from(small)
                }
                None => Body::from(file.plain.clone()),
            }
        };
        answer
            .body(body)
            .expect("every header is made of visible ASCII")
    }

    fn gzip(&self) -> Option<Bytes> {
        let file = &self.0;
        file.gzip
            .get_or_init(|| {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(&file.plain).ok()?;
                encoder
                    .finish()
                    .ok()
                    .filter(|small| small.len() < file.plain.len())
                    .map(Bytes::from)
            })
            .clone()
    }
}

/// True when a header's list names the value; what follows a `;`, as in `gzip;q=0.5`, is not looked at but for a plain refusal.
fn names(asked: &HeaderMap, header: &HeaderName, value: &str) -> bool {
    asked
        .get_all(header)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            name.trim() == value && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        Some("json" | "map") => "application/json",
        _ => "application/octet-stream",
    }
}
