//! One job: its registrations in order, how each stands, and how far the whole is.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::work::{Outcome, Work};
use crate::{
    app::RequestId,
    backend::BackendError,
    model::{RegistrationId, Seen, Timestamp},
};

/// Which job of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(super) u64);

/// How one registration of a job stands.
#[derive(Debug)]
pub enum ItemState {
    /// Not begun.
    Waiting,
    /// Sent, no answer yet.
    Running(RequestId),
    /// It is looked up what became of it after this error.
    LookingUp(RequestId, BackendError),
    /// Done.
    Done(Outcome),
    /// Refused, or failed without an effect.
    Failed(BackendError),
    /// It has moved on since it was seen, and was left alone.
    Moved(BackendError),
    /// No answer: it may have been done or not.
    Unknown(BackendError),
    /// Not begun when the job was stopped.
    Stopped,
}

impl ItemState {
    /// Why it was not done, or may not have been.
    pub fn error(&self) -> Option<&BackendError> {
        match self {
            Self::Failed(error) | Self::Moved(error) | Self::Unknown(error) => Some(error),
            _ => None,
        }
    }

    fn request(&self) -> Option<RequestId> {
        match self {
            Self::Running(request) | Self::LookingUp(request, _) => Some(*request),
            _ => None,
        }
    }
}

/// One registration of a job.
#[derive(Debug)]
pub struct Item {
    /// Which.
    pub id: RegistrationId,
    /// As the operator saw it.
    pub seen: Seen,
    /// How it stands.
    pub state: ItemState,
}

/// How many registrations of a job are in each state; kept along, since jobs may be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Done.
    pub done: usize,
    /// Refused, or failed without an effect.
    pub failed: usize,
    /// Moved on since they were seen.
    pub moved: usize,
    /// Of which it is unknown.
    pub unknown: usize,
    /// Not begun when the job was stopped.
    pub stopped: usize,
}

impl Tally {
    fn of(&mut self, state: &ItemState) -> Option<&mut usize> {
        match state {
            ItemState::Waiting | ItemState::Running(_) | ItemState::LookingUp(..) => None,
            ItemState::Done(_) => Some(&mut self.done),
            ItemState::Failed(_) => Some(&mut self.failed),
            ItemState::Moved(_) => Some(&mut self.moved),
            ItemState::Unknown(_) => Some(&mut self.unknown),
            ItemState::Stopped => Some(&mut self.stopped),
        }
    }

    /// How many were not done, or may not have been.
    pub fn not_done(self) -> usize {
        self.failed + self.moved + self.unknown
    }

    /// How many can be sent again: refused plainly, stopped before they began, or to be looked up first.
    pub fn repeatable(self) -> usize {
        self.failed + self.stopped + self.unknown
    }

    fn finished(self) -> usize {
        self.done + self.not_done() + self.stopped
    }
}

/// Writes to one or many, waiting, under way or done.
#[derive(Debug)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What is asked of each.
    pub work: Work,
    /// What has not begun waits for the operator.
    pub paused: bool,
    /// Which registration comes after these in the operator's order.
    pub next: Option<RegistrationId>,
    items: Vec<Item>,
    waiting: VecDeque<usize>,
    under_way: Vec<usize>,
    tally: Tally,
    /// How long it was under way before it was last held.
    worked: TimeDelta,
    /// Since when it is under way without a break.
    running_since: Option<Timestamp>,
}

impl Job {
    pub(super) fn new(id: JobId, work: Work, seen: Vec<(RegistrationId, Seen)>, next: Option<RegistrationId>) -> Self {
        let item = |(id, seen)| Item { id, seen, state: ItemState::Waiting };
        let items: Vec<Item> = seen.into_iter().map(item).collect();
        Self {
            id,
            work,
            paused: false,
            next,
            waiting: (0..items.len()).collect(),
            items,
            under_way: Vec::new(),
            tally: Tally::default(),
            worked: TimeDelta::zero(),
            running_since: None,
        }
    }

    /// The registrations, in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// How many there are in each state.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// How many have been answered or given up.
    pub fn finished(&self) -> usize {
        self.tally.finished()
    }

    /// How many are still to be done.
    pub fn left(&self) -> usize {
        self.items.len() - self.finished()
    }

    /// Whether nothing is waiting or under way.
    pub fn is_over(&self) -> bool {
        self.left() == 0
    }

    /// Whether anything of it has been sent.
    pub fn has_begun(&self) -> bool {
        self.running_since.is_some() || self.worked > TimeDelta::zero() || self.finished() > 0
    }

    /// How many are done a second, and how long the rest will take, once that can be told.
    pub fn pace(&self, now: Timestamp) -> Option<(f64, TimeDelta)> {
        let since = self.running_since?;
        let seconds = (self.worked + (now - since)).num_milliseconds() as f64 / 1000.0;
        if self.is_over() || self.finished() == 0 || seconds < 1.0 {
            return None;
        }
        let per_second = self.finished() as f64 / seconds;
        Some((per_second, TimeDelta::seconds((self.left() as f64 / per_second).ceil() as i64)))
    }

    pub(super) fn is_under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Puts a registration into a state; the one place where states change.
    pub(in crate::app) fn set(&mut self, place: usize, state: ItemState) {
        let Some(item) = self.items.get_mut(place) else { return };
        if let Some(count) = self.tally.of(&item.state) {
            *count -= 1;
        }
        if let Some(count) = self.tally.of(&state) {
            *count += 1;
        }
        let (was, is) = (item.state.request().is_some(), state.request().is_some());
        item.state = state;
        if was && !is {
            self.under_way.retain(|busy| *busy != place);
        } else if is && !was {
            self.under_way.push(place);
        }
        if matches!(item.state, ItemState::Waiting) {
            self.waiting.push_back(place);
        }
    }

    /// Takes the next that has not begun.
    pub(in crate::app) fn take_waiting(&mut self) -> Option<usize> {
        self.waiting.pop_front()
    }

    /// The places that a request is about.
    pub(super) fn places_of(&self, request: RequestId) -> Vec<usize> {
        let is_its = |place: &usize| self.items[*place].state.request() == Some(request);
        self.under_way.iter().copied().filter(is_its).collect()
    }

    pub(super) fn item_mut(&mut self, place: usize) -> Option<&mut Item> {
        self.items.get_mut(place)
    }

    /// Stops what has not begun.
    pub(in crate::app) fn stop(&mut self) {
        for place in std::mem::take(&mut self.waiting) {
            self.set(place, ItemState::Stopped);
        }
    }

    /// Counts the time only while something is under way.
    pub(super) fn watch(&mut self, now: Timestamp) {
        match (self.running_since, self.under_way.is_empty()) {
            (None, false) => self.running_since = Some(now),
            (Some(since), true) => {
                self.worked += now - since;
                self.running_since = None;
            }
            _ => {}
        }
    }
}
