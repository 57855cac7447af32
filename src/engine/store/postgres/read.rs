//! What is read of registrations.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::super::pages::Cursor;
use super::super::record::unpack_snapshot;
use super::super::{StoreError, codec, refresh, refreshed};
use super::link::{Link, Trouble};
use super::narrowing::Narrowing;
use crate::backend::{ListRequest, Order};
use crate::engine::core::{Digest, Event, State};
use crate::model::{Flow, Registration, RegistrationId, Status, Timestamp};

const SNAPSHOT: &str = "select snapshot from regdesk_states where id = $1";
const OWNER: &str =
    "select s.snapshot from regdesk_tokens t join regdesk_states s on s.id = t.registration where t.digest = $1";
const HISTORY: &str = "select events from regdesk_history where registration = $1 order by number";
const IDS: &str = "select id from regdesk_states where id > $1 order by id limit $2";
const OVERDUE: &str = "select id from regdesk_states where expiry <= $1 order by expiry, id";
const CHANGES: &str = "select coalesce(sum(number), 0)::bigint from regdesk_changes";
const COUNT: &str = "select coalesce(sum(count), 0)::bigint from regdesk_counts";

/// All that is read after this is of one moment.
pub(super) const ONE_MOMENT: &str = "begin transaction isolation level repeatable read read only";

/// One value of the first row, if there is one.
pub(super) async fn value<T: for<'a> tokio_postgres::types::FromSql<'a>>(
    client: &ClientWrapper,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Option<T>, Trouble> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query_opt(&statement, parameters).await?.map(|row| row.try_get(0)).transpose()?)
}

pub(super) async fn rows(
    client: &ClientWrapper,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, Trouble> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query(&statement, parameters).await?)
}

/// A count as the database has it.
pub(super) fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether there can be a registration of this id: the database keeps no text with a zero in it.
fn can_be(id: &RegistrationId) -> bool {
    !id.as_str().contains('\0')
}

/// A snapshot as it is written.
pub(super) async fn packed(client: &ClientWrapper, id: &RegistrationId) -> Result<Option<Vec<u8>>, Trouble> {
    if can_be(id) { value(client, SNAPSHOT, &[&id.as_str()]).await } else { Ok(None) }
}

pub(super) fn load(link: &Link, id: &RegistrationId, flows: &[Flow]) -> Result<Option<State>, StoreError> {
    unpacked(link.read(async |client| packed(client, id).await)?.as_deref(), flows)
}

pub(super) fn token_owner(link: &Link, token: &Digest, flows: &[Flow]) -> Result<Option<State>, StoreError> {
    let packed: Option<Vec<u8>> = link.read(async |client| value(client, OWNER, &[&token.bytes().as_slice()]).await)?;
    unpacked(packed.as_deref(), flows)
}

fn unpacked(packed: Option<&[u8]>, flows: &[Flow]) -> Result<Option<State>, StoreError> {
    let state = packed.map(unpack_snapshot).transpose()?;
    Ok(state.map(|state| refreshed(state, flows)))
}

pub(super) fn events(link: &Link, id: &RegistrationId) -> Result<Vec<Event>, StoreError> {
    if !can_be(id) {
        return Ok(Vec::new());
    }
    let found = link.read(async |client| rows(client, HISTORY, &[&id.as_str()]).await)?;
    let mut events = Vec::new();
    for row in found {
        events.extend(codec::unpack::<Vec<Event>>(column(&row, 0)?)?);
    }
    Ok(events)
}

pub(super) fn ids(link: &Link, after: Option<&RegistrationId>, most: usize) -> Result<Vec<RegistrationId>, StoreError> {
    let after = after.map_or("", RegistrationId::as_str);
    let most = signed(most);
    let found = link.read(async |client| rows(client, IDS, &[&after, &most]).await)?;
    found.iter().map(|row| column::<&str>(row, 0).map(RegistrationId::new)).collect()
}

pub(super) fn overdue(link: &Link, now: Timestamp) -> Result<Vec<RegistrationId>, StoreError> {
    let found = link.read(async |client| rows(client, OVERDUE, &[&now.timestamp_micros()]).await)?;
    found.iter().map(|row| column::<&str>(row, 0).map(RegistrationId::new)).collect()
}

pub(super) fn column<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r Row, place: usize) -> Result<T, StoreError> {
    row.try_get(place).map_err(|_| StoreError::Refused("a column has another type than it was made with".to_owned()))
}

/// A page. One that follows the page before, with no change since, goes on where that ended; the number of all changes
/// says so, since it is read in the same moment.
pub(super) fn page(
    link: &Link,
    request: &ListRequest,
    cursor: &Cursor,
    flows: &[Flow],
) -> Result<(Vec<Registration>, u64), StoreError> {
    let narrowing = narrowed(request);
    let (total, changes, found) = link.read(async |client| {
        client.batch_execute(ONE_MOMENT).await?;
        let count = format!("{COUNT}{}", narrowing.clause());
        let total = value::<i64>(client, &count, &narrowing.parameters()).await?.unwrap_or_default();
        let changes = value::<i64>(client, CHANGES, &[]).await?.unwrap_or_default().unsigned_abs();
        let found = page_rows(client, request, &narrowing, cursor.recall(changes, request)).await?;
        client.batch_execute("commit").await?;
        Ok((total.unsigned_abs(), changes, found))
    })?;
    if let Some(last) = found.last() {
        cursor.remember(changes, request, (column(last, 0)?, column::<&str>(last, 1)?.to_owned()));
    }
    let mut registrations = Vec::with_capacity(found.len());
    for row in &found {
        let mut registration = *unpack_snapshot(column(row, 2)?)?.registration;
        refresh(&mut registration, flows);
        registrations.push(registration);
    }
    Ok((registrations, total))
}

/// The rows of a page: their keys, ids and snapshots.
async fn page_rows(
    client: &ClientWrapper,
    request: &ListRequest,
    narrowing: &Narrowing<'_>,
    after: Option<(i64, String)>,
) -> Result<Vec<Row>, Trouble> {
    let (key, limit) = (key(request.order), i64::from(request.limit));
    let before = i64::from(request.page.saturating_sub(1)).saturating_mul(limit);
    let (mut parameters, next) = (narrowing.parameters(), narrowing.next());
    parameters.push(&limit);
    let (clause, from) = (narrowing.clause(), next + 1);
    let sql = if let Some((at, id)) = &after {
        parameters.extend([at as &(dyn ToSql + Sync), id]);
        let (joint, to) = (if clause.is_empty() { "where" } else { "and" }, from + 1);
        format!(
            "select {key}, id, snapshot from regdesk_states{clause} {joint} ({key}, id) > (${from}, ${to}) \
             order by {key}, id limit ${next}"
        )
    } else {
        parameters.push(&before);
        format!(
            "select {key}, id, snapshot from regdesk_states{clause} order by {key}, id limit ${next} offset ${from}"
        )
    };
    rows(client, &sql, &parameters).await
}

fn key(order: Order) -> &'static str {
    match order {
        Order::Created => "created",
        Order::Changed => "changed",
    }
}

/// What a request narrows its list to.
fn narrowed(request: &ListRequest) -> Narrowing<'_> {
    let mut narrowing = Narrowing::default();
    if !request.statuses.is_empty() {
        let statuses: Vec<&str> = request.statuses.iter().map(Status::as_str).collect();
        narrowing.put("status = any", statuses);
    }
    for (condition, asked) in [("project =", &request.project), ("flow =", &request.flow)] {
        if let Some(asked) = asked {
            narrowing.put(condition, asked.as_str());
        }
    }
    narrowing
}
