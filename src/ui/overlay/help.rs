//! Help, made from the table of commands and the keymap in force.

use ratatui::{
    Frame,
    layout::{Constraint, Layout},
    text::{Line, Span},
};

use crate::{
    app::{
        Layer, Model,
        command::{COMMANDS, Entry},
        help::HelpView,
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
    ("breached  returned", "stuck, and the wait is ours; came back since it was last decided on"),
    ("owner:me  owner:none", "who has claimed it; also part of a name; snoozed: put aside for now"),
    ("stage:warn", "how far the wait has come: in_time, warn, stuck, given_up"),
    ("age:>2h  created:<7d", "time since the last move, since it was created; created:today"),
    ("updated:2026-01-01..2026-02-01", "between two days"),
    ("country:CO", "country of document or phone; name: email: phone: id: look in one place"),
    ("\"alba muestra\"  ~albmst", "words that stand together; letters in this order"),
];

/// The keys of the dialogs; these cannot be changed.
const DIALOGS: &[(&str, &str)] = &[
    ("enter", "do what the dialog proposes"),
    ("esc", "close it without doing anything"),
    ("tab  shift+tab", "next or previous field or choice"),
    ("left  right", "choose project and flow in the form"),
    ("x  R", "while syncing: stop what has not begun, try failures again"),
    ("1 to 5", "the tabs of a registration"),
    ("1 to 9  0", "in the queue: the views, everything"),
    ("tab  up  ctrl+r", "in the filter: take a completion, earlier filters, those that contain what is typed"),
];

/// A line of the help.
struct Item {
    keys: String,
    about: String,
    /// Names that it is found by and that are not shown.
    names: &'static str,
}

/// Draws the dialog; tells how many lines of it are on the screen, and how far it can be scrolled.
pub fn draw(model: &Model, view: &HelpView, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys: &[(&str, &str)] = if view.searching {
        &[("enter", "keep"), ("esc", "show all")]
    } else {
        &[("/", "search"), ("j/k", "scroll"), ("space", "page"), ("esc", "close"), ("g/G", "top, end")]
    };
    let area = super::open(frame, "Help", (COLUMNS, u16::MAX), keys, theme);
    let search = view.search.value();
    let is_searched = view.searching || !search.is_empty();
    let [line, area] = Layout::vertical([Constraint::Length(u16::from(is_searched)), Constraint::Min(0)]).areas(area);
    if is_searched {
        super::draw_input("/ ", &view.search, view.searching, theme, frame, line);
    }
    let lines = lines(model, &search.to_lowercase(), usize::from(area.width), theme);
    (usize::from(area.height), ink::put_lines(frame.buffer_mut(), area, &lines, view.scroll.offset))
}

/// The sections of which something has all the words that are searched.
fn lines(model: &Model, search: &str, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (title, items) in sections(model) {
        let is_found = |item: &Item| {
            let text = format!("{} {} {}", item.keys, item.about, item.names).to_lowercase();
            search.split_whitespace().all(|word| text.contains(word))
        };
        let found: Vec<Item> = items.into_iter().filter(is_found).collect();
        if found.is_empty() {
            continue;
        }
        lines.push(Line::from(Span::styled(title, theme.title)));
        for item in found {
            let keys = text::truncate(&item.keys, KEYS - 1);
            let styles = [theme.accent, ratatui::style::Style::new()];
            lines.extend(ink::labelled(&format!("  {keys}"), &item.about, KEYS + 2, columns, styles));
        }
        lines.push(Line::default());
    }
    if lines.is_empty() {
        lines.push(Line::from(Span::styled("Nothing in the help has these words.", theme.dim)));
    }
    lines
}

/// What can be done here comes first, and what can be done everywhere last of the commands, and once.
fn sections(model: &Model) -> Vec<(String, Vec<Item>)> {
    let here = model.layer();
    let others = Layer::ALL.iter().copied().filter(|layer| *layer != here);
    let is_everywhere = |entry: &&Entry| {
        let keys = footer::keys_of(model, here, entry);
        Layer::ALL.iter().all(|layer| footer::keys_of(model, *layer, entry) == keys)
    };
    let (everywhere, somewhere): (Vec<&Entry>, Vec<&Entry>) = COMMANDS.iter().partition(is_everywhere);
    let mut sections: Vec<(String, Vec<Item>)> = std::iter::once(here)
        .chain(others)
        .map(|layer| (format!("In {layer}"), layer, &somewhere))
        .chain([("Everywhere".to_owned(), here, &everywhere)])
        .map(|(title, layer, entries)| {
            (title, entries.iter().filter_map(|entry| command(model, layer, entry)).collect())
        })
        .collect();
    for (title, pairs) in [("A filter", FILTER), ("In dialogs", DIALOGS)] {
        let item = |(keys, about): &(&str, &str)| Item { keys: (*keys).into(), about: (*about).into(), names: "" };
        sections.push((title.to_owned(), pairs.iter().map(item).collect()));
    }
    sections
}

/// A command that has keys in this layer, or none at all any more.
fn command(model: &Model, layer: Layer, entry: &Entry) -> Option<Item> {
    let keys: Vec<String> = footer::keys_of(model, layer, entry).iter().map(Key::to_string).collect();
    if keys.is_empty() {
        return None;
    }
    let reason = entry.command.unavailable(model).filter(|_| layer == model.layer());
    let reason = reason.map_or_else(String::new, |reason| format!(" (not now: {reason})"));
    Some(Item { keys: keys.join(" "), about: format!("{}{reason}", entry.help), names: entry.id })
}
