//! The list of registrations: counts, filter, table. Only the rows on the screen are formatted.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
};

use super::{
    HitMap, Theme, cells,
    columns::{self, Placed},
    filter, footer, header, incident, ink, layout, preview,
};
use crate::{
    app::{Command, Layer, Model, Target, columns::Column},
    index::{Entry, SortField},
    text,
};

/// Draws the screen.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let areas = areas(model, frame.area());
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    header::counts(model, theme, buffer, areas.counts);
    filter::views(model, theme, buffer, areas.views, hits);
    let cursor = filter::draw(model, &situation(model, theme), theme, buffer, areas.filter);
    incident::draw(model, theme, buffer, areas.incident);
    table(model, theme, buffer, (areas.headers, areas.rows), hits);
    if let Some(area) = areas.preview {
        preview::draw(model, theme, buffer, area);
    }
    footer::draw(model, theme, buffer, areas.footer, hits);
    filter::popup(model, theme, buffer, areas.filter);
    if let Some(cursor) = cursor.filter(|_| model.overlays.is_empty()) {
        frame.set_cursor_position(cursor);
    }
}

/// Where things stand, for what there is to show.
pub fn areas(model: &Model, area: Rect) -> layout::QueueAreas {
    let has_mistake = model.queue.filter.shown_mistake().is_some();
    layout::queue(area, has_mistake, !model.incidents.is_empty(), !model.queue.without_preview)
}

/// How much is shown, in which order, and what is marked.
fn situation(model: &Model, theme: &Theme) -> Line<'static> {
    let queue = &model.queue;
    let mut spans = Vec::new();
    if !queue.marked.is_empty() {
        spans.push(Span::styled(format!("✓ {} marked", queue.marked.len()), theme.accent));
        let hidden = queue.hidden_marks(&model.index);
        if hidden > 0 {
            spans.push(Span::styled(format!(", {hidden} hidden"), theme.attention));
        }
        spans.push(Span::styled(" · ", theme.dim));
    }
    let arrow = if queue.sort().descending { "↓" } else { "↑" };
    spans.push(Span::styled(format!("{} of {}", queue.rows().len(), model.index.len()), theme.strong));
    spans.push(Span::styled(format!(" · {arrow} {}", queue.sort().by.as_str()), theme.dim));
    Line::from(spans)
}

fn table(model: &Model, theme: &Theme, buffer: &mut Buffer, (headers, rows): (Rect, Rect), hits: &mut HitMap) {
    let queue = &model.queue;
    let shown = columns::table(rows.width, &queue.columns);
    let columns = &shown.columns;
    let arrow = if queue.sort().descending { " ↓" } else { " ↑" };
    let sorted = bears_arrow(columns, queue.sort().by);
    for placed in columns {
        let area = cell_area(headers, placed);
        let is_sorted = sorted == Some(placed.column);
        let title = if is_sorted { format!("{}{arrow}", placed.title) } else { placed.title.to_owned() };
        let style = if is_sorted { theme.title } else { theme.dim };
        ink::put(buffer, area, &Line::from(Span::styled(title, style)));
        if let Some(sort) = placed.sort {
            hits.add(area, Target::Column(sort));
        }
    }
    for (there, sign, x) in
        [(shown.more_left, "‹", headers.x), (shown.more_right, "›", headers.right().saturating_sub(1))]
    {
        if there {
            let area = Rect { x, width: 1, ..headers }.intersection(headers);
            ink::put(buffer, area, &Line::from(Span::styled(sign, theme.accent)));
        }
    }
    if queue.rows().is_empty() {
        return nothing(model, theme, buffer, rows);
    }
    let top = queue.list().first_shown(usize::from(rows.height));
    let shown = queue.list().shown(usize::from(rows.height));
    model.index.warm(shown);
    for (place, (area, shown)) in rows.rows().zip(shown).enumerate() {
        let Some(entry) = model.index.at(*shown) else { continue };
        row(model, theme, buffer, area, (columns, &entry));
        if queue.list().cursor().selected() == Some(top + place) {
            select(buffer, area, theme);
        }
        hits.add(area, Target::Row(entry.registration.id.clone()));
    }
}

/// The column at which the arrow of the order stands. Several may be sorted by the same field: it is the one that is
/// called so, else the first with room for it.
fn bears_arrow(columns: &[Placed], by: SortField) -> Option<Column> {
    let has_room = |placed: &&Placed| text::width(placed.title) + 2 <= usize::from(placed.width);
    let mut sorted: Vec<&Placed> = columns.iter().filter(|placed| placed.sort == Some(by)).filter(has_room).collect();
    sorted.sort_by_key(|placed| placed.column.shape().name != by.as_str());
    sorted.first().map(|placed| placed.column)
}

/// Makes a row the selected one. Its colours go: reversed, each would be a patch of its own.
pub fn select(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.set_style(theme.base.remove_modifier(Modifier::DIM).patch(theme.selected));
            if theme.base.fg.is_none() {
                cell.set_fg(ratatui::style::Color::Reset);
            }
        }
    }
}

fn cell_area(row: Rect, placed: &Placed) -> Rect {
    Rect { x: row.x + placed.x, width: placed.width, ..row }.intersection(row)
}

fn row(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect, (columns, entry): (&[Placed], &Entry)) {
    for placed in columns {
        let line = Line::from(cells::cell(model, theme, (placed.column, placed.width), entry));
        ink::put(buffer, cell_area(area, placed), &line);
    }
}

/// Says why there is nothing and what to press.
pub fn nothing(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let key = |command| footer::key_for(model, Layer::Queue, command).unwrap_or_default();
    let (what, then) = if !model.queue.filter.input.value().is_empty() && !model.index.is_empty() {
        let joins = |word: &str| ["or", "and", "not"].iter().any(|join| join.eq_ignore_ascii_case(word));
        let hint = match model.queue.filter.input.value().split_whitespace().find(|word| joins(word)) {
            Some(word) => format!(" `{word}` is looked for like any word: a,b means or, -a means not."),
            None => String::new(),
        };
        (
            "Nothing matches this filter.",
            format!("{} clears it, {} changes it.{hint}", key(Command::Clear), key(Command::Filter)),
        )
    } else if model.loading.error.is_some() {
        (
            "Nothing could be read.",
            format!("{} tries again, {} shows what happened.", key(Command::Refresh), key(Command::Log)),
        )
    } else if model.loading.complete_at.is_none() {
        ("Reading registrations …", String::new())
    } else if model.profile.read_only {
        ("There are no registrations yet.", format!("{} reads again.", key(Command::Refresh)))
    } else {
        (
            "There are no registrations yet.",
            format!("{} creates one, {} reads again.", key(Command::Create), key(Command::Refresh)),
        )
    };
    let middle = area.height.saturating_sub(2) / 3;
    for (row, (text, style)) in [(what, theme.strong), (then.as_str(), theme.dim)].into_iter().enumerate() {
        let columns = (text::width(text) as u16).min(area.width);
        let place =
            Rect { x: area.x + (area.width - columns) / 2, y: area.y + middle + row as u16, width: columns, height: 1 };
        ink::put(buffer, place.intersection(area), &Line::from(Span::styled(text, style)));
    }
}
