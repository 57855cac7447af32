//! First hints: what a screen is for, the first time somebody sees it. A hint goes away with the first thing that is
//! done on its screen, and does not come back.

use super::{Command, Effects, Layer, Model};

/// What can be done on a screen, by command and as the end of the sentence "KEY …".
pub type Hint = &'static [(Command, &'static str)];

/// The hint of each screen that has one.
const HINTS: &[(Layer, Hint)] = &[
    (
        Layer::Queue,
        &[
            (Command::Open, "opens the selected one"),
            (Command::Unblock, "does what clears it"),
            (Command::Filter, "narrows the list"),
            (Command::Palette, "finds any command"),
            (Command::Help, "shows all keys"),
        ],
    ),
    (
        Layer::Registration,
        &[
            (Command::NextTab, "turns the tabs"),
            (Command::Unblock, "does what clears it"),
            (Command::Ring, "shows who is linked"),
            (Command::NextRegistration, "goes to the next one"),
            (Command::Back, "goes back"),
        ],
    ),
    (
        Layer::Flags,
        &[(Command::Narrow, "narrows the queue to the rule"), (Command::Sort, "sorts"), (Command::Back, "goes back")],
    ),
    (
        Layer::Ring,
        &[
            (Command::MarkAll, "marks all of them"),
            (Command::Decide, "decides on the marked ones"),
            (Command::Back, "goes back"),
        ],
    ),
    (
        Layer::Insights,
        &[
            (Command::NextTab, "turns the pages"),
            (Command::RaiseThreshold, "moves the threshold, in thought"),
            (Command::Narrow, "shows who is meant"),
            (Command::Back, "goes back"),
        ],
    ),
];

/// Looking around is not yet doing something.
const LOOKING: &[Command] = &[
    Command::Down,
    Command::Up,
    Command::PageDown,
    Command::PageUp,
    Command::Top,
    Command::Bottom,
    Command::Help,
    Command::Refresh,
];

impl Model {
    /// The hint of this screen, as long as nothing was done on it.
    pub fn hint(&self) -> Option<Hint> {
        let layer = self.layer();
        let wanted = self.gives_hints && self.overlays.is_empty() && !self.kept.hints_seen.contains(&layer);
        HINTS.iter().find(|(of, _)| wanted && *of == layer).map(|(_, hint)| *hint)
    }

    /// Something was done on a screen: its hint has served.
    pub(super) fn end_hint(&mut self, layer: Layer, command: Command) -> Effects {
        if !self.gives_hints || LOOKING.contains(&command) {
            return Effects::none();
        }
        self.keep(|kept| {
            kept.hints_seen.insert(layer);
        })
    }
}
