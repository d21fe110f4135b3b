//! Connections to the server, kept and used again.
//!
//! lettre's own pool takes a connection back whose send was given up half-way (a deadline), and the next mail then reads the answers
//! to the one before: a yes that is not its own. Here a connection is kept only after the server's yes; every other end closes it.

use super::{Limits, verdict};
use crate::{MailUrl, Receipt, SendError, SettingError, Tls};
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};

/// How many mails are on their way at once; providers allow 10 and more.
const CONNECTIONS: usize = 8;
/// Providers close a connection after some number of mails, in mid-conversation; this is under all that are known.
const MAILS: u32 = 50;

pub(super) struct Connections {
    server: MailUrl,
    limits: Limits,
    tls: Option<TlsParameters>,
    hello: ClientId,
    free: Semaphore,
    kept: Mutex<Vec<Line>>,
}

/// An open connection, ready for the next mail.
struct Line {
    smtp: AsyncSmtpConnection,
    mails: u32,
}

impl Connections {
    pub(super) fn new(server: MailUrl, domain: &str, limits: Limits) -> Result<Self, SettingError> {
        let tls = match server.tls {
            Tls::None => None,
            _ => Some(TlsParameters::new(server.host.clone()).map_err(|error| {
                SettingError::new(format!(
                    "ERRAND_MAIL_URL cannot be used: no certificate can be for its host ({error})"
                ))
            })?),
        };
        let hello = ClientId::Domain(domain.to_owned());
        Ok(Self {
            server,
            limits,
            tls,
            hello,
            free: Semaphore::new(CONNECTIONS),
            kept: Mutex::default(),
        })
    }

    /// Hands the mail in. Dropping this in the middle closes the connection.
    pub(super) async fn send(
        &self,
        envelope: &Envelope,
        mail: Vec<u8>,
    ) -> Result<Receipt, SendError> {
        let _free = self.free.acquire().await.map_err(|_| verdict::closed())?;
        let mut line = match self.kept_line().await {
            Some(line) => line,
            None => Line {
                smtp: self.connect().await?,
                mails: 0,
            },
        };
        let answer = line
            .smtp
            .send(envelope, &mail)
            .await
            .map_err(|error| verdict::sending(&error))?;
        line.mails += 1;
        // A used-up one is closed without QUIT: the mail is accepted, and waiting for another answer could only spoil that.
        if line.mails < MAILS {
            self.kept().push(line);
        }
        Ok(verdict::sent(&answer))
    }

    /// The connection used last, if it still answers. If it does not, the others are no better.
    async fn kept_line(&self) -> Option<Line> {
        let mut line = self.kept().pop()?;
        if let Ok(true) = timeout(self.limits.probe, line.smtp.test_connected()).await {
            return Some(line);
        }
        self.kept().clear();
        None
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let failed = |error: Error| verdict::connecting(&self.server, &error);
        let mut smtp = match &self.tls {
            Some(tls) if self.server.tls == Tls::Wrapped => {
                let address = (self.server.host.as_str(), self.server.port);
                let (limit, tls) = (Some(self.limits.connect), Some(tls.clone()));
                AsyncSmtpConnection::connect_tokio1(address, limit, &self.hello, tls, None).await
            }
            _ => {
                AsyncSmtpConnection::connect_with_transport(
                    Box::new(self.reach().await?),
                    &self.hello,
                )
                .await
            }
        }
        .map_err(failed)?;
        let starttls = match self.server.tls {
            Tls::Required => true,
            Tls::Opportunistic => smtp.can_starttls(),
            Tls::Wrapped | Tls::None => false,
        };
        if let Some(tls) = self.tls.clone().filter(|_| starttls) {
            smtp.starttls(tls, &self.hello).await.map_err(failed)?;
        }
        if let Some(who) = &self.server.credentials {
            let who = Credentials::new(who.user.clone(), who.password.clone());
            smtp.auth(DEFAULT_MECHANISMS, &who)
                .await
                .map_err(|error| verdict::signing_in(&error))?;
        }
        Ok(smtp)
    }

    /// A TCP connection that sends at once: lettre writes a mail's end apart from its body, and each mail would wait 40 ms for the
    /// server's delayed acknowledgement. (lettre opens those of `smtps:` itself, and they do wait.)
    async fn reach(&self) -> Result<TcpStream, SendError> {
        let connecting = TcpStream::connect((self.server.host.as_str(), self.server.port));
        let stream = match timeout(self.limits.connect, connecting).await {
            Ok(stream) => {
                stream.map_err(|error| verdict::unreachable(&self.server, &error.to_string()))?
            }
            Err(_) => {
                return Err(verdict::unreachable(
                    &self.server,
                    "it did not answer in time",
                ));
            }
        };
        stream
            .set_nodelay(true)
            .map_err(|error| verdict::unreachable(&self.server, &error.to_string()))?;
        Ok(stream)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Line>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
