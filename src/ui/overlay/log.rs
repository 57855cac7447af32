//! What happened so far, newest first.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::Model,
    text,
    ui::{Theme, ink, words},
};

/// Columns of time and kind.
const HEAD: usize = 19;

/// Draws the dialog; tells how many lines of it are on the screen, and how far it can be scrolled.
pub fn draw(model: &Model, scroll: usize, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys = [("j/k", "scroll"), ("g/G", "newest, oldest"), ("esc", "close")];
    let area = super::open(frame, "What happened, newest first (UTC)", (110, u16::MAX), &keys, theme);
    let room = usize::from(area.width).saturating_sub(HEAD).max(8);
    let mut lines: Vec<Line> = Vec::new();
    for toast in model.log.iter().rev() {
        let sign = words::toast(toast.kind);
        for (row, part) in ink::wrap(&toast.text, room).into_iter().enumerate() {
            let (time, kind) = if row == 0 {
                (toast.at.format("%H:%M:%S").to_string(), sign.text())
            } else {
                (String::new(), String::new())
            };
            lines.push(Line::from(vec![
                Span::styled(text::fit(&time, 10), theme.dim),
                Span::styled(text::fit(&kind, HEAD - 10), sign.style(theme)),
                Span::raw(part),
            ]));
        }
    }
    if lines.is_empty() {
        lines.push(Line::from(Span::styled("Nothing yet.", theme.dim)));
    }
    (usize::from(area.height), ink::put_lines(frame.buffer_mut(), area, &lines, scroll))
}
