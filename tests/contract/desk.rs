//! An embedded engine on disk with a clock of our own, and the fake beside it.

#![allow(dead_code, reason = "each test binary uses its part of it")]

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Duration};
use regdesk::{
    backend::{Backend, Clock, HookedProjects, fake::Fake},
    engine::{DatabaseLogin, Engine},
    model::{Flow, StepKind, Timestamp},
    server::Dialect,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::endpoint::Endpoint;

/// A clock that moves by a millisecond whenever it is read, so that no two moments are the same.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<Timestamp>>);

impl Watch {
    fn started() -> Self {
        let start: DateTime<chrono::Utc> = "2026-01-15T10:30:00Z".parse().unwrap();
        Self(Arc::new(Mutex::new(start)))
    }

    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    pub fn clock(&self) -> Clock {
        let watch = self.clone();
        Clock::new(move || {
            watch.advance(Duration::milliseconds(1));
            *watch.0.lock().unwrap()
        })
    }
}

/// A backend with a project and a flow to register for.
pub struct Desk {
    pub backend: Arc<dyn Backend>,
    pub project: String,
    pub flow: String,
    pub watch: Watch,
    directory: TempDir,
}

impl Desk {
    /// The embedded engine on a disk of its own.
    pub async fn engine() -> Self {
        let (watch, directory) = (Watch::started(), TempDir::new().unwrap());
        let engine = Engine::open(directory.path(), watch.clock()).unwrap();
        Self::of(engine, watch, directory).await
    }

    /// The same over a database.
    pub async fn shared(database: &DatabaseLogin) -> Self {
        let (watch, directory) = (Watch::started(), TempDir::new().unwrap());
        let hooked = HookedProjects::default();
        let engine = Engine::connect(database, directory.path(), watch.clock(), hooked).unwrap();
        Self::of(engine, watch, directory).await
    }

    async fn of(engine: Engine, watch: Watch, directory: TempDir) -> Self {
        let flow = demanding(&engine.flows().await.unwrap());
        Self { backend: Arc::new(engine), project: flow.project_id, flow: flow.id, watch, directory }
    }

    /// The scripted fake, with the engine's projects and flows.
    pub async fn fake() -> (Arc<Fake>, Self) {
        let desk = Self::engine().await;
        let projects = desk.backend.projects().await.unwrap();
        let flows = desk.backend.flows().await.unwrap();
        let fake = Arc::new(Fake::new(projects, flows, desk.watch.clock()));
        (Arc::clone(&fake), Self { backend: fake, ..desk })
    }

    /// The same desk behind an endpoint.
    pub async fn served(self, dialect: Dialect) -> (Self, Endpoint) {
        let endpoint = Endpoint::open(Arc::clone(&self.backend), dialect, self.watch.clock()).await;
        (self, endpoint)
    }

    /// The clock of the engine.
    pub fn clock(&self) -> Clock {
        self.watch.clock()
    }

    /// Its directory on disk.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The code sent last to an address, from the outbox on disk.
    pub fn last_code(&self, address: &str) -> String {
        last_code(self.directory.path(), address)
    }
}

/// A flow that asks for everything.
fn demanding(flows: &[Flow]) -> Flow {
    let asks = |flow: &Flow| {
        [StepKind::EmailVerification, StepKind::DocumentVerification, StepKind::CriminalHistory]
            .iter()
            .all(|kind| flow.settings.is_mandatory(kind))
    };
    flows.iter().find(|flow| flow.status.as_deref() == Some("active") && asks(flow)).expect("a demanding flow").clone()
}

fn last_code(directory: &Path, address: &str) -> String {
    let outbox = std::fs::read_to_string(directory.join("outbox.ndjson")).unwrap();
    let lines = outbox.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut to_them = lines.filter(|line| line["to"] == address && line["kind"] == "code");
    to_them.next_back().expect("a code was sent")["secret"].as_str().unwrap().to_owned()
}
