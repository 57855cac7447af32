//! What a query finds, in an order: rows by their number, sorted where somebody looks.
//!
//! Of a million rows a screen shows forty. So the order is worked out around a place only: what comes before that part
//! and what comes after it are where they belong, in no order of their own.

mod parts;

use std::{cmp::Ordering, ops::Range};

use rayon::prelude::*;

use super::{
    Index, Query, Sort,
    order::{Keyed, Keys},
};
use crate::model::{RegistrationId, Timestamp};
use parts::{Parts, Sample};

/// So many rows to each side of a place are sorted at least: one pass over all rows pays for many pages.
#[cfg(not(test))]
const AROUND: usize = 10_000;
#[cfg(test)]
const AROUND: usize = 2;

/// A row of an index by its number. It belongs to another registration, or to none, once one was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row(u32);

impl Row {
    pub(super) fn new(place: usize) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// Its number: those of an index are counted from 0.
    pub fn place(self) -> usize {
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

    /// Where a row stands.
    fn standing(&self, row: Row, keys: &Keys) -> Standing {
        let own = keys.keyed(row);
        let sorted = &self.rows[self.sorted.clone()];
        let place = sorted.partition_point(|other| keys.compare(keys.keyed(*other), own).is_lt());
        if sorted.get(place) == Some(&row) {
            return Standing::At(self.sorted.start + place);
        }
        // It stands elsewhere, nowhere, or no longer where it belongs.
        match self.rows.par_iter().position_first(|other| *other == row) {
            Some(place) if self.sorted.contains(&place) => Standing::At(place),
            Some(_) => Standing::Unsorted,
            None => Standing::Nowhere,
        }
    }
}

/// Where a row stands in a listing.
enum Standing {
    /// At a place that is worked out.
    At(usize),
    /// Somewhere in what is not sorted.
    Unsorted,
    /// It is not there.
    Nowhere,
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
        let wanted = around.start.saturating_sub(AROUND)..around.end.saturating_add(AROUND);
        let bounds = Sample::of(&listing.rows, &keys).bounds(&wanted);
        let parts = Parts::of(&listing.rows, bounds, &keys);
        let parts = if parts.cover(&wanted) { parts } else { Parts::of(&listing.rows, [None, None], &keys) };
        *listing = parts.sorted(&keys);
    }

    /// Works out the order around a registration, and tells at which place it stands; `None` if it is not there.
    pub fn sort_around(&self, listing: &mut Listing, sort: Sort, id: &RegistrationId) -> Option<usize> {
        let row = self.row(id)?;
        let keys = sort.keys(&self.columns);
        let mut standing = listing.standing(row, &keys);
        if let Standing::Unsorted = standing {
            let bounds = Sample::of(&listing.rows, &keys).bounds_around(keys.keyed(row), &keys);
            *listing = Parts::of(&listing.rows, bounds, &keys).sorted(&keys);
            standing = listing.standing(row, &keys);
        }
        match standing {
            Standing::At(place) => Some(place),
            Standing::Unsorted | Standing::Nowhere => None,
        }
    }

    /// At which place of a listing a registration stands, by the order; `None` if it is not there.
    pub fn place_in(&self, listing: &Listing, sort: Sort, id: &RegistrationId) -> Option<usize> {
        let row = self.row(id)?;
        let keys = sort.keys(&self.columns);
        match listing.standing(row, &keys) {
            Standing::At(place) => Some(place),
            Standing::Nowhere => None,
            Standing::Unsorted => {
                let own = keys.keyed(row);
                Some(listing.rows.par_iter().filter(|other| keys.compare(keys.keyed(**other), own).is_lt()).count())
            }
        }
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
            prop_assert_eq!(index.sort_around(&mut listing, sort, &id), place);
            prop_assert!(stands_right(&index, &listing, &query, sort));
            prop_assert!(place.is_none_or(|place| listing.is_sorted(&(place..place + 1))));
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
