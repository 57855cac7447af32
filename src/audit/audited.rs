//! A backend that notes what operators ask of it.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::broadcast;

use super::{Deed, Journal, Seen};
use crate::{
    backend::{
        Annotation, Backend, BackendError, Caller, CallerKind, Capabilities, Channel, CreateRequest, Created,
        ErrorKind, Feed, HookQueue, ListRequest, Page, ResendRequest, ResentLink, SyncOutcome, SyncRequest, SyncStep,
        TokenScope, Use,
    },
    model::{Evidence, Flow, Project, Registration, RegistrationId, Timestamp},
};

/// The rules whose red flags a registration has.
type Flags = dyn Fn(&Registration) -> Vec<String> + Send + Sync;

/// Passes everything on. What an operator asks for is noted before it is done, and what came of it afterwards; if it
/// cannot be noted, it is not done. Others than operators are in the access log of each registration.
pub struct Audited {
    inner: Arc<dyn Backend>,
    journal: Journal,
    flags: Box<Flags>,
}

impl Audited {
    /// Puts the log before a backend. `flags` says which red flags are up, for what is noted of decisions.
    pub fn new(
        inner: Arc<dyn Backend>,
        journal: Journal,
        flags: impl Fn(&Registration) -> Vec<String> + Send + Sync + 'static,
    ) -> Self {
        Self { inner, journal, flags: Box::new(flags) }
    }

    /// Notes, does, and notes what came of it.
    async fn done<T>(
        &self,
        deed: Deed,
        caller: &Caller,
        work: impl Future<Output = Result<T, BackendError>> + Send,
        answer: impl FnOnce(&T) -> (Option<RegistrationId>, String) + Send,
    ) -> Result<T, BackendError> {
        if caller.kind != CallerKind::Operator {
            return work.await;
        }
        let number = self.note(caller, Deed { begins: true, ..deed.clone() }).await?;
        let done = work.await;
        let (id, answered) = match &done {
            Ok(done) => answer(done),
            Err(error) => (None, error.code.clone().unwrap_or_else(|| format!("{:?}", error.kind).to_lowercase())),
        };
        let end = Deed { registration: id.or(deed.registration), ends: Some(number), ..Deed::of(deed.action) };
        if let Err(error) = self.note(caller, end.answered(answered)).await {
            // It is done and cannot be taken back; that it was begun is in the log.
            tracing::error!(reason = %error.message, "what came of an operator's action could not be noted");
        }
        done
    }

    async fn note(&self, caller: &Caller, deed: Deed) -> Result<u64, BackendError> {
        let (journal, by) = (self.journal.clone(), caller.who().to_owned());
        let noted = tokio::task::spawn_blocking(move || journal.note(&by, deed)).await;
        let failed = |reason: String| {
            let place = self.journal.place();
            BackendError::new(ErrorKind::Storage, format!("Nothing was done: {place} cannot be written: {reason}."))
        };
        match noted {
            Ok(noted) => noted.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed("it broke off".to_owned())),
        }
    }

    /// What there is to see of a registration before a decision on it. Without it the decision is noted all the same:
    /// the source will say what is wrong.
    async fn seen(&self, id: &RegistrationId, request: &SyncRequest, caller: &Caller) -> Option<Seen> {
        let decides = matches!(request.step, Some((SyncStep::AdminOverride, _)));
        if caller.kind != CallerKind::Operator || !decides {
            return request.seen_version.map(|version| Seen { version: Some(version), ..Seen::default() });
        }
        let registration = self.inner.retrieve(id, &Caller::system()).await.ok()?;
        Some(Seen {
            version: request.seen_version.or(Some(registration.version).filter(|version| *version > 0)),
            status: Some(registration.status.to_string()),
            flags: (self.flags)(&registration),
        })
    }
}

fn status(registration: &Registration) -> (Option<RegistrationId>, String) {
    (Some(registration.id.clone()), registration.status.to_string())
}

#[async_trait]
impl Backend for Audited {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn list(&self, request: ListRequest) -> Result<Page, BackendError> {
        self.inner.list(request).await
    }

    async fn retrieve(&self, id: &RegistrationId, caller: &Caller) -> Result<Registration, BackendError> {
        self.inner.retrieve(id, caller).await
    }

    async fn note_use(&self, what: Use, caller: &Caller) -> Result<(), BackendError> {
        let deed = match what {
            Use::Opened(id) => Deed::on("show", &id),
            Use::Exported => Deed::of("export"),
        };
        self.note(caller, deed).await.map(drop)
    }

    async fn create(&self, request: CreateRequest, caller: &Caller) -> Result<Created, BackendError> {
        let deed = Deed::of("create").asking(request.flow.clone());
        let work = self.inner.create(request, caller);
        self.done(deed, caller, work, |created| status(&created.registration)).await
    }

    async fn sync(
        &self,
        id: &RegistrationId,
        request: SyncRequest,
        caller: &Caller,
    ) -> Result<SyncOutcome, BackendError> {
        let seen = self.seen(id, &request, caller).await;
        let deed = match &request.step {
            Some((step, status)) => Deed::on(format!("sync {}", step.live_name()), id).asking(status.to_string()),
            None => Deed::on("sync", id),
        };
        let work = self.inner.sync(id, request, caller);
        self.done(Deed { seen, ..deed }, caller, work, |outcome| status(&outcome.registration)).await
    }

    async fn record(
        &self,
        id: &RegistrationId,
        evidence: Evidence,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let deed = Deed::on(format!("record {}", evidence.step()), id);
        self.done(deed, caller, self.inner.record(id, evidence, caller), status).await
    }

    async fn resend(
        &self,
        id: &RegistrationId,
        request: ResendRequest,
        caller: &Caller,
    ) -> Result<ResentLink, BackendError> {
        let work = self.inner.resend(id, request, caller);
        self.done(Deed::on("resend link", id), caller, work, |link| status(&link.registration)).await
    }

    async fn send_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let deed = Deed::on(format!("send {} code", channel.as_str()), id);
        self.done(deed, caller, self.inner.send_code(id, channel, caller), status).await
    }

    async fn enter_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        code: SecretString,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let deed = Deed::on(format!("enter {} code", channel.as_str()), id);
        self.done(deed, caller, self.inner.enter_code(id, channel, code, caller), status).await
    }

    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let deed = Deed::on(annotation.action(), id);
        self.done(deed, caller, self.inner.annotate(id, annotation, caller), status).await
    }

    async fn projects(&self) -> Result<Vec<Project>, BackendError> {
        self.inner.projects().await
    }

    async fn flows(&self) -> Result<Vec<Flow>, BackendError> {
        self.inner.flows().await
    }

    async fn token_scope(&self, token: &SecretString) -> Result<Option<TokenScope>, BackendError> {
        self.inner.token_scope(token).await
    }

    async fn signed_in_until(&self) -> Option<Timestamp> {
        self.inner.signed_in_until().await
    }

    fn hooks(&self) -> Option<&dyn HookQueue> {
        self.inner.hooks()
    }

    fn feed(&self) -> Option<&dyn Feed> {
        self.inner.feed()
    }

    fn revision(&self) -> Option<u64> {
        self.inner.revision()
    }

    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>> {
        self.inner.changes()
    }
}
