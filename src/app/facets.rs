//! The screen of the facets: how many of what is listed have each status, step, turn, project, country and flag.

use super::{Model, Screen, rows::Rows};
use crate::index::{Index, Row, ValueCount};

/// One value of one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The term.
    pub term: &'static str,
    /// The value, and how many have it.
    pub value: ValueCount,
}

impl Facet {
    /// The term of a query that asks for it.
    pub fn query(&self) -> String {
        format!("{}:{}", self.term, self.value.text)
    }
}

/// The state of the screen.
#[derive(Debug, Default)]
pub struct FacetsView {
    /// The values, those of one term together.
    pub rows: Rows<Facet>,
    /// Over how many registrations they are counted.
    pub total: usize,
}

impl FacetsView {
    /// Counts over registrations.
    pub(super) fn count(&mut self, index: &Index, rows: &[Row], height: usize) {
        self.total = rows.len();
        let facets = index.values(rows).into_iter();
        let facets = facets.flat_map(|(term, values)| values.into_iter().map(move |value| Facet { term, value }));
        let same = |left: &Facet, right: &Facet| left.term == right.term && left.value.text == right.value.text;
        self.rows.replace(facets.collect(), height, same);
    }

    /// Goes to the first value of the next term, or of the one before; round at the ends.
    pub(super) fn turn(&mut self, forward: bool, height: usize) {
        let mut terms: Vec<&'static str> = self.rows.all().iter().map(|facet| facet.term).collect();
        terms.dedup();
        let here = self.rows.selected().and_then(|facet| terms.iter().position(|term| *term == facet.term));
        let Some(here) = here else { return };
        let place = if forward { here + 1 } else { here + terms.len() - 1 };
        let term = terms[place % terms.len()];
        self.rows.select(height, |facet| facet.term == term);
    }
}

impl Model {
    /// Opens the screen over what the queue shows.
    pub(super) fn open_facets(&mut self) {
        let mut view = FacetsView::default();
        view.count(&self.index, self.queue.rows(), self.page_rows);
        self.show(Screen::Facets(view));
    }

    /// The facet that is selected on the screen.
    pub fn selected_facet(&self) -> Option<&Facet> {
        match self.screens.last() {
            Some(Screen::Facets(view)) => view.rows.selected(),
            _ => None,
        }
    }

    /// Selects a facet.
    pub(super) fn select_facet(&mut self, query: &str) {
        if let Some(Screen::Facets(view)) = self.screens.last_mut() {
            view.rows.select(self.page_rows, |facet| facet.query() == query);
        }
    }
}
