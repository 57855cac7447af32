//! The endpoints of a Verifik-compatible service, served over any [`Backend`].
//!
//! Owns routing, tokens, limits and the shape of answers and errors. Decides nothing about registrations: that is the
//! backend's. All routes exist in both dialects; a dialect changes the shape of a registration and of its envelope.
//!
//! The outcomes of checks are taken at the word of whoever holds a token, a person's included: reading documents and
//! faces is somebody else's business. An endpoint that strangers reach needs a capture service in front that keeps
//! persons' tokens to itself.
//!
//! # What goes beyond the documented service
//!
//! | Where | Addition |
//! |---|---|
//! | create and sync, overview | the token handed out, in the answer's header `x-registration-token`: the body is the bare object |
//! | `POST /v2/app-registrations/{id}/evidence` | the outcome of a step: `model::Evidence` as JSON; answers the registration |
//! | `POST` and `PUT …/sync` | both methods; without `step` the status is recomputed; `seenVersion` guards against a stale view |
//! | sync's answer | `sync: {asked, got, blockers: [{step, code, message}]}` beside the registration's keys (live: inside `data`) |
//! | `…-validations/app-registration` and `…/compare/…` with the client's token | `appRegistration` in the body names the registration |
//! | a person's token | reads its registration without what was concluded about it or answered by lists and registries (flags, risk, links, reviews, access log, screening: `null`), and sync names no blocker of the screening |
//! | `GET /healthz`, `GET /readyz` | whether the endpoint lives, and whether it takes requests: its backend answers, and it is not about to stop; without a token |
//! | `GET /metrics` | what was answered and how fast, as Prometheus reads it |
//! | `GET /v2/webhook-events` | `nextTryAt` and `tries`, all tries of an event beside the last one |
//! | errors | `detail`, a sentence for people, and `details: [{field, message}]` where a field is at fault (model names: `country_code`) |

mod access;
mod answer;
mod body;
mod catalogue;
mod codes;
mod connection;
mod guesses;
mod heads;
mod health;
mod hooks;
mod links;
mod outcomes;
mod pages;
mod query;
mod refusal;
mod registrations;
mod shares;
#[cfg(test)]
mod tests;
mod validations;
mod withheld;

use std::{
    collections::HashSet, future::Future, io, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::JoinSet,
    time,
};

use self::{
    access::ClientKey,
    connection::{Bounds, Doorway, Peer},
    guesses::Guesses,
    health::Pulse,
    hooks::Sender,
    links::Links,
    pages::Pages,
    refusal::Refusal,
    shares::Share,
};
use crate::{
    backend::{Backend, BackendError, Clock, ListRequest},
    model::Registration,
    triage::Policy,
    wire,
};

pub use crate::wire::Dialect;
pub use hooks::{News, Proof, Receiver, ReceiverConfig, Webhooks};

/// The header that carries a new registration's token in the overview dialect.
pub const TOKEN_HEADER: HeaderName = HeaderName::from_static(wire::TOKEN_HEADER);

/// How long things may take, so that nothing hangs. All of it is our own choice.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// One request, body included.
    request: Duration,
    /// Connections: all longer than a request, so that a slow answer is not cut off.
    connection: Bounds,
    /// Requests under way, once the endpoint is told to stop.
    grace: Duration,
}

const LIMITS: Limits = Limits {
    request: Duration::from_secs(30),
    connection: Bounds {
        silence: Duration::from_mins(1),
        head: Duration::from_secs(5),
        exchange: Duration::from_mins(2),
        connections: 512,
        // Whoever comes from elsewhere has an eighth; a proxy on this machine leaves an eighth to others.
        share: Share { remote: 64, local: 448 },
    },
    grace: Duration::from_secs(5),
};

/// Requests that read at once; the rest wait their turn. A page takes megabytes while it is written, and more of them
/// at a time than there are processors make nobody's sooner.
const READING: usize = 8;

/// How an endpoint is to be set up.
#[derive(Debug)]
pub struct ServerConfig {
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// Which dialect to speak.
    pub dialect: Dialect,
    /// The token that opens everything. Must not be empty.
    pub client_token: SecretString,
    /// What registrations are judged by.
    pub policy: Arc<Policy>,
    /// Who is told what happens.
    pub webhooks: Webhooks,
}

/// Why an endpoint could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An endpoint without a token would be open to everybody.
    #[error("The client token is empty. Set REGDESK_SERVE_TOKEN, or name a file that holds it.")]
    EmptyToken,
    /// Whoever reaches the address could tell us anything.
    #[error("{address} is open to other machines, and no secret is set. Set one, or listen on 127.0.0.1.")]
    OpenReceiver {
        /// The address asked for.
        address: SocketAddr,
    },
    /// Whoever listens on the way could read everything.
    #[error(
        "{address} is open to other machines, and what is sent there travels unencrypted. Listen on 127.0.0.1 and put \
         TLS before it, or say --allow-plain-http."
    )]
    Unencrypted {
        /// The address asked for.
        address: SocketAddr,
    },
    /// Nothing can be sent to webhooks.
    #[error("The HTTP client for webhooks cannot be set up: {reason}.")]
    Client {
        /// The library's reason.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("Cannot listen on {address}: {source}. Choose another address with --listen, or port 0 for a free one.")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Refuses an address that other machines reach, since neither the endpoint nor the receiver speaks TLS itself.
pub fn require_loopback(address: SocketAddr) -> Result<(), ServeError> {
    if address.ip().to_canonical().is_loopback() { Ok(()) } else { Err(ServeError::Unencrypted { address }) }
}

/// What the handlers share.
struct App {
    dialect: Dialect,
    backend: Arc<dyn Backend>,
    clock: Clock,
    client: ClientKey,
    guesses: Guesses,
    links: Links,
    pages: Pages,
    pulse: Arc<Pulse>,
}

type Shared = State<Arc<App>>;

/// An endpoint that listens and is ready to run.
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
    app: Arc<App>,
    sender: Sender,
    limits: Limits,
    /// How long requests are still taken once it is told to stop.
    drain: Duration,
}

impl Server {
    /// Takes the address. Connections wait until [`Server::run`].
    pub async fn bind(config: ServerConfig, backend: Arc<dyn Backend>, clock: Clock) -> Result<Self, ServeError> {
        if config.client_token.expose_secret().trim().is_empty() {
            return Err(ServeError::EmptyToken);
        }
        let failed = |source| ServeError::Bind { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let local_addr = listener.local_addr().map_err(failed)?;
        let sender = Sender::new(config.webhooks, clock.clone()).map_err(|reason| ServeError::Client { reason })?;
        let app = App {
            dialect: config.dialect,
            backend,
            clock,
            client: ClientKey::new(&config.client_token),
            guesses: Guesses::default(),
            links: Links::new(config.policy),
            pages: Pages::default(),
            pulse: Arc::default(),
        };
        Ok(Self { listener, local_addr, app: Arc::new(app), sender, limits: LIMITS, drain: Duration::ZERO })
    }

    /// The address taken.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Once told to stop, it answers for so long that it is not ready, and everything else as before: what sends requests
    /// here has time to send them elsewhere.
    #[must_use]
    pub fn draining(self, drain: Duration) -> Self {
        Self { drain, ..self }
    }

    /// Serves until `shutdown` resolves, and while it drains; requests under way then have five seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let mut background = JoinSet::new();
        if self.app.dialect == Dialect::Overview {
            let app = Arc::clone(&self.app);
            background.spawn(async move { app.links.keep_current(app.backend.as_ref()).await });
        }
        let (app, sender) = (Arc::clone(&self.app), self.sender);
        background.spawn(async move { sender.run(app.backend.as_ref()).await });
        let (pulse, drain) = (Arc::clone(&self.app.pulse), self.drain);
        let drained = async move {
            shutdown.await;
            pulse.drain();
            tracing::info!(seconds = drain.as_secs(), "told to stop; no longer ready");
            time::sleep(drain).await;
        };
        serve(self.listener, router(self.app, self.limits), self.limits, drained).await
    }
}

/// Serves until `shutdown` resolves, and then lets requests under way finish for a while.
async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = oneshot::channel();
    let signal = async move {
        shutdown.await;
        // Nobody waits for it any more only if the endpoint is gone already.
        let _ = stop.send(());
    };
    let service = router.into_make_service_with_connect_info::<Peer>();
    let serving =
        axum::serve(Doorway::new(listener, limits.connection), service).with_graceful_shutdown(signal).into_future();
    let grace_over = async {
        let _ = stopping.await;
        time::sleep(limits.grace).await;
    };
    tokio::select! {
        served = serving => served,
        () = grace_over => {
            tracing::warn!("stopped with requests still under way");
            Ok(())
        }
    }
}

fn router(app: Arc<App>, limits: Limits) -> Router {
    let shield = Guard { pulse: Arc::clone(&app.pulse), ..Guard::with(limits) };
    Router::new()
        .merge(health::routes())
        .merge(registrations::routes())
        .merge(validations::routes())
        .merge(codes::routes())
        .merge(outcomes::routes())
        .merge(catalogue::routes())
        .merge(hooks::routes())
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "NotFound", "There is no such route."))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(shield, guard))
        .with_state(app)
}

/// A known route, another method: `OPTIONS` asks which there are, everything else is told.
async fn wrong_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "This route does not know this method.")
        .into_response()
}

/// What stands around every request.
#[derive(Clone)]
struct Guard {
    limits: Limits,
    /// Turns of those who read. Whoever sends a body takes none: a slow one would keep it.
    reading: Arc<Semaphore>,
    pulse: Arc<Pulse>,
}

impl Guard {
    fn with(limits: Limits) -> Self {
        Self { limits, reading: Arc::new(Semaphore::new(READING)), pulse: Arc::default() }
    }

    async fn answer(&self, request: Request, next: Next) -> Response {
        if let Err(refusal) = heads::check(&request) {
            return refusal.into_response();
        }
        let reads = request.method() == Method::GET;
        // It is never closed, so whoever waits gets a turn.
        let _turn = if reads { self.reading.acquire().await.ok() } else { None };
        next.run(request).await
    }
}

/// Around every request: an end in time, an answer even if a handler breaks, and nothing left in caches.
async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (_beat, began, method) = (guard.pulse.begin(), time::Instant::now(), request.method().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let answer = time::timeout(guard.limits.request, guard.answer(request, next));
    let answered = AssertUnwindSafe(answer).catch_unwind().await;
    let mut response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_elapsed)) => Refusal::timed_out().into_response(),
        Err(_panic) => {
            tracing::error!("a request broke off in the middle");
            Refusal::internal().into_response()
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let (status, took) = (response.status(), began.elapsed());
    guard.pulse.answered(&method, status, took);
    // The pattern, not the path: that holds ids, and whatever somebody mistook for one.
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let ms = took.as_millis() as u64;
    tracing::info!(method = health::word_of(&method), route, status = status.as_u16(), ms, "answered");
    response
}

impl App {
    /// See [`each_registration`].
    async fn each_registration(
        &self,
        project: Option<&str>,
        visit: impl FnMut(Registration) -> bool,
    ) -> Result<(), Refusal> {
        Ok(each_registration(self.backend.as_ref(), project, visit).await?)
    }
}

/// Visits every registration once, newest first, until `visit` answers `false`.
async fn each_registration(
    backend: &dyn Backend,
    project: Option<&str>,
    mut visit: impl FnMut(Registration) -> bool,
) -> Result<(), BackendError> {
    let mut request =
        ListRequest { project: project.map(str::to_owned), ..ListRequest::page(1, ListRequest::MAX_LIMIT) };
    // New registrations push old ones onto the next page.
    let mut seen = HashSet::new();
    loop {
        let page = backend.list(request.clone()).await?;
        let fresh: Vec<bool> = page.registrations.iter().map(|row| seen.insert(row.id.clone())).collect();
        let is_last = page.is_last(request.page, fresh.iter().filter(|is_new| **is_new).count());
        for (registration, is_new) in page.registrations.into_iter().zip(fresh) {
            if is_new && !visit(registration) {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
        request.page = request.page.saturating_add(1);
    }
}
