//! Every command of the console, once: keys, footer, help and tests all read this table.

use std::fmt;

use super::{Model, Screen};
use crate::keys::Binding;

/// Where a key applies. Dialogs have fixed keys of their own, shown in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The list of registrations.
    Queue,
    /// One registration.
    Registration,
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Queue => "the queue",
            Self::Registration => "a registration",
        })
    }
}

/// What an operator can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// One row or line down.
    Down,
    /// One row or line up.
    Up,
    /// One page down.
    PageDown,
    /// One page up.
    PageUp,
    /// To the first row or line.
    Top,
    /// To the last row or line.
    Bottom,
    /// Open the selected registration.
    Open,
    /// Back to the queue.
    Back,
    /// Type a filter.
    Filter,
    /// Drop marks, then the filter.
    Clear,
    /// Next sort field.
    Sort,
    /// Other direction.
    ReverseSort,
    /// Mark and go down.
    Mark,
    /// Mark all that are shown.
    MarkAll,
    /// Create a registration.
    Create,
    /// Sync the marked ones, or the selected one.
    Sync,
    /// Read everything again.
    Refresh,
    /// Next tab of a registration.
    NextTab,
    /// Previous tab of a registration.
    PreviousTab,
    /// Next registration in the queue's order.
    NextRegistration,
    /// Previous registration in the queue's order.
    PreviousRegistration,
    /// Copy the id.
    CopyId,
    /// Mask or show personal data.
    Mask,
    /// Keys and commands.
    Help,
    /// What happened so far.
    Log,
    /// Stop the program for now.
    Suspend,
    /// Leave.
    Quit,
}

/// A command's entry.
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Its id in the configuration.
    pub id: &'static str,
    /// Two words at most, for the footer.
    pub label: &'static str,
    /// One sentence, for the help.
    pub help: &'static str,
    /// Whether the footer shows it when there is room.
    pub in_footer: bool,
    /// Default keys in the queue.
    pub queue: &'static [&'static str],
    /// Default keys in a registration.
    pub registration: &'static [&'static str],
}

const fn entry(
    command: Command,
    id: &'static str,
    label: &'static str,
    help: &'static str,
    queue: &'static [&'static str],
    registration: &'static [&'static str],
) -> Entry {
    Entry { command, id, label, help, in_footer: true, queue, registration }
}

const fn hidden(mut entry: Entry) -> Entry {
    entry.in_footer = false;
    entry
}

/// The table. Order is that of the footer and the help.
pub const COMMANDS: &[Entry] = &[
    entry(Command::Open, "open", "open", "Open the selected registration", &["enter", "l", "right"], &[]),
    entry(Command::Back, "back", "back", "Go back to the queue", &[], &["esc", "h", "left", "backspace"]),
    entry(
        Command::Filter,
        "filter",
        "filter",
        "Narrow the queue by words, status:, step:, project:, flag: …",
        &["/"],
        &[],
    ),
    entry(Command::Sync, "sync", "sync", "Sync the marked registrations, or this one", &["s"], &["s"]),
    entry(Command::Create, "create", "create", "Create a registration", &["c"], &["c"]),
    entry(Command::Mark, "mark", "mark", "Mark or unmark, and go down", &["space"], &[]),
    entry(Command::Sort, "sort", "sort", "Sort by the next field", &["o"], &[]),
    hidden(entry(Command::ReverseSort, "reverse-sort", "reverse", "Sort the other way round", &["O"], &[])),
    hidden(entry(Command::MarkAll, "mark-all", "mark all", "Mark everything that is shown", &["*"], &[])),
    hidden(entry(Command::Clear, "clear", "clear", "Drop the marks, then the filter", &["esc"], &[])),
    entry(Command::NextTab, "next-tab", "next tab", "Show the next tab", &[], &["tab", "l", "right"]),
    hidden(entry(Command::PreviousTab, "previous-tab", "previous tab", "Show the previous tab", &[], &["shift+tab"])),
    entry(Command::NextRegistration, "next", "next", "Go to the next registration of the queue", &[], &["n", "J"]),
    entry(
        Command::PreviousRegistration,
        "previous",
        "previous",
        "Go to the previous registration of the queue",
        &[],
        &["p", "K"],
    ),
    entry(
        Command::Refresh,
        "refresh",
        "refresh",
        "Read everything again from the backend",
        &["r", "ctrl+r"],
        &["r", "ctrl+r"],
    ),
    hidden(entry(Command::CopyId, "copy-id", "copy id", "Copy the id to the clipboard, over ssh too", &["y"], &["y"])),
    hidden(entry(Command::Mask, "mask", "mask", "Hide or show personal data on the screen", &["m"], &["m"])),
    hidden(entry(Command::Down, "down", "down", "One row down", &["j", "down", "ctrl+n"], &["j", "down", "ctrl+n"])),
    hidden(entry(Command::Up, "up", "up", "One row up", &["k", "up", "ctrl+p"], &["k", "up", "ctrl+p"])),
    hidden(entry(
        Command::PageDown,
        "page-down",
        "page down",
        "One page down",
        &["pagedown", "ctrl+f", "ctrl+d"],
        &["pagedown", "ctrl+f", "ctrl+d", "space"],
    )),
    hidden(entry(
        Command::PageUp,
        "page-up",
        "page up",
        "One page up",
        &["pageup", "ctrl+b", "ctrl+u"],
        &["pageup", "ctrl+b", "ctrl+u"],
    )),
    hidden(entry(Command::Top, "top", "top", "To the first row", &["g", "home"], &["g", "home"])),
    hidden(entry(Command::Bottom, "bottom", "bottom", "To the last row", &["G", "end"], &["G", "end"])),
    hidden(entry(Command::Log, "log", "log", "Show what happened so far", &["L"], &["L"])),
    hidden(entry(
        Command::Suspend,
        "suspend",
        "suspend",
        "Stop the program for now (fg brings it back)",
        &["ctrl+z"],
        &["ctrl+z"],
    )),
    entry(Command::Help, "help", "help", "Show keys and commands", &["?", "f1"], &["?", "f1"]),
    entry(Command::Quit, "quit", "quit", "Leave", &["q", "ctrl+c"], &["q", "ctrl+c"]),
];

impl Command {
    /// The command's entry in the table.
    pub fn entry(self) -> Option<&'static Entry> {
        COMMANDS.iter().find(|entry| entry.command == self)
    }

    /// Why the command cannot be used now; `None` if it can.
    pub fn unavailable(self, model: &Model) -> Option<&'static str> {
        match self {
            Self::Create | Self::Sync if model.profile.read_only => Some("this profile is read-only"),
            Self::Create if model.flows.is_empty() => Some("projects and flows have not been read yet"),
            Self::Sync | Self::Open | Self::Mark | Self::CopyId if model.subject().is_none() => {
                Some("no registration is selected")
            }
            Self::MarkAll if model.queue.rows().is_empty() => Some("nothing is shown"),
            Self::NextRegistration | Self::PreviousRegistration if model.queue.rows().len() < 2 => {
                Some("the queue holds no other registration")
            }
            Self::Clear if model.screen == Screen::Queue && model.queue.is_clear() => {
                Some("nothing is marked or filtered")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.entry().map_or("", |entry| entry.id))
    }
}

/// The default bindings, for [`crate::keys::Keymap::compile`].
pub fn default_bindings() -> Vec<Binding<Layer, Command>> {
    COMMANDS
        .iter()
        .flat_map(|entry| {
            [(Layer::Queue, entry.queue), (Layer::Registration, entry.registration)].map(|(layer, keys)| Binding {
                layer,
                command: entry.command,
                keys,
            })
        })
        // A command that a layer does not have must not get the user's keys there either.
        .filter(|binding| !binding.keys.is_empty())
        .collect()
}
