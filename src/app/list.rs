//! The registrations that a filter finds, with one of them selected. They are in order where somebody looks.

use super::rows::Cursor;
use crate::{
    index::{Index, Listing, Query, Row, Sort},
    model::{RegistrationId, Timestamp},
};

/// See the module.
#[derive(Debug)]
pub struct List {
    listing: Listing,
    /// The order.
    pub sort: Sort,
    cursor: Cursor,
    /// Who is selected: rows move.
    selected: Option<RegistrationId>,
}

impl List {
    /// Nobody yet, to be listed in an order.
    pub(super) fn sorted_by(sort: Sort) -> Self {
        Self { listing: Listing::default(), sort, cursor: Cursor::default(), selected: None }
    }

    /// The rows. They are in order on the screen and around it.
    pub fn rows(&self) -> &[Row] {
        self.listing.rows()
    }

    /// Who is selected.
    pub fn selected(&self) -> Option<&RegistrationId> {
        self.selected.as_ref()
    }

    /// Which row is selected, and how far the list is scrolled.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The first row of a screen with so many.
    pub fn first_shown(&self, height: usize) -> usize {
        self.cursor.first_shown(self.rows().len(), height)
    }

    /// The rows on a screen with so many.
    pub fn shown(&self, height: usize) -> &[Row] {
        let below = &self.rows()[self.first_shown(height)..];
        &below[..height.min(below.len())]
    }

    /// Everybody, in order.
    pub fn ids(&self, index: &Index) -> Vec<RegistrationId> {
        let (mut listing, all) = (self.listing.clone(), 0..self.rows().len());
        index.sort(&mut listing, self.sort, all);
        listing.rows().iter().filter_map(|row| index.id(*row).cloned()).collect()
    }

    /// At which place somebody stands.
    pub(super) fn place_of(&self, id: &RegistrationId, index: &Index) -> Option<usize> {
        index.place_in(&self.listing, self.sort, id)
    }

    /// Lists what a query finds. Who is selected stays so.
    pub(super) fn search(&mut self, index: &Index, query: &Query, now: Timestamp, height: usize) {
        self.listing = index.list(query, now);
        self.find_selected(index, height);
    }

    /// Takes changed rows into account.
    pub(super) fn follow(&mut self, index: &Index, query: &Query, changes: &[Row], now: Timestamp, height: usize) {
        index.follow(&mut self.listing, self.sort, query, changes, now);
        self.find_selected(index, height);
    }

    fn find_selected(&mut self, index: &Index, height: usize) {
        let (listing, sort) = (&mut self.listing, self.sort);
        let place = self.selected.as_ref().and_then(|id| index.sort_around(listing, sort, id));
        self.cursor.follow(place, self.rows().len(), height);
        self.look(index, height);
    }

    /// Selects somebody; tells whether they are in the list.
    pub(super) fn select(&mut self, id: &RegistrationId, index: &Index, height: usize) -> bool {
        let place = index.sort_around(&mut self.listing, self.sort, id);
        if let Some(place) = place {
            self.cursor.select(place, self.rows().len(), height);
            self.look(index, height);
        }
        place.is_some()
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, index: &Index, height: usize) {
        self.cursor.step(rows, self.rows().len(), height);
        self.look(index, height);
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show_selected(&mut self, index: &Index, height: usize) {
        self.cursor.show(self.rows().len(), height);
        self.look(index, height);
    }

    /// Sees to it that what is on the screen, and a screen to each side, is in order.
    fn look(&mut self, index: &Index, height: usize) {
        let top = self.cursor.top();
        index.sort(&mut self.listing, self.sort, top.saturating_sub(height)..top + 2 * height.max(1));
        let row = self.cursor.selected().and_then(|row| self.rows().get(row));
        self.selected = row.and_then(|row| index.id(*row)).cloned();
    }
}
