//! `ERRAND_MAIL_URL`: where mail is handed in.

use crate::SettingError;
use percent_encoding::percent_decode_str;
use std::{fmt, net::IpAddr};
use url::Url;

/// The mail server and how to speak to it: `smtp://[user:password@]host[:port][?tls=required|opportunistic|none]` or `smtps://...`.
/// Signs that mean something in a URL (`@ : / ? # %`) are percent-encoded in user and password.
///
/// | | TLS when not said | port when not said |
/// | --- | --- | --- |
/// | `smtps:` | from the first byte | 465 |
/// | `smtp:`, host is this machine | none | 587 with a user, else 25 |
/// | `smtp:` with a user | STARTTLS or nothing: a password is never sent in the clear unasked | 587 |
/// | `smtp:` without | STARTTLS where the server offers it | 25 |
///
/// Certificates are always checked, against the public authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailUrl {
    /// Name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether and when the line is encrypted.
    pub tls: Tls,
    /// Who we are to the server; `None` where it does not ask.
    pub credentials: Option<Credentials>,
}

/// Whether and when the line is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (`smtps:`).
    Wrapped,
    /// By STARTTLS before anything is said; a server without it gets no mail.
    Required,
    /// By STARTTLS where the server offers it.
    Opportunistic,
    /// Never.
    None,
}

/// Name and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(secret)")
    }
}

impl MailUrl {
    /// Reads the setting.
    ///
    /// # Errors
    /// When it is not of the shapes above; the words name the part that is wrong, never the password.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let url = Url::parse(text.trim())
            .map_err(|_| wrong("it is not smtp://[user:password@]host[:port] or smtps://..."))?;
        let wrapped = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(wrong("it starts with neither smtp: nor smtps:")),
        };
        let host = url
            .host_str()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        if host.is_empty() || host.contains('%') {
            return Err(wrong("it names no host"));
        }
        if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
            return Err(wrong("nothing but ?tls=... may follow host and port"));
        }
        let credentials = credentials(&url)?;
        let tls = tls(&url, wrapped, &host, credentials.is_some())?;
        let usual = match (wrapped, &credentials) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        Ok(Self {
            port: url.port().unwrap_or(usual),
            host,
            tls,
            credentials,
        })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SettingError> {
    let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(String::from);
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(wrong("it has a password without a user")),
        (_, None) => Err(wrong("it has a user without a password")),
        (user, Some(password)) => {
            let (Ok(user), Ok(password)) = (decoded(user), decoded(password)) else {
                return Err(wrong("user or password is not UTF-8 once decoded"));
            };
            Ok(Some(Credentials { user, password }))
        }
    }
}

fn tls(url: &Url, wrapped: bool, host: &str, has_password: bool) -> Result<Tls, SettingError> {
    let mut said = None;
    for (key, value) in url.query_pairs() {
        if key != "tls" || said.is_some() {
            return Err(wrong("nothing but one ?tls=... may follow host and port"));
        }
        said = Some(value);
    }
    match (wrapped, said.as_deref()) {
        (true, None) => Ok(Tls::Wrapped),
        (true, Some(_)) => Err(wrong(
            "smtps: has TLS from the first byte, ?tls= is for smtp:",
        )),
        (false, Some("required")) => Ok(Tls::Required),
        (false, Some("opportunistic")) => Ok(Tls::Opportunistic),
        (false, Some("none")) => Ok(Tls::None),
        (false, Some(_)) => Err(wrong("?tls= is required, opportunistic or none")),
        (false, None) if is_this_machine(host) => Ok(Tls::None),
        (false, None) if has_password => Ok(Tls::Required),
        (false, None) => Ok(Tls::Opportunistic),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn wrong(why: &str) -> SettingError {
    SettingError::new(format!("ERRAND_MAIL_URL cannot be used: {why}"))
}
