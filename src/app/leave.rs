//! Leaving: at once where nothing is under way, else asked first.

use super::{Effects, Model, Overlay, effect::Effect};
use crate::keys::{Code, Key};

/// What would be left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// Jobs that are not over.
    pub jobs: usize,
    /// Registrations of those that are still to be done.
    pub left: usize,
    /// Whether a form, something that was said of a registration, or a file waits for its answer.
    pub waiting: bool,
}

impl Model {
    /// What leaving now would leave behind; `None` if nothing.
    pub fn leaving(&self) -> Option<Leaving> {
        let waiting = self.overlays.iter().any(|overlay| match overlay {
            Overlay::Create(form) => form.is_sending(),
            Overlay::Resend(form) => form.is_sending(),
            _ => false,
        });
        let (jobs, left) = self.jobs.open().fold((0, 0), |(jobs, left), job| (jobs + 1, left + job.left()));
        let waiting = waiting || self.sayings.waiting() > 0 || !self.finishing.is_empty();
        (waiting || jobs > 0).then_some(Leaving { jobs, left, waiting })
    }

    /// Leaves, or asks if anything is under way.
    pub(super) fn quit(&mut self) -> Effects {
        if matches!(self.overlays.last(), Some(Overlay::Leave)) || self.leaving().is_none() {
            return Effects::one(Effect::Quit);
        }
        self.overlays.push(Overlay::Leave);
        Effects::none()
    }

    /// A key for the question: `y` leaves, and so does what asked for it with Ctrl.
    pub(super) fn leave_key(&mut self, key: Key) -> Effects {
        match key {
            Key { code: Code::Char('y'), ctrl: false, alt: false } => return self.quit(),
            Key { code: Code::Esc | Code::Char('n' | 'q'), .. } => {
                self.overlays.pop();
            }
            _ => {}
        }
        Effects::none()
    }
}
