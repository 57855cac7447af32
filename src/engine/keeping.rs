//! What is done with a store that nobody has open. All of it blocks.

use std::path::{Path, PathBuf};

use super::outbox::Outbox;
use super::store::{self, ConnectError, CopyError, DatabaseLogin, Findings, OpenError};
use crate::model::{Registration, RegistrationId, Timestamp};

/// Checks the store in a data directory: pages, registrations, their events, indexes. Writes nothing but what is needed
/// to bring a store into order that was not closed properly.
pub fn check(directory: &Path) -> Result<Findings, OpenError> {
    store::check(directory)
}

/// Checks the store of a database as it is at one moment, whoever else works with it. Writes nothing.
pub fn check_shared(database: &DatabaseLogin) -> Result<Findings, ConnectError> {
    store::aside(database, || store::check_shared(database))
}

/// Copies the store of a data directory into another directory, which has to exist and must not hold one. Returns the
/// size of the copy, bytes; it is on disk by then, and only its owner can read it.
pub fn backup(directory: &Path, into: &Path) -> Result<u64, CopyError> {
    store::backup(directory, into)
}

/// Puts the store of one directory into a data directory in one step. A store that is there is refused; with `replace`
/// it is moved aside within the directory, and where to is returned. `now` names what is moved aside, UTC.
pub fn restore(from: &Path, directory: &Path, replace: bool, now: Timestamp) -> Result<Option<PathBuf>, CopyError> {
    store::restore(from, directory, replace, now)
}

/// The ids of the registrations of a data directory that fit.
pub fn find(directory: &Path, fits: impl Fn(&Registration) -> bool) -> Result<Vec<RegistrationId>, OpenError> {
    store::find(directory, fits)
}

/// Erases registrations of a data directory with their events, their place in every index, what was to be told of them
/// and what was sent to them: nothing of them stays in the files. All of them or none.
pub fn erase(directory: &Path, ids: &[RegistrationId]) -> Result<(), CopyError> {
    store::erase(directory, ids)?;
    Outbox::file(directory).forget(ids).map_err(|reason| CopyError::Io { path: directory.to_owned(), reason })
}
