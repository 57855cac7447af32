//! The selected registration beside the queue or below it: who it is, what blocks it and what clears that, what is left
//! of the link, the worst flags, and how it came this far; in this order, so that what has no room is what matters least.
//! On a small screen it is what blocks it and what clears that, in full.

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{Theme, cells, facts, ink, layout::Preview, registration, timeline, words};
use crate::{app::Model, index::Entry, model::PersonalField, triage};

/// Columns of the timeline where it stands beside the rest.
const TIMELINE_COLUMNS: u16 = 64;
/// From this width on it does.
const APART_FROM: u16 = 116;

/// Draws the pane.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer, place: Preview) {
    let inner = match place {
        Preview::Beside(area) => {
            for row in area.rows() {
                ink::put(buffer, Rect { width: 1, ..row }, &Line::from(Span::styled("│", theme.border)));
            }
            Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area }
        }
        Preview::Below(area) | Preview::Brief(area) => {
            let border = "─".repeat(usize::from(area.width));
            ink::put(buffer, area, &Line::from(Span::styled(border, theme.border)));
            Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
        }
    };
    let Some(entry) = model.queue.selected().and_then(|id| model.index.get(id)) else { return };
    if matches!(place, Preview::Brief(_)) {
        let lines = registration::blocked_lines(model, &entry, usize::from(inner.width), theme);
        ink::put_lines(buffer, inner, &lines, 0);
        return;
    }
    let steps = |columns| timeline::lines(&entry.registration, model.now, usize::from(columns), theme);
    if inner.width >= APART_FROM {
        let [left, right] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(TIMELINE_COLUMNS)]).spacing(2).areas(inner);
        ink::put_lines(buffer, left, &judgement(model, &entry, usize::from(left.width), theme), 0);
        ink::put_lines(buffer, right, &steps(right.width), 0);
    } else {
        let mut lines = judgement(model, &entry, usize::from(inner.width), theme);
        lines.push(Line::default());
        lines.extend(steps(inner.width));
        ink::put_lines(buffer, inner, &lines, 0);
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
    let email = registration.contact.email.as_ref();
    let contact = email.map(|email| facts::personal(email, hides(PersonalField::Email)).into_owned());
    let mut contact: Vec<String> =
        contact.into_iter().chain(facts::phone(registration, hides(PersonalField::Phone))).collect();
    // Who has no name is called by it already.
    contact.retain(|contact| *contact != who);
    let mut lines = vec![Line::from(Span::styled(who, theme.strong)), Line::from(status)];
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
