//! Connections that cannot hang: one that stays silent, does not take its answer, or trickles a byte now and then, is
//! closed; so is one whose request has a head without end. No more than so many are open at a time; others wait to be taken, and one network has a share of them only.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use super::{
    heads::{HeadEnd, TOO_LARGE},
    shares::{Place, Share, Shares},
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
    /// From the beginning of a connection, or the first byte of a further request, to the end of the request's headers.
    pub(super) head: Duration,
    /// From the first byte of a request to the last one of its answer, however slowly they trickle.
    pub(super) exchange: Duration,
    /// Connections open at a time.
    pub(super) connections: usize,
    /// Those from one network.
    pub(super) share: Share,
}

/// A listener whose connections run out.
pub(super) struct Doorway {
    listener: TcpListener,
    bounds: Bounds,
    room: Arc<Semaphore>,
    shares: Shares,
}

impl Doorway {
    pub(super) fn new(listener: TcpListener, bounds: Bounds) -> Self {
        Self { listener, bounds, room: Arc::new(Semaphore::new(bounds.connections)), shares: Shares::new(bounds.share) }
    }
}

impl Listener for Doorway {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        // The semaphore is never closed; without a permit nobody would be turned away either.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        loop {
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            if let Some(place) = self.shares.take(peer.ip()) {
                return (Timed::new(stream, self.bounds, Room { _permit: permit, _place: place }), peer);
            }
            // It is closed at once: whoever has so many open does not need another one.
        }
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

/// What a connection holds as long as it is open.
struct Room {
    _permit: Option<OwnedSemaphorePermit>,
    _place: Place,
}

/// The headers of a request that are still to come.
struct Heading {
    limit: Pin<Box<Sleep>>,
    end: HeadEnd,
}

impl Heading {
    fn within(limit: Duration) -> Self {
        Self { limit: Box::pin(sleep(limit)), end: HeadEnd::default() }
    }
}

/// What an answer begins with that only asks for the rest of the request.
const INTERIM: &[u8] = b"HTTP/1.1 100";

/// A connection with its limits. HTTP/1 takes turns, so what is read after something was written, with nothing left to
/// write, begins another exchange.
pub(super) struct Timed {
    stream: TcpStream,
    bounds: Bounds,
    silence: Pin<Box<Sleep>>,
    /// The headers of the exchange under way, until they have come.
    heading: Option<Heading>,
    /// The end of the exchange under way.
    exchange: Option<Pin<Box<Sleep>>>,
    answered: bool,
    unsent: bool,
    _room: Room,
}

impl Timed {
    fn new(stream: TcpStream, bounds: Bounds, room: Room) -> Self {
        let silence = Box::pin(sleep(bounds.silence));
        let heading = Some(Heading::within(bounds.head));
        Self { stream, bounds, silence, heading, exchange: None, answered: false, unsent: false, _room: room }
    }

    /// Passes progress on and starts the limit on silence anew; fails once a limit is over.
    fn watch<T>(&mut self, context: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let is_over = |limit: &mut Pin<Box<Sleep>>, context: &mut Context<'_>| limit.as_mut().poll(context).is_ready();
        let heading = self.heading.as_mut().map(|heading| &mut heading.limit);
        if heading.into_iter().chain(self.exchange.as_mut()).any(|limit| is_over(limit, context)) {
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

    /// Notes which bytes were read, or that there were none to read.
    fn note_read(&mut self, bytes: &[u8]) {
        if self.answered && !self.unsent {
            self.exchange = None;
            self.heading = None;
            self.answered = false;
        }
        if bytes.is_empty() {
            return;
        }
        if self.exchange.is_none() {
            self.exchange = Some(Box::pin(sleep_until(Instant::now() + self.bounds.exchange)));
            self.heading.get_or_insert_with(|| Heading::within(self.bounds.head));
        }
        self.heading.take_if(|heading| heading.end.is_in(bytes));
    }

    /// Refuses a head that is larger than any may be, before all of it is read, let alone parsed.
    fn refuse_endless_head(&self) -> io::Result<()> {
        if !self.heading.as_ref().is_some_and(|heading| heading.end.is_overdue()) {
            return Ok(());
        }
        // The connection ends whether or not this can be told.
        let _ = self.stream.try_write(TOO_LARGE);
        Err(io::ErrorKind::InvalidData.into())
    }

    /// Notes how much of something was written.
    fn note_write(&mut self, progress: &Poll<io::Result<usize>>, wanted: usize, begin: &[u8]) {
        self.answered |= !begin.starts_with(INTERIM);
        self.unsent = !matches!(progress, Poll::Ready(Ok(written)) if *written >= wanted);
    }
}

impl AsyncRead for Timed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let progress = Pin::new(&mut self.stream).poll_read(context, into);
        self.note_read(&into.filled()[before..]);
        self.refuse_endless_head()?;
        self.watch(context, progress)
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note_write(&progress, bytes.len(), bytes);
        self.watch(context, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        let begin = slices.first().map_or(&[][..], |slice| slice);
        self.note_write(&progress, slices.iter().map(|slice| slice.len()).sum(), begin);
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

    const BOUNDS: Bounds = Bounds {
        silence: Duration::from_mins(1),
        head: Duration::from_mins(1),
        exchange: Duration::from_mins(1),
        connections: 10,
        share: Share { remote: 10, local: 10 },
    };

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

    /// Whether the other side ends a connection by itself.
    async fn ends(mut stream: TcpStream) -> bool {
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.is_ok()
    }

    #[tokio::test]
    async fn a_connection_whose_headers_do_not_come_in_time_is_closed_also_after_other_requests() {
        let bounds = Bounds { head: Duration::from_millis(200), ..BOUNDS };
        let (address, silent) = greeted(bounds, 5).await;
        assert!(ends(silent).await, "nothing was ever said");
        let mut used = TcpStream::connect(address).await.unwrap();
        used.write_all(b"GET / HTTP/1.1\r\nhost: example\r\n\r\n").await.unwrap();
        let mut answer = [0; 512];
        assert!(used.read(&mut answer).await.unwrap() > 0);
        used.write_all(b"GET / HTTP/1.1\r\nhost: exam").await.unwrap();
        assert!(ends(used).await, "the second request has no end");
    }

    #[tokio::test]
    async fn a_body_may_take_longer_than_headers_also_one_that_was_asked_for() {
        let bounds = Bounds { head: Duration::from_millis(200), ..BOUNDS };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::post(async |body: String| body));
        tokio::spawn(axum::serve(Doorway::new(listener, bounds), router).into_future());
        for expect in ["", "expect: 100-continue\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!("POST / HTTP/1.1\r\nhost: x\r\n{expect}connection: close\r\ncontent-length: 6\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            for part in ["al", "ba", "!!"] {
                tokio::time::sleep(Duration::from_millis(150)).await;
                stream.write_all(part.as_bytes()).await.unwrap();
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with("alba!!"), "{expect}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_network_that_has_its_share_is_turned_away_and_others_are_not() {
        let bounds = Bounds { share: Share { remote: 0, local: 2 }, ..BOUNDS };
        let (address, first) = greeted(bounds, 5).await;
        let _second = TcpStream::connect(address).await.unwrap();
        assert!(ends(TcpStream::connect(address).await.unwrap()).await, "the third one is kept");
        drop(first);
        // The place is free once the other side has seen the end.
        let mut tries = 0;
        loop {
            let mut again = TcpStream::connect(address).await.unwrap();
            let mut answer = [0; 15];
            let asked = again.write_all(b"GET / HTTP/1.1\r\nhost: example\r\n\r\n").await;
            if asked.is_ok() && again.read_exact(&mut answer).await.is_ok() {
                break;
            }
            tries += 1;
            assert!(tries < 1000, "no place was given back");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused_long_before_all_of_it_has_come() {
        let (_, mut stream) = greeted(BOUNDS, 5).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: example\r\nx: ").await.unwrap();
        // Of the megabyte that is meant, a sixteenth: whoever waits for the rest, or for an end, answers nothing.
        stream.write_all(&vec![b'y'; 1024 * 1024 / 16]).await.unwrap();
        let mut answer = [0; 12];
        tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 431");
        assert!(ends(stream).await, "it is read on");
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
