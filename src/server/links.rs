//! What the registrations share with one another, kept current so that every answer is judged against all of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast::error::RecvError;

use super::each_registration;
use crate::{
    backend::{Backend, BackendError, Caller},
    model::{Registration, Timestamp},
    triage::{self, Context, Judgement, LinkIndex, Policy},
};

/// The links between all registrations of a backend.
pub(super) struct Links {
    index: Mutex<LinkIndex>,
    policy: Arc<Policy>,
}

impl Links {
    /// None yet; judges by a policy.
    pub(super) fn new(policy: Arc<Policy>) -> Self {
        Self { index: Mutex::default(), policy }
    }

    /// Judges a registration as it stands now.
    pub(super) fn judge(&self, registration: &Registration, now: Timestamp) -> Judgement {
        let mut links = self.lock();
        links.insert(registration);
        triage::judge(registration, Context { policy: &self.policy, ..Context::new(&links, now) })
    }

    /// Reads everything once, then follows the backend's changes for as long as it announces any.
    ///
    /// Answers given before the first pass is through may miss links to registrations not read yet.
    pub(super) async fn keep_current(&self, backend: &dyn Backend) {
        loop {
            // Subscribed before reading, so that nothing falls in between.
            let changes = backend.changes();
            if let Err(error) = self.fill(backend).await {
                tracing::warn!(reason = %error, "links between registrations are incomplete");
            }
            let Some(mut changes) = changes else { return };
            loop {
                match changes.recv().await {
                    Ok(id) => match backend.retrieve(&id, &Caller::system()).await {
                        Ok(registration) => self.lock().insert(&registration),
                        Err(_) => _ = self.lock().remove(&id),
                    },
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return,
                }
            }
        }
    }

    async fn fill(&self, backend: &dyn Backend) -> Result<(), BackendError> {
        each_registration(backend, None, |registration| {
            self.lock().insert(&registration);
            true
        })
        .await
    }

    /// A panic elsewhere leaves the links as they were: worth less than all, worth more than none.
    fn lock(&self) -> MutexGuard<'_, LinkIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
