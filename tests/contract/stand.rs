//! What the behaviours are held against: a backend as the console would have it.

use std::sync::Arc;

use regdesk::{
    backend::Backend,
    remote::{Remote, RemoteConfig, Timeouts, TokenSource},
    server::Dialect,
};
use secrecy::SecretString;

use crate::{
    desk::Desk,
    endpoint::{Endpoint, TOKEN},
    server,
};

/// A backend under test, and what must live as long as it.
pub struct Stand {
    pub backend: Arc<dyn Backend>,
    pub project: String,
    pub flow: String,
    /// What lies behind the backend: itself, if nothing does.
    pub source: Arc<dyn Backend>,
    _desk: Desk,
    _endpoint: Option<Endpoint>,
}

impl Stand {
    pub async fn engine() -> Option<Self> {
        let desk = Desk::engine().await;
        Some(Self::of(Arc::clone(&desk.backend), desk, None))
    }

    /// The engine over a database, where there is one.
    pub async fn shared() -> Option<Self> {
        let desk = Desk::shared(&server::shared()?.database()).await;
        Some(Self::of(Arc::clone(&desk.backend), desk, None))
    }

    pub async fn fake() -> Option<Self> {
        let (fake, desk) = Desk::fake().await;
        Some(Self::of(fake, desk, None))
    }

    /// The client over the real endpoint, which finds out by itself that it speaks the overview dialect.
    pub async fn overview() -> Option<Self> {
        Self::remote(Dialect::Overview).await
    }

    /// The client over the real endpoint, which finds out by itself that it speaks the live dialect.
    pub async fn live() -> Option<Self> {
        Self::remote(Dialect::Live).await
    }

    async fn remote(dialect: Dialect) -> Option<Self> {
        let (desk, endpoint) = Desk::engine().await.served(dialect).await;
        let config = RemoteConfig {
            base_url: endpoint.url.clone(),
            dialect: None,
            token: TokenSource::Value(SecretString::from(TOKEN)),
            allow_plain_http: false,
            mirror: regdesk::remote::Mirror::default(),
            mirror_hours: 24,
            timeouts: Timeouts::default(),
            annotations: Some(desk.directory().join("of-a-remote").join("annotations.ndjson")),
        };
        let remote = Remote::new(config, desk.clock()).expect("a loopback address is always allowed");
        Some(Self::of(Arc::new(remote), desk, Some(endpoint)))
    }

    fn of(backend: Arc<dyn Backend>, desk: Desk, endpoint: Option<Endpoint>) -> Self {
        Self {
            backend,
            project: desk.project.clone(),
            flow: desk.flow.clone(),
            source: Arc::clone(&desk.backend),
            _desk: desk,
            _endpoint: endpoint,
        }
    }
}
