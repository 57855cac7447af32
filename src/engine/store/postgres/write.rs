//! Writing: what a request reads, decides and writes is one serialisable transaction.

use std::cell::RefCell;
use std::iter::Peekable;

use deadpool_postgres::ClientWrapper;

use super::super::record::{Record, contact_keys};
use super::super::writer::{Holder, Plan, Reading, Writer};
use super::super::{StoreError, StoredHook};
use super::SLOTS;
use super::changes::{Changes, contact_digest};
use super::link::{Lent, Link, Trouble, chance};
use super::read::{self, value};
use crate::backend::BackendError;
use crate::engine::storage::{Lease, Records, Work};
use crate::model::{Contact, Flow, RegistrationId};

const BEGIN: &str = "begin transaction isolation level serializable";

const HOLDER: &str =
    "select registration from regdesk_contacts where project = $1 and contact = $2 order by registration limit 1";

const FOUND: &str = "select id, events from regdesk_states where id = any($1) limit 1";
const LED_TO: &str = "select registration from regdesk_tokens where digest = any($1) limit 1";

/// New registrations that are sent together.
const TOGETHER: usize = 200;

/// The database as a writer sees it.
struct Inside<'l> {
    link: &'l Link,
    client: &'l ClientWrapper,
    /// What went wrong first: the writer need not pass it on.
    trouble: RefCell<Option<Trouble>>,
}

impl Inside<'_> {
    fn ask<T>(&self, answer: impl Future<Output = Result<T, Trouble>>) -> Result<T, StoreError> {
        self.link.wait(answer).map_err(|trouble| {
            let told = trouble.told();
            self.trouble.borrow_mut().get_or_insert(trouble);
            told
        })
    }
}

impl Reading for Inside<'_> {
    fn packed(&self, id: &RegistrationId) -> Result<Option<Vec<u8>>, StoreError> {
        self.ask(read::packed(self.client, id))
    }

    fn taken(&self, project: &str, contact: &Contact) -> Result<Holder, StoreError> {
        for (channel, key) in contact_keys(contact) {
            let digest = contact_digest(&key);
            let holder = self.ask(value::<String>(self.client, HOLDER, &[&project, &digest]))?;
            if let Some(holder) = holder {
                return Ok(Some((channel, RegistrationId::new(holder))));
            }
        }
        Ok(None)
    }

    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        super::hooks::read(self.ask(super::hooks::hook(self.client, number))?)
    }

    fn lease(&self, id: &RegistrationId) -> Result<Option<Lease>, StoreError> {
        self.ask(super::leases::lease(self.client, id))
    }
}

/// Does some work and writes what it leads to. What it has refused was also decided on something true: the transaction
/// has to end well either way.
/// Returns the slot and number of what was written, if anything was.
pub(super) fn settle(link: &Link, flows: &[Flow], work: &Work<'_>) -> Result<Option<(i64, i64)>, StoreError> {
    Link::persist(|tried| {
        let lent = link.lend()?;
        let written = decide(link, lent.client()?, flows, work, tried);
        let was_written = matches!(written, Ok(Some(_)));
        end(link, lent, written, was_written)
    })
}

fn decide(
    link: &Link,
    client: &ClientWrapper,
    flows: &[Flow],
    work: &Work<'_>,
    tried: u32,
) -> Result<Option<(i64, i64)>, Trouble> {
    link.wait(async { Ok(client.batch_execute(BEGIN).await?) })?;
    let view = Inside { link, client, trouble: RefCell::default() };
    let mut writer = Writer::new(&view, flows);
    let is_to_be_written = work(&mut writer);
    let plan = writer.into_plan();
    if let Some(trouble) = view.trouble.into_inner() {
        return Err(trouble);
    }
    if !is_to_be_written || plan.is_empty() {
        return Ok(None);
    }
    link.wait(write(client, &plan, tried)).map(Some)
}

async fn write(client: &ClientWrapper, plan: &Plan, tried: u32) -> Result<(i64, i64), Trouble> {
    let mut changes = Changes::begin(client, i64::from(chance(SLOTS))).await?;
    for record in &plan.records {
        changes.put(record)?;
    }
    changes.queue(&plan.hooks, tried)?;
    plan.leases.iter().for_each(|lease| changes.lease(lease));
    changes.count();
    changes.send(client).await?;
    Ok(changes.place())
}

/// A serialisable transaction in which anything may be done.
#[expect(clippy::needless_pass_by_value, reason = "closures are written where they are handed over")]
pub(super) fn transaction<T>(
    link: &Link,
    work: impl AsyncFn(&ClientWrapper) -> Result<T, Trouble>,
) -> Result<T, StoreError> {
    Link::persist(|_| {
        let lent = link.lend()?;
        let client = lent.client()?;
        let done = link.wait(async {
            client.batch_execute(BEGIN).await?;
            work(client).await
        });
        end(link, lent, done, true)
    })
}

/// Ends a transaction and gives its connection back. If nobody knows how it ended, that is what it comes to.
fn end<T>(link: &Link, lent: Lent, done: Result<T, Trouble>, was_written: bool) -> Result<T, Trouble> {
    if let Err(lost @ Trouble::Lost(_)) = done {
        // The database rolls back by itself what nobody asks for any more.
        return Err(lost);
    }
    let statement = if done.is_ok() { "commit" } else { "rollback" };
    let client = lent.client()?;
    let ended = link.wait(async { Ok(client.batch_execute(statement).await?) });
    if ended.is_ok() {
        lent.give_back();
    }
    match (done, ended) {
        (Err(trouble), _) | (Ok(_), Err(trouble @ Trouble::Again)) => Err(trouble),
        (Ok(_), Err(_)) if was_written => Err(StoreError::Unsure.into()),
        (Ok(_), Err(trouble)) => Err(trouble),
        (Ok(done), Ok(())) => Ok(done),
    }
}

/// Writes new registrations in transactions of so many each. They decide nothing, so they need not be serialisable; and
/// they count in a slot of their own, so that only others like them wait.
pub(super) fn fill(
    link: &Link,
    records: &mut Records<'_>,
    most: usize,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, BackendError> {
    let mut records = records.peekable();
    let mut filled = 0;
    while records.peek().is_some() {
        // If it fails, the connection is closed, and nothing of the transaction stays.
        let lent = link.lend().map_err(Trouble::into_error)?;
        load(link, lent.client().map_err(Trouble::into_error)?, &mut records, most, &mut |more| {
            let before = filled;
            filled += more;
            if before / 1_000 != filled / 1_000 {
                progress(filled - filled % 1_000);
            }
        })?;
        end(link, lent, Ok(()), true).map_err(Trouble::into_error)?;
    }
    if filled % 1_000 != 0 {
        progress(filled);
    }
    Ok(filled)
}

/// Takes events of another store, each under its number. Those that are there already stay as they are.
pub(super) fn take_hooks(link: &Link, hooks: &[(u64, StoredHook)]) -> Result<(), StoreError> {
    for hooks in hooks.chunks(TOGETHER) {
        transaction(link, async |client| {
            let mut changes = Changes::begin(client, i64::from(SLOTS)).await?;
            hooks.iter().try_for_each(|(number, hook)| changes.take_hook(*number, hook))?;
            changes.send(client).await
        })?;
    }
    Ok(())
}

fn load(
    link: &Link,
    client: &ClientWrapper,
    records: &mut Peekable<&mut Records<'_>>,
    most: usize,
    told: &mut dyn FnMut(u64),
) -> Result<(), BackendError> {
    let begun = link.wait(async {
        client.batch_execute("begin").await?;
        Changes::begin(client, i64::from(SLOTS)).await
    });
    let mut changes = begun.map_err(Trouble::into_error)?;
    let mut left = most;
    while left > 0 && records.peek().is_some() {
        let batch: Vec<Record> = records.take(left.min(TOGETHER)).collect::<Result<_, _>>()?;
        left -= batch.len();
        for record in &batch {
            changes.put(record).map_err(Trouble::into_error)?;
        }
        link.wait(changes.send(client)).map_err(|trouble| there_already(link, trouble, &batch))?;
        told(batch.len() as u64);
    }
    changes.count();
    Ok(link.wait(changes.send(client)).map_err(Trouble::into_error)?)
}

/// Why new registrations could not be written: one of them is there already, or a token of theirs is.
fn there_already(link: &Link, trouble: Trouble, batch: &[Record]) -> StoreError {
    if !matches!(trouble, Trouble::Again) {
        return trouble.into_error();
    }
    let ids: Vec<&str> = batch.iter().map(|record| record.id.as_str()).collect();
    let tokens: Vec<&[u8]> =
        batch.iter().flat_map(|record| &record.after.tokens).map(|token| token.bytes().as_slice()).collect();
    let found = link.read(async |client| {
        Ok((client.query_opt(FOUND, &[&ids]).await?, client.query_opt(LED_TO, &[&tokens]).await?))
    });
    let said = found.and_then(|found| match found {
        (Some(row), _) => {
            let (id, found) = (read::column::<&str>(&row, 0)?, read::column::<i64>(&row, 1)?);
            Ok(StoreError::Moved { id: RegistrationId::new(id), expected: 0, found: found.unsigned_abs() })
        }
        (None, Some(row)) => Ok(StoreError::Issued { id: RegistrationId::new(read::column::<&str>(&row, 0)?) }),
        (None, None) => Ok(trouble.into_error()),
    });
    said.unwrap_or_else(|error| error)
}
