//! One reading of a backend's pages: which are asked for, which have failed, and what may have slipped through.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Model, RequestId};
use crate::{
    backend::{ListRequest, Page},
    model::{RegistrationId, Timestamp},
};

/// Rows of a page at least, however low the screen.
const FEWEST_A_PAGE: u32 = 25;
/// How often a page is asked for that fails while others come.
const MOST_TRIES: u32 = 4;

/// How far a reading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// To the end: what is not there any more is noticed.
    Whole,
    /// From the latest change on, where the backend knows that order, else from the newest; to the first page that
    /// tells nothing new.
    Newest,
}

/// A reading under way.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) extent: Extent,
    /// Rows of its pages.
    pub(super) rows_a_page: u32,
    /// When it began.
    pub(super) began: Timestamp,
    /// The first page that was never asked for.
    next: u32,
    /// The last page, once that is known.
    last: Option<u32>,
    under_way: BTreeMap<RequestId, u32>,
    /// Pages whose answer failed, and how often.
    failed: BTreeMap<u32, u32>,
    /// Pages that failed, and are to be asked for again.
    again: BTreeSet<u32>,
    /// Pages that were given up.
    given_up: BTreeSet<u32>,
    /// Ids seen so far.
    seen: HashSet<RegistrationId>,
}

impl Pass {
    pub(super) fn new(extent: Extent, rows_a_page: u32, now: Timestamp) -> Self {
        Self {
            extent,
            rows_a_page,
            began: now,
            next: 1,
            last: None,
            under_way: BTreeMap::new(),
            failed: BTreeMap::new(),
            again: BTreeSet::new(),
            given_up: BTreeSet::new(),
            seen: HashSet::new(),
        }
    }

    /// Whether an answer is waited for.
    pub(super) fn is_waiting(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether every page has come or was given up.
    pub(super) fn is_over(&self) -> bool {
        self.under_way.is_empty() && self.again.is_empty() && self.last.is_some_and(|last| self.next > last)
    }

    /// The next page to ask for, while fewer than `at_once` are under way. How many pages there are has to be known
    /// before more than one is asked for.
    pub(super) fn take_next(&mut self, at_once: usize) -> Option<u32> {
        if self.under_way.len() >= at_once {
            return None;
        }
        if let Some(page) = self.again.pop_first() {
            return Some(page);
        }
        let may_be_there = match self.last {
            Some(last) => self.next <= last,
            None => self.under_way.is_empty(),
        };
        may_be_there.then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    /// A page was asked for.
    pub(super) fn asked(&mut self, request: RequestId, page: u32) {
        self.under_way.insert(request, page);
    }

    /// The page that an answer is of; `None` for an answer that nobody waits for any more.
    pub(super) fn answered(&mut self, request: RequestId) -> Option<u32> {
        self.under_way.remove(&request)
    }

    /// Takes a page into account. `tells_nothing`: every row of it was known as it is.
    pub(super) fn came(&mut self, number: u32, page: &Page, tells_nothing: bool) {
        let rows = page.registrations.iter().map(|row| row.id.clone());
        let new = rows.filter(|id| self.seen.insert(id.clone())).count();
        self.failed.remove(&number);
        self.last = page.pages.or(self.last);
        let is_enough = self.extent == Extent::Newest && tells_nothing;
        if is_enough || page.is_last(number, new) {
            self.last = Some(number);
        }
    }

    /// A page failed. Where others come meanwhile, it is given up after some tries; tells whether that is so.
    pub(super) fn lost(&mut self, page: u32, others_come: bool) -> bool {
        let tries = self.failed.entry(page).or_default();
        *tries += 1;
        let is_given_up = *tries >= MOST_TRIES && others_come;
        if is_given_up {
            self.given_up.insert(page);
        } else {
            self.again.insert(page);
        }
        is_given_up
    }

    /// Registrations came by another way.
    pub(super) fn saw<'a>(&mut self, ids: impl Iterator<Item = &'a RegistrationId>) {
        self.seen.extend(ids.cloned());
    }

    /// Whether a registration was seen.
    pub(super) fn has_seen(&self, id: &RegistrationId) -> bool {
        self.seen.contains(id)
    }

    /// How many were seen.
    pub(super) fn count(&self) -> usize {
        self.seen.len()
    }

    /// How many are missing of what the backend counts: rows that moved from a page to one that had been read, and
    /// pages that were given up.
    pub(super) fn missing(&self, total: Option<u64>) -> u64 {
        let uncounted = total.map_or(0, |total| total.saturating_sub(self.seen.len() as u64));
        uncounted.max(self.given_up.len() as u64)
    }
}

impl Model {
    /// Rows of a page. A store at hand is asked for a screen at a time, so that the first one comes early; any other for
    /// as many as it gives.
    pub(super) fn rows_a_page(&self) -> u32 {
        if !self.profile.at_hand {
            return ListRequest::MAX_LIMIT;
        }
        u32::try_from(self.list_rows)
            .map_or(ListRequest::MAX_LIMIT, |rows| rows.clamp(FEWEST_A_PAGE, ListRequest::MAX_LIMIT))
    }
}
