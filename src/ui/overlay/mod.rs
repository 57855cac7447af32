//! Dialogs, each in a box of its own with its keys on the last line.

mod columns;
mod copy;
mod create;
mod decide;
mod export;
mod handed_out;
mod help;
mod job;
mod jobs;
mod leave;
mod log;
mod note;
mod palette;
mod plan;
mod resend;
mod reveal;
mod save_view;
mod snooze;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};
use tui_input::Input;

#[cfg(test)]
pub(super) use help::FILTER as FILTER_EXAMPLES;

use super::{Theme, field, footer, ink, layout};
use crate::{
    app::{Model, Overlay},
    text,
};

/// Draws a dialog; tells how many lines of it are on the screen, and how far it can be scrolled.
pub fn draw(overlay: &Overlay, model: &Model, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    match overlay {
        Overlay::Help(view) => return help::draw(model, view, theme, frame),
        Overlay::Columns(form) => return columns::draw(model, form, theme, frame),
        Overlay::Palette(palette) => return palette::draw(model, palette, theme, frame),
        Overlay::Log(scroll) => return log::draw(model, scroll.offset, theme, frame),
        Overlay::Job(view) => return job::draw(model, view, theme, frame),
        Overlay::Jobs(panel) => return jobs::draw(model, panel, theme, frame),
        Overlay::Plan(plan) => return plan::draw(model, plan, theme, frame),
        Overlay::Decide(form) => return decide::draw(model, form, theme, frame),
        Overlay::Create(form) => create::draw(model, form, theme, frame),
        Overlay::Resend(form) => resend::draw(model, form, theme, frame),
        Overlay::Reveal(form) => reveal::draw(model, form, theme, frame),
        Overlay::HandedOut(notice) => handed_out::draw(model, notice, theme, frame),
        Overlay::Snooze(form) => snooze::draw(model, form, theme, frame),
        Overlay::Note(form) => note::draw(model, form, theme, frame),
        Overlay::Copy(menu) => copy::draw(model, menu, theme, frame),
        Overlay::Export(form) => export::draw(form, theme, frame),
        Overlay::Leave => leave::draw(model, theme, frame),
        Overlay::SaveView(form) => save_view::draw(model, form, theme, frame),
    }
    (1, 0)
}

/// Columns of text in a box that wants so many; fewer where the screen is narrow.
fn inner_width(frame: &Frame, columns: u16) -> u16 {
    layout::dialog(frame.area(), columns.saturating_add(4), 0).width.saturating_sub(4)
}

/// Opens a box of so many columns and rows inside, with its keys on the last line; the area above them.
fn open(frame: &mut Frame, title: &str, (columns, rows): (u16, u16), keys: &[(&str, &str)], theme: &Theme) -> Rect {
    // Two columns of border and two of air; two rows of border, one for the keys and one between.
    let area = layout::dialog(frame.area(), columns.saturating_add(4), rows.saturating_add(4));
    let buffer: &mut Buffer = frame.buffer_mut();
    let inner = ink::open_box(buffer, area, title, theme);
    let last = Rect { y: inner.bottom().saturating_sub(1), height: inner.height.min(1), ..inner };
    let keys = fitting(keys, usize::from(last.width));
    footer::hints_line(keys.into_iter().map(|(key, label)| (key.to_owned(), label)), theme, buffer, last);
    Rect { height: inner.height.saturating_sub(2), ..inner }
}

/// The keys for which there is room, the first ones first; the way out stays.
fn fitting<'a>(keys: &[(&'a str, &'a str)], columns: usize) -> Vec<(&'a str, &'a str)> {
    let mut shown = keys.to_vec();
    let needed = |shown: &[(&str, &str)]| -> usize {
        shown.iter().map(|(key, label)| text::width(key) + text::width(label) + 3).sum::<usize>().saturating_sub(2)
    };
    while needed(&shown) > columns
        && let Some(last) = shown.iter().rposition(|(key, _)| *key != "esc")
    {
        shown.remove(last);
    }
    shown
}

/// Draws a line that is typed behind a sign; the cursor stands in it while keys go there.
fn draw_input(sign: &str, input: &Input, has_keys: bool, theme: &Theme, frame: &mut Frame, line: Rect) {
    let taken = text::width(sign) as u16;
    let room = Rect { x: line.x + taken, width: line.width.saturating_sub(taken), ..line }.intersection(line);
    let shown = field::visible(input.value(), input.cursor(), room.width);
    let spans = vec![Span::styled(sign.to_owned(), theme.accent), Span::raw(shown.text)];
    ink::put(frame.buffer_mut(), line, &Line::from(spans));
    if has_keys && room.width > 0 {
        frame.set_cursor_position(Position::new(room.x + shown.cursor, room.y));
    }
}
