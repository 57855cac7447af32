//! The list of registrations: rows, selection, marks, filter and order.
//!
//! The selection is a registration, never a row number: what arrives or leaves must not change what Enter acts on.

use std::collections::BTreeSet;

use tui_input::{Input, InputRequest};

use super::{
    Effects, Model,
    effect::Effect,
    model::{Screen, ToastKind},
    registration::RegistrationView,
    update::{input_request, sanitise_line},
};
use crate::{
    index::{Query, QueryError, Sort, SortField},
    keys::{Code, Key},
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

/// The filter line.
#[derive(Debug, Clone, Default)]
pub struct FilterLine {
    /// What is typed.
    pub input: Input,
    /// Keys go to the line.
    pub editing: bool,
    /// The mistake in what is typed; the last right query stays in force.
    pub error: Option<QueryError>,
    /// What stood here when editing began, for Esc.
    before: String,
}

/// The state of the list.
#[derive(Debug)]
pub struct Queue {
    rows: Vec<RegistrationId>,
    selected: Option<usize>,
    /// The first row on the screen.
    pub top: usize,
    /// Marked registrations, whether shown or not.
    pub marked: BTreeSet<RegistrationId>,
    /// The order.
    pub sort: Sort,
    /// The query in force.
    pub query: Query,
    /// The filter line.
    pub filter: FilterLine,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            selected: None,
            top: 0,
            marked: BTreeSet::new(),
            sort: Sort { by: SortField::Urgency, descending: true },
            query: Query::default(),
            filter: FilterLine::default(),
        }
    }
}

impl Queue {
    /// The registrations that match, in order.
    pub fn rows(&self) -> &[RegistrationId] {
        &self.rows
    }

    /// The selected registration.
    pub fn selected(&self) -> Option<&RegistrationId> {
        self.selected.and_then(|row| self.rows.get(row))
    }

    /// The row of the selected registration.
    pub fn selected_row(&self) -> Option<usize> {
        self.selected
    }

    /// Whether nothing is marked or filtered.
    pub fn is_clear(&self) -> bool {
        self.marked.is_empty() && self.filter.input.value().is_empty()
    }

    /// How many marked registrations are not shown.
    pub fn hidden_marks(&self) -> usize {
        let shown: BTreeSet<&RegistrationId> = self.rows.iter().filter(|id| self.marked.contains(*id)).collect();
        self.marked.len() - shown.len()
    }

    /// Takes new rows. The selected registration stays selected and stays on its screen line; if it is gone, the
    /// row that took its place is selected.
    pub(super) fn set_rows(&mut self, rows: Vec<RegistrationId>, list_rows: usize) {
        let line = self.selected.map(|row| row.saturating_sub(self.top));
        let row = self
            .selected()
            .and_then(|selected| rows.iter().position(|id| id == selected))
            .or_else(|| self.selected.map(|row| row.min(rows.len().saturating_sub(1))));
        self.rows = rows;
        self.selected = if self.rows.is_empty() { None } else { Some(row.unwrap_or(0)) };
        // On the first screen the list stays at its top, so that what arrives there is seen.
        if let (Some(row), Some(line)) = (self.selected, line)
            && self.top > 0
        {
            self.top = row.saturating_sub(line);
        }
        self.show_selected(list_rows);
    }

    /// Selects a registration that is in the list.
    pub(super) fn select(&mut self, id: &RegistrationId, list_rows: usize) -> bool {
        let row = self.rows.iter().position(|row| row == id);
        if row.is_some() {
            self.selected = row;
            self.show_selected(list_rows);
        }
        row.is_some()
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, list_rows: usize) {
        if let Some(selected) = self.selected {
            self.selected = Some(selected.saturating_add_signed(rows).min(self.rows.len().saturating_sub(1)));
            self.show_selected(list_rows);
        }
    }

    /// The first row of a screen with so many: scrolled just as far as the selection needs, and never past the end.
    pub fn first_shown(&self, list_rows: usize) -> usize {
        let height = list_rows.max(1);
        let top = self.top.min(self.rows.len().saturating_sub(height));
        self.selected.map_or(top, |row| top.clamp(row.saturating_sub(height - 1), row))
    }

    pub(super) fn show_selected(&mut self, list_rows: usize) {
        self.top = self.first_shown(list_rows);
    }
}

impl Model {
    /// Marks or unmarks the selected registration and goes down.
    pub(super) fn toggle_mark(&mut self) {
        if let Some(id) = self.queue.selected().cloned() {
            if !self.queue.marked.remove(&id) {
                self.queue.marked.insert(id);
            }
            self.queue.step(1, self.list_rows);
        }
    }

    /// Marks everything that matches; if all of it is marked already, unmarks it.
    pub(super) fn mark_all(&mut self) -> Effects {
        let rows: BTreeSet<RegistrationId> = self.queue.rows().iter().cloned().collect();
        if rows.is_subset(&self.queue.marked) {
            self.queue.marked.retain(|id| !rows.contains(id));
        } else {
            self.queue.marked.extend(rows);
        }
        self.toast(ToastKind::Note, format!("{} marked", self.queue.marked.len()))
    }

    /// Drops the marks; if there are none, the filter.
    pub(super) fn clear(&mut self) {
        if self.queue.marked.is_empty() {
            self.queue.filter = FilterLine::default();
            self.set_query();
        } else {
            self.queue.marked.clear();
        }
    }

    /// Sorts by the next field, in the direction that puts what matters first.
    pub(super) fn sort_next(&mut self) {
        let current = SORT_FIELDS.iter().position(|field| *field == self.queue.sort.by).unwrap_or(0);
        self.sort_by(SORT_FIELDS[(current + 1) % SORT_FIELDS.len()]);
    }

    /// Sorts by a field; by the one in force, turns it round.
    pub(super) fn sort_by(&mut self, field: SortField) {
        self.queue.sort = if self.queue.sort.by == field {
            Sort { by: field, descending: !self.queue.sort.descending }
        } else {
            let text = matches!(field, SortField::Status | SortField::Step | SortField::Name | SortField::Project);
            Sort { by: field, descending: !text }
        };
        self.requeue();
    }

    /// Opens a registration: what is known is shown at once, the rest is read.
    pub(super) fn open(&mut self, id: RegistrationId) -> Effects {
        let request = self.requests.next();
        self.registration = Some(RegistrationView::new(id.clone(), request));
        self.screen = Screen::Registration;
        Effects::one(Effect::Retrieve(request, id))
    }

    /// Opens the registration before or after the open one, in the queue's order.
    pub(super) fn open_neighbour(&mut self, rows: isize) -> Effects {
        let tab = self.registration.as_ref().map(|view| view.tab);
        if let Some(id) = self.subject().cloned() {
            self.queue.select(&id, self.list_rows);
        }
        let before = self.queue.selected_row();
        self.queue.step(rows, self.list_rows);
        if self.queue.selected_row() == before {
            return self.toast(ToastKind::Note, "This is the end of the queue.");
        }
        let Some(id) = self.queue.selected().cloned() else { return Effects::none() };
        let effects = self.open(id);
        if let (Some(view), Some(tab)) = (&mut self.registration, tab) {
            view.tab = tab;
        }
        effects
    }

    /// Starts typing a filter.
    pub(super) fn edit_filter(&mut self) {
        let filter = &mut self.queue.filter;
        filter.before = filter.input.value().to_owned();
        filter.editing = true;
        filter.input.handle(InputRequest::GoToEnd);
    }

    /// A key while the filter is typed. The list follows each change.
    pub(super) fn filter_key(&mut self, key: Key) {
        let filter = &mut self.queue.filter;
        match key {
            Key { code: Code::Enter, .. } => filter.editing = filter.error.is_some(),
            Key { code: Code::Esc, .. } => {
                filter.input = Input::new(filter.before.clone());
                filter.editing = false;
                self.set_query();
            }
            Key { code: Code::Down, .. } => self.queue.step(1, self.list_rows),
            Key { code: Code::Up, .. } => self.queue.step(-1, self.list_rows),
            key => {
                let changed = input_request(key)
                    .and_then(|request| filter.input.handle(request))
                    .is_some_and(|change| change.value);
                if changed {
                    self.set_query();
                }
            }
        }
    }

    /// Pasted text goes into the filter, on one line.
    pub(super) fn filter_paste(&mut self, text: &str) {
        for character in sanitise_line(text) {
            self.queue.filter.input.handle(InputRequest::InsertChar(character));
        }
        self.set_query();
    }

    fn set_query(&mut self) {
        match Query::parse(self.queue.filter.input.value()) {
            Ok(query) => {
                self.queue.filter.error = None;
                if query != self.queue.query {
                    self.queue.query = query;
                    self.requeue();
                }
            }
            Err(error) => self.queue.filter.error = Some(error),
        }
    }
}
