//! Pages of registrations, the latest created or changed first.

use std::ops::Bound;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::{ReadTransaction, ReadableTable as _};

use super::StoreError;
use super::tables::{CHANGED, COUNTS, ORDER, snapshot};
use crate::backend::{ListRequest, Order};
use crate::model::{Registration, Status};

/// Remembers where the latest page ended, so that whoever reads page after page (the mirror of a whole store) does not
/// make the store count from the start each time. It holds only as long as no row has changed.
#[derive(Default)]
pub(super) struct Cursor {
    generation: AtomicU64,
    place: Mutex<Option<Place>>,
}

struct Place {
    generation: u64,
    /// The request for the page that comes next.
    next: ListRequest,
    /// The last row of the page before it.
    after: (i64, String),
}

impl Cursor {
    /// A row was added or changed.
    pub(super) fn outdate(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts the changes so far.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Where the page that a request asks for begins, if nothing has changed since the one before it.
    pub(super) fn recall(&self, generation: u64, request: &ListRequest) -> Option<(i64, String)> {
        let place = self.place.lock().ok()?;
        let place = place.as_ref()?;
        (place.generation == generation && place.next == *request).then(|| place.after.clone())
    }

    /// Remembers where the page of a request ended.
    pub(super) fn remember(&self, generation: u64, request: &ListRequest, after: (i64, String)) {
        if let Ok(mut place) = self.place.lock() {
            let next = ListRequest { page: request.page.saturating_add(1), ..request.clone() };
            *place = Some(Place { generation, next, after });
        }
    }
}

/// How many registrations match the filters of a request.
pub(super) fn total(transaction: &ReadTransaction, request: &ListRequest) -> Result<u64, StoreError> {
    let counts = transaction.open_table(COUNTS)?;
    let mut total = 0;
    for entry in counts.iter()? {
        let (row, count) = entry?;
        if matches(request, row.value()) {
            total += count.value();
        }
    }
    Ok(total)
}

/// The registrations of one page.
pub(super) fn rows(
    transaction: &ReadTransaction,
    request: &ListRequest,
    cursor: &Cursor,
    generation: u64,
) -> Result<Vec<Registration>, StoreError> {
    let order = transaction.open_table(match request.order {
        Order::Created => ORDER,
        Order::Changed => CHANGED,
    })?;
    let limit = request.limit as usize;
    let place = cursor.recall(generation, request);
    let rows_before = u64::from(request.page.saturating_sub(1)).saturating_mul(u64::from(request.limit));
    let (from, mut skip) = match &place {
        Some((key, id)) => (Bound::Excluded((*key, id.as_str())), 0),
        None => (Bound::Unbounded, rows_before),
    };
    let mut keys: Vec<(i64, String)> = Vec::with_capacity(limit);
    for entry in order.range::<(i64, &str)>((from, Bound::Unbounded))? {
        let (key, row) = entry?;
        if !matches(request, row.value()) {
            continue;
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let (at, id) = key.value();
        keys.push((at, id.to_owned()));
        if keys.len() == limit {
            break;
        }
    }
    let mut registrations = Vec::with_capacity(keys.len());
    for (_, id) in &keys {
        if let Some(state) = snapshot(transaction, id)? {
            registrations.push(*state.registration);
        }
    }
    if let Some(last) = keys.pop() {
        cursor.remember(generation, request, last);
    }
    Ok(registrations)
}

fn matches(request: &ListRequest, (status, project, flow): (&str, &str, &str)) -> bool {
    (request.statuses.is_empty() || request.statuses.iter().map(Status::as_str).any(|asked| asked == status))
        && request.project.as_deref().is_none_or(|asked| asked == project)
        && request.flow.as_deref().is_none_or(|asked| asked == flow)
}
