//! What the registrations share with one another, kept current so that every answer is judged against all of them.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

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
    /// Counts what was read into it behind the requests.
    revision: AtomicU64,
    policy: Arc<Policy>,
}

impl Links {
    /// None yet; judges by a policy.
    pub(super) fn new(policy: Arc<Policy>) -> Self {
        Self { index: Mutex::default(), revision: AtomicU64::new(0), policy }
    }

    /// Changes soon after somebody has turned out to share something with others: once what was written is followed.
    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
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
                        Ok(registration) => self.change(|links| links.insert(&registration)),
                        Err(_) => self.change(|links| _ = links.remove(&id)),
                    },
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return,
                }
            }
        }
    }

    async fn fill(&self, backend: &dyn Backend) -> Result<(), BackendError> {
        each_registration(backend, None, |registration| {
            self.change(|links| links.insert(&registration));
            true
        })
        .await
    }

    fn change(&self, change: impl FnOnce(&mut LinkIndex)) {
        change(&mut self.lock());
        self.revision.fetch_add(1, Ordering::Release);
    }

    /// A panic elsewhere leaves the links as they were: worth less than all, worth more than none.
    fn lock(&self) -> MutexGuard<'_, LinkIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
