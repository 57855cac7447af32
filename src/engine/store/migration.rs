//! Brings a file of format 1 over, which had a row for every event and wrote plain JSON.
//!
//! One transaction: a program that ends in the middle leaves a file of format 1 as it was. The room that the rows took
//! is given back afterwards, which may be cut short as well.

use redb::{Database, ReadableTable as _, ReadableTableMetadata as _, Table, TableDefinition, WriteTransaction};

use super::StoreError;
use super::codec::pack_json;
use super::open::make_tables;
use super::record::{Keys, changed_key};
use super::tables::{CHANGED, FORMAT, HISTORY, META, STATES};
use crate::engine::core::State;

/// The format that is brought over.
pub(super) const FORMAT_BEFORE: u64 = 1;

/// Registration id to state, JSON.
pub(super) const SNAPSHOTS: TableDefinition<&str, &[u8]> = TableDefinition::new("snapshots");
/// Registration id and number, from 0, to event, JSON.
pub(super) const EVENTS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("events");

/// A line in the log after so many registrations.
const TOLD_EVERY: u64 = 10_000;

/// Brings the file over; its feed begins with `mark`.
pub(super) fn run(database: &mut Database, mark: u64) -> Result<(), StoreError> {
    let transaction = database.begin_write()?;
    let count = bring_over(&transaction, mark)?;
    transaction.commit()?;
    tracing::info!(count, "the store is of format {FORMAT} now; its file is made smaller");
    if let Err(error) = database.compact() {
        tracing::warn!(%error, "the file of the store stays as large as it was");
    }
    Ok(())
}

/// Does all that is done in the one transaction; how many registrations it was.
pub(super) fn bring_over(transaction: &WriteTransaction, mark: u64) -> Result<u64, StoreError> {
    make_tables(transaction, mark)?;
    let count = bring_snapshots(transaction)?;
    bring_events(transaction)?;
    transaction.delete_table(SNAPSHOTS)?;
    transaction.delete_table(EVENTS)?;
    transaction.open_table(META)?.insert("format", FORMAT)?;
    Ok(count)
}

/// Packs every snapshot, and enters it where later files of format 1 had it already.
fn bring_snapshots(transaction: &WriteTransaction) -> Result<u64, StoreError> {
    let (snapshots, mut states) = (transaction.open_table(SNAPSHOTS)?, transaction.open_table(STATES)?);
    let mut changed = transaction.open_table(CHANGED)?;
    let (all, mut done) = (snapshots.len()?, 0);
    let is_ordered = !changed.is_empty()?;
    for entry in snapshots.iter()? {
        let (id, json) = entry?;
        states.insert(id.value(), pack_json(json.value())?.as_slice())?;
        if !is_ordered {
            let state = State::from_stored(json.value())?;
            changed.insert((changed_key(&state.registration), id.value()), Keys::of(&state).row())?;
        }
        done += 1;
        if done % TOLD_EVERY == 0 {
            tracing::info!(done, all, "the store is brought over to format {FORMAT}");
        }
    }
    Ok(done)
}

/// Makes one row of all events of a registration.
fn bring_events(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let (events, mut history) = (transaction.open_table(EVENTS)?, transaction.open_table(HISTORY)?);
    let (mut id, mut list) = (String::new(), Vec::new());
    for entry in events.iter()? {
        let (key, json) = entry?;
        if key.value().0 != id {
            put_list(&mut history, &id, &mut list)?;
            key.value().0.clone_into(&mut id);
        }
        list.push(if list.is_empty() { b'[' } else { b',' });
        list.extend_from_slice(json.value());
    }
    put_list(&mut history, &id, &mut list)
}

fn put_list(
    history: &mut Table<'_, (&'static str, u64), &'static [u8]>,
    id: &str,
    list: &mut Vec<u8>,
) -> Result<(), StoreError> {
    if !list.is_empty() {
        list.push(b']');
        history.insert((id, 0), pack_json(list)?.as_slice())?;
        list.clear();
    }
    Ok(())
}
