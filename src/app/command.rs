//! Every command of the console, once: keys, footer, help and tests all read this table.

use std::fmt;

use super::Model;
use crate::{keys::Binding, model::Status};

/// Where a key applies. Dialogs have fixed keys of their own, shown in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The list of registrations.
    Queue,
    /// One registration.
    Registration,
    /// The rules by how often they fire.
    Flags,
    /// Who is joined to one registration.
    Ring,
    /// Where people are lost, what waits, and what a threshold would change.
    Insights,
}

impl Layer {
    /// All layers, in the order of the help.
    pub const ALL: &'static [Self] = &[Self::Queue, Self::Registration, Self::Flags, Self::Ring, Self::Insights];
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Queue => "the queue",
            Self::Registration => "a registration",
            Self::Flags => "the flags",
            Self::Ring => "a ring",
            Self::Insights => "the insights",
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
    /// Back to where one came from.
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
    /// Do what clears it: the next best action.
    Unblock,
    /// Issue a fresh link.
    Resend,
    /// Create a registration with the contact of the subject.
    CreateAnew,
    /// Decide on the marked ones, or the selected one.
    Decide,
    /// Claim the subject, or release it.
    Claim,
    /// The selected flag was right.
    FlagRight,
    /// The selected flag was wrong.
    FlagWrong,
    /// Nobody can tell whether the selected flag was right.
    FlagCannotTell,
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
    /// The rules by how often they fire.
    Flags,
    /// Who is joined to the subject.
    Ring,
    /// The members of an incident.
    Incident,
    /// Where people are lost, what waits, and what a threshold would change.
    Insights,
    /// Move the threshold down, in thought.
    LowerThreshold,
    /// Move the threshold up, in thought.
    RaiseThreshold,
    /// Narrow the queue to what is selected.
    Narrow,
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
    /// Its default keys: where, and which.
    pub keys: &'static [(&'static [Layer], &'static [&'static str])],
}

impl Entry {
    /// The default keys in a layer; none where the command does not exist there.
    pub fn defaults(&self, layer: Layer) -> &'static [&'static str] {
        self.keys.iter().find(|(layers, _)| layers.contains(&layer)).map_or(&[], |(_, keys)| keys)
    }
}

const fn entry(
    command: Command,
    id: &'static str,
    label: &'static str,
    help: &'static str,
    keys: &'static [(&'static [Layer], &'static [&'static str])],
) -> Entry {
    Entry { command, id, label, help, in_footer: true, keys }
}

const fn hidden(mut entry: Entry) -> Entry {
    entry.in_footer = false;
    entry
}

const EVERYWHERE: &[Layer] = Layer::ALL;
const QUEUE: &[Layer] = &[Layer::Queue];
const REGISTRATION: &[Layer] = &[Layer::Registration];
const INSIGHTS: &[Layer] = &[Layer::Insights];
/// Where one works on registrations.
const DESK: &[Layer] = &[Layer::Queue, Layer::Registration, Layer::Ring];
/// Lists of registrations.
const REGISTRATIONS: &[Layer] = &[Layer::Queue, Layer::Ring];
/// Where other screens are opened from.
const OPENERS: &[Layer] = &[Layer::Queue, Layer::Registration];
/// Screens that are left with Esc, or to the left.
const OVER_THE_QUEUE: &[Layer] = &[Layer::Registration, Layer::Flags, Layer::Ring, Layer::Insights];
/// Screens with tabs.
const TABBED: &[Layer] = &[Layer::Registration, Layer::Insights];
/// Screens with rows that stand for many registrations.
const NARROWING: &[Layer] = &[Layer::Flags, Layer::Insights];
/// Lists, on which space does something else than turn the page.
const LISTS: &[Layer] = &[Layer::Queue, Layer::Flags, Layer::Ring];
/// Lists with an order of their own.
const SORTED: &[Layer] = &[Layer::Queue, Layer::Flags];

/// The table. Order is that of the footer and the help.
pub const COMMANDS: &[Entry] = &[
    entry(
        Command::Open,
        "open",
        "open",
        "Open the selected registration",
        &[(REGISTRATIONS, &["enter", "l", "right"])],
    ),
    entry(
        Command::Narrow,
        "narrow",
        "narrow",
        "Narrow the queue to those of the selected rule, step or reason, or to who would flip",
        &[(NARROWING, &["enter"])],
    ),
    entry(
        Command::Back,
        "back",
        "back",
        "Go back to where you came from",
        &[(OVER_THE_QUEUE, &["esc", "h", "left", "backspace"])],
    ),
    entry(
        Command::Filter,
        "filter",
        "filter",
        "Narrow the queue by words, status:, step:, project:, flag: …",
        &[(QUEUE, &["/"])],
    ),
    entry(
        Command::Unblock,
        "unblock",
        "unblock",
        "Do what clears it: the next best action, asked for first",
        &[(DESK, &["x"])],
    ),
    entry(Command::Sync, "sync", "sync", "Sync the marked registrations, or this one", &[(DESK, &["s"])]),
    entry(
        Command::Decide,
        "decide",
        "decide",
        "Approve, reject or put into manual review: the marked registrations, or this one",
        &[(DESK, &["d"])],
    ),
    entry(Command::Resend, "resend", "resend", "Issue a fresh link for this registration", &[(DESK, &["R"])]),
    entry(Command::Create, "create", "create", "Create a registration", &[(DESK, &["c"])]),
    hidden(entry(
        Command::CreateAnew,
        "create-anew",
        "create anew",
        "Create a registration with the contact of this one",
        &[(DESK, &["C"])],
    )),
    entry(Command::Mark, "mark", "mark", "Mark or unmark, and go down", &[(REGISTRATIONS, &["space"])]),
    entry(Command::Sort, "sort", "sort", "Sort by the next field", &[(SORTED, &["o"])]),
    hidden(entry(Command::ReverseSort, "reverse-sort", "reverse", "Sort the other way round", &[(QUEUE, &["O"])])),
    hidden(entry(
        Command::MarkAll,
        "mark-all",
        "mark all",
        "Mark everything that is shown",
        &[(REGISTRATIONS, &["*"])],
    )),
    hidden(entry(Command::Clear, "clear", "clear", "Drop the marks, then the filter", &[(QUEUE, &["esc"])])),
    entry(Command::NextTab, "next-tab", "next tab", "Show the next tab", &[(TABBED, &["tab", "l", "right"])]),
    hidden(entry(
        Command::PreviousTab,
        "previous-tab",
        "previous tab",
        "Show the previous tab",
        &[(TABBED, &["shift+tab"])],
    )),
    entry(
        Command::NextRegistration,
        "next",
        "next",
        "Go to the next registration of the queue",
        &[(REGISTRATION, &["n", "J"])],
    ),
    entry(
        Command::PreviousRegistration,
        "previous",
        "previous",
        "Go to the previous registration of the queue",
        &[(REGISTRATION, &["p", "K"])],
    ),
    entry(
        Command::Ring,
        "ring",
        "ring",
        "Show who is joined to this registration, by what, and over whom",
        &[(OPENERS, &["t"])],
    ),
    hidden(entry(
        Command::Incident,
        "incident",
        "incident",
        "Show who is stuck in an incident, or in the next one",
        &[(OPENERS, &["!"])],
    )),
    entry(
        Command::Flags,
        "flags",
        "flags",
        "Show which rules fire how often, and how often they are right",
        &[(OPENERS, &["f"])],
    ),
    hidden(entry(
        Command::Claim,
        "claim",
        "claim",
        "Claim this registration, so that nobody else works on it too, or release it",
        &[(DESK, &["a"])],
    )),
    hidden(entry(
        Command::FlagRight,
        "flag-right",
        "right",
        "Say that the selected flag was right, or take it back",
        &[(REGISTRATION, &["+"])],
    )),
    hidden(entry(
        Command::FlagWrong,
        "flag-wrong",
        "wrong",
        "Say that the selected flag was wrong, or take it back",
        &[(REGISTRATION, &["-"])],
    )),
    hidden(entry(
        Command::FlagCannotTell,
        "flag-cannot-tell",
        "cannot tell",
        "Say that nobody can tell whether the selected flag was right, or take it back",
        &[(REGISTRATION, &["0"])],
    )),
    entry(
        Command::LowerThreshold,
        "lower-threshold",
        "lower",
        "Move the threshold down by 0.01, in thought, and see who would flip",
        &[(INSIGHTS, &["-"])],
    ),
    entry(
        Command::RaiseThreshold,
        "raise-threshold",
        "raise",
        "Move the threshold up by 0.01, in thought, and see who would flip",
        &[(INSIGHTS, &["+"])],
    ),
    entry(
        Command::Insights,
        "insights",
        "insights",
        "Show where people are lost, what waits, and what a threshold would change",
        &[(QUEUE, &["i"])],
    ),
    entry(
        Command::Refresh,
        "refresh",
        "refresh",
        "Read everything again from the backend",
        &[(EVERYWHERE, &["r", "ctrl+r"])],
    ),
    hidden(entry(
        Command::CopyId,
        "copy-id",
        "copy id",
        "Copy the id to the clipboard, over ssh too",
        &[(DESK, &["y"])],
    )),
    hidden(entry(Command::Mask, "mask", "mask", "Hide or show personal data on the screen", &[(EVERYWHERE, &["m"])])),
    hidden(entry(Command::Down, "down", "down", "One row down", &[(EVERYWHERE, &["j", "down", "ctrl+n"])])),
    hidden(entry(Command::Up, "up", "up", "One row up", &[(EVERYWHERE, &["k", "up", "ctrl+p"])])),
    hidden(entry(
        Command::PageDown,
        "page-down",
        "page down",
        "One page down",
        &[(LISTS, &["pagedown", "ctrl+f", "ctrl+d"]), (REGISTRATION, &["pagedown", "ctrl+f", "ctrl+d", "space"])],
    )),
    hidden(entry(
        Command::PageUp,
        "page-up",
        "page up",
        "One page up",
        &[(EVERYWHERE, &["pageup", "ctrl+b", "ctrl+u"])],
    )),
    hidden(entry(Command::Top, "top", "top", "To the first row", &[(EVERYWHERE, &["g", "home"])])),
    hidden(entry(Command::Bottom, "bottom", "bottom", "To the last row", &[(EVERYWHERE, &["G", "end"])])),
    hidden(entry(Command::Log, "log", "log", "Show what happened so far", &[(EVERYWHERE, &["L"])])),
    hidden(entry(
        Command::Suspend,
        "suspend",
        "suspend",
        "Stop the program for now (fg brings it back)",
        &[(EVERYWHERE, &["ctrl+z"])],
    )),
    entry(Command::Help, "help", "help", "Show keys and commands", &[(EVERYWHERE, &["?", "f1"])]),
    entry(Command::Quit, "quit", "quit", "Leave", &[(EVERYWHERE, &["q", "ctrl+c"])]),
];

impl Command {
    /// The command's entry in the table.
    pub fn entry(self) -> Option<&'static Entry> {
        COMMANDS.iter().find(|entry| entry.command == self)
    }

    /// Why the command cannot be used now; `None` if it can.
    pub fn unavailable(self, model: &Model) -> Option<&'static str> {
        match self {
            Self::Create
            | Self::CreateAnew
            | Self::Sync
            | Self::Resend
            | Self::Decide
            | Self::Claim
            | Self::FlagRight
            | Self::FlagWrong
            | Self::FlagCannotTell
                if model.profile.read_only =>
            {
                Some("this profile is read-only")
            }
            Self::FlagRight | Self::FlagWrong | Self::FlagCannotTell if model.chosen_flag().is_none() => {
                Some("no flag is selected; the tab of the flags is 2")
            }
            Self::Create | Self::CreateAnew if model.flows.is_empty() => {
                Some("projects and flows have not been read yet")
            }
            Self::Sync
            | Self::Resend
            | Self::Decide
            | Self::CreateAnew
            | Self::Claim
            | Self::Unblock
            | Self::Open
            | Self::Mark
            | Self::CopyId
            | Self::Ring
                if model.subject().is_none() =>
            {
                Some("no registration is selected")
            }
            Self::Resend if model.subject_is(|status| status.is_final() && *status != Status::Expired) => {
                Some("it is over, and what is over has no link")
            }
            Self::MarkAll if model.layer() == Layer::Queue && model.queue.rows().is_empty() => Some("nothing is shown"),
            Self::NextRegistration | Self::PreviousRegistration if model.queue.rows().len() < 2 => {
                Some("the queue holds no other registration")
            }
            Self::Clear if model.queue.is_clear() => Some("nothing is marked or filtered"),
            Self::Incident if model.incidents.is_empty() => Some("there is no incident"),
            Self::Narrow if model.narrowing_term().is_none() => Some("nothing is selected"),
            _ => None,
        }
    }
}

impl Model {
    fn subject_is(&self, is: impl Fn(&Status) -> bool) -> bool {
        self.subject().and_then(|id| self.index.get(id)).is_some_and(|entry| is(&entry.registration.status))
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
            Layer::ALL.iter().map(|layer| Binding {
                layer: *layer,
                command: entry.command,
                keys: entry.defaults(*layer),
            })
        })
        // A command that a layer does not have must not get the user's keys there either.
        .filter(|binding| !binding.keys.is_empty())
        .collect()
}
