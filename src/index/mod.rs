//! Registrations in memory, judged and searchable: the one read path of the console and the command line.

mod columns;
mod complete;
mod haystack;
mod incidents;
mod order;
mod query;
mod totals;
mod values;
mod view;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::TimeDelta;

pub use crate::triage::FlagRate;
pub use complete::{Candidate, Completer, Completion, word_at};
pub use order::{Sort, SortError, SortField};
pub use query::{
    BARE, Query, QueryError, Span, TERMS, Term, flag_term, flips_term, is_bare, step_term, stuck_term, value_text,
};
pub use values::{FACETS, ValueCount};
pub use view::{Origin, View, ViewError, Views};

use columns::Columns;

use crate::{
    model::{Checks, Registration, RegistrationId, StepKind, Timestamp},
    triage::{
        Context, Incident, Judgement, LinkIndex, Policy, STANDSTILL, Turn, flag_rates, has_returned, judge, last_move,
        where_it_stands,
    },
};

/// A registration with what is thought of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As the backend gave it.
    pub registration: Arc<Registration>,
    /// As of the last judgement.
    pub judgement: Judgement,
    /// Put aside by somebody of the desk, as of the last judgement.
    snoozed: bool,
    /// Claimed by whoever asks.
    mine: bool,
    /// Moved since it was last decided on.
    returned: bool,
    /// The incident it is stuck in, by its place among those of the index.
    incident: Option<usize>,
    /// Where it stands.
    step: StepKind,
    /// When it last moved.
    last_move: Timestamp,
}

impl Entry {
    fn new(registration: Arc<Registration>, operator: Option<&str>) -> Self {
        let claim = registration.desk.claim.as_ref();
        Self {
            step: where_it_stands(&registration),
            last_move: last_move(&registration),
            judgement: Judgement::default(),
            snoozed: false,
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

    fn judge(&mut self, context: Context) {
        self.judgement = judge(&self.registration, context);
        self.snoozed = self.registration.desk.snoozed(context.now).is_some();
        let covered = || context.incidents.iter().position(|incident| incident.covers(&self.registration));
        self.incident = self.waits_with_many().then(covered).flatten();
    }

    /// Whether a line for the whole incident stands for it.
    fn waits_with_many(&self) -> bool {
        self.judgement.stuck.as_ref().is_some_and(|stuck| stuck.reason == STANDSTILL)
    }
}

/// All registrations known to this process.
#[derive(Debug, Clone, Default)]
pub struct Index {
    entries: Vec<Entry>,
    /// What is asked of entries, row by row beside them.
    columns: Columns,
    places: HashMap<RegistrationId, usize>,
    links: LinkIndex,
    incidents: Vec<Incident>,
    /// How many registrations came or changed since incidents were last looked for.
    news: usize,
    policy: Arc<Policy>,
    /// Who asks, where that is known.
    operator: Option<String>,
}

impl Index {
    /// An empty index that judges by a policy.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self { policy, ..Self::default() }
    }

    /// For this operator, by the name that stands with their claims; to be said before anything is added.
    #[must_use]
    pub fn asked_by(mut self, operator: Option<String>) -> Self {
        self.operator = operator;
        self
    }

    /// What a judgement goes by now.
    pub fn context(&self, now: Timestamp) -> Context<'_> {
        Context { links: &self.links, incidents: &self.incidents, policy: &self.policy, now }
    }

    /// Adds or replaces registrations and judges them and whoever they are linked to. An older version of a known
    /// registration is ignored.
    pub fn upsert(&mut self, registrations: Vec<Arc<Registration>>, now: Timestamp) {
        let mut changed: HashSet<Arc<RegistrationId>> = HashSet::new();
        for registration in registrations {
            let id = registration.id.clone();
            match self.places.get(&id) {
                Some(place) if is_older(&registration, &self.entries[*place].registration) => continue,
                Some(place) => {
                    changed.extend(self.links.update(&registration));
                    self.entries[*place] = Entry::new(registration, self.operator.as_deref());
                    self.columns.set(*place, &self.entries[*place]);
                }
                None => {
                    changed.extend(self.links.update(&registration));
                    let entry = Entry::new(registration, self.operator.as_deref());
                    self.columns.set(self.entries.len(), &entry);
                    self.places.insert(id.clone(), self.entries.len());
                    self.entries.push(entry);
                }
            }
            changed.insert(Arc::new(id));
            self.news += 1;
        }
        if self.may_have_new_incidents() {
            changed.extend(self.look_for_incidents(now));
        }
        self.judge(changed, now);
    }

    /// Forgets a registration.
    pub fn remove(&mut self, id: &RegistrationId, now: Timestamp) {
        let Some(place) = self.places.remove(id) else { return };
        self.entries.swap_remove(place);
        self.columns.swap_remove(place);
        if let Some(moved) = self.entries.get(place) {
            self.places.insert(moved.registration.id.clone(), place);
        }
        let touched = self.links.remove(id);
        self.judge(touched, now);
    }

    /// Judges everything again, because time has passed.
    pub fn rejudge(&mut self, now: Timestamp) {
        self.look_for_incidents(now);
        let context = Context { links: &self.links, incidents: &self.incidents, policy: &self.policy, now };
        for (row, entry) in self.entries.iter_mut().enumerate() {
            entry.judge(context);
            self.columns.judge(row, entry);
        }
    }

    fn judge(&mut self, ids: impl IntoIterator<Item = Arc<RegistrationId>>, now: Timestamp) {
        let context = Context { links: &self.links, incidents: &self.incidents, policy: &self.policy, now };
        for id in ids {
            let Some(place) = self.places.get(&id).copied() else { continue };
            let Some(entry) = self.entries.get_mut(place) else { continue };
            entry.judge(context);
            self.columns.judge(place, entry);
        }
    }

    /// One entry.
    pub fn get(&self, id: &RegistrationId) -> Option<&Entry> {
        self.places.get(id).and_then(|place| self.entries.get(*place))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The ids that match, in order.
    pub fn search(&self, query: &Query, sort: Sort, now: Timestamp) -> Vec<RegistrationId> {
        let rows = sort.sort(query.rows(&self.columns, now), &self.columns);
        rows.into_iter().map(|row| self.columns.ids[row].clone()).collect()
    }

    /// Those that match, in no particular order.
    pub fn matching(&self, query: &Query, now: Timestamp) -> impl Iterator<Item = &Entry> {
        query.rows(&self.columns, now).into_iter().map(|row| &self.entries[row])
    }

    /// When each was created, in no particular order.
    pub fn created(&self) -> &[Timestamp] {
        &self.columns.created
    }

    /// Everyone joined to a registration over documents, people, devices, e-mail addresses and phones; itself
    /// included, sorted.
    pub fn ring_of(&self, id: &RegistrationId) -> Vec<RegistrationId> {
        self.links.ring_of(id)
    }

    /// What the rules know of others, to ask a single rule.
    pub fn links(&self) -> &LinkIndex {
        &self.links
    }

    /// How many there are of each status, in the order of the life cycle.
    pub fn totals(&self) -> Vec<(String, usize)> {
        totals::by_status(&self.columns.status)
    }

    /// Counts over some of them by each term of [`FACETS`], with the values as they stand in a query.
    pub fn values(&self, ids: &[RegistrationId]) -> Vec<(&'static str, Vec<ValueCount>)> {
        let rows: Vec<usize> = ids.iter().filter_map(|id| self.places.get(id).copied()).collect();
        values::facets(&self.columns, &rows)
    }

    /// How many registrations each query finds.
    pub fn counts(&self, queries: &[&Query], now: Timestamp) -> Vec<usize> {
        queries.iter().map(|query| query.rows(&self.columns, now).len()).collect()
    }

    /// How often each rule fires over some of them, and how often it was right.
    pub fn flag_rates(&self, ids: &[RegistrationId]) -> Vec<FlagRate> {
        let entries = ids.iter().filter_map(|id| self.get(id));
        flag_rates(entries.map(|entry| (entry.registration.as_ref(), &entry.judgement)))
    }
}

/// Whether a registration tells less than what is known: an earlier one (by version where both have one, then by last
/// change), or the same one without its evidence, as the lists of some remotes have it.
fn is_older(new: &Registration, known: &Registration) -> bool {
    if new.version > 0 && known.version > 0 && new.version != known.version {
        return new.version < known.version;
    }
    let same = new.updated_at == known.updated_at && new.status == known.status;
    new.updated_at < known.updated_at || (same && tells_nothing(&new.checks) && !tells_nothing(&known.checks))
}

fn tells_nothing(checks: &Checks) -> bool {
    *checks == Checks::default()
}

#[cfg(test)]
mod tests;
