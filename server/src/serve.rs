//! The accept loop: connections in, each with its patience, until the server is told to stop; then what is in flight ends.

#[cfg(test)]
mod tests;
mod wire;

use crate::{
    error::{Error, Result},
    guard::{Guard, HEADER_BYTES, URI_BYTES},
};
use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
    response::Response,
};
use futures::StreamExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use wire::{Requests, Wire};

/// How long we wait for others (security R44, faults F26 and F31).
#[derive(Clone, Copy)]
pub struct Patience {
    /// For the head of a request, from its first byte; on a new connection from its beginning.
    pub head: Duration,
    /// For anything at all on a connection with nothing to answer. A stream of events says something more often than this.
    pub idle: Duration,
    /// For somebody to take what we send.
    pub taking: Duration,
    /// For what is in flight, once we are told to stop.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { head: seconds(10), idle: seconds(60), taking: seconds(30), stop: seconds(15) }
    }
}

/// Requests that one HTTP/2 connection may have in flight.
const STREAMS: u32 = 100;
/// Streams that a peer opened and reset before we looked at them; more is an attack (CVE-2023-44487).
const RESETS: usize = 20;
/// A request's first line and headers, with room for the method and line ends.
const HEAD_BYTES: usize = URI_BYTES + HEADER_BYTES + 512;

/// The address that the configuration names, or what to set instead.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|fault| {
        let advice = match fault.kind() {
            io::ErrorKind::AddrInUse => format!(
                "Set PORTICO_LISTEN to an address with another port, like {}. Links lead there too, unless \
                 PORTICO_PUBLIC_URL is set: then change its port as well.",
                SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(3000))
            ),
            _ => "Set PORTICO_LISTEN to an address of this machine, and a port that you may listen on.".into(),
        };
        Error::Internal(format!("{address} cannot be listened on: {fault}. {advice}"))
    })
}

/// Serves until `stop` is ready and what was in flight then has ended, or has had its time.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    guard: Guard,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let (guard, http, connections) = (Arc::new(guard), Arc::new(http()), GracefulShutdown::new());
    let (stopping, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let connection = Connection { peer, guard: guard.clone(), stopping: stopping.subscribe() };
                    let watcher = connections.watcher();
                    match tls.clone() {
                        None => drop(tokio::spawn(attend(http.clone(), plain(stream), connection, patience, watcher))),
                        Some(tls) => {
                            tokio::spawn(attend_secured(tls, http.clone(), plain(stream), connection, patience, watcher));
                        }
                    }
                }
                Err(fault) => rest(&fault).await,
            },
            () = &mut stop => break,
        }
    }
    // Nobody is turned away by us any more: a balancer finds the door closed and asks another server.
    drop(listener);
    stopping.send_replace(());
    tracing::info!(connections = connections.count(), "stopping: what is in flight is finished");
    if timeout(patience.stop, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end within {:?} and were given up", patience.stop);
    }
}

fn http() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    // hyper's own patience for a head also runs while a connection rests between requests, and does not run before it knows
    // which HTTP is spoken. `Wire` knows both.
    http.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    http
}

/// What every request of one connection is answered with.
#[derive(Clone)]
struct Connection {
    peer: SocketAddr,
    guard: Arc<Guard>,
    stopping: watch::Receiver<()>,
}

/// An answer of two packets must not wait for the first one's receipt. Where that cannot be had, it is only slower.
fn plain(stream: TcpStream) -> TcpStream {
    let _ = stream.set_nodelay(true);
    stream
}

/// The same behind a handshake, which has as long as the head of a request.
async fn attend_secured(
    tls: TlsAcceptor,
    http: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    connection: Connection,
    patience: Patience,
    watcher: Watcher,
) {
    match timeout(patience.head, tls.accept(stream)).await {
        Ok(Ok(stream)) => attend(http, stream, connection, patience, watcher).await,
        Ok(Err(fault)) => tracing::debug!(peer = %connection.peer, %fault, "no handshake"),
        Err(_elapsed) => tracing::debug!(peer = %connection.peer, "a handshake took too long"),
    }
}

/// One connection, from its first byte to its last.
async fn attend<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    http: Arc<Builder<TokioExecutor>>,
    stream: S,
    connection: Connection,
    patience: Patience,
    watcher: Watcher,
) {
    let (peer, requests) = (connection.peer, Requests::default());
    let wire = TokioIo::new(Wire::new(stream, requests.clone(), patience));
    let answer = service_fn(move |request: Request<Incoming>| {
        let (connection, in_flight) = (connection.clone(), requests.begin());
        async move {
            let response = connection.answer(request).await;
            drop(in_flight);
            Ok::<_, Infallible>(response)
        }
    });
    if let Err(fault) = watcher.watch(http.serve_connection(wire, answer)).await {
        tracing::debug!(%peer, fault, "a connection broke");
    }
}

impl Connection {
    async fn answer(mut self, request: Request<Incoming>) -> Response {
        let response = self.guard.answer(self.peer.ip(), request).await;
        if response.headers().get(header::CONTENT_TYPE) != Some(&HeaderValue::from_static("text/event-stream")) {
            return response;
        }
        // A stream of events never ends by itself: it would hold up the stop.
        let stopped = async move { self.stopping.changed().await };
        response.map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(stopped))))
    }
}

/// One connection that failed before we had it is its own affair. Anything else (no file left to open) passes with time.
async fn rest(fault: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(fault.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%fault, "no connection can be accepted; trying again");
        sleep(Duration::from_millis(200)).await;
    }
}
