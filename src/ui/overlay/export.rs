//! An export in the making: what, how, where to.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::snooze;
use crate::{
    app::export::{ExportField, ExportForm},
    text,
    ui::{Theme, ink},
    wire::RowFormat,
};

/// Columns of the text inside.
const COLUMNS: u16 = 76;
/// Columns of the labels.
const LABEL: u16 = 14;

/// Draws the dialog.
pub fn draw(form: &ExportForm, theme: &Theme, frame: &mut Frame) {
    let keys: &[(&str, &str)] = if form.is_opening() {
        &[("◐", "opening …")]
    } else if form.replaces {
        &[("y", "replace it"), ("esc", "another name")]
    } else if form.focus == ExportField::Path {
        &[("enter", "write"), ("tab", "next field"), ("esc", "cancel")]
    } else {
        &[("enter", "write"), ("space", "change"), ("tab", "next field"), ("esc", "cancel")]
    };
    let noun = if form.ids.len() == 1 { "registration" } else { "registrations" };
    let title = format!("Export {} {noun}", form.ids.len());
    let area = super::open(frame, &title, (COLUMNS, 5), keys, theme);
    let buffer = frame.buffer_mut();
    let mut rows = area.rows();
    let mut cursor = None;
    let mut put = |label: &str, focused: bool, value: Vec<Span<'static>>| {
        let row = rows.next()?;
        let (mark, style) = if focused { ("▸ ", theme.title) } else { ("  ", theme.dim) };
        let mut spans = vec![Span::styled(text::fit(&format!("{mark}{label}"), usize::from(LABEL)), style)];
        spans.extend(value);
        ink::put(buffer, row, &Line::from(spans));
        Some(row)
    };
    let mut which = vec![Span::raw(form.which)];
    if form.hidden > 0 {
        which.push(Span::styled(format!(" ◆ {} of them hidden by the filter", form.hidden), theme.attention));
    }
    put("Rows", false, which);
    put(
        "Format",
        form.focus == ExportField::Format,
        chosen(RowFormat::ALL.map(|format| (format.as_str(), format == form.format)), theme),
    );
    let path = put("File", form.focus == ExportField::Path, Vec::new());
    let masked = [("yes", form.masked), ("no", !form.masked)];
    put("Masked", form.focus == ExportField::Masked, chosen(masked, theme));
    let last = if let Some(mistake) = &form.mistake {
        Span::styled(format!("^ {mistake}"), theme.bad)
    } else if form.replaces {
        Span::styled("◆ There is such a file. y writes over it.", theme.attention)
    } else if form.masked {
        Span::styled("Only its owner can read the file.", theme.dim)
    } else {
        Span::styled("◆ The file holds people's data; only its owner can read it.", theme.attention)
    };
    put("", false, vec![last]);
    if let Some(row) = path {
        let focused = form.focus == ExportField::Path && !form.replaces && !form.is_opening();
        cursor = snooze::typing((&form.path, "", focused), theme, frame.buffer_mut(), row, LABEL);
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Alternatives on one line, the chosen one marked.
fn chosen(choices: [(&str, bool); 2], theme: &Theme) -> Vec<Span<'static>> {
    choices
        .into_iter()
        .flat_map(|(name, is_chosen)| {
            let (mark, style) = if is_chosen { ("▸", theme.selected) } else { (" ", theme.base) };
            [Span::styled(format!("{mark}{name} "), style), Span::raw(" ")]
        })
        .collect()
}
