//! Counts by status, for headers.

use std::collections::BTreeMap;

use super::Entry;
use crate::model::Status;

/// How many have each status, by its word, in the order of the life cycle; unknown words last.
pub(super) fn by_status<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<(String, usize)> {
    let mut statuses: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for entry in entries {
        let status = &entry.registration.status;
        *statuses.entry((status_position(status), status.as_str())).or_default() += 1;
    }
    statuses.into_iter().map(|((_, word), count)| (word.to_owned(), count)).collect()
}

/// Position in the life cycle; unknown words come last.
pub(super) fn status_position(status: &Status) -> usize {
    Status::ALL.iter().position(|known| known == status).unwrap_or(Status::ALL.len())
}
