//! An engine, opened where the profile has its store, and the audit log that belongs to it.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;
use secrecy::SecretString;

use super::Failure;
use crate::{
    audit::Journal,
    backend::{Clock, HookedProjects, Ledger},
    config::{Profile, Source, StoreSettings},
    engine::{self, DatabaseLogin, Engine, Findings, OpenError},
    remote::TokenSource,
};

/// How long a store in a file is waited for that another process has open.
const PATIENCE: Duration = Duration::from_secs(1);

/// Opens the engine of a profile that is not a remote.
pub fn engine(source: &Source, clock: Clock, hooked: HookedProjects) -> Result<Engine, Failure> {
    match source {
        Source::Embedded { data_dir } => Ok(in_file(data_dir, &clock, &hooked)?),
        Source::Shared { store, data_dir } => {
            Ok(Engine::connect_for(store.project.as_deref(), &login(store)?, data_dir, clock, hooked)?)
        }
        Source::Remote(_) => Err(no_engine()),
    }
}

/// The engine of a data directory. One that another process has open is waited for a little: in a pipeline, that process
/// is just about to end. One that was not closed and is large takes its time: a terminal shows that it does.
fn in_file(data_dir: &Path, clock: &Clock, hooked: &HookedProjects) -> Result<Engine, OpenError> {
    let begun = Instant::now();
    let shown = Arc::new(OnceLock::new());
    let mending = {
        let shown = Arc::clone(&shown);
        move || _ = shown.get_or_init(mending_shown)
    };
    let opened = loop {
        match Engine::open_with_hooks(data_dir, clock.clone(), hooked.clone(), mending.clone()) {
            Err(OpenError::Locked { .. }) if begun.elapsed() < PATIENCE => thread::sleep(PATIENCE / 40),
            done => break done,
        }
    };
    if let Some(shown) = shown.get() {
        shown.finish_and_clear();
    }
    opened
}

/// A line on the terminal, where there is one, that a store is put in order.
fn mending_shown() -> ProgressBar {
    let shown = ProgressBar::new_spinner();
    shown.set_message("The store was not closed; what it holds is read through, and then it opens.");
    shown.tick();
    shown.enable_steady_tick(PATIENCE / 10);
    shown
}

/// Checks the store of a profile that is not a remote.
pub fn check(source: &Source) -> Result<Findings, Failure> {
    match source {
        Source::Embedded { data_dir } => Ok(engine::check(data_dir)?),
        Source::Shared { store, .. } => Ok(engine::check_shared(&login(store)?)?),
        Source::Remote(_) => Err(no_engine()),
    }
}

/// The audit log of a profile; `None` if it has no place for one.
pub fn journal(profile: &Profile) -> Result<Option<Journal>, Failure> {
    match &profile.source {
        Source::Shared { store, .. } => Ok(shared(Engine::ledger_of(&login(store)?)?, profile)),
        _ => Ok(profile.journal.as_ref().map(|directory| Journal::at(directory, &profile.name))),
    }
}

/// The same, where the engine of the profile is open.
pub fn journal_beside(engine: &Engine, profile: &Profile) -> Result<Option<Journal>, Failure> {
    match engine.ledger() {
        None => journal(profile),
        ledger => Ok(shared(ledger, profile)),
    }
}

fn shared(ledger: Option<Arc<dyn Ledger>>, profile: &Profile) -> Option<Journal> {
    ledger.map(|ledger| Journal::shared(ledger, &profile.name))
}

/// What whoever asks for the engine of a remote is told.
pub fn no_engine() -> Failure {
    let message = "a remote keeps its registrations itself; leave out --url, or pick an embedded profile";
    Failure::Usage(message.to_owned())
}

fn login(store: &StoreSettings) -> Result<DatabaseLogin, Failure> {
    Ok(DatabaseLogin {
        host: store.host.clone(),
        port: store.port,
        user: store.user.clone(),
        name: store.database.clone(),
        password: store.password.as_ref().map(password).transpose()?,
        tls: store.needs_tls(),
    })
}

/// Reads a password on a thread of its own: this one may be among those that run tasks, where nobody may wait.
fn password(source: &TokenSource) -> Result<SecretString, Failure> {
    let read = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::io("the threads of the program"))?;
        Ok(runtime.block_on(source.read())?)
    };
    thread::scope(|scope| scope.spawn(read).join())
        .unwrap_or_else(|_| Err(Failure::Other("the password of the store could not be read".to_owned())))
}
