//! The object of a registration in the operator's own pager or editor.

use super::{Effects, Model, effect::Effect, model::ToastKind};
use crate::wire;

/// Which program of the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// `$PAGER`.
    Pager,
    /// `$VISUAL` or `$EDITOR`.
    Editor,
}

impl Model {
    /// Hands the subject's object to a program; masked where the screen is.
    pub(super) fn read_in(&mut self, reader: Reader) -> Effects {
        match self.subject().and_then(|id| self.index.get(id)) {
            Some(entry) => {
                let text = wire::printed(&entry.registration, &entry.judgement, self.masked);
                Effects::one(Effect::Read(reader, (text + "\n").into()))
            }
            None => Effects::none(),
        }
    }

    /// Says what came of it: whether the file was changed, or why the program could not be run.
    pub(super) fn read(&mut self, answer: Result<bool, String>) -> Effects {
        match answer {
            Ok(false) => Effects::none(),
            Ok(true) => {
                self.toast(ToastKind::Note, "The file was only for reading: what you changed in it is dropped.")
            }
            Err(error) => self.toast(ToastKind::Error, error),
        }
    }
}
