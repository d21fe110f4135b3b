//! Listening, answering, and stopping without dropping what was begun.

use axum::Router;
use std::{io, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests and streams may take to end once the process was asked to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// Takes the port.
///
/// # Errors
/// When it cannot be had, in words that say what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = address.port().saturating_add(1);
            format!(
                "{address} is taken by another program, perhaps another errand. Stop that one, or choose another port: \
                 PORT={other} errand"
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!("{address} needs rights that errand does not have. Choose a port above 1023: PORT=8700 errand")
        }
        _ => format!("cannot listen on {address} (ERRAND_LISTEN): {error}"),
    })
}

/// Answers HTTP/1.1 and HTTP/2 (without TLS, to clients that begin with it) on the listener until `shutdown` is cancelled; then takes nothing new and gives what was begun 8 seconds.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let drained = shutdown.clone();
    let late = async move {
        drained.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned());
    tokio::select! {
        biased;
        ended = serving => ended,
        () = late => {
            tracing::warn!("some requests did not end in {} s and were cut off", DRAIN.as_secs());
            Ok(())
        }
    }
}

/// A token that is cancelled by SIGTERM, SIGINT or ctrl-c.
///
/// # Errors
/// When the signals cannot be watched.
pub fn shutdown_on_signals() -> io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let asked = token.clone();
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        tracing::info!("asked to stop");
        asked.cancel();
    });
    Ok(token)
}

#[cfg(test)]
mod tests;
