//! The screens: reads the model, draws it, and tells what stands where. Changes nothing, waits for nothing, knows no
//! clock and no terminal.

mod cells;
pub mod color;
pub mod columns;
mod facets;
mod facts;
mod field;
mod filter;
mod flags;
mod footer;
mod gauge;
pub mod glyphs;
mod header;
mod incident;
mod ink;
mod insights;
mod layout;
mod overlay;
mod plain;
mod preview;
mod queue;
mod registration;
mod ring;
mod scale;
pub mod theme;
mod timeline;
mod words;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

pub use theme::{Theme, Themes};

use crate::app::{Model, Overlay, Room, Screen, Target};

/// What a frame had room for, and what stands where on it.
#[derive(Debug, Default)]
pub struct HitMap {
    /// What it had room for; goes back to the core.
    pub room: Room,
    places: Vec<(Rect, Target)>,
}

impl HitMap {
    /// What a click at a place means.
    pub fn target(&self, column: u16, row: u16) -> Option<Target> {
        let at = Position::new(column, row);
        self.places.iter().rev().find(|(area, _)| area.contains(at)).map(|(_, target)| target.clone())
    }

    fn add(&mut self, area: Rect, target: Target) {
        self.places.push((area, target));
    }
}

/// Draws the model.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame) -> HitMap {
    let area = frame.area();
    frame.buffer_mut().set_style(area, theme.base);
    let (columns, rows) = layout::SMALLEST;
    if area.width < columns || area.height < rows {
        too_small(model, theme, frame);
        let mut hits = HitMap::default();
        hits.room.is_none = true;
        (hits.room.list_rows, hits.room.page_rows) = (model.list_rows, model.page_rows);
        return hits;
    }
    if theme.plain {
        return plain::view(model, theme, frame);
    }
    let mut hits = screen(model, theme, frame);
    if let Some(hint) = model.hint() {
        footer::hint(model, hint, theme, frame.buffer_mut());
    }
    if let Some(overlay) = model.overlays.last() {
        // What lies under a dialog cannot be clicked.
        hits.places.clear();
        (hits.room.page_rows, hits.room.scroll_max) = overlay::draw(overlay, model, theme, frame);
    }
    if model.look.ascii {
        glyphs::to_ascii(frame.buffer_mut());
    }
    hits
}

/// Draws the screen without the dialogs over it.
fn screen(model: &Model, theme: &Theme, frame: &mut Frame) -> HitMap {
    let mut hits = HitMap::default();
    hits.room.page_rows = model.page_rows;
    let rows = if theme.plain { plain::rows(frame.area()) } else { queue::areas(model, frame.area()).rows.height };
    hits.room.list_rows = usize::from(rows);
    match model.screens.last() {
        None if theme.plain => plain::queue(model, theme, frame, &mut hits),
        None => queue::draw(model, theme, frame, &mut hits),
        Some(Screen::Registration(view)) => registration::draw(model, view, theme, frame, &mut hits),
        Some(Screen::Insights(view)) => insights::draw(model, view, theme, frame, &mut hits),
        Some(Screen::Flags(view)) => flags::draw(model, view, theme, frame, &mut hits),
        Some(Screen::Facets(view)) => facets::draw(model, view, theme, frame, &mut hits),
        Some(Screen::Ring(view)) => ring::draw(model, view, theme, frame, &mut hits),
    }
    hits
}

/// Says that there is too little room, and what still works: nothing is done that cannot be seen.
fn too_small(model: &Model, theme: &Theme, frame: &mut Frame) {
    let area = frame.area();
    let (columns, rows) = layout::SMALLEST;
    let leaves = match (model.overlays.last(), model.leaving()) {
        (Some(Overlay::Leave), Some(_)) => "work is under way, ctrl+c again leaves",
        (_, Some(_)) => "work is under way, ctrl+c twice leaves",
        (_, None) => "ctrl+c leaves",
    };
    let text = format!("regdesk needs at least {columns}x{rows}, this is {}x{}; {leaves}", area.width, area.height);
    let lines: Vec<Line> = ink::wrap(&text, usize::from(area.width))
        .into_iter()
        .map(|line| Line::from(Span::styled(line, theme.strong)))
        .collect();
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
}
