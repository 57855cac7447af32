//! The list of registrations: rows, marks, filter and order.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    Effects, Model, columns::Columns, effect::Effect, filter::FilterLine, list::List, marks::Marks, model::ToastKind,
    narrow::Past, news::News, registration::RegistrationView, screens::Screen,
};
use crate::{
    index::{Index, Query, Row, Sort, SortField},
    model::{RegistrationId, Timestamp},
};

/// The order in which the sort key goes through the fields.
const SORT_FIELDS: &[SortField] = &[
    SortField::Urgency,
    SortField::Updated,
    SortField::Created,
    SortField::Risk,
    SortField::Status,
    SortField::Step,
    SortField::Name,
    SortField::Project,
];

/// The state of the list.
#[derive(Debug)]
pub struct Queue {
    list: List,
    /// What came and changed.
    pub news: News,
    /// The operator has moved the selection, or chosen a row.
    touched: bool,
    /// Marked registrations, whether shown or not.
    pub marked: Marks,
    /// The one that was marked last: where a range begins.
    marked_last: Option<RegistrationId>,
    /// Do not show the selected registration beside the list.
    pub without_preview: bool,
    /// The columns.
    pub columns: Columns,
    /// The order when no view was shown last: it comes back when the view is left.
    pub(super) own_sort: Sort,
    /// The query in force.
    pub query: Query,
    /// The filter line.
    pub filter: FilterLine,
    /// The filters before this one.
    pub past: Past,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            list: List::sorted_by(Sort { by: SortField::Urgency, descending: true }),
            news: News::default(),
            touched: false,
            marked: Marks::default(),
            marked_last: None,
            without_preview: false,
            columns: Columns::default(),
            own_sort: Sort { by: SortField::Urgency, descending: true },
            query: Query::default(),
            filter: FilterLine::default(),
            past: Past::default(),
        }
    }
}

impl Queue {
    /// The rows that match, in order on the screen and around it.
    pub fn rows(&self) -> &[Row] {
        self.list.rows()
    }

    /// The rows with their selection.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// The order.
    pub fn sort(&self) -> Sort {
        self.list.sort
    }

    /// The selected registration.
    pub fn selected(&self) -> Option<&RegistrationId> {
        self.list.selected()
    }

    /// Whether nothing is marked or filtered.
    pub fn is_clear(&self) -> bool {
        self.marked.is_empty() && self.filter.input.value().is_empty()
    }

    /// How many marked registrations are not shown.
    pub fn hidden_marks(&self, index: &Index) -> usize {
        self.marked.not_among(self.rows(), index)
    }

    /// Puts another order in force, from the next search on.
    pub(super) fn sort_by(&mut self, sort: Sort) {
        self.list.sort = sort;
    }

    /// Lists what the query finds.
    pub(super) fn search(&mut self, index: &Index, now: Timestamp, list_rows: usize) {
        self.list.search(index, &self.query, now, list_rows);
        self.marked.rows_changed();
    }

    /// Takes changed rows into account.
    pub(super) fn follow(&mut self, index: &Index, changes: &[Row], now: Timestamp, list_rows: usize) {
        self.list.follow(index, &self.query, changes, now, list_rows);
        self.marked.rows_changed();
    }

    /// Selects what stands first, unless the operator has moved: while the first pages come in, what came first is not
    /// what is most urgent.
    pub(super) fn select_first(&mut self, index: &Index, list_rows: usize) {
        if !self.touched {
            self.list.step(isize::MIN / 2, index, list_rows);
        }
    }

    /// Selects a registration that is in the list.
    pub(super) fn select(&mut self, id: &RegistrationId, index: &Index, list_rows: usize) -> bool {
        self.touched = true;
        self.list.select(id, index, list_rows)
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, index: &Index, list_rows: usize) {
        self.touched = true;
        self.list.step(rows, index, list_rows);
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show_selected(&mut self, index: &Index, list_rows: usize) {
        self.list.show_selected(index, list_rows);
    }

    /// Marks or unmarks the selected registration and goes down.
    pub(super) fn toggle_mark(&mut self, index: &Index, list_rows: usize) {
        if let Some(id) = self.selected().cloned() {
            if !self.marked.change().remove(&id) {
                self.marked_last = Some(id.clone());
                self.marked.change().insert(id);
            }
            self.step(1, index, list_rows);
        }
    }

    /// The rows from the one that was marked last to the selected one; `None` if that mark is gone or not shown.
    pub(super) fn range(&self, index: &Index) -> Option<RangeInclusive<usize>> {
        let began = self.marked_last.as_ref().filter(|id| self.marked.contains(*id))?;
        let from = self.list.place_of(began, index)?;
        let to = self.list.cursor().selected()?;
        Some(from.min(to)..=from.max(to))
    }

    /// Marks those rows; the next range begins here.
    fn mark_range(&mut self, index: &Index) {
        let Some(range) = self.range(index) else { return };
        self.marked.change().extend(self.list.ids(index).into_iter().skip(*range.start()).take(range.count()));
        self.marked_last = self.selected().cloned();
    }

    /// Marks what is shown and not marked, and unmarks the rest of what is shown.
    fn invert_marks(&mut self, index: &Index) {
        let shown: BTreeSet<RegistrationId> = self.list.ids(index).into_iter().collect();
        let turned = self.marked.symmetric_difference(&shown).cloned().collect();
        *self.marked.change() = turned;
    }

    /// Marks everything that matches; if all of it is marked already, unmarks it.
    pub(super) fn mark_all(&mut self, index: &Index) {
        let rows: BTreeSet<RegistrationId> = self.list.ids(index).into_iter().collect();
        if rows.is_subset(&self.marked) {
            self.marked.change().retain(|id| !rows.contains(id));
        } else {
            self.marked.change().extend(rows);
        }
    }
}

impl Model {
    /// Marks from the row that was marked last to this one.
    pub(super) fn mark_range(&mut self) -> Effects {
        self.queue.mark_range(&self.index);
        self.tell_marks()
    }

    /// Marks what is not marked, of what is shown.
    pub(super) fn invert_marks(&mut self) -> Effects {
        self.queue.invert_marks(&self.index);
        self.tell_marks()
    }

    /// Shows the selected registration beside the list, or the list alone.
    pub(super) fn toggle_preview(&mut self) -> Effects {
        let without = !self.queue.without_preview;
        self.queue.without_preview = without;
        let mut effects = self.keep(|kept| kept.without_preview = without);
        let text =
            if without { "No preview" } else { "A preview of the selected one, where the screen has room for it" };
        effects.append(self.toast(ToastKind::Note, text));
        effects
    }

    /// Sorts by the next field, in the direction that puts what matters first.
    pub(super) fn sort_queue_next(&mut self) -> Effects {
        let current = SORT_FIELDS.iter().position(|field| *field == self.queue.sort().by).unwrap_or(0);
        self.sort_by(SORT_FIELDS[(current + 1) % SORT_FIELDS.len()])
    }

    /// Sorts by a field; by the one in force, turns it round.
    pub(super) fn sort_by(&mut self, field: SortField) -> Effects {
        let in_force = self.queue.sort();
        let turned = Sort { by: field, descending: !in_force.descending };
        self.queue.sort_by(if in_force.by == field { turned } else { Sort::by(field) });
        self.requeue();
        let sort = self.queue.sort().to_string();
        self.keep(|kept| kept.sort = Some(sort))
    }

    /// Opens a registration over what is shown: what is known is shown at once, the rest is read.
    pub(super) fn open(&mut self, id: RegistrationId) -> Effects {
        let request = self.requests.next();
        self.look_at(&id);
        self.show(Screen::Registration(RegistrationView::new(id.clone(), request)));
        Effects::one(Effect::Open(request, id))
    }

    /// Opens the registration before or after the open one, in the queue's order and in its place.
    pub(super) fn open_neighbour(&mut self, rows: isize) -> Effects {
        let tab = self.registration().map(|view| view.tab);
        if let Some(id) = self.subject().cloned() {
            self.look_at(&id);
            self.queue.select(&id, &self.index, self.list_rows);
        }
        // A registration that was decided on may have left its place.
        let next = self.registration().and_then(|view| view.next.clone()).filter(|_| rows == 1);
        let before = self.queue.list.cursor().selected();
        let found = next.is_some_and(|next| self.queue.select(&next, &self.index, self.list_rows));
        if !found {
            self.queue.step(rows, &self.index, self.list_rows);
        }
        if !found && self.queue.list.cursor().selected() == before {
            return self.toast(ToastKind::Note, "This is the end of the queue.");
        }
        let Some(id) = self.queue.selected().cloned() else { return Effects::none() };
        self.screens.pop();
        let effects = self.open(id);
        if let (Some(view), Some(tab)) = (self.registration_mut(), tab) {
            view.tab = tab;
        }
        effects
    }
}
