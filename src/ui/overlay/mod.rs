//! Dialogs, each in a box of its own with its keys on the last line.

mod batch;
mod create;
mod decide;
mod handed_out;
mod help;
mod log;
mod resend;
mod sync_plan;

use ratatui::{Frame, buffer::Buffer, layout::Rect};

#[cfg(test)]
pub(super) use help::FILTER as FILTER_EXAMPLES;

use super::{Theme, footer, ink, layout};
use crate::app::{Model, Overlay};

/// Draws a dialog; tells how many lines of it are on the screen, and how far it can be scrolled.
pub fn draw(overlay: &Overlay, model: &Model, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    match overlay {
        Overlay::Help(scroll) => return help::draw(model, scroll.offset, theme, frame),
        Overlay::Log(scroll) => return log::draw(model, scroll.offset, theme, frame),
        Overlay::Batch(batch) => return batch::draw(model, batch, theme, frame),
        Overlay::Decide(form) => return decide::draw(model, form, theme, frame),
        Overlay::Create(form) => create::draw(model, form, theme, frame),
        Overlay::Resend(form) => resend::draw(model, form, theme, frame),
        Overlay::HandedOut(notice) => handed_out::draw(model, notice, theme, frame),
        Overlay::SyncPlan(plan) => sync_plan::draw(model, plan, theme, frame),
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
    footer::hints_line(keys.iter().map(|(key, label)| ((*key).to_owned(), *label)), theme, buffer, last);
    Rect { height: inner.height.saturating_sub(2), ..inner }
}
