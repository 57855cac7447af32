//! Delivers queued events to the webhooks of projects, and tries again what was not heard.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use reqwest::{Client, Url, header};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{sync::broadcast, time};

use super::signature;
use crate::{
    backend::{Backend, BackendError, Clock, Hook, HookQueue, HookedProjects},
    http,
    model::{Delivery, ProjectRef, Registration, Timestamp},
    server::validations::{self, Kind},
    wire,
};

/// What stands for every project without a webhook of its own.
const OTHERS: &str = "*";

/// How long the other side may take to answer. It should store what it hears and answer at once.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Pauses before the next tries, minutes; after the last one the event waits for somebody to send it again. Our own
/// choice: an hour's outage is bridged within the hour, a day's within the day.
const PAUSES: [i64; 8] = [1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60];

/// Deliveries under way at once.
const AT_ONCE: usize = 8;

/// Deliveries that are looked up at once.
const BATCH: usize = 64;

/// The longest wait before the queue is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Which project has which webhook.
#[derive(Debug, Clone, Default)]
pub struct Webhooks {
    /// By id or name of the project; `*` stands for the others.
    pub urls: BTreeMap<String, Url>,
    /// What deliveries are signed with.
    pub secret: Option<SecretString>,
}

impl Webhooks {
    /// The projects that have one.
    pub fn projects(&self) -> HookedProjects {
        HookedProjects {
            named: self.urls.keys().filter(|name| *name != OTHERS).cloned().collect(),
            others: self.urls.contains_key(OTHERS),
        }
    }

    fn url_of(&self, project: &ProjectRef) -> Option<&Url> {
        let by_name = || project.name.as_deref().and_then(|name| self.urls.get(name));
        self.urls.get(&project.id).or_else(by_name).or_else(|| self.urls.get(OTHERS))
    }
}

/// Sends what is due until it is dropped.
pub(in crate::server) struct Sender {
    webhooks: Webhooks,
    client: Client,
    clock: Clock,
}

impl Sender {
    pub(in crate::server) fn new(webhooks: Webhooks, clock: Clock) -> Result<Self, String> {
        Ok(Self { webhooks, client: http::client(TIMEOUT, TIMEOUT)?, clock })
    }

    /// Works on the queue of a backend for as long as it is polled.
    pub(in crate::server) async fn run(&self, backend: &dyn Backend) {
        let Some(queue) = backend.hooks() else { return };
        let mut changes = backend.changes();
        loop {
            let next = match self.send_due(queue).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(kind = ?error.kind, "the queue of webhooks cannot be worked on");
                    None
                }
            };
            let wait = next.and_then(|next| (next - self.clock.now()).to_std().ok()).unwrap_or(LONGEST_WAIT);
            let _ = time::timeout(wait.min(LONGEST_WAIT), changed(&mut changes)).await;
        }
    }

    /// Sends everything that is due; tells when the next is.
    async fn send_due(&self, queue: &dyn HookQueue) -> Result<Option<Timestamp>, BackendError> {
        loop {
            let (due, next) = queue.due(BATCH).await?;
            if due.is_empty() {
                return Ok(next);
            }
            let sending = due.into_iter().map(|hook| async move {
                let delivery = self.send(&hook).await;
                (hook, delivery)
            });
            let mut sent = stream::iter(sending).buffer_unordered(AT_ONCE);
            while let Some((hook, delivery)) = sent.next().await {
                let again = if delivery.was_heard() == Some(true) { None } else { self.next_try(&hook) };
                queue.tried(hook.number, delivery, again).await?;
            }
        }
    }

    fn next_try(&self, hook: &Hook) -> Option<Timestamp> {
        PAUSES.get(hook.tries.len()).map(|minutes| self.clock.now() + TimeDelta::minutes(*minutes))
    }

    /// Tries once.
    async fn send(&self, hook: &Hook) -> Delivery {
        let at = Some(self.clock.now());
        let untold = |code| Delivery { event: kind(hook), at, code, delivered: Some(false) };
        // The webhook was taken out of the configuration, or what the event is about is not there any more.
        let Some(url) = self.webhooks.url_of(&hook.registration.project) else { return untold(None) };
        let Some(body) = body(hook) else { return untold(None) };
        let body = body.to_string().into_bytes();
        let mut request = self.client.post(url.clone()).header(header::CONTENT_TYPE, "application/json");
        if let Some(secret) = &self.webhooks.secret {
            request = request.header(signature::HEADER.as_str(), signature::sign(secret, &body));
        }
        match request.body(body).send().await {
            Ok(answer) => {
                let code = answer.status();
                Delivery { event: kind(hook), at, code: Some(code.as_u16()), delivered: Some(code.is_success()) }
            }
            Err(error) => {
                tracing::info!(reason = http::reason(&error), event = hook.name, "a webhook was not reached");
                untold(None)
            }
        }
    }
}

/// Resolves when a registration changes; never where the backend does not tell.
async fn changed(changes: &mut Option<broadcast::Receiver<crate::model::RegistrationId>>) {
    match changes {
        // Having missed some is as good a reason to look as any.
        Some(changes) => drop(changes.recv().await),
        None => std::future::pending().await,
    }
}

/// What stands before the name of an event: the type of its flow. All flows here are of this type.
const FLOW_TYPE: &str = "onboarding";

/// The type of an event as it is sent.
pub(super) fn kind(hook: &Hook) -> String {
    format!("{FLOW_TYPE}_{}", hook.name)
}

/// What is sent: the type and the object that the event is about, as it was then. `None` if there is no such object.
pub(super) fn body(hook: &Hook) -> Option<Value> {
    Some(wire::encode_hook(FLOW_TYPE, &hook.name, object(&hook.name, &hook.registration)?))
}

fn object(name: &str, registration: &Registration) -> Option<Value> {
    let kinds = [
        ("email_validation", Kind::Email),
        ("phone_validation", Kind::Phone),
        ("document_validation", Kind::Document),
        ("biometric_validation", Kind::Biometric),
        ("information_validation", Kind::Information),
    ];
    let Some((_, kind)) = kinds.into_iter().find(|(module, _)| name.starts_with(module)) else {
        return Some(wire::encode_live(registration, &[]));
    };
    let mut object = validations::object(kind, registration)?;
    if let Value::Object(keys) = &mut object {
        keys.insert("appRegistration".to_owned(), json!(registration.id));
    }
    Some(object)
}
