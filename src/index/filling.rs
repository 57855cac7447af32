//! Taking in everything there is: first everybody is known, then everybody is judged once, on all processors.

use std::{
    mem,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, SyncSender},
    },
    thread,
};

use super::{Entry, Index, Row, judging::JUDGED_AT_ONCE};
use crate::{
    model::{Registration, Timestamp},
    triage::Context,
};

/// Blocks of judged rows that may wait to be noted: some megabytes at most.
const READY: usize = 8;

impl Index {
    /// Adds registrations that nobody is judged by yet: [`Index::judge_all`] has to follow. Whoever is known already is
    /// left as known.
    pub fn fill(&mut self, registrations: Vec<Registration>, now: Timestamp) {
        for registration in registrations {
            if self.links.number(&registration.id).is_none() {
                self.links.add(&registration);
                let entry = Entry::new(Arc::new(registration), self.operator.as_deref());
                self.put(self.len(), &entry, now);
            }
        }
    }

    /// Judges everybody, as if they had come one by one.
    pub fn judge_all(&mut self, now: Timestamp) {
        self.links.settle();
        self.columns.as_of = now;
        self.look_for_incidents(now);
        self.judge_rows(&(0..self.len()).collect::<Vec<_>>(), now);
    }

    /// Moves on to a time, as [`Index::rejudge`] does in steps. How many had to be judged for that.
    pub fn judge_due(&mut self, now: Timestamp) -> usize {
        let due: Vec<usize> = self.fall_due(now).into_iter().map(Row::place).collect();
        self.judge_rows(&due, now);
        due.len()
    }

    fn judge_rows(&mut self, rows: &[usize], now: Timestamp) {
        let Self { columns, records, links, incidents, policy, operator, .. } = self;
        // Nothing of them changes here, and they are looked at while judgements are noted.
        let ids = mem::take(&mut columns.ids);
        let judged = |row: usize| {
            let mut entry = Entry::new(records.get(row, &ids[row])?, operator.as_deref());
            entry.judge(Context { links, incidents, policy, now, horizon: None });
            Some(entry)
        };
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            let (sender, blocks) = mpsc::sync_channel(READY);
            for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || judge(rows, next, judged, &sender));
            }
            drop(sender);
            for (first, entries) in blocks {
                for (row, entry) in rows[first..].iter().zip(&entries) {
                    if let Some(entry) = entry {
                        columns.judge(*row, entry);
                    }
                }
            }
        });
        columns.ids = ids;
    }
}

/// Judges block after block until there are none left.
fn judge(
    rows: &[usize],
    next: &AtomicUsize,
    judge: impl Fn(usize) -> Option<Entry>,
    judged: &SyncSender<(usize, Vec<Option<Entry>>)>,
) {
    loop {
        let first = next.fetch_add(JUDGED_AT_ONCE, Ordering::Relaxed);
        let block = rows.iter().skip(first).take(JUDGED_AT_ONCE);
        if first >= rows.len() || judged.send((first, block.map(|row| judge(*row)).collect())).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::Index;
    use crate::{
        index::{
            Query, Sort, SortField,
            tests::{crowd, member},
        },
        model::Registration,
        triage::testing::at,
    };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn everybody_taken_in_at_once_is_judged_as_if_they_had_come_one_by_one(steps in crowd()) {
            let people: Vec<Registration> = steps.into_iter().map(|step| member(step, 0)).collect();
            let mut filled = Index::default();
            filled.fill(people.clone(), at(1_000));
            filled.judge_all(at(1_000));
            let mut one_by_one = Index::default();
            for person in people {
                if one_by_one.get(&person.id).is_none() {
                    one_by_one.upsert(vec![Arc::new(person)], at(1_000));
                }
            }
            for entry in one_by_one.entries() {
                prop_assert_eq!(&entry.judgement, &filled.get(&entry.registration.id).unwrap().judgement);
            }
            let order = |index: &Index| index.search(&Query::default(), Sort::by(SortField::Risk), at(1_000));
            prop_assert_eq!(order(&filled), order(&one_by_one));
        }
    }
}
