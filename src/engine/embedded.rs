//! The engine itself: rules and store put together, with what is random, the clock and the outbox.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio::sync::broadcast;

use super::core::{self, Access, Command, Event, Refusal, Run, State};
use super::outbox::Outbox;
use super::storage::{Holder, Storage};
use super::store::{ConnectError, DatabaseLogin, OpenError, SharedStore, Store, StoreError, StoredHook, Writer, aside};
use super::{catalog, core::Create, follow, loading};
use crate::backend::{BackendError, Caller, Clock, ErrorKind, HookedProjects, Ledger};
use crate::model::{Registration, RegistrationId, Timestamp};
use crate::private;

/// Ids of changed registrations that a slow listener may be behind before it is told to read afresh.
const CHANGES_KEPT: usize = 4096;

/// Registrations ended in one transaction: what a store that was closed for long has to catch up on is kept in memory
/// no more than that at a time.
const ENDED_AT_ONCE: usize = 1_000;

/// The life of one registration as commands with their times, the first of which is [`Command::Create`] or
/// [`Command::Import`].
pub type Script = Vec<(Timestamp, Command)>;

/// The embedded backend. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) store: Box<dyn Storage>,
    pub(super) clock: Clock,
    pub(super) outbox: Outbox,
    /// Whose events are queued for webhooks.
    hooked: HookedProjects,
    changes: broadcast::Sender<RegistrationId>,
    /// Who leases what is claimed here; nobody where claims hold until they are released.
    pub(super) holder: OnceLock<Holder>,
}

/// A request that the rules refused, or a store that failed.
pub(super) enum Failure {
    Missing(RegistrationId),
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for BackendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Missing(id) => Self::no_registration(&id),
            Failure::Refused(refusal) => refusal.into(),
            Failure::Store(error) => error.into(),
        }
    }
}

impl Engine {
    /// Opens the engine in a data directory, making it if need be. Registrations whose lifetime has passed are ended when
    /// they are looked at, and all of them by [`Engine::end_overdue`]. Blocks.
    pub fn open(directory: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_with_hooks(directory, clock, HookedProjects::default(), || {})
    }

    /// The same, with webhooks: what happens in these projects from now on is queued for them. A store that was not
    /// closed is read through before it can be used, which takes some 20 s for a million registrations: `mending` is
    /// told when that begins, and again while it goes on. Blocks.
    pub fn open_with_hooks(
        directory: &Path,
        clock: Clock,
        hooked: HookedProjects,
        mending: impl Fn() + Clone + 'static,
    ) -> Result<Self, OpenError> {
        let (projects, flows) = built_in()?;
        let store = Store::open(directory, &projects, &flows, mending)?;
        Ok(Self::assemble(Box::new(store), clock, Outbox::file(directory), hooked))
    }

    /// Ends every registration whose lifetime has passed. Blocks, for long after a long time.
    ///
    /// # Errors
    /// If the store fails.
    pub fn end_overdue(&self) -> Result<(), BackendError> {
        self.inner.end_overdue()
    }

    /// The engine over a database that others work with as well. Codes and links go to the outbox in a directory of this
    /// machine. Blocks.
    pub fn connect(
        database: &DatabaseLogin,
        outbox: &Path,
        clock: Clock,
        hooked: HookedProjects,
    ) -> Result<Self, ConnectError> {
        Self::connect_for(None, database, outbox, clock, hooked)
    }

    /// The same, of which only one project is listed and followed, if one is named. Blocks.
    pub fn connect_for(
        project: Option<&str>,
        database: &DatabaseLogin,
        outbox: &Path,
        clock: Clock,
        hooked: HookedProjects,
    ) -> Result<Self, ConnectError> {
        let unusable =
            |reason| ConnectError::Unusable { place: database.place(), reason, what: "its user may write there" };
        private::create_directory(outbox).map_err(|reason| ConnectError::Outbox { path: outbox.to_owned(), reason })?;
        let (projects, flows) = catalog::built_in().map_err(unusable)?;
        aside(database, || {
            let store = SharedStore::open(database, &projects, &flows)?;
            let store = match project {
                Some(project) => store.of_project(project)?,
                None => store,
            };
            let engine = Self::assemble(Box::new(store), clock, Outbox::file(outbox), hooked);
            engine.inner.end_overdue().map_err(|error| unusable(error.message))?;
            follow::begin(&engine.inner).map_err(|error| unusable(error.to_string()))?;
            Ok(engine)
        })
    }

    /// The audit log of all who work on a database, without an engine over it. Blocks.
    pub fn ledger_of(database: &DatabaseLogin) -> Result<Option<Arc<dyn Ledger>>, ConnectError> {
        let what = "its user may write there";
        let (projects, flows) =
            catalog::built_in().map_err(|reason| ConnectError::Unusable { place: database.place(), reason, what })?;
        aside(database, || Ok(SharedStore::open(database, &projects, &flows)?.ledger()))
    }

    /// The audit log, where it is kept with the registrations.
    pub fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        self.inner.store.ledger()
    }

    /// An engine in memory, gone with the process.
    pub fn in_memory(clock: Clock) -> Result<Self, OpenError> {
        let (projects, flows) = built_in()?;
        let store = Store::in_memory(&projects, &flows)?;
        Ok(Self::assemble(Box::new(store), clock, Outbox::Nowhere, HookedProjects::default()))
    }

    fn assemble(store: Box<dyn Storage>, clock: Clock, outbox: Outbox, hooked: HookedProjects) -> Self {
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Self { inner: Arc::new(Inner { store, clock, outbox, hooked, changes, holder: OnceLock::new() }) }
    }

    /// Writes many registrations in one transaction: each script is folded through the rules, all of them are stored
    /// or none. Returns how many. Access is not noted and shared contacts are not looked for; a script that the rules
    /// refuse is an error that names its number, from 0. Listeners are not told. Blocks.
    pub fn load_scripts<S: IntoIterator<Item = Script, IntoIter: Send>>(
        &self,
        scripts: S,
    ) -> Result<u64, BackendError> {
        self.load_scripts_by(scripts, usize::MAX, |_| {})
    }

    /// The same in transactions of so many scripts each, so that any number of them can be loaded: an error leaves what
    /// came before its transaction. Tells after every thousand, and at the end, how many have come. Blocks.
    pub fn load_scripts_by<S: IntoIterator<Item = Script, IntoIter: Send>>(
        &self,
        scripts: S,
        most: usize,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, BackendError> {
        loading::with_records(scripts.into_iter(), |records| self.inner.store.fill(records, most, &mut progress))
    }

    /// Runs one command for a caller as if it came at a time of one's choosing, like any request: a lifetime that has
    /// passed ends first, access is noted, listeners are told.
    pub async fn execute_at(
        &self,
        id: &RegistrationId,
        command: Command,
        caller: &Caller,
        at: Timestamp,
    ) -> Result<Registration, BackendError> {
        let (id, caller) = (id.clone(), caller.clone());
        let (state, _) = self.blocking(move |inner| inner.execute(&id, &command, &caller, at)).await?;
        Ok(*state.registration)
    }

    /// The events of a registration, oldest first; empty if there is none of this id.
    #[cfg(test)]
    pub(super) async fn events(&self, id: &RegistrationId) -> Result<Vec<Event>, BackendError> {
        let id = id.clone();
        self.blocking(move |inner| Ok(inner.store.events(&id)?)).await
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<RegistrationId> {
        self.inner.changes.subscribe()
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(super) fn shared(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// Does blocking work on a thread made for that.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, BackendError> + Send + 'static,
    ) -> Result<T, BackendError> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(BackendError::new(
                ErrorKind::Storage,
                "The engine stopped in the middle of a request. Read the registration again before repeating it.",
            )),
        }
    }
}

impl Inner {
    /// Runs a command in one write transaction. What happened is on disk when this returns, also when the command was
    /// refused (the attempt itself is then what happened).
    pub(super) fn execute(
        &self,
        id: &RegistrationId,
        command: &Command,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(State, Vec<Event>), BackendError> {
        let run = self.store.write(|writer| {
            let run = self.transact(writer, id, command, caller, now)?;
            self.lease(writer, command, &run);
            Ok::<_, Failure>(run)
        })?;
        // What changed may be another one than was meant: who holds a taken contact.
        self.tell(run.state.registration.id.clone());
        match run.refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok((run.state, run.events)),
        }
    }

    /// Ends everything whose lifetime has passed.
    pub(super) fn end_overdue(&self) -> Result<(), BackendError> {
        let now = self.clock.now();
        self.end(&self.store.overdue(now)?, now)
    }

    /// Ends those of these whose lifetime has passed, and leaves alone what somebody else has ended meanwhile.
    pub(super) fn end(&self, ids: &[RegistrationId], now: Timestamp) -> Result<(), BackendError> {
        for ids in ids.chunks(ENDED_AT_ONCE) {
            self.store.write(|writer| {
                for id in ids {
                    if writer.load(id)?.is_some_and(|state| state.is_overdue(now)) {
                        self.transact(writer, id, &Command::Expire, &Caller::system(), now)?;
                    }
                }
                Ok::<_, Failure>(())
            })?;
            for id in ids {
                self.tell(id.clone());
            }
        }
        Ok(())
    }

    /// Runs a command within a transaction.
    pub(super) fn transact(
        &self,
        writer: &mut Writer<'_>,
        id: &RegistrationId,
        command: &Command,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Run, Failure> {
        let state = writer.load(id)?;
        if state.is_none() && !matches!(command, Command::Create(_) | Command::Import(_)) {
            return Err(Failure::Missing(id.clone()));
        }
        let expected = state.as_ref().map_or(0, |state| state.events);
        let (command, holder) = match command {
            Command::Create(opening) => {
                let (taken, holder) = writer.taken(&opening.project.id, &opening.contact)?.unzip();
                (Cow::Owned(Command::Create(Box::new(Create { taken, ..opening.as_ref().clone() }))), holder)
            }
            other => (Cow::Borrowed(other), None),
        };
        let before = if self.hooked.is_empty() { None } else { state.clone() };
        match (core::run(state, &command, caller, now), holder) {
            (Ok(run), _) => {
                writer.append(expected, &run.events, &run.state)?;
                if self.hooked.has(&run.state.registration.project) {
                    announce(writer, before, &run.events);
                }
                Ok(run)
            }
            (Err(refusal), Some(holder)) if refusal.is_for_a_taken_contact() => {
                note_turned_away(writer, &holder, caller, refusal, now)
            }
            (Err(refusal), _) => Err(refusal.into()),
        }
    }

    /// Tells listeners that a registration has changed. Nobody listening is no failure.
    pub(super) fn tell(&self, id: RegistrationId) {
        let _ = self.changes.send(id);
    }
}

/// Queues for its webhook what came of a command.
fn announce(writer: &mut Writer<'_>, mut state: Option<State>, events: &[Event]) {
    for event in events {
        let before = state.clone();
        let Some(after) = core::apply(state, event) else { return };
        for name in core::announcements(before.as_ref(), event, &after) {
            let (registration, events) = (after.registration.id.clone(), after.events);
            let hook = StoredHook { registration, events, name, at: event.at, tries: Vec::new(), due: Some(event.at) };
            writer.announce(hook);
        }
        state = Some(after);
    }
}

/// Somebody was refused a new registration because this one holds the contact: whoever works on it should know.
fn note_turned_away(
    writer: &mut Writer<'_>,
    holder: &RegistrationId,
    caller: &Caller,
    refusal: Refusal,
    now: Timestamp,
) -> Result<Run, Failure> {
    let state = writer.load(holder)?.ok_or_else(|| Failure::Missing(holder.clone()))?;
    let expected = state.events;
    let note = Access {
        actor: caller.kind,
        ip: caller.ip.clone(),
        action: "create".to_owned(),
        denied: Some(refusal.code.to_owned()),
    };
    let run = core::run(Some(state), &Command::NoteAccess(note), caller, now)?;
    writer.append(expected, &run.events, &run.state)?;
    Ok(Run { refusal: Some(refusal), ..run })
}

fn built_in() -> Result<(Vec<crate::model::Project>, Vec<crate::model::Flow>), OpenError> {
    catalog::built_in().map_err(|reason| OpenError::Broken { path: "(built in)".into(), reason })
}
