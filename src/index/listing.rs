//! What a query finds, in an order: rows by their number, sorted where somebody looks.
//!
//! Of a million rows a screen shows forty. So the order is worked out around a place only: what comes before that part
//! and what comes after it are where they belong, in no order of their own.

use std::{cmp::Ordering, ops::Range};

use rayon::prelude::*;

use super::{
    Index, Query, ROWS_AT_ONCE, Sort,
    order::{Keyed, Keys},
};
use crate::model::{RegistrationId, Timestamp};

/// So many rows to each side of a place are sorted: one pass over all rows pays for many pages.
#[cfg(not(test))]
const AROUND: usize = 10_000;
#[cfg(test)]
const AROUND: usize = 2;
/// Of so many rows one is looked at to tell where those that come first may end.
#[cfg(not(test))]
const LOOKED_AT: usize = 32;
#[cfg(test)]
const LOOKED_AT: usize = 2;
/// So many of these more than it takes, for chance where they are few.
#[cfg(not(test))]
const SLACK: usize = 32;
#[cfg(test)]
const SLACK: usize = 0;

/// A row of an index by its number. It belongs to another registration, or to none, once one was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row(u32);

impl Row {
    pub(super) fn new(place: usize) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

/// The rows that a query finds.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    rows: Vec<Row>,
    /// The part that is sorted; what stands before it comes before it, and what stands after it comes after.
    sorted: Range<usize>,
}

impl Listing {
    /// All of them, sorted where the order was worked out.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn is_sorted(&self, around: &Range<usize>) -> bool {
        let end = around.end.min(self.rows.len());
        self.sorted.start <= around.start.min(end) && end <= self.sorted.end
    }
}

impl Index {
    /// What a query finds, in no order yet.
    pub fn list(&self, query: &Query, now: Timestamp) -> Listing {
        Listing { rows: query.rows(&self.columns, now), sorted: 0..0 }
    }

    /// Works out the order of some places, and of many around them; nothing is done where that is known.
    pub fn sort(&self, listing: &mut Listing, sort: Sort, around: Range<usize>) {
        if listing.is_sorted(&around) {
            return;
        }
        let keys = sort.keys(&self.columns);
        let count = listing.rows.len();
        let end = around.end.saturating_add(AROUND).min(count);
        let wanted = around.start.saturating_sub(AROUND).min(end)..end;
        // Whatever is nearer, the beginning or the end, is picked out from there on.
        let is_late = wanted.start > count - wanted.end;
        let mut picked = if is_late {
            foremost(&listing.rows, count - wanted.start, &keys, |one, other| keys.compare(*other, *one))
        } else {
            foremost(&listing.rows, wanted.end, &keys, |one, other| keys.compare(*one, *other))
        };
        let others = self.without(&listing.rows, &picked);
        let (before, after) = if is_late { (others, Vec::new()) } else { (Vec::new(), others) };
        let within = wanted.start - before.len()..wanted.end - before.len();
        sort_within(&mut picked, within, &keys);
        listing.rows = [before, picked.into_iter().map(|(_, row)| row).collect(), after].concat();
        listing.sorted = wanted;
    }

    /// Rows but for those that were picked, in the order in which they stand.
    fn without(&self, rows: &[Row], picked: &[Keyed]) -> Vec<Row> {
        let mut is_picked = vec![false; self.len()];
        for (_, row) in picked {
            is_picked[row.place()] = true;
        }
        rows.par_iter().filter(|row| !is_picked[row.place()]).copied().collect()
    }

    /// At which place of a listing a registration stands, by the order; `None` if it is not there.
    pub fn place_in(&self, listing: &Listing, sort: Sort, id: &RegistrationId) -> Option<usize> {
        let row = Row::new(self.place(id)?);
        let keys = sort.keys(&self.columns);
        let own = keys.keyed(row);
        let is_before = |other: &&Row| keys.compare(keys.keyed(**other), own) == Ordering::Less;
        let sorted = &listing.rows[listing.sorted.clone()];
        let place = sorted.partition_point(|other| is_before(&other));
        if sorted.get(place) == Some(&row) {
            return Some(listing.sorted.start + place);
        }
        // It stands elsewhere, nowhere, or no longer where it belongs.
        let place = listing.rows.par_iter().position_first(|other| *other == row)?;
        if listing.sorted.contains(&place) {
            return Some(place);
        }
        Some(listing.rows.par_iter().filter(is_before).count())
    }

    /// Brings a listing up to date with what has changed since [`Index::take_changes`] was asked last.
    pub fn follow(&self, listing: &mut Listing, sort: Sort, query: &Query, changes: &[Row], now: Timestamp) {
        let mut is_changed = vec![false; self.len()];
        for row in changes.iter().filter(|row| row.place() < self.len()) {
            is_changed[row.place()] = true;
        }
        let keys = sort.keys(&self.columns);
        let mut found = keys.of(&query.among(changes_once(&is_changed), &self.columns, now));
        found.sort_unstable_by(|one, other| keys.compare(*one, *other));
        let stays = |row: &&Row| !is_changed[row.place()];
        let [before, within, after] =
            [0..listing.sorted.start, listing.sorted.clone(), listing.sorted.end..listing.rows.len()]
                .map(|part| &listing.rows[part]);
        let mut rows = Vec::with_capacity(listing.rows.len() + found.len());
        rows.extend(before.iter().filter(stays).copied());
        let mut sorted: Vec<Keyed> = within.iter().filter(stays).map(|row| keys.keyed(*row)).collect();
        let (earlier, later) = bounds(&sorted, &found, &keys);
        // At an end of the listing, where nothing stands beyond, all of them belong to what is sorted.
        let earlier = if before.is_empty() { 0 } else { earlier };
        let later = if after.is_empty() { found.len() } else { later };
        rows.extend(found[..earlier].iter().map(|(_, row)| *row));
        let start = rows.len();
        sorted.extend(&found[earlier..later]);
        sorted.sort_by(|one, other| keys.compare(*one, *other));
        rows.extend(sorted.into_iter().map(|(_, row)| row));
        listing.sorted = start..rows.len();
        rows.extend(found[later..].iter().map(|(_, row)| *row));
        rows.extend(after.iter().filter(stays).copied());
        listing.rows = rows;
    }

    /// The rows that came or changed since this was asked last; `None` if so much has changed that everything is better
    /// listed anew.
    pub fn take_changes(&mut self) -> Option<Vec<Row>> {
        self.changes.replace(Vec::new())
    }

    /// The row of a registration.
    pub fn row(&self, id: &RegistrationId) -> Option<Row> {
        self.place(id).map(Row::new)
    }

    /// The registration of a row.
    pub fn id(&self, row: Row) -> Option<&RegistrationId> {
        self.columns.ids.get(row.place())
    }
}

/// Picks out so many rows that come first by an order, in no order of their own.
fn foremost(rows: &[Row], most: usize, keys: &Keys, order: impl Fn(&Keyed, &Keyed) -> Ordering + Sync) -> Vec<Keyed> {
    // As few parts as there are threads: each picks as many as are wanted in all.
    let parts = rows.par_chunks(rows.len().div_ceil(rayon::current_num_threads()).max(ROWS_AT_ONCE));
    let picked: Vec<_> = parts.map(|part| foremost_of_part(part, most, keys, &order)).collect();
    let mut picked = picked.concat();
    keep_foremost(&mut picked, most, &order);
    picked
}

/// The same, one row after the other: most are told by one comparison, with one that so many come before and some more.
fn foremost_of_part(rows: &[Row], most: usize, keys: &Keys, order: impl Fn(&Keyed, &Keyed) -> Ordering) -> Vec<Keyed> {
    let bound = bound_of(rows, most, keys, &order);
    let mut picked: Vec<Keyed> = Vec::with_capacity(rows.len().min(2 * most));
    let is_within = |keyed: &Keyed| bound.is_none_or(|bound| order(keyed, &bound).is_lt());
    picked.extend(rows.iter().map(|row| keys.keyed(*row)).filter(is_within));
    if picked.len() < most.min(rows.len()) {
        // The rows that were looked at told too little of the rest.
        picked = keys.of(rows);
    }
    keep_foremost(&mut picked, most, &order);
    picked
}

/// A row that more rows than are wanted come before, but not many more: as far as every so manieth tells. `None` where
/// nearly all of them are wanted.
fn bound_of(rows: &[Row], most: usize, keys: &Keys, order: impl Fn(&Keyed, &Keyed) -> Ordering) -> Option<Keyed> {
    let mut some: Vec<Keyed> = rows.iter().step_by(LOOKED_AT).map(|row| keys.keyed(*row)).collect();
    // Half as many again.
    let place = (most + most / 2) / LOOKED_AT + SLACK;
    (place < some.len()).then(|| *some.select_nth_unstable_by(place, order).1)
}

/// Drops all but so many that come first.
fn keep_foremost(rows: &mut Vec<Keyed>, most: usize, order: impl Fn(&Keyed, &Keyed) -> Ordering) {
    if rows.len() > most {
        rows.select_nth_unstable_by(most.saturating_sub(1), order);
        rows.truncate(most);
    }
}

/// Sorts a part, so that what is before it and after it stands there.
fn sort_within(rows: &mut [Keyed], within: Range<usize>, keys: &Keys) {
    let compare = |one: &Keyed, other: &Keyed| keys.compare(*one, *other);
    let mut part = rows;
    if within.end < part.len() {
        part.select_nth_unstable_by(within.end, compare);
        part = &mut part[..within.end];
    }
    if within.start > 0 && within.start < part.len() {
        part.select_nth_unstable_by(within.start, compare);
        part = &mut part[within.start..];
    }
    part.par_sort_unstable_by(compare);
}

/// Each changed row once.
fn changes_once(is_changed: &[bool]) -> Vec<Row> {
    is_changed.iter().enumerate().filter(|(_, changed)| **changed).map(|(place, _)| Row::new(place)).collect()
}

/// Which of the found belong between the first and the last that are sorted.
fn bounds(sorted: &[Keyed], found: &[Keyed], keys: &Keys) -> (usize, usize) {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return (found.len(), found.len()) };
    let earlier = found.partition_point(|row| keys.compare(*row, *first) == Ordering::Less);
    let later = found.partition_point(|row| keys.compare(*row, *last) != Ordering::Greater);
    (earlier, later)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Index, Listing, Row};
    use crate::{
        index::{
            Query, Sort, SortField,
            tests::{crowd, member},
        },
        model::RegistrationId,
        triage::testing::at,
    };

    fn index_of(steps: Vec<(u8, u8, u8, u8)>) -> Index {
        let mut index = Index::default();
        for (version, step) in steps.into_iter().enumerate() {
            index.upsert(vec![Arc::new(member(step, version))], at(1_000));
        }
        index
    }

    fn ids(index: &Index, rows: &[Row]) -> Vec<RegistrationId> {
        rows.iter().map(|row| index.id(*row).unwrap().clone()).collect()
    }

    fn sort() -> impl Strategy<Value = Sort> {
        (prop::sample::select(SortField::ALL.to_vec()), any::<bool>())
            .prop_map(|(by, descending)| Sort { by, descending })
    }

    /// Whether what was sorted stands as it does among everything sorted.
    fn stands_right(index: &Index, listing: &Listing, query: &Query, sort: Sort) -> bool {
        let all = index.search(query, sort, at(1_000));
        let mut listed = ids(index, listing.rows());
        let part = listing.sorted.clone();
        let is_right = listed[part.clone()] == all[part];
        listed.sort();
        let mut all = all;
        all.sort();
        is_right && listed == all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn a_part_that_is_looked_at_stands_as_it_does_in_the_whole(
            steps in crowd(), sort in sort(), around in (0..9_usize, 0..4_usize), who in 0..6u8,
        ) {
            let (index, query) = (index_of(steps), Query::default());
            let mut listing = index.list(&query, at(1_000));
            let id = RegistrationId::new(format!("r{who}"));
            let place = index.place_in(&listing, sort, &id);
            let all = index.search(&query, sort, at(1_000));
            prop_assert_eq!(place, all.iter().position(|other| *other == id), "known before anything is sorted");
            index.sort(&mut listing, sort, around.0..around.0 + around.1);
            prop_assert!(stands_right(&index, &listing, &query, sort));
            prop_assert_eq!(index.place_in(&listing, sort, &id), place);
        }

        #[test]
        fn what_changes_goes_to_its_place_and_the_rest_stays(
            steps in crowd(), changes in crowd(), sort in sort(), around in 0..9_usize,
            query in prop::sample::select(vec!["", "status:failed", "-status:ongoing", "p1", "flag:high"]),
        ) {
            let (mut index, query) = (index_of(steps), Query::parse(query).unwrap());
            index.take_changes();
            let mut listing = index.list(&query, at(1_000));
            index.sort(&mut listing, sort, around..around + 1);
            for (version, step) in changes.into_iter().enumerate() {
                index.upsert(vec![Arc::new(member(step, version + 100))], at(1_000));
                let changes = index.take_changes().unwrap_or_else(|| (0..index.len()).map(Row::new).collect());
                index.follow(&mut listing, sort, &query, &changes, at(1_000));
                prop_assert!(stands_right(&index, &listing, &query, sort));
            }
        }
    }
}
