//! One connection's bytes, with a clock beside them: who is too slow is hung up on.

use super::Patience;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// How many requests of a connection have begun, and how many of them have their answer.
#[derive(Clone, Default)]
pub struct Requests(Arc<Counts>);

#[derive(Default)]
struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// A request being answered, until it is dropped.
pub struct InFlight(Arc<Counts>);

impl Requests {
    pub fn begin(&self) -> InFlight {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        InFlight(self.0.clone())
    }

    fn begun(&self) -> u64 {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn are_all_answered(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed) == self.begun()
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

pub struct Wire<S> {
    stream: S,
    requests: Requests,
    patience: Patience,
    /// How many requests had begun when we last looked.
    seen: u64,
    /// When the head that is now arriving began.
    head_since: Option<Instant>,
    /// HTTP/2 frames are not heads: a ping is no promise of a request.
    is_http2: bool,
    /// When the last byte went either way.
    moved: Instant,
    /// Since when the peer takes nothing.
    stuck_since: Option<Instant>,
    /// Rings at or before the next deadline, and is set anew when it rang too early: not with every request.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Wire<S> {
    pub fn new(stream: S, requests: Requests, patience: Patience) -> Self {
        let now = Instant::now();
        Self {
            stream,
            requests,
            patience,
            seen: 0,
            head_since: Some(now),
            is_http2: false,
            moved: now,
            stuck_since: None,
            alarm: None,
        }
    }

    fn arrived(&mut self, bytes: &[u8]) {
        self.moved = Instant::now();
        // Only HTTP/2 begins like this (RFC 9113 §3.4).
        self.is_http2 |= self.seen == 0 && bytes.starts_with(b"PRI");
        if self.requests.are_all_answered() && !self.is_http2 {
            self.head_since.get_or_insert(self.moved);
        }
    }

    /// Until when the next bytes must be here. None while we are the ones who are waited for.
    fn patience_ends(&mut self) -> Option<Instant> {
        let begun = self.requests.begun();
        if begun != self.seen {
            self.seen = begun;
            self.head_since = None;
        }
        match self.head_since {
            _ if !self.requests.are_all_answered() => None,
            Some(since) => Some(since + self.patience.head),
            None => Some(self.moved + self.patience.idle),
        }
    }

    fn wait_until(&mut self, deadline: Instant, context: &mut Context<'_>) -> Poll<io::Error> {
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        loop {
            ready!(alarm.as_mut().poll(context));
            if Instant::now() >= deadline {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            alarm.as_mut().reset(deadline);
        }
    }

    fn sent(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.moved = Instant::now();
            self.stuck_since = None;
            return written;
        }
        let deadline = *self.stuck_since.get_or_insert_with(Instant::now) + self.patience.taking;
        self.wait_until(deadline, context).map(Err)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(context, buffer) {
            self.arrived(&buffer.filled()[before..]);
            return Poll::Ready(read);
        }
        // hyper does not read again when its answer is out. The alarm makes it, and then the peer's time is counted.
        let later = Instant::now() + self.patience.idle;
        let deadline = self.patience_ends().unwrap_or(later);
        self.wait_until(deadline, context).map(Err)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.sent(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.sent(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
