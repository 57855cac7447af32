//! The way to the database: connections that are lent out, an end in time to everything, and what is done again.
//!
//! A transaction is done anew when the database says that it would not come out as if one after the other
//! (`serialization_failure`, `deadlock_detected`), and when the connection broke before it was told to keep anything:
//! then nothing of it stays. Once it has been told, nothing is done again: whoever asked is told that nobody knows.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use deadpool_postgres::{ClientWrapper, Object, Pool, PoolError};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::error::SqlState;

use super::super::StoreError;
use super::connect::{ConnectError, DatabaseLogin};

/// How long anything asked of the database may take, as seen from here: longer than it allows itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a transaction is done before others are too many. With the pauses between, some five seconds.
const TRIES: u32 = 60;

/// How often a broken connection is replaced for one request.
const RECONNECTIONS: u32 = 2;

/// Longest pause before a transaction is done again.
const LONGEST_PAUSE: Duration = Duration::from_millis(128);

/// Longest time in which nobody even tries to reach a database that was away.
const LONGEST_ABSENCE: Duration = Duration::from_secs(2);

/// Why something did not come to its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It has to be done again, since others came in between.
    Again,
    /// The connection broke.
    Lost(String),
    /// No connection can be made.
    Away(String),
    /// It will not be otherwise if it is done again.
    Store(StoreError),
}

impl Trouble {
    /// What it comes to for whoever waits for an answer.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Again => StoreError::Busy,
            Self::Lost(reason) | Self::Away(reason) => StoreError::Away(reason),
            Self::Store(error) => error,
        }
    }

    /// The same for whoever only asked meanwhile.
    pub(super) fn told(&self) -> StoreError {
        match self {
            Self::Again => StoreError::Busy,
            Self::Lost(reason) | Self::Away(reason) => StoreError::Away(reason.clone()),
            Self::Store(error) => StoreError::Refused(error.to_string()),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else { return Self::Lost(in_words(&error)) };
        match state {
            // A key that is there already was written by somebody who came in between.
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::UNIQUE_VIOLATION => {
                Self::Again
            }
            // It stops, starts or has become one that only reads.
            &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::READ_ONLY_SQL_TRANSACTION
            | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | &SqlState::TOO_MANY_CONNECTIONS => Self::Lost(in_words(&error)),
            _ if state.code().starts_with("08") => Self::Lost(in_words(&error)),
            _ => Self::Store(StoreError::Refused(in_words(&error))),
        }
    }
}

/// An error without what it quotes: the database repeats values in its messages.
fn in_words(error: &tokio_postgres::Error) -> String {
    match error.code() {
        Some(&SqlState::QUERY_CANCELED) => "it took too long".to_owned(),
        Some(&(SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN)) => "it was stopped".to_owned(),
        Some(&SqlState::CANNOT_CONNECT_NOW) => "it is starting or stopping".to_owned(),
        Some(&SqlState::TOO_MANY_CONNECTIONS) => "it has no connection left".to_owned(),
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => "it only reads".to_owned(),
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            "it does not let this user in".to_owned()
        }
        Some(&SqlState::INVALID_CATALOG_NAME) => "there is no such database".to_owned(),
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => "this user may not do that".to_owned(),
        Some(state) => format!("SQLSTATE {}", state.code()),
        None => std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string),
    }
}

/// Does something on a thread of its own: waiting for a database is refused on threads that run tasks.
pub(in crate::engine) fn aside<T: Send>(
    login: &DatabaseLogin,
    work: impl FnOnce() -> Result<T, ConnectError> + Send,
) -> Result<T, ConnectError> {
    apart(work, || {
        let reason = "the engine stopped in the middle of it".to_owned();
        ConnectError::Unusable { place: login.place(), reason, what: "this program is whole" }
    })
}

/// The same, with what is told if it breaks off.
pub(super) fn apart<T: Send, E: Send>(
    work: impl FnOnce() -> Result<T, E> + Send,
    broke_off: impl FnOnce() -> E,
) -> Result<T, E> {
    thread::scope(|scope| scope.spawn(work).join()).unwrap_or_else(|_| Err(broke_off()))
}

/// See the module.
pub(super) struct Link {
    /// Host, port and name of the database.
    pub(super) place: String,
    pool: Pool,
    absence: Mutex<Absence>,
    /// Where connections live; gone only while it is dropped.
    runtime: Option<Runtime>,
}

/// Since when nobody answers.
#[derive(Default)]
struct Absence {
    failures: u32,
    /// Until when nobody tries, and why.
    until: Option<(Instant, String)>,
}

/// A connection, lent. It is closed afterwards, unless it is given back as it was.
pub(super) struct Lent {
    object: Option<Object>,
}

impl Link {
    /// Reaches a database for the first time.
    pub(super) fn open(database: &DatabaseLogin) -> Result<Self, ConnectError> {
        let place = database.place();
        let unusable = |reason| ConnectError::Unusable { place: place.clone(), reason, what: "the system lets it be" };
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("database").enable_all().build();
        let runtime = runtime.map_err(|error| unusable(error.to_string()))?;
        let pool = database.pool().map_err(unusable)?;
        Ok(Self { place, pool, absence: Mutex::default(), runtime: Some(runtime) })
    }

    /// Waits for an answer of the database. Only on threads that may block.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        let lost = || Trouble::Lost("it does not answer".to_owned());
        let Some(runtime) = &self.runtime else { return Err(lost()) };
        runtime.handle().block_on(async { timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(lost())) })
    }

    /// A connection. While the database is away, most who ask are told so at once.
    pub(super) fn lend(&self) -> Result<Lent, Trouble> {
        if let Some((until, reason)) = &self.absence().until
            && Instant::now() < *until
        {
            return Err(Trouble::Away(reason.clone()));
        }
        let lent = self.wait(async { self.pool.get().await.map_err(trouble) });
        let mut absence = self.absence();
        match lent {
            Ok(object) => {
                *absence = Absence::default();
                Ok(Lent { object: Some(object) })
            }
            Err(Trouble::Again) => Err(Trouble::Again),
            Err(trouble) => {
                let reason = match &trouble {
                    Trouble::Lost(reason) | Trouble::Away(reason) => reason.clone(),
                    other => other.told().to_string(),
                };
                let pause = Duration::from_millis(50) * 2_u32.saturating_pow(absence.failures.min(8));
                absence.failures += 1;
                absence.until = Some((Instant::now() + pause.min(LONGEST_ABSENCE), reason.clone()));
                tracing::warn!(place = %self.place, %reason, "the database cannot be reached");
                Err(Trouble::Away(reason))
            }
        }
    }

    fn absence(&self) -> std::sync::MutexGuard<'_, Absence> {
        self.absence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that only reads.
    #[expect(clippy::needless_pass_by_value, reason = "closures are written where they are handed over")]
    pub(super) fn read<T>(&self, work: impl AsyncFn(&ClientWrapper) -> Result<T, Trouble>) -> Result<T, StoreError> {
        Self::persist(|_| {
            let lent = self.lend()?;
            let done = self.wait(work(lent.client()?))?;
            lent.give_back();
            Ok(done)
        })
    }

    /// Does something until it comes to its end, or nothing can be done about it. It is told how often it was tried.
    pub(super) fn persist<T>(attempt: impl Fn(u32) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let mut broken = 0;
        for tried in 0..TRIES {
            match attempt(tried) {
                Ok(done) => return Ok(done),
                Err(Trouble::Again) => tracing::debug!(tried, "a transaction is done again"),
                Err(Trouble::Lost(_)) if broken < RECONNECTIONS => broken += 1,
                Err(trouble) => return Err(trouble.into_error()),
            }
            thread::sleep(pause(tried));
        }
        Err(StoreError::Busy)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Whoever drops it may be on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Lent {
    pub(super) fn client(&self) -> Result<&ClientWrapper, Trouble> {
        self.object.as_deref().ok_or_else(|| Trouble::Lost("it was given back".to_owned()))
    }

    /// Gives the connection back: nothing is under way on it.
    pub(super) fn give_back(mut self) {
        drop(self.object.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

/// A pause that differs from everybody else's, and grows.
fn pause(tried: u32) -> Duration {
    let longest = Duration::from_millis(2_u64.saturating_pow(tried.min(8))).min(LONGEST_PAUSE);
    longest.mul_f64(f64::from(chance(1_000)) / 1_000.0)
}

/// A number below a limit. What it is good for works with any number, so a system without chance gives 0.
pub(super) fn chance(limit: u32) -> u32 {
    getrandom::u32().unwrap_or_default() % limit
}

fn trouble(error: PoolError) -> Trouble {
    match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(deadpool_postgres::HookError::Backend(error)) => {
            Trouble::Lost(in_words(&error))
        }
        // All connections are lent out.
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => Trouble::Again,
        PoolError::Timeout(_) => Trouble::Lost("it does not answer".to_owned()),
        other => Trouble::Lost(other.to_string()),
    }
}
