//! Answers that the remote offered to vouch for (`ETag`): asked with the mark, it may say that nothing has changed.
//! What is kept is what was read out of them, so no secret of an answer stays in memory.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::backend::Page;

/// Pages that are kept; the newest ones are asked for most, and a page is a few hundred KiB.
const MOST_PAGES: usize = 8;

/// The pages read last, with their marks, the latest first.
#[derive(Debug, Default)]
pub(super) struct Unchanged(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    query: String,
    mark: String,
    page: Page,
}

impl Unchanged {
    /// The mark of a page that was read before, if the remote gave one.
    pub(super) fn mark(&self, query: &str) -> Option<String> {
        self.with(|kept| kept.iter().find(|kept| kept.query == query).map(|kept| kept.mark.clone()))
    }

    /// The page that a mark stands for.
    pub(super) fn page(&self, query: &str, mark: &str) -> Option<Page> {
        self.with(|kept| {
            kept.iter().find(|kept| kept.query == query && kept.mark == mark).map(|kept| kept.page.clone())
        })
    }

    /// Keeps a page with the mark it came with.
    pub(super) fn keep(&self, query: String, mark: String, page: &Page) {
        self.with(|kept| {
            kept.retain(|other| other.query != query);
            kept.push_front(Kept { query, mark, page: page.clone() });
            kept.truncate(MOST_PAGES);
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        // A panic elsewhere leaves whole pages behind.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
