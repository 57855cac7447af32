//! A registration with what is thought of it, and the few of them that are at hand.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use chrono::TimeDelta;

use crate::{
    model::{Registration, RegistrationId, StepKind, Timestamp},
    triage::{Context, Judgement, STANDSTILL, Turn, has_returned, judge, last_move, where_it_stands},
};

/// So many are kept at hand unless it is said otherwise, some twenty kilobytes each: what is looked at, what has just
/// changed, and all there are on a small desk.
const AT_HAND: usize = 1_000;

/// A registration with what is thought of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As the backend gave it.
    pub registration: Arc<Registration>,
    /// As of the last judgement.
    pub judgement: Judgement,
    /// Put aside by somebody of the desk, as of the last judgement.
    snoozed: bool,
    /// It is what the columns tell of. One that was looked up may be newer.
    pub(super) is_taken_in: bool,
    /// Claimed by whoever asks.
    mine: bool,
    /// Moved since it was last decided on.
    returned: bool,
    /// From then on time alone may change any of this; `None`: never.
    pub(super) holds_until: Option<Timestamp>,
    /// The incident it is stuck in, by its place among those of the index.
    pub(super) incident: Option<usize>,
    /// Where it stands.
    step: StepKind,
    /// When it last moved.
    last_move: Timestamp,
    /// The time of the judgement.
    judged_at: Timestamp,
}

impl Entry {
    pub(super) fn new(registration: Arc<Registration>, operator: Option<&str>) -> Self {
        let claim = registration.desk.claim.as_ref();
        Self {
            step: where_it_stands(&registration),
            last_move: last_move(&registration),
            judged_at: Timestamp::default(),
            judgement: Judgement::default(),
            snoozed: false,
            is_taken_in: false,
            holds_until: None,
            mine: claim.is_some_and(|claim| operator == Some(claim.by.as_str())),
            returned: has_returned(&registration),
            incident: None,
            registration,
        }
    }

    /// The step the registration stands at; what `step:` and the column of the queue mean.
    pub fn step(&self) -> &StepKind {
        &self.step
    }

    /// Whether somebody of the desk has put it aside for now; what `snoozed` means.
    pub fn is_snoozed(&self) -> bool {
        self.snoozed
    }

    /// Whether it is stuck and the wait is not the person's: the operator, the service or the integrator is late. What
    /// `breached` means.
    pub fn is_breached(&self) -> bool {
        self.judgement.stuck.as_ref().is_some_and(|stuck| stuck.turn != Turn::User)
    }

    /// Whether it has moved since it was last decided on; what `returned` means.
    pub fn has_returned(&self) -> bool {
        self.returned
    }

    /// Whether whoever asks has claimed it; what `owner:me` means.
    pub fn is_mine(&self) -> bool {
        self.mine
    }

    /// When anything about it last changed, evidence included.
    pub fn last_move(&self) -> Timestamp {
        self.last_move
    }

    /// How long ago that was.
    pub fn age(&self, now: Timestamp) -> TimeDelta {
        now - self.last_move
    }

    /// Whether it would be judged alike at a time: ages are told in seconds, and all else holds until it is said.
    pub(super) fn is_as_of(&self, now: Timestamp) -> bool {
        let is_this_second = self.judged_at.timestamp() == now.timestamp();
        self.judged_at == now || is_this_second && self.holds_until.is_none_or(|until| now < until)
    }

    pub(super) fn judge(&mut self, context: Context) {
        self.judgement = judge(&self.registration, context);
        self.judged_at = context.now;
        let snooze = self.registration.desk.snoozed(context.now);
        self.snoozed = snooze.is_some();
        let held = [self.judgement.holds_until, snooze.map(|snooze| snooze.until)];
        self.holds_until = held.into_iter().flatten().min();
        let covered = || context.incidents.iter().position(|incident| incident.covers(&self.registration));
        self.incident = self.waits_with_many().then(covered).flatten();
    }

    /// Whether a line for the whole incident stands for it.
    fn waits_with_many(&self) -> bool {
        self.judgement.stuck.as_ref().is_some_and(|stuck| stuck.reason == STANDSTILL)
    }
}

/// Entries at hand, the latest last.
#[derive(Debug)]
pub(super) struct AtHand {
    most: usize,
    entries: HashMap<RegistrationId, Arc<Entry>>,
    order: VecDeque<RegistrationId>,
}

impl Default for AtHand {
    fn default() -> Self {
        Self::of(AT_HAND)
    }
}

impl AtHand {
    /// Room for so many.
    pub(super) fn of(most: usize) -> Self {
        Self { most, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// One of them.
    pub(super) fn get(&self, id: &RegistrationId) -> Option<Arc<Entry>> {
        self.entries.get(id).cloned()
    }

    /// Whether it is one of them, as of whatever time.
    pub(super) fn has(&self, id: &RegistrationId) -> bool {
        self.entries.contains_key(id)
    }

    /// Takes one away.
    pub(super) fn take(&mut self, id: &RegistrationId) -> Option<Arc<Entry>> {
        self.entries.remove(id)
    }

    /// Puts one with the others, in place of the one that was put there longest ago if there are many.
    pub(super) fn put(&mut self, entry: Arc<Entry>) {
        let id = entry.registration.id.clone();
        if self.entries.insert(id.clone(), entry).is_none() {
            self.order.push_back(id);
        }
        while self.entries.len() > self.most {
            let Some(oldest) = self.order.pop_front() else { return };
            self.entries.remove(&oldest);
        }
        // Those that were taken away and put back stand here more than once.
        if self.order.len() > 2 * self.most.max(1) {
            let mut seen = HashSet::new();
            self.order.retain(|id| self.entries.contains_key(id) && seen.insert(id.clone()));
        }
    }
}
