//! A large store in this process is indexed aside: the screen shows its first pages and answers keys meanwhile, and then
//! takes the whole index at once. What changed meanwhile follows step by step.

use std::{collections::VecDeque, time::Duration};

use super::{
    Effects, Model, RequestId,
    effect::{Effect, Timer},
};
use crate::{backend::BackendError, index::Index, model::Registration};

/// With more registrations than this, reading page by page would keep keys waiting.
const MANY: u64 = 5_000;
/// So many pages of a store at hand are shown until the index is there, some screens to look through meanwhile; of
/// another one, whose pages are larger and take longer, the first.
const FIRST_PAGES: u32 = 4;
/// What changed meanwhile is taken in by so many at a time.
const STEP: usize = 4;
/// The pause between two steps, milliseconds: keys come first.
const PAUSE_MILLIS: u64 = 2;

/// An index in the making.
#[derive(Debug, Default)]
pub struct Aside {
    /// Whose answer is awaited.
    request: Option<RequestId>,
    /// How many are in it by now.
    pub count: usize,
    /// What changed since it was begun, oldest first.
    meanwhile: VecDeque<Registration>,
}

impl Aside {
    /// Whether one is being made.
    pub fn is_under_way(&self) -> bool {
        self.request.is_some()
    }
}

impl Model {
    /// Whether so many registrations are better indexed aside.
    pub(super) fn are_many(&self, total: Option<u64>) -> bool {
        self.profile.announces_changes && total.is_some_and(|total| total > MANY)
    }

    /// How many pages are read before that.
    pub(super) fn first_pages(&self) -> u32 {
        if self.profile.at_hand { FIRST_PAGES } else { 1 }
    }

    /// Begins.
    pub(super) fn index_aside(&mut self) -> Effects {
        let request = self.requests.next();
        self.loading.aside = Aside { request: Some(request), ..Aside::default() };
        Effects::one(Effect::Index(request, Box::new(self.index.blank()), self.now))
    }

    /// Notes what changes while an index is being made.
    pub(super) fn note_meanwhile(&mut self, registrations: &[Registration]) {
        if self.loading.aside.is_under_way() {
            self.loading.aside.meanwhile.extend(registrations.iter().cloned());
        }
    }

    /// So many are in it by now.
    pub(super) fn indexing(&mut self, request: RequestId, count: usize) {
        if self.loading.aside.request == Some(request) {
            self.loading.aside.count = count;
        }
    }

    /// Takes the index that was made.
    pub(super) fn indexed(&mut self, request: RequestId, answer: Result<Box<Index>, BackendError>) -> Effects {
        if self.loading.aside.request.take_if(|awaited| *awaited == request).is_none() {
            return Effects::none();
        }
        let index = match answer {
            Ok(index) => index,
            Err(error) => return self.reading_failed(error, true),
        };
        let before = std::mem::replace(&mut self.index, *index);
        self.loading.total = Some(self.index.len() as u64);
        self.loading.complete_at = Some(self.now);
        self.changed();
        self.queue.select_first(&self.index, self.list_rows);
        let mut effects = self.take_meanwhile();
        effects.push(Effect::Discard(Box::new(before)));
        effects
    }

    /// Takes in the next of what changed meanwhile.
    pub(super) fn take_meanwhile(&mut self) -> Effects {
        let meanwhile = &mut self.loading.aside.meanwhile;
        if meanwhile.is_empty() {
            return Effects::none();
        }
        let step = meanwhile.drain(..STEP.min(meanwhile.len())).collect();
        self.upsert(step);
        Effects::one(Effect::Timer(Timer::Meanwhile, Duration::from_millis(PAUSE_MILLIS)))
    }
}
