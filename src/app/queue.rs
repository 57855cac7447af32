//! The list of registrations: rows, marks, filter and order.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    Effects, Model, columns::Columns, effect::Effect, filter::FilterLine, model::ToastKind, narrow::Past, news::News,
    registration::RegistrationView, rows::Rows, screens::Screen,
};
use crate::{
    index::{Query, Sort, SortField},
    model::RegistrationId,
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
    list: Rows<RegistrationId>,
    /// What came and changed.
    pub news: News,
    /// The operator has moved the selection, or chosen a row.
    touched: bool,
    /// Marked registrations, whether shown or not.
    pub marked: BTreeSet<RegistrationId>,
    /// The one that was marked last: where a range begins.
    marked_last: Option<RegistrationId>,
    /// Do not show the selected registration beside the list.
    pub without_preview: bool,
    /// The columns.
    pub columns: Columns,
    /// The order.
    pub sort: Sort,
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
            list: Rows::default(),
            news: News::default(),
            touched: false,
            marked: BTreeSet::new(),
            marked_last: None,
            without_preview: false,
            columns: Columns::default(),
            sort: Sort { by: SortField::Urgency, descending: true },
            own_sort: Sort { by: SortField::Urgency, descending: true },
            query: Query::default(),
            filter: FilterLine::default(),
            past: Past::default(),
        }
    }
}

impl Queue {
    /// The registrations that match, in order.
    pub fn rows(&self) -> &[RegistrationId] {
        self.list.all()
    }

    /// The rows with their selection.
    pub fn list(&self) -> &Rows<RegistrationId> {
        &self.list
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
    pub fn hidden_marks(&self) -> usize {
        let shown: BTreeSet<&RegistrationId> = self.rows().iter().filter(|id| self.marked.contains(*id)).collect();
        self.marked.len() - shown.len()
    }

    /// Takes new rows.
    pub(super) fn set_rows(&mut self, rows: Vec<RegistrationId>, list_rows: usize) {
        self.list.replace(rows, list_rows, RegistrationId::eq);
    }

    /// Selects what stands first, unless the operator has moved: while the first pages come in, what came first is not
    /// what is most urgent.
    pub(super) fn select_first(&mut self, list_rows: usize) {
        if !self.touched {
            self.list.step(isize::MIN / 2, list_rows);
        }
    }

    /// Selects a registration that is in the list.
    pub(super) fn select(&mut self, id: &RegistrationId, list_rows: usize) -> bool {
        self.touched = true;
        self.list.select(list_rows, |row| row == id)
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, list_rows: usize) {
        self.touched = true;
        self.list.step(rows, list_rows);
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show_selected(&mut self, list_rows: usize) {
        self.list.show_selected(list_rows);
    }

    /// Marks or unmarks the selected registration and goes down.
    pub(super) fn toggle_mark(&mut self, list_rows: usize) {
        if let Some(id) = self.selected().cloned() {
            if !self.marked.remove(&id) {
                self.marked_last = Some(id.clone());
                self.marked.insert(id);
            }
            self.step(1, list_rows);
        }
    }

    /// The rows from the one that was marked last to the selected one; `None` if that mark is gone or not shown.
    pub(super) fn range(&self) -> Option<RangeInclusive<usize>> {
        let began = self.marked_last.as_ref().filter(|id| self.marked.contains(*id))?;
        let from = self.rows().iter().position(|id| id == began)?;
        let to = self.list.selected_row()?;
        Some(from.min(to)..=from.max(to))
    }

    /// Marks those rows; the next range begins here.
    fn mark_range(&mut self) {
        let Some(range) = self.range() else { return };
        let rows: Vec<RegistrationId> = self.rows()[range].to_vec();
        self.marked.extend(rows);
        self.marked_last = self.selected().cloned();
    }

    /// Marks what is shown and not marked, and unmarks the rest of what is shown.
    fn invert_marks(&mut self) {
        let shown: BTreeSet<RegistrationId> = self.rows().iter().cloned().collect();
        self.marked = self.marked.symmetric_difference(&shown).cloned().collect();
    }

    /// Marks everything that matches; if all of it is marked already, unmarks it.
    pub(super) fn mark_all(&mut self) {
        let rows: BTreeSet<RegistrationId> = self.rows().iter().cloned().collect();
        if rows.is_subset(&self.marked) {
            self.marked.retain(|id| !rows.contains(id));
        } else {
            self.marked.extend(rows);
        }
    }
}

impl Model {
    /// Marks from the row that was marked last to this one.
    pub(super) fn mark_range(&mut self) -> Effects {
        self.queue.mark_range();
        self.tell_marks()
    }

    /// Marks what is not marked, of what is shown.
    pub(super) fn invert_marks(&mut self) -> Effects {
        self.queue.invert_marks();
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
        let current = SORT_FIELDS.iter().position(|field| *field == self.queue.sort.by).unwrap_or(0);
        self.sort_by(SORT_FIELDS[(current + 1) % SORT_FIELDS.len()])
    }

    /// Sorts by a field; by the one in force, turns it round.
    pub(super) fn sort_by(&mut self, field: SortField) -> Effects {
        self.queue.sort = if self.queue.sort.by == field {
            Sort { by: field, descending: !self.queue.sort.descending }
        } else {
            Sort::by(field)
        };
        self.requeue();
        let sort = self.queue.sort.to_string();
        self.keep(|kept| kept.sort = Some(sort))
    }

    /// Opens a registration over what is shown: what is known is shown at once, the rest is read.
    pub(super) fn open(&mut self, id: RegistrationId) -> Effects {
        let request = self.requests.next();
        self.look_at(&id);
        self.show(Screen::Registration(RegistrationView::new(id.clone(), request)));
        Effects::one(Effect::Retrieve(request, id))
    }

    /// Opens the registration before or after the open one, in the queue's order and in its place.
    pub(super) fn open_neighbour(&mut self, rows: isize) -> Effects {
        let tab = self.registration().map(|view| view.tab);
        if let Some(id) = self.subject().cloned() {
            self.look_at(&id);
            self.queue.select(&id, self.list_rows);
        }
        // A registration that was decided on may have left its place.
        let next = self.registration().and_then(|view| view.next.clone()).filter(|_| rows == 1);
        let before = self.queue.list.selected_row();
        let found = next.is_some_and(|next| self.queue.select(&next, self.list_rows));
        if !found {
            self.queue.step(rows, self.list_rows);
        }
        if !found && self.queue.list.selected_row() == before {
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
