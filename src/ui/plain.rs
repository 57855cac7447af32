//! Plain text for screen readers: one thing after the other, labels before values, no lines, signs or animation, and the
//! cursor at what is selected, so that a reader follows it.
//!
//! The queue has a drawing of its own, because columns mean nothing to the ear; everything else is drawn as ever, one
//! thing at a time, and cleaned of signs and styles at the end.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Position, Rect},
    style::Modifier,
    text::{Line, Span},
};

use super::{HitMap, Theme, facts, field, footer, glyphs, header, incident, ink, overlay, queue as list, words};
use crate::{
    app::{Command, Layer, Model, Target, filter::Popup},
    index::Entry,
    triage::{self, Severity},
};

/// Lines about the selected registration, where there is room for them beside as many rows.
const DETAILS: u16 = 10;
/// From this many rows of the screen on there is.
const DETAILS_FROM: u16 = 24;
/// What stands before the filter.
const FILTER: &str = "Filter: ";

/// Draws the model.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame) -> HitMap {
    let hits = draw(model, theme, frame);
    if let Some(place) = selected(frame.buffer_mut(), !model.overlays.is_empty()) {
        frame.set_cursor_position(place);
        // A field that is typed into places the cursor itself: drawn again, it has the last word.
        draw(model, theme, frame);
    }
    glyphs::to_plain(frame.buffer_mut(), theme.base);
    hits
}

/// Draws the dialog alone if there is one, else the screen.
fn draw(model: &Model, theme: &Theme, frame: &mut Frame) -> HitMap {
    let area = frame.area();
    ink::blank(frame.buffer_mut(), area, theme.base);
    let mut hits = super::screen(model, theme, frame);
    if let Some(overlay) = model.overlays.last() {
        hits.places.clear();
        ink::blank(frame.buffer_mut(), area, theme.base);
        (hits.room.page_rows, hits.room.scroll_max) = overlay::draw(overlay, model, theme, frame);
        if model.toast.is_some() {
            let last = Rect { y: area.bottom() - 1, height: 1, ..area };
            footer::draw(model, theme, frame.buffer_mut(), last, &mut hits);
        }
    }
    hits
}

/// Where the selection is seen: below the label that has the keys in a dialog, else the last reversed row below the
/// first line.
fn selected(buffer: &Buffer, in_dialog: bool) -> Option<Position> {
    let reversed = |row: Rect| row.positions().find(|at| buffer[*at].modifier.contains(Modifier::REVERSED));
    let mut rows = buffer.area.rows().skip(1);
    if !in_dialog {
        return rows.filter_map(reversed).last();
    }
    let is_label = |at: &Position| {
        let next = Position::new(at.x + 1, at.y);
        buffer[*at].symbol() == "▸" && buffer.cell(next).is_some_and(|cell| cell.symbol() == " ")
    };
    let label = rows.find_map(|row| row.positions().find(is_label));
    let from = label.map_or(0, |label| label.y);
    buffer.area.rows().skip(usize::from(from)).find_map(reversed).or(label)
}

/// Areas of the queue.
struct Areas {
    head: [Rect; 5],
    rows: Rect,
    details: Rect,
    footer: Rect,
}

fn areas(area: Rect) -> Areas {
    let details = if area.height >= DETAILS_FROM { DETAILS } else { 0 };
    let [head, rows, details, footer] = Layout::vertical([
        Constraint::Length(5),
        Constraint::Min(0),
        Constraint::Length(details),
        Constraint::Length(1),
    ])
    .areas(area);
    let line = |number: u16| Rect { y: head.y + number, height: 1, ..head }.intersection(head);
    Areas { head: [0, 1, 2, 3, 4].map(line), rows, details, footer }
}

/// How many registrations are listed on a screen of this size.
pub fn rows(area: Rect) -> u16 {
    areas(area).rows.height
}

/// Draws the queue: a registration a line, and below the list the selected one, a fact a line.
pub fn queue(model: &Model, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let areas = areas(frame.area());
    let buffer = frame.buffer_mut();
    let [profile, counts, filter, situation, news] = areas.head;
    header::profile(model, theme, buffer, profile);
    header::counts(model, theme, buffer, counts);
    let cursor = draw_filter(model, buffer, filter);
    ink::put(buffer, situation, &Line::from(situation_in_words(model)));
    let completion = model.queue.filter.popup().and_then(completion_in_words);
    match (&model.queue.filter.error, completion) {
        (_, Some(said)) => ink::put(buffer, news, &Line::from(said)),
        (Some(error), None) => {
            let said = format!("Mistake in the filter at character {}: {}", error.at.start + 1, error.message);
            ink::put(buffer, news, &Line::from(said));
        }
        (None, None) => incident::draw(model, theme, buffer, news),
    }
    list_rows(model, theme, buffer, areas.rows, hits);
    let selected = model.queue.selected().and_then(|id| model.index.get(id));
    ink::put_lines(buffer, areas.details, &selected.map_or_else(Vec::new, |entry| details(model, &entry)), 0);
    footer::draw(model, theme, buffer, areas.footer, hits);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw_filter(model: &Model, buffer: &mut Buffer, row: Rect) -> Option<Position> {
    let filter = &model.queue.filter;
    let room = row.width.saturating_sub(FILTER.len() as u16);
    let shown = field::visible(filter.input.value(), filter.input.cursor(), room);
    let said = if filter.editing || !filter.input.value().is_empty() {
        shown.text
    } else {
        let key = footer::key_for(model, Layer::Queue, Command::Filter).unwrap_or_default();
        format!("none, {key} types one")
    };
    ink::put(buffer, row, &Line::from(format!("{FILTER}{said}")));
    filter.editing.then(|| Position::new(row.x + FILTER.len() as u16 + shown.cursor, row.y))
}

/// The completion that Tab takes.
fn completion_in_words(popup: &Popup) -> Option<String> {
    let (chosen, row) = (popup.choices.selected()?, popup.choices.selected_row()?);
    let count = chosen.count.map_or(String::new(), |count| format!(", {count} of them"));
    Some(format!("Completion {} of {}: {}, {}{count}", row + 1, popup.choices.all().len(), chosen.text, chosen.about))
}

fn situation_in_words(model: &Model) -> String {
    let queue = &model.queue;
    let direction = if queue.sort().descending { "descending" } else { "ascending" };
    let view = model.view_in_force().map_or(String::new(), |view| format!(", view {}", view.name));
    let marked = if queue.marked.is_empty() {
        String::new()
    } else {
        format!(", marked {}, hidden by the filter {}", queue.marked.len(), queue.hidden_marks(&model.index))
    };
    let (shown, all, by) = (queue.rows().len(), model.index.len(), queue.sort().by.as_str());
    format!("Shown: {shown} of {all}, sorted by {by}, {direction}{view}{marked}")
}

fn list_rows(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect, hits: &mut HitMap) {
    let queue = &model.queue;
    if queue.rows().is_empty() {
        return list::nothing(model, theme, buffer, area);
    }
    let top = queue.list().first_shown(usize::from(area.height));
    let shown = queue.list().shown(usize::from(area.height));
    model.index.warm(shown);
    for (place, (row, shown)) in area.rows().zip(shown).enumerate() {
        let Some(entry) = model.index.at(*shown) else { continue };
        let id = &entry.registration.id;
        let number = top + place + 1;
        let marked = if queue.marked.contains(id) { ", marked" } else { "" };
        let said = format!("{number}{marked}: {}", in_a_line(model, &entry));
        ink::put(buffer, row, &Line::from(said));
        if queue.list().cursor().selected() == Some(top + place) {
            list::select(buffer, row, theme);
        }
        hits.add(row, Target::Row(id.clone()));
    }
}

/// A registration in a line; what matters most comes first.
fn in_a_line(model: &Model, entry: &Entry) -> String {
    let registration = &entry.registration;
    let mut facts = vec![facts::who(registration, model.masked).into_owned()];
    facts.extend(model.novelty(entry).map(|novelty| words::novelty(novelty).word.to_owned()));
    facts.push(format!("status {}", words::status(&registration.status).word));
    facts.push(format!("step {}", entry.step().label()));
    facts.extend(entry.judgement.turn.map(|turn| format!("turn {}", words::turn(turn).word)));
    facts.extend(entry.judgement.stuck.as_ref().map(|stuck| format!("stuck {} {}", stuck.reason, stuck.name)));
    facts.push(format!("waiting {}", facts::since(entry.last_move(), model.now)));
    facts.extend(flags(entry).map(|flags| format!("flags {flags}")));
    facts.push(format!("risk {}", entry.judgement.risk.score));
    facts.join(", ")
}

/// How many flags there are of each severity that counts, in words.
fn flags(entry: &Entry) -> Option<String> {
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    let counted: Vec<String> = severities
        .into_iter()
        .map(|severity| (severity, entry.judgement.flags.iter().filter(|flag| flag.severity == severity).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", words::severity(severity).word))
        .collect();
    (!counted.is_empty()).then(|| counted.join(" "))
}

/// The selected registration, a fact a line.
fn details(model: &Model, entry: &Entry) -> Vec<Line<'static>> {
    let registration = &entry.registration;
    let named = |name: &Option<String>, id: &str| facts::named(name.as_deref(), id).to_owned();
    let risk = &entry.judgement.risk;
    let mut facts = vec![
        ("Selected", facts::who(registration, model.masked).into_owned()),
        ("Status", words::status(&registration.status).word.to_owned()),
        ("Step", entry.step().label().to_owned()),
    ];
    if let Some(stuck) = &entry.judgement.stuck {
        let ratio = facts::ratio(stuck).map_or(String::new(), |ratio| format!(", {ratio} its limit"));
        facts.push((
            "Stuck",
            format!("{} {}{ratio}, {}'s turn", stuck.reason, stuck.name, words::turn(stuck.turn).word),
        ));
        facts.push(("To do", stuck.next_action.to_string()));
    }
    facts.push(("Risk", format!("{} {}", risk.score, risk.band())));
    facts.push(("Flags", flags(entry).unwrap_or_else(|| "none".to_owned())));
    facts.push((
        "Project",
        format!(
            "{}, flow {}",
            named(&registration.project.name, &registration.project.id),
            named(&registration.flow.name, &registration.flow.id)
        ),
    ));
    let clock = triage::link_left(registration, model.now);
    let link = clock.map_or(String::new(), |clock| format!(", {}", facts::link(&clock, model.now)));
    facts.push(("Created", format!("{} UTC{link}", facts::time(registration.created_at, model.now))));
    facts.push(("Id", registration.id.to_string()));
    facts
        .into_iter()
        .map(|(label, value)| Line::from(vec![Span::raw(format!("{label}: ")), Span::raw(value)]))
        .collect()
}
