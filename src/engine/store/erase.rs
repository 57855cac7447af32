//! Erasing registrations so that nothing of them stays in the file: what is kept is copied to a new one, which takes
//! the place of the old. A transaction that removes rows would leave their bytes in pages that are merely free.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use redb::{
    Builder, Database, Key, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition, Value,
    WriteTransaction,
};

use super::copies::{CopyError, at};
use super::hooks::{HOOKS, HOOKS_DUE, StoredHook};
use super::open::{OpenError, careful, existing, file_of, require_format};
use super::record::{Keys, unpack_snapshot};
use super::tables::{CHANGED, CONTACTS, COUNTS, EXPIRY, FLOWS, FORMAT, HISTORY, META, ORDER, PROJECTS, STATES, TOKENS};
use super::{StoreError, feed, open};
use crate::model::{Registration, RegistrationId};
use crate::private;

/// Those who go: their ids, and the numbers of what was to be told of them.
#[derive(Default)]
struct Doomed {
    ids: HashSet<String>,
    keys: Vec<Keys>,
    hooks: HashSet<u64>,
}

/// The registrations of a directory that fit. Refused while somebody has the store open.
pub(in crate::engine) fn find(
    directory: &Path,
    fits: impl Fn(&Registration) -> bool,
) -> Result<Vec<RegistrationId>, OpenError> {
    let path = file_of(directory);
    let (_database, doomed) = opened(&path, fits)?;
    Ok(doomed.ids.iter().map(RegistrationId::new).collect())
}

/// Erases registrations of a directory in one step: a program that ends in the middle leaves all of them. Those that
/// are not there are passed over. Refused while somebody has the store open.
pub(in crate::engine) fn erase(directory: &Path, ids: &[RegistrationId]) -> Result<(), CopyError> {
    let path = file_of(directory);
    let ids: HashSet<&RegistrationId> = ids.iter().collect();
    let (database, doomed) = opened(&path, |registration| ids.contains(&registration.id))?;
    let part = path.with_extension(format!("{}.part", private::random_name()));
    drop(private::create_file(&part).map_err(at(&part))?);
    let rebuilt = rebuild(&database, &part, &doomed).map_err(|error| broken(&path, &error));
    let replaced = rebuilt.map_err(CopyError::from).and_then(|()| fs::rename(&part, &path).map_err(at(&path)));
    if replaced.is_err() {
        // It is of no use to anybody.
        let _ = fs::remove_file(&part);
    }
    replaced?;
    private::sync_directory(directory).map_err(at(directory))
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
