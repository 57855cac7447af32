//! What the console, the endpoint and the command line ask of a source of registrations.
//!
//! The embedded engine, the remote client and the scripted fake all implement [`Backend`]; the contract suite in
//! `tests/` holds them to the same behaviour.

mod annotation;
mod error;
pub mod fake;
mod feed;
mod guarded;
mod hooks;
mod ledger;
mod read_only;
mod request;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::broadcast;

pub use annotation::{Annotation, LONGEST_NOTE, LONGEST_REASON, Objection};
pub use error::{BackendError, ErrorKind};
pub use feed::{Feed, FeedPosition};
pub use guarded::sync_as_seen;
pub use hooks::{Hook, HookFilter, HookQueue, HookedProjects};
pub use ledger::{Ledger, LedgerEnd, LedgerLine, Next};
pub use read_only::ReadOnly;
pub use request::{
    Blocker, Caller, CallerKind, CreateRequest, Created, ListRequest, Order, Page, ResendRequest, ResentLink,
    SyncOutcome, SyncRequest, SyncStep, TokenKind, TokenScope, Use,
};

use crate::model::{Evidence, Flow, Project, Registration, RegistrationId, StepKind, Timestamp};

/// What a backend can do beyond the four operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Takes the outcomes of steps ([`Backend::record`]).
    pub record: bool,
    /// Sends a link again ([`Backend::resend`]).
    pub resend: bool,
    /// Takes an operator's decision (`adminOverride`).
    pub decide: bool,
    /// Announces changes ([`Backend::changes`]).
    pub changes: bool,
    /// What becomes of what the desk says ([`Backend::annotate`]).
    pub annotations: Annotations,
}

/// What becomes of what the desk says about registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotations {
    /// It is not taken.
    Refused,
    /// It is forgotten when the program ends.
    WhileRunning,
    /// It is kept as long as the registrations are.
    Kept,
}

/// One source of registrations. Writes are never repeated by an implementation.
#[async_trait]
pub trait Backend: Send + Sync {
    /// A short name for the header: `embedded` or the host of a remote.
    fn name(&self) -> String;

    /// What this backend can do.
    fn capabilities(&self) -> Capabilities;

    /// One page of registrations, in the order asked for.
    async fn list(&self, request: ListRequest) -> Result<Page, BackendError>;

    /// One registration with everything known about it.
    async fn retrieve(&self, id: &RegistrationId, caller: &Caller) -> Result<Registration, BackendError>;

    /// Creates a registration.
    async fn create(&self, request: CreateRequest, caller: &Caller) -> Result<Created, BackendError>;

    /// Recomputes a registration's status, or reports a step. What comes back may differ from what was asked.
    async fn sync(
        &self,
        id: &RegistrationId,
        request: SyncRequest,
        caller: &Caller,
    ) -> Result<SyncOutcome, BackendError>;

    /// Hands in the outcome of a step.
    async fn record(
        &self,
        id: &RegistrationId,
        evidence: Evidence,
        caller: &Caller,
    ) -> Result<Registration, BackendError>;

    /// Issues a fresh link for an unfinished registration.
    async fn resend(
        &self,
        id: &RegistrationId,
        request: ResendRequest,
        caller: &Caller,
    ) -> Result<ResentLink, BackendError>;

    /// Sends (again) a code to the registration's e-mail or phone and returns the registration.
    async fn send_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        caller: &Caller,
    ) -> Result<Registration, BackendError>;

    /// Tries a code that a person entered. A wrong one is an error of kind [`ErrorKind::WrongCode`] and counts.
    async fn enter_code(
        &self,
        id: &RegistrationId,
        channel: Channel,
        code: SecretString,
        caller: &Caller,
    ) -> Result<Registration, BackendError>;

    /// Says something about a registration, in the name of the caller. It is no move of the person's: last change and
    /// every clock of the registration stay as they are.
    async fn annotate(
        &self,
        id: &RegistrationId,
        annotation: Annotation,
        caller: &Caller,
    ) -> Result<Registration, BackendError>;

    /// All projects.
    async fn projects(&self) -> Result<Vec<Project>, BackendError>;

    /// All flows.
    async fn flows(&self) -> Result<Vec<Flow>, BackendError>;

    /// What a token handed out by this backend allows; `None` if it handed out no such token.
    async fn token_scope(&self, token: &SecretString) -> Result<Option<TokenScope>, BackendError>;

    /// Until when the backend lets us in, where that is known: the end of the token in use, UTC.
    async fn signed_in_until(&self) -> Option<Timestamp> {
        None
    }

    /// Notes what somebody does with what was read, before they do it; where no log of that is kept, nothing is noted.
    ///
    /// # Errors
    /// When it cannot be noted, and so must not be done.
    async fn note_use(&self, _: Use, _: &Caller) -> Result<(), BackendError> {
        Ok(())
    }

    /// What the webhooks of projects are told, where the backend keeps that.
    fn hooks(&self) -> Option<&dyn HookQueue> {
        None
    }

    /// What has changed since one looked, where the backend remembers that.
    fn feed(&self) -> Option<&dyn Feed> {
        None
    }

    /// Counts what has been written, where all of it is written by this process: while this stays as it is, the same
    /// question has the same answer, but for what time brings.
    fn revision(&self) -> Option<u64> {
        None
    }

    /// Ids of registrations as they change, where the backend can tell.
    fn changes(&self) -> Option<broadcast::Receiver<RegistrationId>>;
}

/// What becomes of what was read of a remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mirror {
    /// All of it is held in memory while the program runs.
    #[default]
    Memory,
    /// It is kept on disk as well, for a while.
    Disk,
    /// Only the newest page is read.
    Off,
}

/// Where a code goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// To the e-mail address.
    Email,
    /// To the phone.
    Phone,
}

impl Channel {
    /// The word for logs and messages; also the name of the contact field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// The step that its code settles.
    pub fn step(self) -> StepKind {
        match self {
            Self::Email => StepKind::EmailVerification,
            Self::Phone => StepKind::PhoneVerification,
        }
    }
}

/// Where the time comes from; fixed for repeatable output (`--now`) and in tests.
#[derive(Clone)]
pub struct Clock(std::sync::Arc<dyn Fn() -> crate::model::Timestamp + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    pub fn new(read: impl Fn() -> crate::model::Timestamp + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(read))
    }

    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "the one place where the program reads the wall clock")]
    pub fn system() -> Self {
        Self::new(chrono::Utc::now)
    }

    /// A clock that stands still.
    pub fn fixed(at: crate::model::Timestamp) -> Self {
        Self::new(move || at)
    }

    /// The time, UTC.
    pub fn now(&self) -> crate::model::Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Clock")
    }
}
