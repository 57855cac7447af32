//! Erasing registrations so that nothing of them stays in the file: what is kept is copied to a new one, which takes
//! the place of the old. A transaction that removes rows would leave their bytes in pages that are merely free.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use redb::{
    Builder, Database, Key, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition, Value,
    WriteTransaction,
};

use super::copies::{CopyError, at, kept_beside};
use super::hooks::{HOOKS, HOOKS_DUE, StoredHook};
use super::migration;
use super::open::{OpenError, careful, existing, file_of, require_format};
use super::record::{Keys, unpack_snapshot};
use super::tables::{CHANGED, CONTACTS, COUNTS, EXPIRY, FLOWS, FORMAT, HISTORY, META, ORDER, PROJECTS, STATES, TOKENS};
use super::{StoreError, feed, open};
use crate::engine::core::State;
use crate::model::{Registration, RegistrationId};
use crate::private;

/// What is to be erased of a data directory.
#[derive(Debug, Default)]
pub struct Found {
    /// Registrations of the store.
    pub ids: Vec<RegistrationId>,
    /// Copies beside it that hold any of them, or others that fit, as they were.
    pub copies: Vec<FoundCopy>,
}

impl Found {
    /// Whether there is nothing to erase.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.copies.is_empty()
    }

    /// Whoever is erased anywhere.
    pub fn all(&self) -> HashSet<&RegistrationId> {
        self.ids.iter().chain(self.copies.iter().filter_map(|copy| copy.ids.as_ref()).flatten()).collect()
    }
}

/// A copy of a store, with what is to be erased of it.
#[derive(Debug)]
pub struct FoundCopy {
    /// The file.
    pub path: PathBuf,
    /// The registrations in it. Without them it goes as a whole: it is of a former format, was never finished, or cannot
    /// be read.
    pub ids: Option<Vec<RegistrationId>>,
}

/// Those who go: their ids, and the numbers of what was to be told of them.
#[derive(Default)]
struct Doomed {
    ids: HashSet<String>,
    keys: Vec<Keys>,
    hooks: HashSet<u64>,
}

/// The registrations of a directory that fit, and the copies beside the store that hold them, or others that fit. Refused
/// while somebody has the store open.
pub(in crate::engine) fn find(directory: &Path, fits: impl Fn(&Registration) -> bool) -> Result<Found, OpenError> {
    let path = file_of(directory);
    let ids = fitting(&path, &fits)?;
    let fits = |registration: &Registration| ids.contains(&registration.id) || fits(registration);
    let kept = kept_beside(&path).map_err(|reason| OpenError::Access { path: directory.to_owned(), reason })?;
    let mut copies = Vec::new();
    for path in kept {
        let ids = match fitting(&path, fits) {
            Ok(ids) if ids.is_empty() => continue,
            Ok(ids) => Some(ids),
            Err(error @ OpenError::Locked { .. }) => return Err(error),
            Err(OpenError::Format { found: migration::FORMAT_BEFORE, .. }) if !former_holds(&path, fits) => continue,
            Err(_) => None,
        };
        copies.push(FoundCopy { path, ids });
    }
    Ok(Found { ids, copies })
}

fn fitting(path: &Path, fits: impl Fn(&Registration) -> bool) -> Result<Vec<RegistrationId>, OpenError> {
    let (_database, doomed) = opened(path, fits)?;
    Ok(doomed.ids.iter().map(RegistrationId::new).collect())
}

/// Whether a file of the format before holds anybody who fits; also if that cannot be told.
fn former_holds(path: &Path, fits: impl Fn(&Registration) -> bool) -> bool {
    let look = || -> Result<bool, StoreError> {
        let database = Builder::new().open(path)?;
        for entry in database.begin_read()?.open_table(migration::SNAPSHOTS)?.iter()? {
            if fits(&State::from_stored(entry?.1.value())?.registration) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    careful(path, || look().map_err(|error| broken(path, &error))).unwrap_or(true)
}

/// Erases registrations from the copies beside the store and then from the store, each file in one step: a program that
/// ends in the middle can do it again. Those that are not there are passed over. Refused while somebody has the store
/// open.
pub(in crate::engine) fn erase(directory: &Path, found: &Found) -> Result<(), CopyError> {
    for copy in &found.copies {
        match &copy.ids {
            Some(ids) => erase_from(&copy.path, ids)?,
            None => fs::remove_file(&copy.path).map_err(at(&copy.path))?,
        }
    }
    if !found.ids.is_empty() {
        erase_from(&file_of(directory), &found.ids)?;
    }
    private::sync_directory(directory).map_err(at(directory))
}

fn erase_from(path: &Path, ids: &[RegistrationId]) -> Result<(), CopyError> {
    let ids: HashSet<&RegistrationId> = ids.iter().collect();
    let (database, doomed) = opened(path, |registration| ids.contains(&registration.id))?;
    let part = path.with_extension(format!("{}.part", private::random_name()));
    drop(private::create_file(&part).map_err(at(&part))?);
    let rebuilt = rebuild(&database, &part, &doomed).map_err(|error| broken(path, &error));
    let replaced = rebuilt.map_err(CopyError::from).and_then(|()| fs::rename(&part, path).map_err(at(path)));
    if replaced.is_err() {
        // It is of no use to anybody.
        let _ = fs::remove_file(&part);
    }
    replaced
}

fn opened(path: &Path, fits: impl Fn(&Registration) -> bool) -> Result<(Database, Doomed), OpenError> {
    careful(path, || {
        let database = existing(path)?;
        require_format(&database, path)?;
        let doomed = doomed(&database, fits).map_err(|error| broken(path, &error))?;
        Ok((database, doomed))
    })
}

fn broken(path: &Path, error: &StoreError) -> OpenError {
    OpenError::Broken { path: path.to_owned(), reason: error.to_string() }
}

fn doomed(database: &Database, fits: impl Fn(&Registration) -> bool) -> Result<Doomed, StoreError> {
    let transaction = database.begin_read()?;
    let mut doomed = Doomed::default();
    for entry in transaction.open_table(STATES)?.iter()? {
        let (id, packed) = entry?;
        let state = unpack_snapshot(packed.value())?;
        if fits(&state.registration) {
            doomed.ids.insert(id.value().to_owned());
            doomed.keys.push(Keys::of(&state));
        }
    }
    for entry in transaction.open_table(HOOKS)?.iter()? {
        let (number, json) = entry?;
        if doomed.ids.contains(serde_json::from_slice::<StoredHook>(json.value())?.registration.as_str()) {
            doomed.hooks.insert(number.value());
        }
    }
    Ok(doomed)
}

/// Writes everything but the doomed to a new file.
fn rebuild(database: &Database, part: &Path, doomed: &Doomed) -> Result<(), StoreError> {
    let from = database.begin_read()?;
    let rebuilt = Builder::new().create(part)?;
    let to = rebuilt.begin_write()?;
    let stays = |id: &str| !doomed.ids.contains(id);
    // The feed is not taken along but begins anew: whoever knew a place in the old one has to read everything.
    open::make_tables(&to, feed::new_mark()?)?;
    copy(&from, &to, META, |_, _| true)?;
    to.open_table(META)?.insert("format", FORMAT)?;
    copy(&from, &to, PROJECTS, |_, _| true)?;
    copy(&from, &to, FLOWS, |_, _| true)?;
    copy(&from, &to, STATES, |id, _| stays(id))?;
    copy(&from, &to, HISTORY, |(id, _), _| stays(id))?;
    copy(&from, &to, ORDER, |(_, id), _| stays(id))?;
    copy(&from, &to, CHANGED, |(_, id), _| stays(id))?;
    copy(&from, &to, COUNTS, |_, _| true)?;
    copy(&from, &to, CONTACTS, |(_, _, id), ()| stays(id))?;
    copy(&from, &to, TOKENS, |_, id| stays(id))?;
    copy(&from, &to, EXPIRY, |(_, id), ()| stays(id))?;
    copy(&from, &to, HOOKS, |number, _| !doomed.hooks.contains(number))?;
    copy(&from, &to, HOOKS_DUE, |(_, number), ()| !doomed.hooks.contains(number))?;
    discount(&to, &doomed.keys)?;
    to.commit()?;
    Ok(())
}

/// Copies the rows of a table that stay.
fn copy<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &WriteTransaction,
    table: TableDefinition<'_, K, V>,
    stays: impl for<'a> Fn(&K::SelfType<'a>, &V::SelfType<'a>) -> bool,
) -> Result<(), StoreError> {
    let mut target = to.open_table(table)?;
    for entry in from.open_table(table)?.iter()? {
        let (key, value) = entry?;
        let (key, value) = (key.value(), value.value());
        if stays(&key, &value) {
            target.insert(&key, &value)?;
        }
    }
    Ok(())
}

fn discount(to: &WriteTransaction, gone: &[Keys]) -> Result<(), StoreError> {
    let mut counts = to.open_table(COUNTS)?;
    for keys in gone {
        let count = counts.get(keys.row())?.map_or(0, |count| count.value());
        counts.insert(keys.row(), count.saturating_sub(1))?;
    }
    Ok(())
}
