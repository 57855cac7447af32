//! What is done with a store that nobody has open. All of it blocks.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::outbox::Outbox;
use super::store::{self, ConnectError, CopyError, DatabaseLogin, Findings, Found, OpenError};
use crate::model::{Registration, Timestamp};

/// The snapshot of an index that may lie in a data directory beside the store: it holds people's data, too.
pub const INDEX_SNAPSHOT: &str = "index.snapshot";

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
    forget_index(directory)?;
    store::restore(from, directory, replace, now)
}

/// The registrations of a data directory that fit, in the store and in the copies beside it.
pub fn find(directory: &Path, fits: impl Fn(&Registration) -> bool) -> Result<Found, OpenError> {
    store::find(directory, fits)
}

/// Erases registrations of a data directory with their events, their place in every index, what was to be told of them
/// and what was sent to them, and the snapshot of the index: nothing of them stays in the files, nor in the copies beside
/// the store. Of each file all of them or none.
pub fn erase(directory: &Path, found: &Found) -> Result<(), CopyError> {
    forget_index(directory)?;
    store::erase(directory, found)?;
    Outbox::file(directory).forget(&found.all()).map_err(|reason| CopyError::Io { path: directory.to_owned(), reason })
}

/// Deletes the snapshot of the index, and one that was not finished.
fn forget_index(directory: &Path) -> Result<(), CopyError> {
    for name in [INDEX_SNAPSHOT.to_owned(), format!("{INDEX_SNAPSHOT}.part")] {
        let path = directory.join(name);
        match fs::remove_file(&path) {
            Err(reason) if reason.kind() != ErrorKind::NotFound => return Err(CopyError::Io { path, reason }),
            _ => {}
        }
    }
    Ok(())
}
