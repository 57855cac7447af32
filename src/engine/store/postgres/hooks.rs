//! The queue of events for webhooks. Many send from it: whoever takes what is due holds it for a while, so that nobody
//! else sends the same.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::super::{StoreError, StoredHook};
use super::link::{Link, Trouble};
use super::narrowing::Narrowing;
use super::read::{column, rows, signed, value};
use super::write;
use crate::backend::HookFilter;
use crate::engine::storage::NumberedHooks;
use crate::model::Timestamp;

/// How long what is due is left to whoever took it, µs: longer than all tries of one taking together. If they end
/// before they say what came of it, somebody else tries after that.
const LEASE: i64 = 120_000_000;

const TAKE: &str = "update regdesk_hooks set leased = $2 where number in (
        select number from regdesk_hooks where due <= $1 and leased <= $1 order by due, number limit $3)
    returning number, hook";
/// The next that nobody has, or the end of the first time for which somebody has one.
const NEXT: &str = "select least(
        (select min(due) from regdesk_hooks where due is not null and leased <= $1),
        (select min(leased) from regdesk_hooks where due is not null and leased > $1))";
const ONE: &str = "select hook from regdesk_hooks where number = $1";

/// Takes what is due, the longest waiting first, so much at most; and tells when there is more (µs).
pub(super) fn due(link: &Link, now: Timestamp, most: usize) -> Result<(NumberedHooks, Option<i64>), StoreError> {
    let now = now.timestamp_micros();
    let (until, most) = (now.saturating_add(LEASE), signed(most));
    let (taken, next) = write::transaction(link, async |client| {
        let statement = client.prepare_cached(TAKE).await?;
        let taken = client.query(&statement, &[&now, &until, &most]).await?;
        Ok((taken, value::<Option<i64>>(client, NEXT, &[&now]).await?.flatten()))
    })?;
    let mut hooks = taken.iter().map(numbered).collect::<Result<NumberedHooks, _>>()?;
    hooks.sort_by_key(|(number, hook)| (hook.due, *number));
    Ok((hooks, next))
}

fn numbered(row: &Row) -> Result<(u64, StoredHook), StoreError> {
    Ok((column::<i64>(row, 0)?.unsigned_abs(), serde_json::from_slice(column(row, 1)?)?))
}

/// One event.
pub(super) fn one(link: &Link, number: u64) -> Result<Option<StoredHook>, StoreError> {
    read(link.read(async |client| hook(client, number).await)?)
}

/// One event as it is written.
pub(super) async fn hook(client: &ClientWrapper, number: u64) -> Result<Option<Vec<u8>>, Trouble> {
    match i64::try_from(number) {
        Ok(number) => value(client, ONE, &[&number]).await,
        Err(_) => Ok(None),
    }
}

/// Reads an event.
pub(super) fn read(json: Option<Vec<u8>>) -> Result<Option<StoredHook>, StoreError> {
    Ok(json.map(|json| serde_json::from_slice(&json)).transpose()?)
}

/// Events that a filter lets through, latest first, from a position on, so many at most; and how many there are.
pub(super) fn some(
    link: &Link,
    filter: &HookFilter,
    skip: usize,
    most: usize,
) -> Result<(NumberedHooks, usize), StoreError> {
    let mut narrowing = Narrowing::default();
    if let Some(registration) = &filter.registration {
        narrowing.put("registration =", registration.as_str());
    }
    if let Some(heard) = filter.heard {
        narrowing.put("heard =", heard);
    }
    let (clause, next) = (narrowing.clause(), narrowing.next());
    let count = format!("select count(*) from regdesk_hooks{clause}");
    let list = format!(
        "select number, hook from regdesk_hooks{clause} order by number desc limit ${next} offset ${}",
        next + 1
    );
    let bounds = [most, skip].map(signed);
    let (count, found) = link.read(async |client| {
        let mut parameters = narrowing.parameters();
        let count = value::<i64>(client, &count, &parameters).await?.unwrap_or_default();
        parameters.extend(bounds.iter().map(|bound| bound as &(dyn ToSql + Sync)));
        Ok((count, rows(client, &list, &parameters).await?))
    })?;
    let found = found.iter().map(numbered).collect::<Result<NumberedHooks, _>>()?;
    Ok((found, usize::try_from(count).unwrap_or(usize::MAX)))
}
