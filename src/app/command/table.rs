//! The table of the commands: labels, help and default keys.

use super::{Command, Layer};

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
const FACETS: &[Layer] = &[Layer::Facets];
/// Where the filter can be gone back from.
const FILTERED: &[Layer] = &[Layer::Queue, Layer::Flags, Layer::Facets];
const INSIGHTS: &[Layer] = &[Layer::Insights];
/// Where one works on registrations.
const DESK: &[Layer] = &[Layer::Queue, Layer::Registration, Layer::Ring];
/// Lists of registrations.
const REGISTRATIONS: &[Layer] = &[Layer::Queue, Layer::Ring];
/// Where other screens are opened from.
const OPENERS: &[Layer] = &[Layer::Queue, Layer::Registration];
/// Screens that are left with Esc, or to the left.
const OVER_THE_QUEUE: &[Layer] = &[Layer::Registration, Layer::Flags, Layer::Facets, Layer::Ring, Layer::Insights];
/// Screens with tabs, or with parts.
const TABBED: &[Layer] = &[Layer::Registration, Layer::Facets, Layer::Insights];
/// Screens with rows that stand for many registrations.
const NARROWING: &[Layer] = &[Layer::Flags, Layer::Facets, Layer::Insights];
/// Lists, on which space does something else than turn the page.
const LISTS: &[Layer] = &[Layer::Queue, Layer::Flags, Layer::Facets, Layer::Ring];
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
        "Narrow the queue to those of the selected rule, step, reason or value, or to who would flip",
        &[(NARROWING, &["enter"])],
    ),
    entry(
        Command::Back,
        "back",
        "back",
        "Go back to where you came from",
        &[(OVER_THE_QUEUE, &["esc", "h", "left", "backspace", "["])],
    ),
    entry(
        Command::Filter,
        "filter",
        "filter",
        "Narrow the queue by words, status:, step:, project:, flag: …",
        &[(QUEUE, &["/"])],
    ),
    entry(
        Command::Exclude,
        "exclude",
        "leave out",
        "Leave out of the queue what has the selected value",
        &[(FACETS, &["space", "-"])],
    ),
    hidden(entry(
        Command::Facets,
        "facets",
        "facets",
        "Count what is listed by status, step, turn, project, country and flag",
        &[(QUEUE, &["F"])],
    )),
    hidden(entry(
        Command::UndoFilter,
        "undo-filter",
        "undo filter",
        "Go back to the filter before",
        &[(FILTERED, &["u"])],
    )),
    hidden(entry(
        Command::RedoFilter,
        "redo-filter",
        "redo filter",
        "Go forward to the filter you went back from",
        &[(FILTERED, &["U", "ctrl+y"])],
    )),
    hidden(entry(
        Command::SaveView,
        "save-view",
        "save view",
        "Save the filter and its order as a view on a number key, or remove one that was saved",
        &[(QUEUE, &["V"])],
    )),
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
    hidden(entry(
        Command::Approve,
        "approve",
        "approve",
        "Approve the marked registrations, or this one: opens the decision, which asks",
        &[(DESK, &["A"])],
    )),
    hidden(entry(
        Command::Reject,
        "reject",
        "reject",
        "Reject the marked registrations, or this one: opens the decision, which asks",
        &[(DESK, &["X"])],
    )),
    hidden(entry(
        Command::Review,
        "review",
        "review",
        "Put the marked registrations, or this one, into manual review: opens the decision, which asks",
        &[(DESK, &["W"])],
    )),
    entry(
        Command::Resend,
        "resend",
        "resend",
        "Issue a fresh link for this registration, or by e-mail for the marked ones",
        &[(DESK, &["R"])],
    ),
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
    hidden(entry(
        Command::MarkRange,
        "mark-range",
        "mark range",
        "Mark everything from the row you marked last to this one",
        &[(QUEUE, &["M"])],
    )),
    hidden(entry(
        Command::InvertMarks,
        "invert-marks",
        "invert marks",
        "Of what is shown, mark what is not marked and unmark the rest",
        &[(QUEUE, &["I"])],
    )),
    hidden(entry(
        Command::Preview,
        "preview",
        "preview",
        "Show the selected registration beside the list, or below it, or not at all",
        &[(QUEUE, &["P"])],
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
        "Claim the marked registrations, or this one, so that nobody else works on them too, or release them",
        &[(DESK, &["a"])],
    )),
    hidden(entry(
        Command::Snooze,
        "snooze",
        "snooze",
        "Put the marked registrations, or this one, aside for a while, or bring them back",
        &[(DESK, &["z"])],
    )),
    hidden(entry(
        Command::Note,
        "note",
        "note",
        "Write a note about this registration, or take your last one back",
        &[(DESK, &["N"])],
    )),
    hidden(entry(
        Command::Jobs,
        "jobs",
        "jobs",
        "Show what is under way over many, and what came of it: pause, stop, try again",
        &[(DESK, &["b"])],
    )),
    hidden(entry(
        Command::Export,
        "export",
        "export",
        "Write what is marked or listed to a file, as NDJSON or CSV",
        &[(DESK, &["e"])],
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
    hidden(entry(
        Command::Reveal,
        "reveal",
        "reveal",
        "Show one masked field for a short while; that is written down",
        &[(REGISTRATION, &["v"])],
    )),
    hidden(entry(
        Command::Copy,
        "copy",
        "copy",
        "Choose what to copy: id, name, e-mail, phone, JSON",
        &[(DESK, &["Y"])],
    )),
    hidden(entry(Command::Pager, "pager", "pager", "Read the registration as JSON in $PAGER", &[(DESK, &["|"])])),
    hidden(entry(
        Command::Editor,
        "editor",
        "editor",
        "Look at the registration as JSON in $EDITOR; what is changed there is dropped",
        &[(DESK, &["E"])],
    )),
    hidden(entry(
        Command::Columns,
        "columns",
        "columns",
        "Choose the columns of the queue, their order and their width",
        &[(QUEUE, &["v"])],
    )),
    hidden(entry(Command::ColumnsLeft, "columns-left", "left", "Scroll the columns to the left", &[(QUEUE, &["<"])])),
    hidden(entry(
        Command::ColumnsRight,
        "columns-right",
        "right",
        "Scroll the columns to the right",
        &[(QUEUE, &[">"])],
    )),
    hidden(entry(Command::Times, "times", "times", "Show times instead of spans, or spans again", &[(QUEUE, &["T"])])),
    hidden(entry(Command::Mask, "mask", "mask", "Hide or show personal data on the screen", &[(EVERYWHERE, &["m"])])),
    hidden(entry(
        Command::Theme,
        "theme",
        "theme",
        "Show the next theme: auto, dark, light, high-contrast, colour-blind, your own, none",
        &[(EVERYWHERE, &["ctrl+t"])],
    )),
    hidden(entry(
        Command::Mouse,
        "mouse",
        "mouse",
        "Leave the mouse to the terminal, so that it can select text, or take it again",
        &[(EVERYWHERE, &["ctrl+o"])],
    )),
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
    hidden(entry(
        Command::Forward,
        "forward",
        "forward",
        "Go forward to where you went back from",
        &[(EVERYWHERE, &["]"])],
    )),
    hidden(entry(
        Command::Palette,
        "palette",
        "commands",
        "Find a command by its name, or go to a row by its number",
        &[(EVERYWHERE, &[":"])],
    )),
    entry(Command::Help, "help", "help", "Show keys and commands", &[(EVERYWHERE, &["?", "f1"])]),
    entry(Command::Quit, "quit", "quit", "Leave", &[(EVERYWHERE, &["q", "ctrl+c"])]),
];
