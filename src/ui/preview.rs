//! The selected registration beside the queue or below it: who it is, what blocks it and what clears that, what is left
//! of the link, the worst flags, and how it came this far; in this order, so that what has no room is what matters least.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{Theme, cells, facts, ink, layout::Preview, registration, timeline, words};
use crate::{app::Model, index::Entry, model::PersonalField, triage};

/// Draws the pane.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer, place: Preview) {
    let entry = model.queue.selected().and_then(|id| model.index.get(id));
    match place {
        Preview::Beside(area) => {
            for row in area.rows() {
                ink::put(buffer, Rect { width: 1, ..row }, &Line::from(Span::styled("│", theme.border)));
            }
            let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
            let Some(entry) = entry else { return };
            let mut lines = judgement(model, entry, usize::from(inner.width), theme);
            lines.push(Line::default());
            lines.extend(timeline::lines(&entry.registration, model.now, usize::from(inner.width), theme));
            ink::put_lines(buffer, inner, &lines, 0);
        }
        Preview::Below(area) => {
            let border = "─".repeat(usize::from(area.width));
            ink::put(buffer, area, &Line::from(Span::styled(border, theme.border)));
            let inner = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).spacing(2).areas(inner);
            let Some(entry) = entry else { return };
            ink::put_lines(buffer, left, &judgement(model, entry, usize::from(left.width), theme), 0);
            let steps = timeline::lines(&entry.registration, model.now, usize::from(right.width), theme);
            ink::put_lines(buffer, right, &steps, 0);
        }
    }
}

/// Who it is, what blocks it, and what speaks against it.
fn judgement(model: &Model, entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let registration = &entry.registration;
    let hides = |field| model.hides(&registration.id, field);
    let mut status = vec![
        words::status(&registration.status).span(theme),
        Span::styled(format!("  {}", registration.id), theme.dim),
    ];
    if let Some(novelty) = model.novelty(entry) {
        status.extend([Span::raw("  "), words::novelty(novelty).span(theme)]);
    }
    let who = facts::who(registration, hides(PersonalField::Name)).into_owned();
    let mut lines = vec![Line::from(Span::styled(who, theme.strong)), Line::from(status)];
    let email = registration.contact.email.as_ref();
    let contact = email.map(|email| facts::personal(email, hides(PersonalField::Email)).into_owned());
    let contact: Vec<String> =
        contact.into_iter().chain(facts::phone(registration, hides(PersonalField::Phone))).collect();
    if !contact.is_empty() {
        lines.push(Line::from(contact.join(" · ")));
    }
    lines.push(Line::default());
    lines.extend(registration::blocked_lines(model, entry, columns, theme));
    if let Some(clock) = triage::link_left(registration, model.now) {
        let style = if clock.is_alive() { theme.info } else { theme.dim };
        lines.push(Line::from(Span::styled(facts::link(&clock, model.now), style)));
    }
    lines.push(Line::default());
    let mut risk = vec![Span::styled("Risk ", theme.dim)];
    risk.extend(cells::risk(theme, entry));
    lines.push(Line::from(risk));
    lines.extend(registration::worst_flags(entry, model.masked, columns, theme));
    lines
}
