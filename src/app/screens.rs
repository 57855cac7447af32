//! What fills the screen: the queue, and over it the screens opened from there, so that Esc leads back to where one
//! came from.
//!
//! A screen more is a variant of [`Screen`] with its state, a [`Layer`] with its keys, and an arm in each `match` below
//! and in `ui::view`.

use std::collections::{BTreeSet, HashSet};

use super::{
    Effects, Layer, Model,
    facets::{Facet, FacetsView},
    flags::FlagsView,
    insights::InsightsView,
    model::ToastKind,
    registration::RegistrationView,
    ring::RingView,
};
use crate::{index::flag_term, model::RegistrationId};

/// A screen over the queue.
#[derive(Debug)]
pub enum Screen {
    /// One registration.
    Registration(RegistrationView),
    /// The rules by how often they fire.
    Flags(FlagsView),
    /// How many of what is listed have each value.
    Facets(FacetsView),
    /// Who is joined to one registration.
    Ring(RingView),
    /// Where people are lost, what waits, and what a threshold would change.
    Insights(Box<InsightsView>),
}

/// So many screens are remembered on the way back; who goes round in circles does not pile them up for ever.
const REMEMBERED: usize = 32;

impl Screen {
    /// The layer whose keys apply on it.
    pub fn layer(&self) -> Layer {
        match self {
            Self::Registration(_) => Layer::Registration,
            Self::Flags(_) => Layer::Flags,
            Self::Facets(_) => Layer::Facets,
            Self::Ring(_) => Layer::Ring,
            Self::Insights(_) => Layer::Insights,
        }
    }
}

impl Model {
    /// The layer whose keys apply when no dialog is open.
    pub fn layer(&self) -> Layer {
        self.screens.last().map_or(Layer::Queue, Screen::layer)
    }

    /// The registration that fills the screen.
    pub fn registration(&self) -> Option<&RegistrationView> {
        match self.screens.last() {
            Some(Screen::Registration(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn registration_mut(&mut self) -> Option<&mut RegistrationView> {
        match self.screens.last_mut() {
            Some(Screen::Registration(view)) => Some(view),
            _ => None,
        }
    }

    /// Every registration that is open, on the screen or on the way back.
    pub(super) fn open_registrations(&mut self) -> impl Iterator<Item = &mut RegistrationView> {
        self.screens.iter_mut().filter_map(|screen| match screen {
            Screen::Registration(view) => Some(view),
            _ => None,
        })
    }

    /// The registration that commands act on: the open one, else the selected one.
    pub fn subject(&self) -> Option<&RegistrationId> {
        match self.screens.last() {
            None => self.queue.selected(),
            Some(Screen::Registration(view)) => Some(&view.id),
            Some(Screen::Ring(view)) => view.selected(),
            Some(Screen::Flags(_) | Screen::Facets(_) | Screen::Insights(_)) => None,
        }
    }

    /// The registrations of this screen in the order of their rows.
    pub(super) fn shown_ids(&self) -> Vec<RegistrationId> {
        match self.screens.last() {
            None => self.queue.list().ids(&self.index),
            Some(Screen::Ring(view)) => view.rows.all().iter().filter_map(|row| row.member().cloned()).collect(),
            Some(_) => self.subject().cloned().into_iter().collect(),
        }
    }

    /// The registrations marked on this screen; `None` where nothing can be marked.
    pub fn marked(&self) -> Option<&BTreeSet<RegistrationId>> {
        match self.screens.last() {
            None => Some(&self.queue.marked),
            Some(Screen::Ring(view)) => Some(&view.marked),
            Some(_) => None,
        }
    }

    /// The registrations that commands for many act on: those marked on this screen in the order of their rows, else
    /// the subject; and how many of them the filter hides.
    pub(super) fn subjects(&self) -> (Vec<RegistrationId>, usize) {
        match self.marked() {
            Some(marked) if !marked.is_empty() => {
                let hidden = if self.screens.is_empty() { self.queue.hidden_marks(&self.index) } else { 0 };
                (in_order(&self.shown_ids(), marked), hidden)
            }
            _ => (self.subject().cloned().into_iter().collect(), 0),
        }
    }

    /// Takes the marks off a registration, on every screen: what was to be done with it is done.
    pub(super) fn unmark(&mut self, id: &RegistrationId) {
        self.queue.marked.change().remove(id);
        for screen in &mut self.screens {
            if let Screen::Ring(view) = screen {
                view.marked.remove(id);
            }
        }
    }

    /// Marks registrations on this screen, or in the queue where nothing can be marked here.
    pub(super) fn mark(&mut self, ids: impl IntoIterator<Item = RegistrationId>) {
        match self.screens.last_mut() {
            Some(Screen::Ring(view)) => view.marked.extend(ids),
            _ => self.queue.marked.change().extend(ids),
        }
    }

    /// Marks or unmarks the selected registration and goes down.
    pub(super) fn toggle_mark(&mut self) {
        match self.screens.last_mut() {
            Some(Screen::Ring(view)) => view.toggle_mark(self.page_rows),
            _ => self.queue.toggle_mark(&self.index, self.list_rows),
        }
    }

    /// Marks everything that is shown; if all of it is marked already, unmarks it.
    pub(super) fn mark_all(&mut self) -> Effects {
        match self.screens.last_mut() {
            Some(Screen::Ring(view)) => view.mark_all(),
            _ => self.queue.mark_all(&self.index),
        }
        self.tell_marks()
    }

    /// Says how many are marked on this screen, and how many of them the filter hides.
    pub(super) fn tell_marks(&mut self) -> Effects {
        let marked = self.marked().map_or(0, BTreeSet::len);
        let hidden = if self.screens.is_empty() { self.queue.hidden_marks(&self.index) } else { 0 };
        let hidden = if hidden > 0 { format!(", {hidden} hidden by the filter") } else { String::new() };
        self.toast(ToastKind::Note, format!("{marked} marked{hidden}"))
    }

    /// Selects a registration in the list on the screen.
    pub(super) fn select(&mut self, id: &RegistrationId) {
        match self.screens.last_mut() {
            Some(Screen::Ring(view)) => {
                view.rows.select(self.page_rows, |row| row.member() == Some(id));
            }
            _ => {
                self.queue.select(id, &self.index, self.list_rows);
            }
        }
    }

    /// Opens a screen over what is shown.
    pub(super) fn show(&mut self, screen: Screen) {
        self.forward.clear();
        self.put_on_top(screen);
    }

    fn put_on_top(&mut self, screen: Screen) {
        if self.screens.len() == REMEMBERED {
            self.screens.remove(0);
        }
        self.screens.push(screen);
    }

    /// Goes back to where one came from.
    pub(super) fn back(&mut self) {
        let Some(left) = self.screens.pop() else { return };
        if let Screen::Registration(view) = &left {
            // What happened while it was on the screen was seen.
            self.look_at(&view.id);
        }
        if let (Screen::Registration(view), true) = (&left, self.screens.is_empty()) {
            self.queue.select(&view.id, &self.index, self.list_rows);
        }
        self.forward.push(left);
    }

    /// Goes back to the queue in one step; forward leads through the screens again.
    pub(super) fn back_to_queue(&mut self) {
        self.forward.extend(self.screens.drain(..).rev());
    }

    /// Goes forward to where one went back from; what it shows is brought up to date.
    pub(super) fn forward(&mut self) -> Effects {
        let Some(screen) = self.forward.pop() else { return Effects::none() };
        self.put_on_top(screen);
        self.recount_screens();
        self.reread()
    }

    /// Rows or lines of a page of this screen.
    pub(super) fn page(&self) -> isize {
        if self.screens.is_empty() { self.list_rows.cast_signed() } else { self.page_rows.cast_signed() }
    }

    /// Moves by rows or lines.
    pub(super) fn step(&mut self, rows: isize) {
        match self.screens.last_mut() {
            None => self.queue.step(rows, &self.index, self.list_rows),
            Some(Screen::Registration(_)) => self.move_in_registration(rows),
            Some(Screen::Flags(view)) => view.rows.step(rows, self.page_rows),
            Some(Screen::Facets(view)) => view.rows.step(rows, self.page_rows),
            Some(Screen::Ring(view)) => view.step(rows, self.page_rows),
            Some(Screen::Insights(view)) => view.step(rows),
        }
    }

    /// Takes in what the last frame had room for.
    pub(super) fn measured_screen(&mut self, scroll_max: usize) {
        match self.screens.last_mut() {
            Some(Screen::Registration(view)) => {
                view.scroll_max = scroll_max;
                view.scroll = view.scroll.min(scroll_max);
            }
            Some(Screen::Flags(view)) => view.rows.show_selected(self.page_rows),
            Some(Screen::Facets(view)) => view.rows.show_selected(self.page_rows),
            Some(Screen::Ring(view)) => view.rows.show_selected(self.page_rows),
            Some(Screen::Insights(_)) | None => {}
        }
    }

    /// What screens show of many follows what is known now.
    pub(super) fn recount_screens(&mut self) {
        for screen in &mut self.screens {
            match screen {
                Screen::Flags(view) => view.count(&self.index, self.queue.rows(), self.page_rows),
                Screen::Facets(view) => view.count(&self.index, self.queue.rows(), self.page_rows),
                Screen::Ring(view) => view.follow(&self.index, self.page_rows),
                Screen::Registration(_) | Screen::Insights(_) => {}
            }
        }
        self.measure_again();
    }

    /// The term that narrows the queue to what is selected on this screen; `None` where nothing is.
    pub(super) fn narrowing_term(&self) -> Option<String> {
        match self.screens.last() {
            Some(Screen::Flags(view)) => view.rows.selected().map(|rate| flag_term(&rate.rule)),
            Some(Screen::Facets(view)) => view.rows.selected().map(Facet::query),
            Some(Screen::Insights(view)) => view.term(),
            _ => None,
        }
    }

    /// Narrows the queue to what is selected on this screen, and goes there.
    pub(super) fn narrow_to_selected(&mut self) -> Effects {
        self.narrowing_term().map_or_else(Effects::none, |term| self.narrow(&term))
    }

    /// Leaves out what is selected on this screen, and stays on it.
    pub(super) fn exclude_selected(&mut self) -> Effects {
        self.narrowing_term().map_or_else(Effects::none, |term| self.exclude(&term))
    }

    /// Sorts the list on the screen by its next field.
    pub(super) fn sort_next(&mut self) -> Effects {
        match self.screens.last_mut() {
            None => return self.sort_queue_next(),
            Some(Screen::Flags(view)) => view.sort_next(self.page_rows),
            Some(_) => {}
        }
        Effects::none()
    }
}

/// What is marked, in the order of the rows; what is hidden by the filter comes after what is shown.
fn in_order(rows: &[RegistrationId], marked: &BTreeSet<RegistrationId>) -> Vec<RegistrationId> {
    let shown: HashSet<&RegistrationId> = rows.iter().collect();
    let hidden = marked.iter().filter(|id| !shown.contains(id));
    rows.iter().filter(|id| marked.contains(*id)).chain(hidden).cloned().collect()
}
