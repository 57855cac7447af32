//! The log of what operators did, in the database: one for all who share the store, and as safe as the registrations.
//!
//! Each line names the digest of the one before, so whoever adds one has to know the end. The end is a row of its own
//! that is only written over as it was seen, in the transaction that adds the line: of two who add at once, one begins
//! anew. Operators are few, and do a thing at a time.

use std::sync::Arc;

use deadpool_postgres::ClientWrapper;

use super::super::StoreError;
use super::link::{Link, Trouble, apart};
use super::read::{ONE_MOMENT, column, rows, signed};
use super::write;
use crate::backend::{BackendError, Ledger, LedgerEnd, LedgerLine, Next};

const END: &str = "select number, digest from regdesk_audit_end where name = 'log'";
/// Enough to find an entry behind others that somebody made unreadable.
const LAST: &str = "select line from regdesk_audit order by number desc limit 8";
const AFTER: &str = "select number, line from regdesk_audit where number > $1 order by number limit $2";
const BEGIN_END: &str = "insert into regdesk_audit_end (name, number, digest) values ('log', $1, $2)";
const MOVE_END: &str = "update regdesk_audit_end set number = $1, digest = $2
    where name = 'log' and number = $3 and digest = $4";
const ADD: &str = "insert into regdesk_audit (number, digest, line) values ($1, $2, $3)";

/// Lines that are read at once.
const TOGETHER: usize = 2_000;

/// See the module.
pub(super) struct SharedLedger {
    pub(super) link: Arc<Link>,
}

impl Ledger for SharedLedger {
    fn place(&self) -> String {
        format!("the audit log in {}", self.link.place)
    }

    fn append(&self, next: &Next<'_>) -> Result<(), BackendError> {
        let add = || {
            write::transaction(&self.link, async |client| {
                let seen = end(client).await?;
                let lines = next(&seen).map_err(StoreError::Refused)?;
                add(client, &seen, &lines).await
            })
        };
        Ok(apart(add, || StoreError::Torn)?)
    }

    fn read(&self, take: &mut (dyn FnMut(&str) + Send)) -> Result<LedgerEnd, BackendError> {
        Ok(apart(|| self.read_all(take).map_err(Trouble::into_error), || StoreError::Torn)?)
    }
}

impl SharedLedger {
    /// Nothing of this is done again: lines that were handed over would be twice.
    fn read_all(&self, take: &mut dyn FnMut(&str)) -> Result<LedgerEnd, Trouble> {
        let lent = self.link.lend()?;
        let client = lent.client()?;
        let end = self.link.wait(async {
            client.batch_execute(ONE_MOMENT).await?;
            end(client).await
        })?;
        let mut after = i64::MIN;
        loop {
            let most = signed(TOGETHER);
            let found = self.link.wait(rows(client, AFTER, &[&after, &most]))?;
            for row in &found {
                take(column(row, 1)?);
            }
            let Some(last) = found.last() else { break };
            after = column(last, 0)?;
        }
        self.link.wait(async { Ok(client.batch_execute("commit").await?) })?;
        lent.give_back();
        Ok(end)
    }
}

async fn end(client: &ClientWrapper) -> Result<LedgerEnd, Trouble> {
    let noted = rows(client, END, &[]).await?;
    let noted = noted.first().map(|row| Ok::<_, StoreError>((column::<i64>(row, 0)?.unsigned_abs(), column(row, 1)?)));
    let last = rows(client, LAST, &[]).await?;
    let last = last.iter().map(|row| column(row, 0)).collect::<Result<_, StoreError>>()?;
    Ok(LedgerEnd { noted: noted.transpose()?, last })
}

/// Adds lines behind the end that was seen, which moves to the last of them.
async fn add(client: &ClientWrapper, seen: &LedgerEnd, lines: &[LedgerLine]) -> Result<(), Trouble> {
    let Some(last) = lines.last() else { return Ok(()) };
    let (number, digest) = (last.number.cast_signed(), last.digest.as_str());
    let moved = match &seen.noted {
        None => client.execute(BEGIN_END, &[&number, &digest]).await?,
        Some((seen, before)) => {
            client.execute(MOVE_END, &[&number, &digest, &seen.cast_signed(), &before.as_str()]).await?
        }
    };
    if moved == 0 {
        return Err(Trouble::Again);
    }
    let statement = client.prepare_cached(ADD).await?;
    for line in lines {
        client.execute(&statement, &[&line.number.cast_signed(), &line.digest, &line.text]).await?;
    }
    Ok(())
}
