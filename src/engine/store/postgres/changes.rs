//! What a transaction changes, as statements that are sent in one go.

use std::collections::BTreeMap;
use std::slice;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join_all;
use sha2::{Digest as _, Sha256};
use tokio_postgres::types::ToSql;

use super::super::record::Record;
use super::super::writer::HookChange;
use super::super::{StoreError, StoredHook, indexing};
use super::link::{Trouble, chance};
use super::read::{signed, value};
use crate::engine::storage::LeaseChange;

const INSERT: &str = "insert into regdesk_states
    (id, events, status, project, flow, created, changed, expiry, slot, number, snapshot)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// Only what was seen is written over.
const UPDATE: &str = "update regdesk_states set events = $2, status = $3, project = $4, flow = $5, created = $6,
    changed = $7, expiry = $8, slot = $9, number = $10, snapshot = $11 where id = $1 and events = $12";
const APPEND: &str = "insert into regdesk_history (registration, number, events) values ($1, $2, $3)";
const TAKE: &str = "insert into regdesk_contacts (project, contact, registration) values ($1, $2, $3)";
const LET_GO: &str = "delete from regdesk_contacts where project = $1 and contact = $2 and registration = $3";
/// A token leads to one registration, so a second insertion is refused.
const ISSUE: &str = "insert into regdesk_tokens (digest, registration) values ($1, $2)";
const REVOKE: &str = "delete from regdesk_tokens where digest = $1";
const COUNT: &str = "insert into regdesk_counts (status, project, flow, slot, count) values ($1, $2, $3, $4, $5)
    on conflict (status, project, flow, slot) do update set count = regdesk_counts.count + excluded.count";
const QUEUE: &str = "insert into regdesk_hooks (number, registration, heard, due, leased, hook)
    values ($1, $2, $3, $4, 0, $5)";
const TAKE_OVER: &str = "insert into regdesk_hooks (number, registration, heard, due, leased, hook)
    values ($1, $2, $3, $4, 0, $5) on conflict (number) do nothing";
const REQUEUE: &str =
    "update regdesk_hooks set registration = $2, heard = $3, due = $4, leased = 0, hook = $5 where number = $1";
const BEGIN_LEASE: &str = "insert into regdesk_leases (registration, holder, until)
    values ($1, $2, now() + $3::float8 * interval '1 second')
    on conflict (registration) do update set holder = excluded.holder, until = excluded.until";
const TAKE_LEASE_OVER: &str = "update regdesk_leases set holder = $2, until = now() + $3::float8 * interval '1 second'
    where registration = $1";
const END_LEASE: &str = "delete from regdesk_leases where registration = $1";
/// Counts a change in a slot, and by that keeps everybody else out of it until the transaction ends.
const COUNT_CHANGE: &str = "insert into regdesk_changes (slot, number) values ($1, 1)
    on conflict (slot) do update set number = regdesk_changes.number + 1 returning number";

/// Events of one instant that find numbers of their own, when they are tried again.
const WITHIN_AN_INSTANT: u32 = 1_000_000;

/// See the module.
pub(super) struct Changes {
    slot: i64,
    /// The number of the transaction in its slot.
    number: i64,
    counts: BTreeMap<(String, String, String), i64>,
    statements: Vec<Statement>,
}

/// A value on its way.
type Value = Box<dyn ToSql + Sync + Send>;

struct Statement {
    sql: &'static str,
    values: Vec<Value>,
    /// Whether a row has to be found.
    must_find: bool,
}

/// A contact in one spelling, as it is looked for.
pub(super) fn contact_digest(key: &str) -> Vec<u8> {
    Sha256::digest(key).to_vec()
}

impl Changes {
    /// Begins to change something. Others who count in the same slot wait, or come again.
    pub(super) async fn begin(client: &ClientWrapper, slot: i64) -> Result<Self, Trouble> {
        let number = value(client, COUNT_CHANGE, &[&slot]).await?.unwrap_or_default();
        Ok(Self { slot, number, counts: BTreeMap::new(), statements: Vec::new() })
    }

    /// Slot and number of the transaction.
    pub(super) fn place(&self) -> (i64, i64) {
        (self.slot, self.number)
    }

    fn add(&mut self, sql: &'static str, values: Vec<Value>) {
        self.statements.push(Statement { sql, values, must_find: false });
    }

    /// Writes a record.
    pub(super) fn put(&mut self, record: &Record) -> Result<(), Trouble> {
        self.put_state(record)?;
        if let Some(events) = &record.events {
            let number = whole(record.seen())?;
            self.add(APPEND, vec![Box::new(record.id.to_string()), Box::new(number), Box::new(events.clone())]);
        }
        self.find_by(record);
        for ((status, project, flow), change) in indexing::counts(slice::from_ref(record)) {
            *self.counts.entry((status.to_owned(), project.to_owned(), flow.to_owned())).or_default() += change;
        }
        Ok(())
    }

    fn put_state(&mut self, record: &Record) -> Result<(), Trouble> {
        let keys = &record.after;
        let (status, project, flow) = keys.row();
        let mut values: Vec<Value> = vec![
            Box::new(record.id.as_str().to_owned()),
            Box::new(whole(keys.events)?),
            Box::new(status.to_owned()),
            Box::new(project.to_owned()),
            Box::new(flow.to_owned()),
            Box::new(keys.created),
            Box::new(keys.changed),
            Box::new(keys.expiry),
            Box::new(self.slot),
            Box::new(self.number),
            Box::new(record.snapshot.clone()),
        ];
        let must_find = record.before.is_some();
        if must_find {
            values.push(Box::new(whole(record.seen())?));
        }
        self.statements.push(Statement { sql: if must_find { UPDATE } else { INSERT }, values, must_find });
        Ok(())
    }

    /// Brings contacts and tokens from what they say of a registration to what they have to say.
    fn find_by(&mut self, record: &Record) {
        for ((project, contact, id), is_there) in indexing::contacts(record) {
            let sql = if is_there.is_some() { TAKE } else { LET_GO };
            let (project, contact) = (Box::new(project.to_owned()), Box::new(contact_digest(contact)));
            self.add(sql, vec![project, contact, Box::new(id.to_owned())]);
        }
        for (token, owner) in indexing::tokens(record) {
            let token = Box::new(token.to_vec());
            match owner {
                Some(id) => self.add(ISSUE, vec![token, Box::new(id.to_owned())]),
                None => self.add(REVOKE, vec![token]),
            }
        }
    }

    /// Changes the queue. The number of an event is its instant, or one soon after if somebody else's event has that:
    /// numbers that count would make all writers wait for each other.
    pub(super) fn queue(&mut self, changes: &[HookChange], tried: u32) -> Result<(), Trouble> {
        let later = i64::from(if tried == 0 { 0 } else { chance(WITHIN_AN_INSTANT) });
        for (place, change) in changes.iter().enumerate() {
            match change {
                HookChange::New(hook) => {
                    let number = hook.at.timestamp_micros() + later + signed(place);
                    self.put_hook(QUEUE, number, hook, false)?;
                }
                HookChange::Other { number, is, .. } => self.put_hook(REQUEUE, whole(*number)?, is, true)?,
            }
        }
        Ok(())
    }

    /// Changes the lease on a claim.
    pub(super) fn lease(&mut self, change: &LeaseChange) {
        let (sql, id, holder) = match change {
            LeaseChange::Begin(id, holder) => (BEGIN_LEASE, id, Some(holder)),
            LeaseChange::TakeOver(id, holder) => (TAKE_LEASE_OVER, id, Some(holder)),
            LeaseChange::End(id) => (END_LEASE, id, None),
        };
        let mut values: Vec<Value> = vec![Box::new(id.as_str().to_owned())];
        if let Some(holder) = holder {
            values.extend([Box::new(holder.number) as Value, Box::new(holder.length.as_secs_f64())]);
        }
        self.add(sql, values);
    }

    /// Takes an event of another store.
    pub(super) fn take_hook(&mut self, number: u64, hook: &StoredHook) -> Result<(), Trouble> {
        self.put_hook(TAKE_OVER, whole(number)?, hook, false)
    }

    fn put_hook(&mut self, sql: &'static str, number: i64, hook: &StoredHook, must_find: bool) -> Result<(), Trouble> {
        let heard = hook.tries.last().map(|last| last.was_heard() == Some(true));
        let values: Vec<Value> = vec![
            Box::new(number),
            Box::new(hook.registration.as_str().to_owned()),
            Box::new(heard),
            Box::new(hook.due.map(|due| due.timestamp_micros())),
            Box::new(serde_json::to_vec(hook).map_err(StoreError::from)?),
        ];
        self.statements.push(Statement { sql, values, must_find });
        Ok(())
    }

    /// Counts what was put, in the slot that nobody else has. Rows are taken in one order, so that two never wait for
    /// each other.
    pub(super) fn count(&mut self) {
        for ((status, project, flow), count) in std::mem::take(&mut self.counts) {
            if count != 0 {
                let (slot, count) = (Box::new(self.slot), Box::new(count));
                self.add(COUNT, vec![Box::new(status), Box::new(project), Box::new(flow), slot, count]);
            }
        }
    }

    /// Sends everything that was not sent yet, without waiting for one answer before the next.
    pub(super) async fn send(&mut self, client: &ClientWrapper) -> Result<(), Trouble> {
        let statements = std::mem::take(&mut self.statements);
        let mut prepared = Vec::with_capacity(statements.len());
        for statement in &statements {
            prepared.push(client.prepare_cached(statement.sql).await?);
        }
        let sent = statements.iter().zip(&prepared).map(async |(statement, prepared)| {
            let values: Vec<&(dyn ToSql + Sync)> =
                statement.values.iter().map(|value| value.as_ref() as &(dyn ToSql + Sync)).collect();
            let rows = client.execute(prepared, &values).await?;
            // What was to be found has been written by somebody else.
            if statement.must_find && rows == 0 { Err(Trouble::Again) } else { Ok(()) }
        });
        // What comes after a failure only says that there was one, so the first one counts, not the one seen first.
        join_all(sent).await.into_iter().collect()
    }
}

/// A number as the database keeps it.
fn whole(number: u64) -> Result<i64, Trouble> {
    i64::try_from(number).map_err(|_| StoreError::Refused("a number is too great for it".to_owned()).into())
}
