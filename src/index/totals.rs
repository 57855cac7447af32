//! Counts by status, for headers.

use super::columns::{Among, Repeating};
use crate::model::Status;

/// How many have each status, by its word, in the order of the life cycle; unknown words last.
pub(super) fn by_status(column: &Repeating<Status>) -> Vec<(String, usize)> {
    let mut statuses: Vec<(&Status, usize)> = column.counts(Among::All).collect();
    statuses.sort_by_key(|(status, _)| (status_position(status), status.as_str()));
    statuses.into_iter().map(|(status, count)| (status.as_str().to_owned(), count)).collect()
}

/// Position in the life cycle; unknown words come last.
pub(super) fn status_position(status: &Status) -> usize {
    Status::ALL.iter().position(|known| known == status).unwrap_or(Status::ALL.len())
}
