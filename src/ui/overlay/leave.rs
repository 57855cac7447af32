//! Whether to leave although something is under way.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::Model,
    ui::{Theme, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 66;

/// Draws the question.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame) {
    let mut text = Vec::new();
    if let Some(leaving) = model.leaving() {
        if leaving.jobs > 0 {
            let jobs = if leaving.jobs == 1 { "A job is".to_owned() } else { format!("{} jobs are", leaving.jobs) };
            text.push(format!("{jobs} not over: {} registrations are left.", leaving.left));
            text.push(
                "What was sent is sent, but its answer will not be seen; the rest is not done. A file that is being \
                 written is dropped."
                    .to_owned(),
            );
        }
        if leaving.waiting {
            text.push("A form waits for its answer, and what it hands out is shown only once.".to_owned());
        }
    } else {
        text.push("Everything is done by now.".to_owned());
    }
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let lines: Vec<Line> = text
        .iter()
        .flat_map(|text| ink::wrap(text, columns))
        .map(|line| Line::from(Span::styled(line, theme.attention)))
        .collect();
    let keys = [("y", "leave"), ("esc", "stay")];
    let area = super::open(frame, "Leave?", (COLUMNS, lines.len() as u16), &keys, theme);
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
}
