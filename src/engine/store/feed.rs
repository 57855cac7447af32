//! The latest changes, numbered: each is written in the transaction of what it tells of.

use std::collections::HashSet;

use redb::{
    Database, ReadTransaction, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, Table,
    TableDefinition, WriteTransaction,
};

use super::StoreError;
use crate::backend::FeedPosition;
use crate::model::RegistrationId;

/// Number of a change to the mark of whoever wrote it, and the registration. An empty id stands where a feed begins.
pub(super) const FEED: TableDefinition<u64, (u64, &str)> = TableDefinition::new("feed");

/// Changes that are remembered at least, some three megabytes. Whoever was away for longer reads everything, which takes
/// little longer than taking in so many.
pub(super) const REMEMBERED: u64 = 65_536;

/// Changes that are forgotten together: where the oldest lie, nothing else is written, and a commit that comes there
/// too brings more pages to disk.
pub(super) const FORGOTTEN: u64 = 1_024;

/// A new mark, which no other opening of any store has.
pub(super) fn new_mark() -> Result<u64, StoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
    Ok(u64::from_le_bytes(bytes))
}

/// The feed, open for writing.
pub(super) struct Feed<'t> {
    table: Table<'t, u64, (u64, &'static str)>,
    mark: u64,
    /// The number of the last change.
    last: u64,
    /// How many are remembered.
    count: u64,
}

impl<'t> Feed<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction, mark: u64) -> Result<Self, StoreError> {
        let table = transaction.open_table(FEED)?;
        let (last, count) = (table.last()?.map_or(0, |(number, _)| number.value()), table.len()?);
        let mut feed = Self { table, mark, last, count };
        if count == 0 {
            feed.note("")?;
        }
        Ok(feed)
    }

    /// Notes that a registration has changed.
    pub(super) fn note(&mut self, id: &str) -> Result<(), StoreError> {
        self.last += 1;
        self.table.insert(self.last, (self.mark, id))?;
        self.count += 1;
        if self.count >= REMEMBERED + FORGOTTEN {
            for _ in 0..FORGOTTEN {
                self.table.pop_first()?;
            }
            self.count -= FORGOTTEN;
        }
        Ok(())
    }
}

/// Gives the store of a file the feed that it lacks.
pub(super) fn begin(database: &Database, mark: u64) -> Result<(), StoreError> {
    let transaction = database.begin_write()?;
    Feed::open(&transaction, mark)?;
    transaction.open_table(super::tables::META)?.insert("format", super::tables::FORMAT)?;
    transaction.commit()?;
    Ok(())
}

/// Where the feed ends.
pub(super) fn position(database: &Database) -> Result<FeedPosition, StoreError> {
    let table = database.begin_read()?.open_table(FEED)?;
    let last = table.last()?;
    // There always is one: a feed begins with an entry of its own.
    let (number, mark) = last.map_or((0, 0), |(number, change)| (number.value(), change.value().0));
    Ok(FeedPosition { number, mark })
}

/// See [`crate::backend::Feed::since`].
pub(super) fn since(
    transaction: &ReadTransaction,
    mut position: FeedPosition,
    most: usize,
) -> Result<Option<(Vec<RegistrationId>, FeedPosition)>, StoreError> {
    let table = transaction.open_table(FEED)?;
    if table.get(position.number)?.is_none_or(|known| known.value().0 != position.mark) {
        return Ok(None);
    }
    let (mut ids, mut seen) = (Vec::new(), HashSet::new());
    for entry in table.range(position.number.saturating_add(1)..)?.take(most) {
        let (number, change) = entry?;
        let (mark, id) = change.value();
        position = FeedPosition { number: number.value(), mark };
        if seen.insert(id.to_owned()) {
            ids.push(RegistrationId::new(id));
        }
    }
    Ok(Some((ids, position)))
}
