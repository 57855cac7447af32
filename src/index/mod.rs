//! Registrations in memory, judged and searchable: the one read path of the console and the command line.
//!
//! Of each registration there are its row in the columns, by which it is searched, sorted and counted, and its record,
//! packed. It is unpacked and judged when somebody looks at it; the last thousand stay at hand.

mod columns;
mod complete;
mod entry;
mod filling;
mod haystack;
mod incidents;
mod judging;
mod listing;
mod order;
mod packed;
mod query;
mod records;
mod snapshot;
mod totals;
mod values;
mod view;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rayon::prelude::*;

pub use crate::triage::FlagRate;
pub use complete::{Candidate, Completer, Completion, word_at};
pub use entry::Entry;
pub use listing::{Listing, Row};
pub use order::{Sort, SortError, SortField};
pub use query::{
    BARE, Query, QueryError, Span, TERMS, Term, flag_term, flips_term, is_bare, step_term, stuck_term, value_text,
};
pub use records::LookUp;
pub use snapshot::Stamp;
pub use values::{FACETS, ValueCount};
pub use view::{Origin, View, ViewError, Views};

use columns::{Columns, Mark, Part};
use entry::AtHand;
use records::Records;

use crate::{
    model::{Checks, Registration, RegistrationId, Seen, Status, Timestamp},
    triage::{Channels, Context, FlagRates, Incident, LinkIndex, Policy, Visit},
};

/// Rows that a thread goes through at a time: some megabytes of the texts, little of the rest.
#[cfg(not(test))]
const ROWS_AT_ONCE: usize = 32 * 1024;
#[cfg(test)]
const ROWS_AT_ONCE: usize = 3;
/// Once more than this share of all rows has changed, everything counts as changed.
const MOST_CHANGES: usize = 16;

/// What is asked of very many registrations before something is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance<'a> {
    /// Where it stands.
    pub status: &'a Status,
    /// Somebody has claimed it.
    pub is_claimed: bool,
    /// It is put aside, as of the last judgement.
    pub is_snoozed: bool,
    /// An e-mail address is known.
    pub has_email: bool,
}

/// All registrations known to this process.
#[derive(Debug, Default)]
pub struct Index {
    /// What is asked of registrations.
    columns: Columns,
    /// The registrations themselves, row by row beside the columns.
    records: Records,
    /// To which steps they came lately, row by row as well.
    visits: Vec<Box<[Visit]>>,
    channels: Channels,
    /// The row of each registration, by its number among those that are linked.
    rows: Vec<u32>,
    at_hand: Mutex<AtHand>,
    links: LinkIndex,
    incidents: Vec<Incident>,
    /// How many registrations came or changed since incidents were last looked for.
    news: usize,
    policy: Arc<Policy>,
    /// Who asks, where that is known.
    operator: Option<String>,
    /// Who is to be judged again because time has passed, last first.
    due: Vec<Row>,
    /// What came or changed since somebody asked; `None`: so much that everything may have.
    changes: Option<Vec<Row>>,
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

    /// Whose registrations are read from where they are stored, instead of being kept here; to be said before anything
    /// is added.
    #[must_use]
    pub fn looking_up(self, look_up: LookUp) -> Self {
        Self { records: Records::Stored(look_up), ..self }
    }

    /// What can be told of a registration without looking it up.
    pub fn glance(&self, id: &RegistrationId) -> Option<Glance<'_>> {
        let row = self.place(id)?;
        let columns = &self.columns;
        Some(Glance {
            status: columns.status.get(row),
            is_claimed: columns.owner.get(row).is_some(),
            is_snoozed: columns.has(row, Mark::Snoozed),
            has_email: !columns.texts.part(row, Part::Email).is_empty(),
        })
    }

    /// Whether somebody has claimed it who is not whoever asks.
    pub fn is_anothers(&self, id: &RegistrationId) -> bool {
        let is_claimed = |row: usize| self.columns.owner.get(row).is_some() && !self.columns.has(row, Mark::Mine);
        self.operator.is_some() && self.place(id).is_some_and(is_claimed)
    }

    /// An empty index that judges in the same way for the same operator.
    #[must_use]
    pub fn blank(&self) -> Self {
        Self::new(Arc::clone(&self.policy)).asked_by(self.operator.clone())
    }

    /// Keeps so many registrations at hand. Whoever passes over them once needs none twice.
    #[must_use]
    pub fn keeping_at_hand(self, most: usize) -> Self {
        Self { at_hand: Mutex::new(AtHand::of(most)), ..self }
    }

    /// What a judgement goes by now.
    pub fn context(&self, now: Timestamp) -> Context<'_> {
        Context { links: &self.links, incidents: &self.incidents, policy: &self.policy, now, horizon: None }
    }

    /// Adds or replaces registrations and judges them and whoever they are linked to. An older version of a known
    /// registration is ignored.
    pub fn upsert(&mut self, registrations: Vec<Arc<Registration>>, now: Timestamp) {
        let mut changed: HashSet<RegistrationId> = HashSet::new();
        for registration in registrations {
            let id = registration.id.clone();
            let place = self.place(&id);
            if place.is_some_and(|row| self.is_older(&registration, row)) || self.is_taken_in(&registration) {
                continue;
            }
            changed.extend(self.links.update(&registration));
            let mut entry = Entry::new(registration, self.operator.as_deref());
            entry.is_taken_in = true;
            self.put(place.unwrap_or(self.len()), &entry, now);
            self.at_hand().put(Arc::new(entry));
            changed.insert(id);
            self.news += 1;
        }
        if self.may_have_new_incidents() {
            changed.extend(self.look_for_incidents(now));
        }
        self.judge(changed, now);
    }

    /// Notes that a row came or changed.
    fn note_change(&mut self, row: usize) {
        let most = self.len() / MOST_CHANGES;
        if let Some(changes) = &mut self.changes {
            changes.push(Row::new(row));
            self.changes.take_if(|changes| changes.len() > most);
        }
    }

    /// Puts a registration into a row; the row after the last one is added.
    fn put(&mut self, row: usize, entry: &Entry, now: Timestamp) {
        self.records.set(row, &entry.registration);
        let visits = self.channels.visits(&entry.registration, now);
        self.channels.count(&entry.registration.project.id, &visits);
        if row == self.visits.len() {
            self.visits.push(visits);
        } else {
            let before = std::mem::replace(&mut self.visits[row], visits);
            self.channels.discount(&self.columns.project.get(row).id, &before);
        }
        self.columns.set(row, entry);
        self.note_place(&entry.registration.id, row);
    }

    /// The row of a registration.
    fn place(&self, id: &RegistrationId) -> Option<usize> {
        self.rows.get(self.links.number(id)? as usize).map(|row| *row as usize)
    }

    /// Notes the row of a registration that is linked already.
    fn note_place(&mut self, id: &RegistrationId, row: usize) {
        let Some(number) = self.links.number(id).map(|number| number as usize) else { return };
        if number >= self.rows.len() {
            self.rows.resize(number + 1, u32::MAX);
        }
        // Four billion rows would not fit into memory.
        self.rows[number] = u32::try_from(row).unwrap_or(u32::MAX);
    }

    /// Forgets a registration.
    pub fn remove(&mut self, id: &RegistrationId, now: Timestamp) {
        let Some(row) = self.place(id) else { return };
        self.records.swap_remove(row);
        let visits = self.visits.swap_remove(row);
        self.channels.discount(&self.columns.project.get(row).id, &visits);
        self.columns.swap_remove(row);
        self.at_hand().take(id);
        self.changes = None;
        let touched = self.links.remove(id);
        if let Some(moved) = self.columns.ids.get(row).cloned() {
            self.note_place(&moved, row);
        }
        self.judge(touched, now);
    }

    /// An entry that is not judged yet.
    fn unpack(&self, row: usize) -> Option<Entry> {
        let registration = self.records.get(row, &self.columns.ids[row])?;
        Some(Entry::new(registration, self.operator.as_deref()))
    }

    fn entry(&self, row: usize) -> Option<Arc<Entry>> {
        let now = self.columns.as_of;
        let at_hand = self.at_hand().get(&self.columns.ids[row]);
        let mut entry = match at_hand {
            Some(entry) if entry.is_as_of(now) => return Some(entry),
            // Nothing but the ages in it is older.
            Some(entry) => Arc::unwrap_or_clone(entry),
            None => self.unpack(row)?,
        };
        entry.judge(self.context(now));
        let entry = Arc::new(entry);
        self.at_hand().put(Arc::clone(&entry));
        Some(entry)
    }

    /// What a panic elsewhere left at hand is whole.
    fn at_hand(&self) -> MutexGuard<'_, AtHand> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the entry of a row needs no looking up.
    pub fn is_at_hand(&self, row: Row) -> bool {
        self.columns.ids.get(row.place()).is_some_and(|id| self.at_hand().has(id))
    }

    /// Whether it was taken in just like this: what is done here comes as an answer, and is announced as well.
    fn is_taken_in(&self, registration: &Registration) -> bool {
        let at_hand = self.at_hand().get(&registration.id);
        at_hand.is_some_and(|entry| entry.is_taken_in && *entry.registration == *registration)
    }

    /// Looks up together, on all processors, who of these rows is not at hand: they are about to be looked at.
    pub fn warm(&self, rows: &[Row]) {
        let cold: Vec<Row> = rows.iter().filter(|row| !self.is_at_hand(**row)).copied().collect();
        if cold.len() > 1 {
            cold.par_iter().for_each(|row| drop(self.at(*row)));
        }
    }

    /// The entry of a row.
    pub fn at(&self, row: Row) -> Option<Arc<Entry>> {
        (row.place() < self.len()).then(|| self.entry(row.place()))?
    }

    /// One entry.
    pub fn get(&self, id: &RegistrationId) -> Option<Arc<Entry>> {
        self.entry(self.place(id)?)
    }

    /// What would show that a registration has moved.
    pub fn seen(&self, id: &RegistrationId) -> Option<Seen> {
        let row = self.place(id)?;
        let columns = &self.columns;
        let status = columns.status.get(row).clone();
        Some(Seen { status, version: columns.version[row], updated_at: columns.updated[row] })
    }

    /// Who is put aside for now.
    pub fn snoozed(&self) -> Vec<RegistrationId> {
        let rows = (0..self.len()).filter(|row| self.columns.has(*row, Mark::Snoozed));
        rows.map(|row| self.columns.ids[row].clone()).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.columns.len() == 0
    }

    /// Everything, in no particular order. Unpacks what is not at hand.
    pub fn entries(&self) -> impl Iterator<Item = Arc<Entry>> {
        (0..self.len()).filter_map(|row| self.entry(row))
    }

    /// The ids that match, in order.
    pub fn search(&self, query: &Query, sort: Sort, now: Timestamp) -> Vec<RegistrationId> {
        let rows = sort.sort(&query.rows(&self.columns, now), &self.columns);
        rows.into_iter().map(|row| self.columns.ids[row.place()].clone()).collect()
    }

    /// Those that match, in no particular order. Unpacks what is not at hand.
    pub fn matching(&self, query: &Query, now: Timestamp) -> impl Iterator<Item = Arc<Entry>> {
        query.rows(&self.columns, now).into_iter().filter_map(|row| self.at(row))
    }

    /// The id of each and when it was created, in no particular order.
    pub fn created(&self) -> impl Iterator<Item = (&RegistrationId, Timestamp)> {
        self.columns.ids.iter().zip(self.columns.created.iter().copied())
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
    pub fn values(&self, rows: &[Row]) -> Vec<(&'static str, Vec<ValueCount>)> {
        values::facets(&self.columns, rows)
    }

    /// How many registrations a query finds.
    pub fn count(&self, query: &Query, now: Timestamp) -> usize {
        query.rows(&self.columns, now).len()
    }

    /// How often each rule fires over some of them, and how often it was right.
    pub fn flag_rates(&self, rows: &[Row]) -> Vec<FlagRate> {
        let among = self.columns.among(rows);
        let mut rates = FlagRates::default();
        for (flags, count) in self.columns.flags.counts(among) {
            rates.fires(flags.iter().map(|flag| (flag.rule.as_str(), flag.name.as_ref(), flag.severity)), count);
        }
        for (verdicts, count) in self.columns.verdicts.counts(among) {
            for (rule, verdict) in verdicts {
                rates.judged(rule, *verdict, count);
            }
        }
        rates.finish()
    }

    /// Whether a registration tells less than what is known: an earlier one (by version where both have one, then by
    /// last change), or the same one without its evidence, as the lists of some remotes have it.
    fn is_older(&self, new: &Registration, row: usize) -> bool {
        let columns = &self.columns;
        let (version, updated) = (columns.version[row], columns.updated[row]);
        if new.version > 0 && version > 0 && new.version != version {
            return new.version < version;
        }
        let same = new.updated_at == updated && new.status == *columns.status.get(row);
        new.updated_at < updated || (same && tells_nothing(&new.checks) && !columns.has(row, Mark::Bare))
    }
}

/// Whether nothing is known of any check.
fn tells_nothing(checks: &Checks) -> bool {
    *checks == Checks::default()
}

#[cfg(test)]
mod tests;
