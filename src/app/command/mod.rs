//! Every command of the console, once: keys, footer, help and tests all read this table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::keys::{Binding, Code, Key};

mod available;
mod table;

pub use table::{COMMANDS, Entry};

/// Where a key applies. Dialogs have fixed keys of their own, shown in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The list of registrations.
    Queue,
    /// One registration.
    Registration,
    /// The rules by how often they fire.
    Flags,
    /// How many of what is listed have each value.
    Facets,
    /// Who is joined to one registration.
    Ring,
    /// Where people are lost, what waits, and what a threshold would change.
    Insights,
}

impl Layer {
    /// All layers, in the order of the help.
    pub const ALL: &'static [Self] =
        &[Self::Queue, Self::Registration, Self::Flags, Self::Facets, Self::Ring, Self::Insights];
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Queue => "the queue",
            Self::Registration => "a registration",
            Self::Flags => "the flags",
            Self::Facets => "the facets",
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
    /// Save the filter in force as a view, or remove one.
    SaveView,
    /// Back to the filter before.
    UndoFilter,
    /// Forward to the filter that was gone back from.
    RedoFilter,
    /// How many of what is listed have each value.
    Facets,
    /// Leave out what is selected.
    Exclude,
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
    /// Mark from the last mark to here.
    MarkRange,
    /// Mark what is not marked, of what is shown.
    InvertMarks,
    /// The selected one beside the list, or the list alone.
    Preview,
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
    /// Decide with this decision chosen already.
    Approve,
    /// Decide with this decision chosen already.
    Reject,
    /// Decide with this decision chosen already.
    Review,
    /// Claim the marked ones or the subject, or release them.
    Claim,
    /// Put the marked ones or the subject aside for a while.
    Snooze,
    /// Write a note about the subject.
    Note,
    /// All jobs of this run.
    Jobs,
    /// Write what is listed to a file.
    Export,
    /// Choose what of the subject is copied.
    Copy,
    /// The subject's object in the operator's pager.
    Pager,
    /// The subject's object in the operator's editor.
    Editor,
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
    /// Choose the columns of the queue.
    Columns,
    /// Scroll the columns to the left.
    ColumnsLeft,
    /// Scroll the columns to the right.
    ColumnsRight,
    /// Times instead of spans, or the other way round.
    Times,
    /// Mask or show personal data.
    Mask,
    /// Show one masked field.
    Reveal,
    /// The next theme.
    Theme,
    /// Take the mouse, or leave it to the terminal.
    Mouse,
    /// Forward to where one went back from.
    Forward,
    /// Every command by name.
    Palette,
    /// Keys and commands.
    Help,
    /// What happened so far.
    Log,
    /// Stop the program for now.
    Suspend,
    /// Leave.
    Quit,
}

impl Command {
    /// The command's entry in the table.
    pub fn entry(self) -> Option<&'static Entry> {
        COMMANDS.iter().find(|entry| entry.command == self)
    }
}

impl Command {
    /// Whether a key means this command over dialogs and typed text as well: what changes only how things look, by a
    /// key that types nothing.
    pub fn works_anywhere(self, key: Key) -> bool {
        matches!(self, Self::Theme | Self::Mouse) && (key.ctrl || key.alt || matches!(key.code, Code::F(_)))
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
