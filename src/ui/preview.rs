//! The selected registration beside the queue: what blocks it and how it came this far.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Theme, facts, ink, registration, timeline, words};
use crate::app::Model;

/// Draws the pane.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    for row in area.rows() {
        ink::put(buffer, Rect { width: 1, ..row }, &Line::from(Span::styled("│", theme.border)));
    }
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    let Some(entry) = model.queue.selected().and_then(|id| model.index.get(id)) else { return };
    let columns = usize::from(inner.width);
    let registration = &entry.registration;
    let mut lines = vec![
        Line::from(Span::styled(facts::who(registration, model.masked).into_owned(), theme.strong)),
        Line::from(vec![
            words::status(&registration.status).span(theme),
            Span::styled(format!("  {}", registration.id), theme.dim),
        ]),
        Line::default(),
    ];
    lines.extend(registration::blocked_lines(model, entry, columns, theme));
    lines.push(Line::default());
    lines.extend(timeline::lines(registration, model.now, columns, theme));
    lines.push(Line::default());
    lines.extend(registration::worst_flags(entry, model.masked, columns, theme));
    ink::put_lines(buffer, inner, &lines, 0);
}
