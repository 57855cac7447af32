//! Connections that cannot hang: one that stays silent, does not take its answer, or trickles a byte now and then, is
//! closed. No more than so many are open at a time; others wait to be taken.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep, sleep_until},
};

/// How long things may take on a connection, and how many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Without any byte in or out.
    pub(super) silence: Duration,
    /// From the first byte of a request to the last one of its answer, however slowly they trickle.
    pub(super) exchange: Duration,
    /// Connections open at a time.
    pub(super) connections: usize,
}

/// A listener whose connections run out.
pub(super) struct Doorway {
    listener: TcpListener,
    bounds: Bounds,
    room: Arc<Semaphore>,
}

impl Doorway {
    pub(super) fn new(listener: TcpListener, bounds: Bounds) -> Self {
        Self { listener, bounds, room: Arc::new(Semaphore::new(bounds.connections)) }
    }
}

impl Listener for Doorway {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        // The semaphore is never closed; without a permit nobody would be turned away either.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        (Timed::new(stream, self.bounds, permit), peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The address a request came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

impl Connected<IncomingStream<'_, Doorway>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// A connection with its limits. HTTP/1 takes turns, so what is read after something was written, with nothing left to
/// write, begins another exchange.
pub(super) struct Timed {
    stream: TcpStream,
    bounds: Bounds,
    silence: Pin<Box<Sleep>>,
    /// The end of the exchange under way.
    exchange: Option<Pin<Box<Sleep>>>,
    answered: bool,
    unsent: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Timed {
    fn new(stream: TcpStream, bounds: Bounds, permit: Option<OwnedSemaphorePermit>) -> Self {
        let silence = Box::pin(sleep(bounds.silence));
        Self { stream, bounds, silence, exchange: None, answered: false, unsent: false, _permit: permit }
    }

    /// Passes progress on and starts the limit on silence anew; fails once a limit is over.
    fn watch<T>(&mut self, context: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let is_over = |limit: &mut Pin<Box<Sleep>>, context: &mut Context<'_>| limit.as_mut().poll(context).is_ready();
        if self.exchange.as_mut().is_some_and(|limit| is_over(limit, context)) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if progress.is_ready() {
            self.silence.as_mut().reset(Instant::now() + self.bounds.silence);
            return progress;
        }
        if is_over(&mut self.silence, context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }

    /// Notes that bytes were read, or that there were none to read.
    fn note_read(&mut self, has_bytes: bool) {
        if self.answered && !self.unsent {
            self.exchange = None;
            self.answered = false;
        }
        if has_bytes && self.exchange.is_none() {
            self.exchange = Some(Box::pin(sleep_until(Instant::now() + self.bounds.exchange)));
        }
    }

    /// Notes how much of something was written.
    fn note_write(&mut self, progress: &Poll<io::Result<usize>>, wanted: usize) {
        self.answered = true;
        self.unsent = !matches!(progress, Poll::Ready(Ok(written)) if *written >= wanted);
    }
}

impl AsyncRead for Timed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let progress = Pin::new(&mut self.stream).poll_read(context, into);
        self.note_read(into.filled().len() > before);
        self.watch(context, progress)
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note_write(&progress, bytes.len());
        self.watch(context, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note_write(&progress, slices.iter().map(|slice| slice.len()).sum());
        self.watch(context, progress)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::{Router, routing::get};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const BOUNDS: Bounds =
        Bounds { silence: Duration::from_mins(1), exchange: Duration::from_mins(1), connections: 10 };

    /// A doorway with these bounds that greets with so many bytes, and a connection to it.
    async fn greeted(bounds: Bounds, bytes: usize) -> (SocketAddr, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async move || "h".repeat(bytes)));
        tokio::spawn(axum::serve(Doorway::new(listener, bounds), router).into_future());
        (address, TcpStream::connect(address).await.unwrap())
    }

    #[tokio::test]
    async fn a_connection_that_stops_in_the_middle_of_its_headers_is_closed() {
        let (_, mut stream) = greeted(Bounds { silence: Duration::from_millis(50), ..BOUNDS }, 5).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: exam").await.unwrap();
        let mut answer = Vec::new();
        // Ends only because the other side closes.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn headers_that_trickle_byte_by_byte_are_cut_off_although_something_always_moves() {
        let bounds = Bounds { silence: Duration::from_millis(200), exchange: Duration::from_millis(300), ..BOUNDS };
        let (_, mut stream) = greeted(bounds, 5).await;
        stream.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        let started = Instant::now();
        while stream.write_all(b"y").await.is_ok() && started.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the connection is still open");
    }

    #[tokio::test]
    async fn an_answer_that_is_sipped_is_cut_off_although_something_always_moves() {
        let bounds = Bounds { exchange: Duration::from_millis(300), ..BOUNDS };
        let (_, mut stream) = greeted(bounds, 64 * 1024 * 1024).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: example\r\n\r\n").await.unwrap();
        let mut sip = vec![0; 64 * 1024];
        let mut taken = 0;
        while let Ok(bytes @ 1..) = stream.read(&mut sip).await {
            taken += bytes;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(taken < 64 * 1024 * 1024, "all of it was sent");
    }

    #[tokio::test]
    async fn a_connection_that_is_used_again_and_again_lives_longer_than_one_exchange() {
        let bounds = Bounds { exchange: Duration::from_millis(400), ..BOUNDS };
        let (_, mut stream) = greeted(bounds, 5).await;
        for round in 0..6 {
            stream.write_all(b"GET / HTTP/1.1\r\nhost: example\r\n\r\n").await.unwrap();
            let mut answer = [0; 512];
            let bytes = stream.read(&mut answer).await.unwrap();
            assert!(answer[..bytes].starts_with(b"HTTP/1.1 200"), "round {round}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_until_another_has_gone() {
        let (address, first) = greeted(Bounds { connections: 1, ..BOUNDS }, 5).await;
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\nhost: example\r\n\r\n").await.unwrap();
        let mut answer = [0; 15];
        let early = tokio::time::timeout(Duration::from_millis(200), second.read(&mut answer)).await;
        assert!(early.is_err(), "it was answered beside the first");
        drop(first);
        second.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
    }
}
