//! The listener for a service's webhooks.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Path, Request, State},
    http::{HeaderMap, HeaderName, StatusCode},
    middleware,
    routing::post,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, time::Instant};

use super::{
    seen::{Freshness, Seen},
    signature,
};
use crate::{
    backend::Clock,
    model::Timestamp,
    server::{
        Guard, LIMITS, ServeError, access::ClientKey, body, connection::Peer, guard, guesses::Guesses,
        refusal::Refusal, serve, wrong_method,
    },
    wire::{self, HookEvent},
};

/// The header that may carry the secret instead of the path.
const SECRET_HEADER: HeaderName = HeaderName::from_static("x-webhook-secret");

/// Longest delivery, bytes: objects without images are some kilobytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// How a listener is to be set up.
#[derive(Debug)]
pub struct ReceiverConfig {
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// What a sender has to know. May be absent on loopback only.
    pub secret: Option<SecretString>,
}

/// How a delivery proved where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Its body is signed with the secret.
    Signature,
    /// It names the secret, in the path or in a header.
    Secret,
    /// No secret is configured.
    None,
}

impl Proof {
    /// The word for output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Secret => "secret",
            Self::None => "none",
        }
    }
}

/// A delivery that was not there before.
#[derive(Debug, Clone)]
pub struct News {
    /// What it says.
    pub event: HookEvent,
    /// When it came, UTC.
    pub received_at: Timestamp,
    /// Its object was delivered in a later state already.
    pub is_late: bool,
    /// How it proved where it came from.
    pub proof: Proof,
}

/// A listener that has its address and is ready to run.
pub struct Receiver {
    listener: TcpListener,
    local_addr: SocketAddr,
    door: Door,
}

/// What the handlers share.
struct Door {
    secret: Option<(SecretString, ClientKey)>,
    seen: Mutex<Seen>,
    guesses: Guesses,
    clock: Clock,
}

type Shared = State<(Arc<Door>, mpsc::Sender<News>)>;

impl Receiver {
    /// Takes the address.
    pub async fn bind(config: ReceiverConfig, clock: Clock) -> Result<Self, ServeError> {
        if config.secret.is_none() && !config.listen.ip().is_loopback() {
            return Err(ServeError::OpenReceiver { address: config.listen });
        }
        let failed = |source| ServeError::Bind { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let local_addr = listener.local_addr().map_err(failed)?;
        let secret = config.secret.map(|secret| {
            let key = ClientKey::new(&secret);
            (secret, key)
        });
        Ok(Self {
            listener,
            local_addr,
            door: Door { secret, seen: Mutex::default(), guesses: Guesses::default(), clock },
        })
    }

    /// The address taken.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Hands on what is new until `shutdown` resolves. Repeated deliveries are answered and dropped.
    pub async fn run(
        self,
        news: mpsc::Sender<News>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let router = Router::new()
            .route("/hooks", post(take_bare))
            .route("/hooks/{secret}", post(take_with_secret))
            .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "NotFound", "Deliveries go to /hooks."))
            .method_not_allowed_fallback(wrong_method)
            .layer(middleware::from_fn_with_state(Guard::with(LIMITS), guard))
            .with_state((Arc::new(self.door), news));
        serve(self.listener, router, LIMITS, shutdown).await
    }
}

async fn take_bare(
    state: Shared,
    peer: ConnectInfo<Peer>,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let named = headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok()).map(SecretString::from);
    take(state, peer, named, request).await
}

async fn take_with_secret(
    state: Shared,
    peer: ConnectInfo<Peer>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    take(state, peer, Some(secret.into()), request).await
}

async fn take(
    State((door, news)): Shared,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    named: Option<SecretString>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    if let Some(wait) = door.guesses.wait(peer.ip(), Instant::now()) {
        return Err(Refusal::too_many_guesses(wait));
    }
    let (parts, body) = request.into_parts();
    let body = body::read_all(body, BODY_LIMIT).await?;
    let proof = door.proof(named.as_ref(), &parts.headers, &body);
    let proof = proof.inspect_err(|_| door.guesses.count(peer.ip(), Instant::now()))?;
    let unreadable = |why: String| Refusal::bad_request(format!("The delivery cannot be read: {why}."));
    let value = serde_json::from_slice(&body).map_err(|_| unreadable("it is not JSON".to_owned()))?;
    let event = wire::decode_hook(value).map_err(|error| unreadable(error.to_string()))?;
    let room = news.try_reserve().map_err(|_| Refusal::busy())?;
    // Only what is certain to be handed on may count as taken: else the sender's next try would be dropped.
    let freshness = door.seen.lock().unwrap_or_else(PoisonError::into_inner).take(&event);
    if freshness != Freshness::Repeated {
        let is_late = freshness == Freshness::Late;
        room.send(News { event, received_at: door.clock.now(), is_late, proof });
    }
    Ok(Json(json!({ "received": true })))
}

impl Door {
    /// How a delivery proves where it comes from. A signature that is wrong is worth nothing, whatever else is named.
    fn proof(&self, named: Option<&SecretString>, headers: &HeaderMap, body: &[u8]) -> Result<Proof, Refusal> {
        let Some((secret, key)) = &self.secret else { return Ok(Proof::None) };
        if let Some(signature) = headers.get(signature::HEADER) {
            let is_right = signature.to_str().is_ok_and(|signature| signature::is_right(secret, body, signature));
            return if is_right { Ok(Proof::Signature) } else { Err(Refusal::not_signed_in()) };
        }
        if named.is_some_and(|named| key.fits(named)) { Ok(Proof::Secret) } else { Err(Refusal::not_signed_in()) }
    }
}
