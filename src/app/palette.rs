//! The palette: every command by name, found by typing, and any row by its number.

use tui_input::Input;

use super::{
    Command, Effects, Layer, Model, Overlay,
    command::{COMMANDS, Entry},
    rows::Rows,
    update::{input_request, paste_line},
};
use crate::keys::{Code, Key};

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Go to a row of the list, counted from 1.
    Row(usize),
    /// Do this.
    Run(Command),
}

/// What is typed, and what it finds.
#[derive(Debug, Default)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// What it finds, the best first.
    pub choices: Rows<Choice>,
}

impl Palette {
    /// Looks again; the best is selected.
    fn search(&mut self, layer: Layer, height: usize) {
        let typed = self.input.value().trim().to_lowercase();
        let mut found = if let Ok(row) = typed.parse() { vec![Choice::Row(row)] } else { Vec::new() };
        let mut entries: Vec<(u8, &Entry)> = COMMANDS
            .iter()
            .filter(|entry| entry.command != Command::Palette && !entry.defaults(layer).is_empty())
            .filter_map(|entry| Some((rank(entry, &typed)?, entry)))
            .collect();
        // Stable: what ranks alike stays in the order of the table.
        entries.sort_by_key(|(rank, _)| *rank);
        found.extend(entries.into_iter().map(|(_, entry)| Choice::Run(entry.command)));
        self.choices = Rows::default();
        self.choices.replace(found, height, Choice::eq);
    }
}

/// How well a command fits what is typed, the best is 0; `None` if a word of it occurs nowhere.
fn rank(entry: &Entry, typed: &str) -> Option<u8> {
    let help = entry.help.to_lowercase();
    let everywhere = |word: &str| entry.id.contains(word) || entry.label.contains(word) || help.contains(word);
    if entry.id.starts_with(typed) || entry.label.starts_with(typed) {
        Some(0)
    } else if entry.id.contains(typed) || entry.label.contains(typed) {
        Some(1)
    } else {
        typed.split_whitespace().all(everywhere).then_some(2)
    }
}

impl Model {
    /// Opens the palette with every command of this screen.
    pub(super) fn open_palette(&mut self) {
        let mut palette = Palette::default();
        palette.search(self.layer(), self.page_rows);
        self.overlays.push(Overlay::Palette(palette));
    }

    /// A key while the palette is open.
    pub(super) fn palette_key(&mut self, key: Key) -> Effects {
        let (layer, height) = (self.layer(), self.page_rows);
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else { return Effects::none() };
        let page = height.cast_signed();
        match (key.code, key.ctrl) {
            (Code::Esc, _) => {
                self.overlays.pop();
            }
            (Code::Enter, _) => {
                let chosen = palette.choices.selected().copied();
                self.overlays.pop();
                return chosen.map_or_else(Effects::none, |choice| self.take_choice(choice));
            }
            (Code::Down | Code::Tab, _) | (Code::Char('n'), true) => palette.choices.step(1, height),
            (Code::Up | Code::BackTab, _) | (Code::Char('p'), true) => palette.choices.step(-1, height),
            (Code::PageDown, _) => palette.choices.step(page, height),
            (Code::PageUp, _) => palette.choices.step(-page, height),
            _ => {
                if input_request(key).and_then(|request| palette.input.handle(request)).is_some() {
                    palette.search(layer, height);
                }
            }
        }
        Effects::none()
    }

    /// Pasted text is typed text, on one line.
    pub(super) fn palette_paste(&mut self, text: &str) {
        let (layer, height) = (self.layer(), self.page_rows);
        let Some(Overlay::Palette(palette)) = self.overlays.last_mut() else { return };
        paste_line(&mut palette.input, text);
        palette.search(layer, height);
    }

    fn take_choice(&mut self, choice: Choice) -> Effects {
        match choice {
            Choice::Run(command) => self.command(command),
            Choice::Row(row) => {
                self.step(isize::MIN / 2);
                self.step(isize::try_from(row.saturating_sub(1)).unwrap_or(isize::MAX / 2));
                Effects::none()
            }
        }
    }
}
