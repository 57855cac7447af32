//! Help, made from the table of commands and the keymap in force.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::{
        Layer, Model,
        command::{COMMANDS, Entry},
    },
    keys::Key,
    text,
    ui::{Theme, footer, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 96;
/// Columns of the keys.
const KEYS: usize = 29;

/// How a filter is written: an example, and what it finds.
pub const FILTER: &[(&str, &str)] = &[
    ("alba example.com", "words in names, e-mail, phone, document number and id; all of them"),
    ("status:ongoing,manual", "one of several"),
    ("-status:completed", "a leading - turns a term round"),
    ("step:document", "where it stands"),
    ("project:retail", "project by name or id; flow: likewise"),
    ("flag:high", "this severity or worse; or a rule (BIO-01), or a category (contact)"),
    ("risk:>=70", "< <= > >= and a..b; so do face: liveness: linked: attempts.document:"),
    ("stuck  stuck:D-03", "waiting longer than its limit; for this reason"),
    ("turn:operator", "whose move it is: user, system, operator, integrator"),
    ("stage:warn", "how far the wait has come: in_time, warn, stuck, given_up"),
    ("age:>2h  created:<7d", "time since the last move, since it was created"),
    ("updated:2026-01-01..2026-02-01", "between two days"),
    ("country:CO", "country of document or phone; name: email: phone: id: look in one place"),
    ("\"alba muestra\"  ~albba", "words that stand together; words spelt nearly so"),
];

/// The keys of the dialogs; these cannot be changed.
const DIALOGS: &[(&str, &str)] = &[
    ("enter", "do what the dialog proposes"),
    ("esc", "close it without doing anything"),
    ("tab  shift+tab", "next or previous field or choice"),
    ("left  right", "choose project and flow in the form"),
    ("x  R", "while syncing: stop what has not begun, try failures again"),
    ("1 to 5", "the tabs of a registration"),
];

/// Draws the dialog; tells how many lines of it are on the screen, and how far it can be scrolled.
pub fn draw(model: &Model, scroll: usize, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys = [("j/k", "scroll"), ("space", "page"), ("g/G", "top, end"), ("esc", "close")];
    let area = super::open(frame, "Help", (COLUMNS, u16::MAX), &keys, theme);
    let lines = lines(model, usize::from(area.width), theme);
    (usize::from(area.height), ink::put_lines(frame.buffer_mut(), area, &lines, scroll))
}

fn lines(model: &Model, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let here = model.layer();
    // What can be done here comes first, and what can be done everywhere last and once.
    let others = Layer::ALL.iter().copied().filter(|layer| *layer != here);
    let everywhere = |entry: &Entry| {
        Layer::ALL.iter().all(|layer| footer::keys_of(model, *layer, entry) == footer::keys_of(model, here, entry))
    };
    let mut lines = Vec::new();
    for (title, layer, wanted) in std::iter::once(here)
        .chain(others)
        .map(|layer| (format!("In {layer}"), layer, false))
        .chain([("Everywhere".to_owned(), here, true)])
    {
        lines.push(Line::from(Span::styled(title, theme.title)));
        for entry in COMMANDS.iter().filter(|entry| everywhere(entry) == wanted) {
            lines.extend(command(model, layer, entry, columns, theme));
        }
        lines.push(Line::default());
    }
    for (title, pairs) in [("A filter", FILTER), ("In dialogs", DIALOGS)] {
        lines.push(Line::from(Span::styled(title, theme.title)));
        for (left, right) in pairs {
            lines.extend(pair(left, right, columns, theme));
        }
        lines.push(Line::default());
    }
    lines
}

/// A command that has keys in this layer, or none at all any more.
fn command(model: &Model, layer: Layer, entry: &Entry, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let keys: Vec<String> = footer::keys_of(model, layer, entry).iter().map(Key::to_string).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let reason = entry.command.unavailable(model).filter(|_| layer == model.layer());
    let reason = reason.map_or_else(String::new, |reason| format!(" (not now: {reason})"));
    pair(&keys.join(" "), &format!("{}{reason}", entry.help), columns, theme)
}

fn pair(left: &str, right: &str, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let keys = text::truncate(left, KEYS - 1);
    ink::labelled(&format!("  {keys}"), right, KEYS + 2, columns, [theme.accent, ratatui::style::Style::new()])
}
