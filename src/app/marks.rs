//! What is marked in the queue.

use std::{cell::Cell, collections::BTreeSet, ops::Deref};

use crate::{
    index::{Index, Row},
    model::RegistrationId,
};

/// Marked registrations, whether shown or not.
#[derive(Debug, Default)]
pub struct Marks {
    ids: BTreeSet<RegistrationId>,
    /// How many of them are not listed. Every frame tells, and very many may be marked: counted once until marks or rows
    /// change.
    hidden: Cell<Option<usize>>,
}

impl Deref for Marks {
    type Target = BTreeSet<RegistrationId>;

    fn deref(&self) -> &Self::Target {
        &self.ids
    }
}

impl Marks {
    /// The marks, to be changed.
    pub(super) fn change(&mut self) -> &mut BTreeSet<RegistrationId> {
        self.hidden.set(None);
        &mut self.ids
    }

    /// Other rows are listed now.
    pub(super) fn rows_changed(&mut self) {
        self.hidden.set(None);
    }

    /// How many are not among these rows.
    pub(super) fn not_among(&self, rows: &[Row], index: &Index) -> usize {
        let hidden = self.hidden.get().unwrap_or_else(|| self.ids.len() - self.count_among(rows, index));
        self.hidden.set(Some(hidden));
        hidden
    }

    fn count_among(&self, rows: &[Row], index: &Index) -> usize {
        if self.ids.is_empty() || rows.len() == index.len() {
            return self.ids.len();
        }
        let mut is_marked = vec![false; index.len()];
        for row in self.ids.iter().filter_map(|id| index.row(id)) {
            is_marked[row.place()] = true;
        }
        rows.iter().filter(|row| is_marked[row.place()]).count()
    }
}
