//! Real sockets: who is slow, too large, or in flight when the server stops. What the tests wait for is the server's doing;
//! its patience is made short, never the tests' own.

use super::*;
use crate::{
    clock::Chance,
    config::{Config, LogFormat, PublicUrl},
};
use axum::{Router, routing::get};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

const SHORT: Duration = Duration::from_millis(50);
/// Long enough that only what a test is about can end its connection.
const LONG: Duration = Duration::from_secs(600);
const PATIENT: Patience = Patience { head: LONG, idle: LONG, taking: LONG, stop: LONG };

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    /// A request to /wait has arrived; let it go on.
    waiting: Arc<Notify>,
    go_on: Arc<Notify>,
    finished: Arc<AtomicBool>,
}

async fn start(patience: Patience) -> Server {
    let (waiting, go_on, finished) =
        (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let hold = (waiting.clone(), go_on.clone(), finished.clone());
    let router = Router::new()
        .route("/", get(async || "hello"))
        .route(
            "/events",
            get(async || ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(hello_for_ever()))),
        )
        .route("/endless", get(async || Response::new(Body::from_stream(endless()))))
        .route(
            "/wait",
            get(async move || {
                let (waiting, go_on, finished) = hold;
                waiting.notify_one();
                go_on.notified().await;
                finished.store(true, Ordering::SeqCst);
                "done"
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = Config {
        listen: address,
        public_url: PublicUrl::parse("http://localhost").unwrap(),
        tls: None,
        database_url: "sqlite::memory:".into(),
        smtp_url: None,
        smtp_ca: None,
        mail_from: "no-reply@example.org".into(),
        seal_keys: Vec::new(),
        trusted_proxies: Vec::new(),
        log: "info".into(),
        log_format: LogFormat::Text,
    };
    let guard = Guard::new(Arc::new(config), Chance::System, router);
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listener, None, guard, patience, async {
        let _ = stopped.await;
    }));
    Server { address, stop, served, waiting, go_on, finished }
}

fn endless() -> impl futures::Stream<Item = Result<Vec<u8>, Infallible>> {
    futures::stream::repeat_with(|| Ok(vec![0; 64 * 1024]))
}

fn hello_for_ever() -> impl futures::Stream<Item = Result<&'static str, Infallible>> {
    futures::stream::iter([Ok("hello")]).chain(futures::stream::pending())
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// All that comes after these bytes, until the server hangs up.
    async fn all_after(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        rest_of(&mut stream).await
    }
}

async fn rest_of(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is a way of hanging up too.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn one_answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"hello") {
        text.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn f26_who_says_nothing_is_hung_up_on() {
    let server = start(Patience { head: SHORT, ..PATIENT }).await;
    assert_eq!(server.all_after(b"").await, "");
}

#[tokio::test]
async fn f26_who_never_finishes_a_head_is_hung_up_on() {
    let server = start(Patience { head: SHORT, ..PATIENT }).await;
    assert_eq!(server.all_after(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await, "");
    // Not even which HTTP it is to be.
    assert_eq!(server.all_after(b"PR").await, "");
}

#[tokio::test]
async fn f26_a_second_head_has_no_more_time_than_the_first() {
    let server = start(Patience { head: SHORT, ..PATIENT }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    one_answer(&mut stream).await;
    stream.write_all(b"GET / HT").await.unwrap();
    assert_eq!(rest_of(&mut stream).await, "");
}

#[tokio::test]
async fn r44_a_connection_is_closed_when_it_has_rested_long_enough() {
    let server = start(Patience { idle: SHORT, ..PATIENT }).await;
    let rested = server.all_after(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(rested.starts_with("HTTP/1.1 200 OK") && rested.ends_with("hello"), "{rested}");
}

#[tokio::test]
async fn r44_a_resting_connection_outlives_the_patience_for_a_head() {
    let server = start(Patience { head: SHORT, ..PATIENT }).await;
    let mut resting = server.connect().await;
    resting.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    one_answer(&mut resting).await;
    // A younger connection has used up its patience by now.
    assert_eq!(server.all_after(b"GET").await, "");
    resting.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    one_answer(&mut resting).await;
}

#[tokio::test]
async fn f26_who_takes_nothing_is_hung_up_on() {
    let server = start(Patience { taking: SHORT, ..PATIENT }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    // The server stops by itself once it has hung up: nothing of ours is in flight any more.
    let Server { stop, served, .. } = server;
    stop.send(()).unwrap();
    served.await.unwrap();
    drop(stream);
}

#[tokio::test]
async fn f27_a_head_that_is_too_large_is_refused() {
    let server = start(PATIENT).await;
    // Complete, and never complete.
    for (length, end) in [(HEADER_BYTES + 100, "\r\n\r\n"), (HEAD_BYTES, "")] {
        let start = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ";
        let large = format!("{start}{}{end}", "a".repeat(length - start.len()));
        assert!(server.all_after(large.as_bytes()).await.starts_with("HTTP/1.1 431 "), "{length}");
    }
    for count in [64, 100] {
        let many: String = (0..count).map(|number| format!("X-{number}: a\r\n")).collect();
        let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{many}\r\n");
        assert!(server.all_after(many.as_bytes()).await.starts_with("HTTP/1.1 431 "), "{count}");
    }
}

#[tokio::test]
async fn f31_what_is_in_flight_is_finished_and_nothing_new_begins() {
    let server = start(PATIENT).await;
    let mut stream = server.connect().await;
    let mut idle = server.connect().await;
    stream.write_all(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    server.waiting.notified().await;
    server.stop.send(()).unwrap();
    // Who had nothing in flight is let go at once.
    assert_eq!(rest_of(&mut idle).await, "");
    assert!(TcpStream::connect(server.address).await.is_err());
    server.go_on.notify_one();
    let answer = rest_of(&mut stream).await;
    assert!(answer.ends_with("done"), "{answer}");
    server.served.await.unwrap();
    assert!(server.finished.load(Ordering::SeqCst));
}

#[tokio::test]
async fn f31_a_stream_of_events_ends_with_the_server() {
    let server = start(PATIENT).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    one_answer(&mut stream).await;
    server.stop.send(()).unwrap();
    rest_of(&mut stream).await;
    server.served.await.unwrap();
}

#[tokio::test]
async fn f31_what_does_not_end_is_given_up() {
    let server = start(Patience { stop: SHORT, ..PATIENT }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    server.waiting.notified().await;
    server.stop.send(()).unwrap();
    server.served.await.unwrap();
    assert!(!server.finished.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_what_to_set() {
    let taken = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let told = listen(taken.local_addr().unwrap()).await.unwrap_err().to_string();
    for word in ["already in use", "PORTICO_LISTEN", "PORTICO_PUBLIC_URL"] {
        assert!(told.contains(word), "{told}");
    }
    // Kept for documentation (RFC 5737 §3): no machine has it.
    let told = listen("192.0.2.7:0".parse().unwrap()).await.unwrap_err().to_string();
    assert!(told.contains("PORTICO_LISTEN to an address of this machine"), "{told}");
}

#[tokio::test]
async fn http_2_is_spoken_too() {
    let server = start(PATIENT).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    let answer = client.get(format!("http://localhost:{}/", server.address.port())).send().await.unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "hello");
}
