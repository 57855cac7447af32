//! A ring as a tree: the registration it was opened from at the root, everyone else below the value that joins them.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{HitMap, Theme, cells, facts, footer, header, ink, layout, queue, registration, words};
use crate::{
    app::{Model, Target, ring::RingView},
    index::Entry,
    text,
    triage::{LinkKind, RingNode, RingRow},
};

/// Lines about the selected registration at most.
const ABOUT: usize = 11;
/// Columns of the facts on the right: status, risk, flags, age.
const STATUS: usize = 12;
const RISK: usize = 13;
const FLAGS: usize = 12;
const AGE: usize = 8;
/// From this many columns for the tree on, the reason it is stuck is shown as well.
const WIDE: usize = 48;
/// Columns of the reason then.
const REASON: usize = 26;
/// Deeper than this the outer branches are left out: they have left the screen.
const DEEPEST: usize = 8;

/// Draws the screen.
pub fn draw(model: &Model, view: &RingView, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let columns = usize::from(frame.area().width);
    let selected = view.selected().and_then(|id| model.index.get(id));
    let about = selected.map_or_else(Vec::new, |entry| about(model, &entry, columns, theme));
    let areas = layout::list_over_text(frame.area(), about.len().min(ABOUT));
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    footer::draw(model, theme, buffer, areas.footer, hits);
    title(model, view, theme, buffer, areas.title);
    hits.room.page_rows = usize::from(areas.rows.height);
    let room = tree_columns(areas.rows.width);
    let heads = facts_line([("status", STATUS), ("risk", RISK), ("flags", FLAGS), ("moved", AGE)]);
    ink::put(buffer, areas.headers, &Line::from(Span::styled(format!("{}{heads}", " ".repeat(room.tree)), theme.dim)));
    let top = view.rows.first_shown(usize::from(areas.rows.height));
    for (place, (area, row)) in areas.rows.rows().zip(view.rows.all().iter().skip(top)).enumerate() {
        draw_row(model, view, top + place, &room, theme, buffer, area);
        if view.rows.selected_row() == Some(top + place) {
            queue::select(buffer, area, theme);
        }
        if let Some(id) = row.member() {
            hits.add(area, Target::Row(id.clone()));
        }
    }
    ink::put_lines(buffer, areas.text, &about, 0);
}

/// Columns of the tree, and whether there is room for the reason.
struct Room {
    tree: usize,
    reason: bool,
}

fn tree_columns(width: u16) -> Room {
    let tree = usize::from(width).saturating_sub(STATUS + RISK + FLAGS + AGE);
    let reason = tree >= WIDE + REASON;
    Room { tree: tree - if reason { REASON } else { 0 }, reason }
}

fn facts_line<const N: usize>(cells: [(&str, usize); N]) -> String {
    cells.map(|(text, columns)| text::fit(text, columns)).concat()
}

fn title(model: &Model, view: &RingView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let marked = if view.marked.is_empty() { String::new() } else { format!("✓ {} marked", view.marked.len()) };
    let taken = ink::put_right(buffer, area, &Line::from(Span::styled(marked, theme.accent)));
    let who = model
        .index
        .get(&view.root)
        .map_or_else(|| view.root.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
    let size = match (view.size, view.is_cut) {
        (0 | 1, _) => "nobody else shares more than an IP address".to_owned(),
        (size, false) => format!("{size} registrations are joined"),
        (size, true) => format!("more than {size} registrations are joined; the nearest are shown"),
    };
    let left = Line::from(vec![
        Span::styled("Ring", theme.title),
        Span::raw("  of "),
        Span::styled(who, theme.strong),
        Span::styled(format!(" · {size}"), theme.dim),
    ]);
    ink::put(buffer, Rect { width: area.width.saturating_sub(taken + 2), ..area }, &left);
}

fn draw_row(model: &Model, view: &RingView, place: usize, room: &Room, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let rows = view.rows.all();
    let Some(row) = rows.get(place) else { return };
    let mut spans = vec![Span::styled(branches(rows, place), theme.border)];
    match &row.node {
        RingNode::Value { kind, value, holders } => {
            let strength = if *kind == LinkKind::Ip { theme.dim } else { theme.attention };
            spans.push(Span::styled(format!("same {} ", words::link(*kind)), strength));
            spans.extend(value.as_ref().map(|value| Span::styled(facts::shared(value, model.masked), theme.strong)));
            spans.push(Span::styled(format!(" · {holders} have it"), theme.dim));
            ink::put(buffer, area, &Line::from(spans));
        }
        RingNode::Member { id, also, .. } => {
            let mark = if view.marked.contains(id) { Span::styled("✓ ", theme.accent) } else { Span::raw("") };
            spans.push(mark);
            let entry = model.index.get(id);
            let who = entry
                .as_ref()
                .map_or_else(|| id.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
            spans.push(Span::styled(who, theme.strong));
            if !also.is_empty() {
                let kinds: Vec<&str> = also.iter().map(|kind| words::link(*kind)).collect();
                spans.push(Span::styled(format!(" + {}", kinds.join(", ")), theme.attention));
            }
            spans.push(Span::styled(format!("  {id}"), theme.dim));
            let tree = Rect { width: (room.tree.saturating_sub(1) as u16).min(area.width), ..area };
            ink::put(buffer, tree, &Line::from(spans));
            if let Some(entry) = entry {
                let right = Rect { x: area.x + room.tree as u16, width: area.width - room.tree as u16, ..area };
                ink::put(buffer, right.intersection(area), &member_facts(model, &entry, room, theme));
            }
        }
    }
}

/// Status, risk, flags, time since the last move, and why it is stuck where there is room.
fn member_facts(model: &Model, entry: &Entry, room: &Room, theme: &Theme) -> Line<'static> {
    let sign = words::status(&entry.registration.status);
    let mut spans = vec![Span::styled(text::fit(&sign.text(), STATUS), sign.style(theme))];
    for (cell, columns) in [
        (cells::risk(theme, entry), RISK),
        (cells::flag_counts(&entry.judgement.flags, theme), FLAGS),
        (vec![Span::styled(facts::since(entry.last_move(), model.now), Style::new())], AGE),
    ] {
        let used = ink::width(&Line::from(cell.clone()));
        spans.extend(cell);
        spans.push(Span::raw(" ".repeat(columns.saturating_sub(used))));
    }
    if room.reason {
        spans.extend(cells::stuck(theme, entry));
    }
    Line::from(spans)
}

/// The branches that lead to a row: `│ └ `.
fn branches(rows: &[RingRow], place: usize) -> String {
    let depth = rows[place].depth;
    let first = depth.saturating_sub(DEEPEST).max(1);
    let mut shown = String::new();
    if first > 1 {
        shown.push_str("… ");
    }
    for level in first..=depth {
        // Whether something more hangs on the branch of this level further down.
        let goes_on = rows[place + 1..].iter().take_while(|row| row.depth >= level).any(|row| row.depth == level);
        shown.push_str(match (level == depth, goes_on) {
            (true, true) => "├ ",
            (true, false) => "└ ",
            (false, true) => "│ ",
            (false, false) => "  ",
        });
    }
    shown
}

/// What blocks the selected one, and its worst flags.
fn about(model: &Model, entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = registration::blocked_lines(model, entry, columns, theme);
    lines.extend(registration::worst_flags(entry, model.masked, columns, theme));
    lines
}
