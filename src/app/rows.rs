//! Rows of a list with one of them selected.
//!
//! The selection is what stands in the row, never its number: what arrives or leaves must not change what a key acts
//! on.

/// Which row is selected, and how far the list is scrolled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cursor {
    selected: Option<usize>,
    /// The first row on the screen.
    top: usize,
}

impl Cursor {
    /// The number of the selected row.
    pub fn selected(self) -> Option<usize> {
        self.selected
    }

    /// The first row on the screen.
    pub fn top(self) -> usize {
        self.top
    }

    /// Goes to where the selected row stands now among so many. It stays on its screen line; if it is gone, the row that
    /// took its place is selected.
    pub(super) fn follow(&mut self, place: Option<usize>, len: usize, height: usize) {
        let line = self.selected.map(|row| row.saturating_sub(self.top));
        let row = place.or_else(|| self.selected.map(|row| row.min(len.saturating_sub(1))));
        self.selected = if len == 0 { None } else { Some(row.unwrap_or(0)) };
        // On the first screen the list stays at its top, so that what arrives there is seen.
        if let (Some(row), Some(line)) = (self.selected, line)
            && self.top > 0
        {
            self.top = row.saturating_sub(line);
        }
        self.show(len, height);
    }

    /// Selects a row.
    pub(super) fn select(&mut self, row: usize, len: usize, height: usize) {
        self.selected = Some(row);
        self.show(len, height);
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, len: usize, height: usize) {
        if let Some(selected) = self.selected {
            self.select(selected.saturating_add_signed(rows).min(len.saturating_sub(1)), len, height);
        }
    }

    /// The first row of a screen with so many: scrolled just as far as the selection needs, and never past the end.
    pub fn first_shown(self, len: usize, height: usize) -> usize {
        let height = height.max(1);
        let top = self.top.min(len.saturating_sub(height));
        self.selected.map_or(top, |row| top.clamp(row.saturating_sub(height - 1), row))
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show(&mut self, len: usize, height: usize) {
        self.top = self.first_shown(len, height);
    }
}

/// Rows, the selected one, and how far the list is scrolled.
#[derive(Debug)]
pub struct Rows<T> {
    items: Vec<T>,
    cursor: Cursor,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { items: Vec::new(), cursor: Cursor::default() }
    }
}

impl<T> Rows<T> {
    /// All rows, in order.
    pub fn all(&self) -> &[T] {
        &self.items
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&T> {
        self.selected_row().and_then(|row| self.items.get(row))
    }

    /// The number of the selected row.
    pub fn selected_row(&self) -> Option<usize> {
        self.cursor.selected
    }

    /// Takes new rows; `same` tells whether a new row is the one that was selected. That one stays selected.
    pub(super) fn replace(&mut self, rows: Vec<T>, height: usize, same: impl Fn(&T, &T) -> bool) {
        let place = self.selected().and_then(|selected| rows.iter().position(|row| same(row, selected)));
        self.items = rows;
        self.cursor.follow(place, self.items.len(), height);
    }

    /// Selects the first row of which something holds; tells whether there is one.
    pub(super) fn select(&mut self, height: usize, is: impl Fn(&T) -> bool) -> bool {
        let row = self.items.iter().position(is);
        if let Some(row) = row {
            self.cursor.select(row, self.items.len(), height);
        }
        row.is_some()
    }

    /// Moves the selection by rows, stopping at both ends.
    pub(super) fn step(&mut self, rows: isize, height: usize) {
        self.cursor.step(rows, self.items.len(), height);
    }

    /// The first row of a screen with so many.
    pub fn first_shown(&self, height: usize) -> usize {
        self.cursor.first_shown(self.items.len(), height)
    }

    /// Scrolls as far as the selection needs.
    pub(super) fn show_selected(&mut self, height: usize) {
        self.cursor.show(self.items.len(), height);
    }
}
