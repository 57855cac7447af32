//! Copies of the file of a store, made while nobody writes to it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, ReadOnlyDatabase};

use super::open::{OpenError, careful, database_error, existing, file_of};
use crate::model::Timestamp;
use crate::private;

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something stands where the copy would go.
    #[error("{path} is there already. Nothing was written.")]
    Exists {
        /// What stands there.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{path}: {reason}. Nothing was changed.")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

/// What turns the system's reason into an error with its place.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> CopyError {
    let path = path.to_owned();
    move |reason| CopyError::Io { path, reason }
}

/// Copies the file of a store to a new file that only its owner can read; it is on disk when this returns. Returns its
/// size, bytes. Refused while somebody has the store open.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<u64, CopyError> {
    let _nobody_writes = hold(from)?;
    let mut source = File::open(from).map_err(at(from))?;
    let mut target = private::create_file(to).map_err(at(to))?;
    let copied = io::copy(&mut source, &mut target).and_then(|bytes| target.sync_all().map(|()| bytes));
    if copied.is_err() {
        // Half a copy must not be taken for one; if it cannot be removed, its name still says what it is.
        let _ = fs::remove_file(to);
    }
    copied.map_err(at(to))
}

/// The files beside a store that hold registrations as they were: what was moved aside for a backup, what was kept before
/// it was brought over, and what was never finished.
pub(super) fn kept_beside(path: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(directory), Some(name), Some(stem)) = (path.parent(), path.file_name(), path.file_stem()) else {
        return Ok(Vec::new());
    };
    let [name, stem] = [name, stem].map(|text| text.to_string_lossy());
    let (before, format, part) = (format!("{name}.before-"), format!("{name}.format-"), format!("{stem}."));
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let is_part = name.starts_with(&part) && path.extension().is_some_and(|extension| extension == "part");
        if is_part || name.starts_with(&before) || name.starts_with(&format) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Keeps writers away from a file that was closed properly; one that was not is brought into order first.
fn hold(path: &Path) -> Result<ReadOnlyDatabase, OpenError> {
    careful(path, || match ReadOnlyDatabase::open(path) {
        Err(DatabaseError::RepairAborted) => {
            drop(existing(path)?);
            ReadOnlyDatabase::open(path).map_err(|error| database_error(path.to_owned(), error))
        }
        opened => opened.map_err(|error| database_error(path.to_owned(), error)),
    })
}

/// Copies the store of a directory into another one that exists.
pub(in crate::engine) fn backup(directory: &Path, into: &Path) -> Result<u64, CopyError> {
    let path = file_of(directory);
    if !path.exists() {
        return Err(OpenError::Missing { path }.into());
    }
    copy_file(&path, &file_of(into))
}

/// Puts the store of one directory into another. One that is there is refused, or with `replace` moved aside; where it
/// went is returned.
pub(in crate::engine) fn restore(
    from: &Path,
    directory: &Path,
    replace: bool,
    now: Timestamp,
) -> Result<Option<PathBuf>, CopyError> {
    let path = file_of(directory);
    private::create_directory(directory).map_err(at(directory))?;
    let there = fs::exists(&path).map_err(at(&path))?;
    if there && !replace {
        return Err(CopyError::Exists { path });
    }
    let part = path.with_extension(format!("{}.part", private::random_name()));
    let source = file_of(from);
    if !source.exists() {
        return Err(OpenError::Missing { path: source }.into());
    }
    copy_file(&source, &part)?;
    let _locked = if there { lock(&path)? } else { None };
    let aside = there.then(|| path.with_extension(format!("redb.before-{}", now.format("%Y%m%dT%H%M%S%3fZ"))));
    let moved = aside.as_ref().map_or(Ok(()), |aside| fs::rename(&path, aside));
    let done = moved.and_then(|()| fs::rename(&part, &path));
    done.and_then(|()| private::sync_directory(directory)).map_err(at(&path))?;
    Ok(aside)
}

/// Keeps others away from a store that is to be replaced. A damaged one cannot be opened, and need not be.
fn lock(path: &Path) -> Result<Option<Database>, OpenError> {
    match careful(path, || existing(path)) {
        Ok(database) => Ok(Some(database)),
        Err(error @ OpenError::Locked { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}
