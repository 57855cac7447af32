//! What the webhooks of projects are told: a queue that is filled in the same transaction as what it tells of.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::BackendError;
use crate::model::{Delivery, ProjectRef, Registration, RegistrationId, Timestamp};

/// Which projects have a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HookedProjects {
    /// By id or by name.
    pub named: BTreeSet<String>,
    /// And all others.
    pub others: bool,
}

impl HookedProjects {
    /// Whether none has one.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && !self.others
    }

    /// Whether a project has one.
    pub fn has(&self, project: &ProjectRef) -> bool {
        let is_named = |word: &str| self.named.contains(word);
        self.others || is_named(&project.id) || project.name.as_deref().is_some_and(is_named)
    }
}

/// An event for a webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// Its number, counted from 1 over all of them.
    pub number: u64,
    /// The event without what stands before its module, for example `app_registration_completed`.
    pub name: String,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// The registration as it was then.
    pub registration: Registration,
    /// The tries to deliver it so far, oldest first.
    pub tries: Vec<Delivery>,
    /// When it is to be tried next, UTC; `None` once it was heard or given up.
    pub due: Option<Timestamp>,
}

/// What is looked for among the events of webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HookFilter {
    /// Those of one registration.
    pub registration: Option<RegistrationId>,
    /// Those that were heard, or those that were tried and not heard.
    pub heard: Option<bool>,
}

/// The queue. An event stands in it from the moment it happened, so nothing is lost between a change and its delivery.
#[async_trait]
pub trait HookQueue: Send + Sync {
    /// Events whose time has come, oldest first, so many at most; and when the next one is due.
    async fn due(&self, most: usize) -> Result<(Vec<Hook>, Option<Timestamp>), BackendError>;

    /// Notes a try: at the event, and at its registration, whose version stays. `due` is the next try, if there is
    /// to be one.
    async fn tried(&self, number: u64, delivery: Delivery, due: Option<Timestamp>) -> Result<(), BackendError>;

    /// One event.
    async fn hook(&self, number: u64) -> Result<Option<Hook>, BackendError>;

    /// Events, latest first, from a position on, so many at most; and how many there are in all.
    async fn hooks(&self, filter: HookFilter, skip: usize, most: usize) -> Result<(Vec<Hook>, usize), BackendError>;

    /// Has an event delivered once more, whether it was heard or not.
    async fn resend(&self, number: u64) -> Result<(), BackendError>;
}
