//! A note that is being written, under those that are there.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{plan, snooze};
use crate::{
    app::{Model, notes::NoteForm},
    ui::{Theme, ink, registration},
};

/// Columns of the text inside.
const COLUMNS: u16 = 84;
/// Lines that the note is given at least.
const ROOM: usize = 4;
/// How many of the notes that are there are shown.
const SHOWN: usize = 3;

/// Draws the dialog.
pub fn draw(model: &Model, form: &NoteForm, theme: &Theme, frame: &mut Frame) {
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let mut lines = vec![plan::row(model, &form.id, theme)];
    if let Some(entry) = model.index.get(&form.id) {
        let notes = entry.registration.desk.notes.iter().rev().take(SHOWN).rev();
        lines.extend(registration::note_lines(notes, model, columns, theme));
    }
    lines.push(Line::default());
    let mut keys = vec![("enter", "keep"), ("ctrl+j", "new line"), ("esc", "cancel")];
    keys.extend(form.taken_back.map(|_| ("ctrl+x", "take your last note back")));
    let written = form.above.len() + 1;
    let rows = lines.len() + written.max(ROOM) + 1;
    let area = super::open(frame, "Note", (COLUMNS, rows as u16), &keys, theme);
    // What is being written stays on the screen, and of what stands above it the end.
    let needed = (written.max(ROOM) + 1).min(usize::from(area.height)) as u16;
    let above = area.height - needed;
    let skip = lines.len().saturating_sub(usize::from(above));
    let buffer = frame.buffer_mut();
    ink::put_lines(buffer, Rect { height: above, ..area }, &lines, skip);
    let field = Rect { y: area.y + above, height: needed.saturating_sub(1), ..area };
    let skip = written.saturating_sub(usize::from(field.height));
    for (row, line) in field.rows().zip(form.above.iter().skip(skip)) {
        ink::put(buffer, row, &Line::from(line.clone()));
    }
    let last = Rect { y: field.y + (written - 1 - skip) as u16, height: 1, ..field }.intersection(field);
    let cursor = snooze::typing((&form.line, "", true), theme, buffer, last, 0);
    if let Some(mistake) = &form.mistake {
        let row = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        ink::put(buffer, row, &Line::from(Span::styled(format!("^ {mistake}"), theme.bad)));
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}
