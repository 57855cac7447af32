//! The last line: the keys that do something here, and over it a message while there is one.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{HitMap, Theme, ink, words};
use crate::{
    app::{
        Command, Layer, Model, Target, Toast,
        command::{COMMANDS, Entry},
        hints::Hint,
    },
    keys::Key,
    text,
};

/// Keys while the filter is typed; they are those of a line editor and not the keymap's.
const FILTER_KEYS: &[(&str, &str)] =
    &[("enter", "keep"), ("esc", "as before"), ("tab", "complete"), ("up", "earlier ones"), ("ctrl+u", "empty")];
/// Keys while completions stand below the filter.
const POPUP_KEYS: &[(&str, &str)] =
    &[("tab", "take it"), ("up/down", "choose"), ("enter", "keep the filter"), ("esc", "close the list")];

/// Rows of the smallest screen on which one of them goes to a hint.
const HINTS_FROM: u16 = 20;
/// Lines that a message may take.
const MESSAGE_LINES: u16 = 3;

/// Draws the line. A click on a key does what the key does.
pub fn draw(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect, hits: &mut HitMap) {
    if let Some(toast) = &model.toast {
        return message(toast, theme, buffer, area);
    }
    if !model.overlays.is_empty() {
        return;
    }
    if model.layer() == Layer::Queue && model.queue.filter.editing {
        let keys = if model.queue.filter.popup().is_some() { POPUP_KEYS } else { FILTER_KEYS };
        let named = keys.iter().map(|(key, label)| ((*key).to_owned(), *label));
        hints_line(named, theme, buffer, area);
        return;
    }
    let (help, others): (Vec<_>, Vec<_>) =
        hints(model).into_iter().partition(|(command, ..)| *command == Command::Help);
    let named = |hints: Vec<(Command, String, &'static str)>| hints.into_iter().map(|(_, key, label)| (key, label));
    // The way to all other keys stays, however narrow the screen.
    let taken = help.first().map_or(0, |(_, key, label)| (text::width(key) + text::width(label) + 3) as u16);
    let room = area.width.saturating_sub(taken);
    let left = Rect { width: room, ..area };
    let right = Rect { x: area.x + room + taken.min(2), width: taken.saturating_sub(2), ..area };
    for (hints, area) in [(others, left), (help, right)] {
        let commands: Vec<Command> = hints.iter().map(|(command, ..)| *command).collect();
        let places = hints_line(named(hints), theme, buffer, area);
        for (place, command) in places.into_iter().zip(commands) {
            hits.add(place, Target::Command(command));
        }
    }
}

/// Draws the hint of a screen above the last line, where there is room to spare.
pub fn hint(model: &Model, hint: Hint, theme: &Theme, buffer: &mut Buffer) {
    let screen = buffer.area;
    if screen.height < HINTS_FROM || model.toast.is_some() {
        return;
    }
    let area = Rect { y: screen.bottom() - 2, height: 1, ..screen };
    ink::blank(buffer, area, theme.base);
    let known = |(command, does): &(Command, &'static str)| Some((key_for(model, model.layer(), *command)?, *does));
    hints_line(
        [("✦".to_owned(), "first time here?")].into_iter().chain(hint.iter().filter_map(known)),
        theme,
        buffer,
        area,
    );
}

/// Draws a message on the last line; a long one takes lines above it, because its end says what to do.
fn message(toast: &Toast, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let sign = words::toast(toast.kind);
    let mut lines = ink::wrap(&format!("{} {}", sign.glyph, toast.text), area.width.into());
    lines.truncate(usize::from(MESSAGE_LINES.min(area.y + 1)));
    let height = lines.len() as u16;
    let area = Rect { y: (area.y + 1).saturating_sub(height), height, ..area };
    ink::blank(buffer, area, theme.base);
    for (row, line) in area.rows().zip(lines) {
        ink::put(buffer, row, &Line::from(Span::styled(line, sign.style(theme))));
    }
}

/// Keys and labels of the commands of this screen that can be used now.
fn hints(model: &Model) -> Vec<(Command, String, &'static str)> {
    COMMANDS
        .iter()
        .filter(|entry| entry.in_footer && entry.command.unavailable(model).is_none())
        .filter_map(|entry| {
            let key = keys_of(model, model.layer(), entry).into_iter().next()?;
            Some((entry.command, key.to_string(), entry.label))
        })
        .collect()
}

/// The keys of a command in a layer: the default ones first and in their order, as far as they still mean it.
pub fn keys_of(model: &Model, layer: Layer, entry: &Entry) -> Vec<Key> {
    let defaults = entry.defaults(layer);
    let bound = model.keymap.keys(layer, entry.command);
    let mut keys: Vec<Key> =
        defaults.iter().filter_map(|key| Key::parse(key).ok()).filter(|key| bound.contains(key)).collect();
    keys.extend(bound.into_iter().filter(|key| !defaults.iter().any(|text| *text == key.to_string())));
    keys
}

/// The first key of a command, for sentences that say what to press.
pub fn key_for(model: &Model, layer: Layer, command: Command) -> Option<String> {
    keys_of(model, layer, command.entry()?).first().map(Key::to_string)
}

/// Writes as many hints as fit, whole; tells where each stands.
pub fn hints_line<'a>(
    hints: impl Iterator<Item = (String, &'a str)>,
    theme: &Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> Vec<Rect> {
    let (mut spans, mut places) = (Vec::new(), Vec::new());
    let mut used = 0;
    for (key, label) in hints {
        let columns = text::width(&key) + 1 + text::width(label);
        let gap = if spans.is_empty() { 0 } else { 2 };
        if used + gap + columns > usize::from(area.width) {
            break;
        }
        places.push(Rect { x: area.x + (used + gap) as u16, width: columns as u16, ..area });
        used += gap + columns;
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(key, theme.accent));
        spans.push(Span::styled(format!(" {label}"), theme.dim));
    }
    ink::put(buffer, area, &Line::from(spans));
    places
}
