//! Rows of a list with one of them selected.
//!
//! The selection is what stands in the row, never its number: what arrives or leaves must not change what a key acts
//! on.

/// Rows, the selected one, and how far the list is scrolled.
#[derive(Debug)]
pub struct Rows<T> {
    items: Vec<T>,
    selected: Option<usize>,
    /// The first row on the screen.
    pub top: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { items: Vec::new(), selected: None, top: 0 }
    }
}

impl<T> Rows<T> {
    /// All rows, in order.
    pub fn all(&self) -> &[T] {
        &self.items
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&T> {
        self.selected.and_then(|row| self.items.get(row))
    }

    /// The number of the selected row.
    pub fn selected_row(&self) -> Option<usize> {
        self.selected
    }

    /// Takes new rows; `same` tells whether a new row is the one that was selected. That one stays selected and stays
    /// on its screen line; if it is gone, the row that took its place is selected.
    pub(super) fn replace(&mut self, rows: Vec<T>, height: usize, same: impl Fn(&T, &T) -> bool) {
        let line = self.selected.map(|row| row.saturating_sub(self.top));
        let row = self
            .selected()
            .and_then(|selected| rows.iter().position(|row| same(row, selected)))
            .or_else(|| self.selected.map(|row| row.min(rows.len().saturating_sub(1))));
        self.items = rows;
        self.selected = if self.items.is_empty() { None } else { Some(row.unwrap_or(0)) };
        // On the first screen the list stays at its top, so that what arrives there is seen.
        if let (Some(row), Some(line)) = (self.selected, line)
            && self.top > 0
        {
            self.top = row.saturating_sub(line);
        }
        self.show_selected(height);
    }

    /// Selects the first row of which something holds; tells whether there is one.
    pub(super) fn select(&mut self, height: usize, is: impl Fn(&T) -> bool) -> bool {
        let row = self.items.iter().position(is);
        if row.is_some() {
            self.selected = row;
            self.show_selected(height);
        }
        row.is_some()
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, height: usize) {
        if let Some(selected) = self.selected {
            self.selected = Some(selected.saturating_add_signed(rows).min(self.items.len().saturating_sub(1)));
            self.show_selected(height);
        }
    }

    /// The first row of a screen with so many: scrolled just as far as the selection needs, and never past the end.
    pub fn first_shown(&self, height: usize) -> usize {
        let height = height.max(1);
        let top = self.top.min(self.items.len().saturating_sub(height));
        self.selected.map_or(top, |row| top.clamp(row.saturating_sub(height - 1), row))
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show_selected(&mut self, height: usize) {
        self.top = self.first_shown(height);
    }
}
