//! A scripted backend in memory: for tests of what is built on a backend, and of how it bears failure.
//!
//! Without a script it behaves as a backend should, in the simplest way that can be called so. It takes no evidence:
//! the rules of a flow are the engine's, and a second set of them would be worth nothing.

mod memory;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{broadcast, oneshot};

use self::memory::Memory;
use super::{
    Annotation, Annotations, Backend, BackendError, Caller, Capabilities, Channel, Clock, CreateRequest, Created,
    ErrorKind, ListRequest, Page, ResendRequest, ResentLink, SyncOutcome, SyncRequest, TokenKind, TokenScope,
};
use crate::model::{Evidence, Flow, Moment, Project, Registration, RegistrationId, Status};

/// What was asked of a [`Fake`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`Backend::list`].
    List,
    /// [`Backend::retrieve`].
    Retrieve,
    /// [`Backend::create`].
    Create,
    /// [`Backend::sync`].
    Sync,
    /// [`Backend::resend`].
    Resend,
    /// [`Backend::annotate`].
    Annotate,
    /// [`Backend::projects`].
    Projects,
    /// [`Backend::flows`].
    Flows,
}

/// One call, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What was asked.
    pub operation: Operation,
    /// Of which registration.
    pub registration: Option<RegistrationId>,
}

/// An answer that is held back; letting go of this (or dropping it) lets the answer out.
#[derive(Debug)]
pub struct Held(oneshot::Sender<()>);

impl Held {
    /// Lets the answer out.
    pub fn release(self) {
        // If nobody waits any more, the request was given up.
        let _ = self.0.send(());
    }
}

/// What happens to one call.
#[derive(Default)]
struct Fault {
    error: Option<BackendError>,
    /// The error comes after the work is done: the answer is lost, not the change.
    work_is_done: bool,
    gate: Option<oneshot::Receiver<()>>,
}

#[derive(Default)]
struct State {
    memory: Memory,
    script: VecDeque<(Operation, Fault)>,
    calls: Vec<Call>,
}

/// See the module.
pub struct Fake {
    state: Mutex<State>,
    clock: Clock,
    changes: broadcast::Sender<RegistrationId>,
}

/// Changes kept for a slow listener before it has to read everything again.
const CHANGES_KEPT: usize = 1024;

impl Fake {
    /// A backend that holds these projects and flows, and no registration yet.
    pub fn new(projects: Vec<Project>, flows: Vec<Flow>, clock: Clock) -> Self {
        let state = State { memory: Memory::new(projects, flows), ..State::default() };
        Self { state: Mutex::new(state), clock, changes: broadcast::channel(CHANGES_KEPT).0 }
    }

    /// Adds or replaces a registration behind everybody's back, and announces it.
    pub fn put(&self, registration: Registration) {
        let id = registration.id.clone();
        self.lock().memory.put(registration);
        self.announce(&id);
    }

    /// The next unscripted call of this operation fails and does nothing.
    pub fn fail(&self, operation: Operation, error: BackendError) {
        self.plan(operation, Fault { error: Some(error), ..Fault::default() });
    }

    /// The next unscripted call of this operation does its work, but answers with an error.
    pub fn lose_answer(&self, operation: Operation, error: BackendError) {
        self.plan(operation, Fault { error: Some(error), work_is_done: true, gate: None });
    }

    /// The next unscripted call of this operation does its work, and answers only when let go: so answers can come
    /// late, or in another order than they were asked for.
    pub fn hold(&self, operation: Operation) -> Held {
        let (let_go, gate) = oneshot::channel();
        self.plan(operation, Fault { gate: Some(gate), ..Fault::default() });
        Held(let_go)
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    fn plan(&self, operation: Operation, fault: Fault) {
        self.lock().script.push_back((operation, fault));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, id: &RegistrationId) {
        // An error only says that nobody listens.
        let _ = self.changes.send(id.clone());
    }

    /// Notes the call and lets it happen as scripted.
    async fn act<T>(
        &self,
        operation: Operation,
        registration: Option<&RegistrationId>,
        work: impl FnOnce(&mut Memory) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let (answer, gate) = {
            let mut state = self.lock();
            state.calls.push(Call { operation, registration: registration.cloned() });
            let planned = state.script.iter().position(|(planned, _)| *planned == operation);
            let fault = planned.and_then(|at| state.script.remove(at)).map(|(_, fault)| fault).unwrap_or_default();
            let answer = match fault.error {
                Some(error) if fault.work_is_done => work(&mut state.memory).and(Err(error)),
                Some(error) => Err(error),
                None => work(&mut state.memory),
            };
            (answer, fault.gate)
        };
        if let Some(gate) = gate {
            // A dropped `Held` lets go as well.
            let _ = gate.await;
        }
        answer
    }

    /// The token of a registration's person.
    fn token(id: &RegistrationId) -> SecretString {
        SecretString::from(format!("{TOKEN_PREFIX}{id}"))
    }
}

const TOKEN_PREFIX: &str = "fake-token-of-";

#[async_trait]
impl Backend for Fake {
    fn name(&self) -> String {
        "fake".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            record: false,
            resend: true,
            decide: true,
            changes: true,
            annotations: Annotations::WhileRunning,
        }
    }

    async fn list(&self, request: ListRequest) -> Result<Page, BackendError> {
        self.act(Operation::List, None, |memory| memory.page(&request)).await
    }

    async fn retrieve(&self, id: &RegistrationId, _caller: &Caller) -> Result<Registration, BackendError> {
        self.act(Operation::Retrieve, Some(id), |memory| memory.get(id).cloned()).await
    }

    async fn create(&self, request: CreateRequest, _caller: &Caller) -> Result<Created, BackendError> {
        let now = Moment::event(self.clock.now());
        let registration = self
            .act(Operation::Create, None, |memory| {
                let registration = memory.create(request, now)?;
                self.announce(&registration.id);
                Ok(registration)
            })
            .await?;
        Ok(Created { token: Some(Self::token(&registration.id)), registration })
    }

    async fn sync(
        &self,
        id: &RegistrationId,
        request: SyncRequest,
        _caller: &Caller,
    ) -> Result<SyncOutcome, BackendError> {
        let now = Moment::event(self.clock.now());
        self.act(Operation::Sync, Some(id), |memory| {
            let outcome = memory.sync(id, request, now)?;
            self.announce(id);
            Ok(outcome)
        })
        .await
    }

    async fn record(&self, _: &RegistrationId, _: Evidence, _: &Caller) -> Result<Registration, BackendError> {
        Err(BackendError::unsupported("take evidence"))
    }

    async fn resend(
        &self,
        id: &RegistrationId,
        request: ResendRequest,
        _caller: &Caller,
    ) -> Result<ResentLink, BackendError> {
        let now = Moment::event(self.clock.now());
        let registration = self
            .act(Operation::Resend, Some(id), |memory| {
                let registration = memory.get(id)?;
                if registration.status.is_final() && registration.status != Status::Expired {
                    let message = "A finished registration has no link to resend.";
                    let code = "cannot_resend_link_for_this_status";
                    return Err(BackendError::new(ErrorKind::Conflict, message).with_code(code));
                }
                registration.link_resent = Some(now);
                registration.link_resends += 1;
                registration.version += 1;
                Ok(registration.clone())
            })
            .await?;
        self.announce(id);
        Ok(ResentLink {
            token: Some(Self::token(id)),
            link: None,
            expires_at: None,
            email_sent: request.send_email.then_some(true),
            registration,
        })
    }

    async fn send_code(&self, _: &RegistrationId, _: Channel, _: &Caller) -> Result<Registration, BackendError> {
        Err(BackendError::unsupported("send codes"))
    }

    async fn enter_code(
        &self,
        _: &RegistrationId,
        _: Channel,
        _: SecretString,
        _: &Caller,
    ) -> Result<Registration, BackendError> {
        Err(BackendError::unsupported("check codes"))
    }

    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError> {
        let now = self.clock.now();
        self.act(Operation::Annotate, Some(id), |memory| {
            let registration = memory.annotate(id, &annotation, caller, now)?;
            self.announce(id);
            Ok(registration)
        })
        .await
    }

    async fn projects(&self) -> Result<Vec<Project>, BackendError> {
        self.act(Operation::Projects, None, |memory| Ok(memory.projects.clone())).await
    }

    async fn flows(&self) -> Result<Vec<Flow>, BackendError> {
        self.act(Operation::Flows, None, |memory| Ok(memory.flows.clone())).await
    }

    async fn token_scope(&self, token: &SecretString) -> Result<Option<TokenScope>, BackendError> {
        let id = token.expose_secret().strip_prefix(TOKEN_PREFIX).map(RegistrationId::new);
        let expires_at = self.clock.now() + chrono::Duration::minutes(120);
        Ok(id.map(|registration| TokenScope { registration, kind: TokenKind::Enrollee, expires_at, expired: false }))
    }

    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>> {
        Some(self.changes.subscribe())
    }
}
