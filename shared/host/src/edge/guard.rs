//! The embedded default is a web server on somebody's laptop: any page that is open in a browser there can reach it. So a
//! foreign `Host` (DNS rebinding) and what another site sends are refused (DESIGN.md 4.15).

use crate::{Code, Config, Problem};
use axum::extract::Request;
use http::{HeaderMap, Method, Uri, header, uri::Authority};

/// Only names of this machine and the public URL's. Behind a proxy it is the proxy's matter; a request without a name
/// cannot come from a browser.
pub(super) fn host(config: &Config, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    if config.behind_proxy {
        return Ok(());
    }
    let mut named = headers
        .get_all(header::HOST)
        .iter()
        .map(|host| host.to_str().unwrap_or("?").to_owned());
    let host = uri
        .authority()
        .map(ToString::to_string)
        .or_else(|| named.next());
    if host.is_none_or(|host| known(config, &host)) && named.next().is_none() {
        return Ok(());
    }
    let words = format!(
        "This is Errand, at {}. Use that address, or name the other one in ERRAND_PUBLIC_URL.",
        config.link()
    );
    Err(Problem::new(Code::HostUnknown, words))
}

fn known(config: &Config, host: &str) -> bool {
    let public = config.public_url.as_ref();
    if public.is_some_and(|url| url.authority().eq_ignore_ascii_case(host)) {
        return true;
    }
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    if host.contains('@') {
        return false;
    }
    let name = authority
        .host()
        .trim_matches(['[', ']'])
        .to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Writes, sockets and `/mcp` are refused when another site's page sends them. Programs send neither header.
pub(super) fn origin(config: &Config, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let socket = headers.contains_key(header::UPGRADE);
    let path = request.uri().path();
    if reads && !socket && path != "/mcp" && !path.starts_with("/mcp/") {
        return Ok(());
    }
    let site = headers
        .get("sec-fetch-site")
        .map(|site| site.to_str().unwrap_or("?"));
    let near = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("?"));
    let own = origin.is_none_or(|origin| is_own(config, origin, headers, request.uri()));
    if near && own && headers.get_all(header::ORIGIN).iter().count() < 2 {
        return Ok(());
    }
    let words = "Another site asked for this, and only Errand's own page may. Programs use a token and send no Origin.";
    Err(Problem::new(Code::OriginRefused, words))
}

/// The page's own origin: what it was reached by, or the public URL.
fn is_own(config: &Config, origin: &str, headers: &HeaderMap, uri: &Uri) -> bool {
    if config
        .public_url
        .as_ref()
        .is_some_and(|url| url.as_str().eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = uri.authority().map(Authority::as_str).or(named);
    let of = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    matches!((of, host), (Some(of), Some(host)) if of.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests;
