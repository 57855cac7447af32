//! A backend that may be looked at, but not changed.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::broadcast;

use super::{
    Annotation, Annotations, Backend, BackendError, Caller, Capabilities, Channel, CreateRequest, Created, ErrorKind,
    Feed, ListRequest, Page, ResendRequest, ResentLink, SyncOutcome, SyncRequest, TokenScope, Use,
};
use crate::model::{Evidence, Flow, Project, Registration, RegistrationId, Timestamp};

/// Passes every question on and refuses every write, for `--read-only`.
pub struct ReadOnly(Arc<dyn Backend>);

impl ReadOnly {
    /// Puts the refusal before a backend.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }

    /// What every write is answered with.
    pub fn refusal() -> BackendError {
        let message =
            "This profile is read-only. Leave out --read-only, or set read_only = false in the profile, to write.";
        BackendError::new(ErrorKind::ReadOnly, message)
    }
}

fn refused<T>() -> Result<T, BackendError> {
    Err(ReadOnly::refusal())
}

#[async_trait]
impl Backend for ReadOnly {
    fn name(&self) -> String {
        self.0.name()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            record: false,
            resend: false,
            decide: false,
            changes: self.0.capabilities().changes,
            annotations: Annotations::Refused,
        }
    }

    async fn list(&self, request: ListRequest) -> Result<Page, BackendError> {
        self.0.list(request).await
    }

    async fn retrieve(&self, id: &RegistrationId, caller: &Caller) -> Result<Registration, BackendError> {
        self.0.retrieve(id, caller).await
    }

    async fn note_use(&self, what: Use, caller: &Caller) -> Result<(), BackendError> {
        self.0.note_use(what, caller).await
    }

    async fn create(&self, _: CreateRequest, _: &Caller) -> Result<Created, BackendError> {
        refused()
    }

    async fn sync(&self, _: &RegistrationId, _: SyncRequest, _: &Caller) -> Result<SyncOutcome, BackendError> {
        refused()
    }

    async fn record(&self, _: &RegistrationId, _: Evidence, _: &Caller) -> Result<Registration, BackendError> {
        refused()
    }

    async fn resend(&self, _: &RegistrationId, _: ResendRequest, _: &Caller) -> Result<ResentLink, BackendError> {
        refused()
    }

    async fn send_code(&self, _: &RegistrationId, _: Channel, _: &Caller) -> Result<Registration, BackendError> {
        refused()
    }

    async fn enter_code(
        &self,
        _: &RegistrationId,
        _: Channel,
        _: SecretString,
        _: &Caller,
    ) -> Result<Registration, BackendError> {
        refused()
    }

    /// That something was shown is written down here too: it changes nothing about the registration, and unwritten it
    /// would have to stay masked.
    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        match annotation {
            Annotation::Reveal { .. } => self.0.annotate(id, annotation, caller).await,
            _ => refused(),
        }
    }

    async fn projects(&self) -> Result<Vec<Project>, BackendError> {
        self.0.projects().await
    }

    async fn flows(&self) -> Result<Vec<Flow>, BackendError> {
        self.0.flows().await
    }

    async fn token_scope(&self, token: &SecretString) -> Result<Option<TokenScope>, BackendError> {
        self.0.token_scope(token).await
    }

    async fn signed_in_until(&self) -> Option<Timestamp> {
        self.0.signed_in_until().await
    }

    fn feed(&self) -> Option<&dyn Feed> {
        self.0.feed()
    }

    fn revision(&self) -> Option<u64> {
        self.0.revision()
    }

    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>> {
        self.0.changes()
    }
}
