//! Dialogs: a stack of which the topmost gets the keys.

use super::{
    Effects, Model, batch::Batch, create::CreateForm, decide::DecideForm, effect::Effect, handed_out::HandedOut,
    help::HelpView, model::ToastKind, palette::Palette, resend::ResendForm, reveal::RevealForm, sync::SyncPlan,
};
use crate::keys::{Code, Key};

/// A dialog.
#[derive(Debug)]
pub enum Overlay {
    /// Keys and commands.
    Help(HelpView),
    /// Every command by name.
    Palette(Palette),
    /// What happened so far; scrolled from the newest.
    Log(Scroll),
    /// The form of a new registration.
    Create(Box<CreateForm>),
    /// A link that is about to be sent again.
    Resend(ResendForm),
    /// Which field of a person to show.
    Reveal(RevealForm),
    /// What a create or a resend handed out.
    HandedOut(HandedOut),
    /// What is about to be synced.
    SyncPlan(SyncPlan),
    /// A decision in the making.
    Decide(Box<DecideForm>),
    /// A sync or a decision of one or many, under way or done.
    Batch(Batch),
}

/// A scrolled text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scroll {
    /// Lines scrolled.
    pub offset: usize,
    /// How far it can be scrolled, as the last frame found.
    pub max: usize,
}

impl Scroll {
    /// Scrolls by lines, within what there is.
    pub fn by(&mut self, lines: isize) {
        self.offset = self.offset.saturating_add_signed(lines).min(self.max);
    }
}

impl Model {
    /// A key for the dialog on top.
    pub(super) fn overlay_key(&mut self, key: Key) -> Effects {
        match self.overlays.last_mut() {
            Some(Overlay::Help(_)) => self.help_key(key),
            Some(Overlay::Palette(_)) => self.palette_key(key),
            Some(Overlay::Log(scroll)) => {
                if scroll_key(scroll, key, self.page_rows) {
                    self.overlays.pop();
                }
                Effects::none()
            }
            Some(Overlay::Create(_)) => self.create_key(key),
            Some(Overlay::Resend(_)) => self.resend_key(key),
            Some(Overlay::Reveal(_)) => self.reveal_key(key),
            Some(Overlay::HandedOut(_)) => self.handed_out_key(key),
            Some(Overlay::SyncPlan(_)) => self.sync_plan_key(key),
            Some(Overlay::Decide(_)) => self.decide_key(key),
            Some(Overlay::Batch(_)) => self.batch_key(key),
            None => Effects::none(),
        }
    }

    /// Copies the subject's id.
    pub(super) fn copy_id(&mut self) -> Effects {
        match self.subject() {
            Some(id) => Effects::one(Effect::Copy(id.as_str().into())),
            None => Effects::none(),
        }
    }

    /// Says what became of a copy.
    pub(super) fn copied(&mut self, outcome: Result<(), String>) -> Effects {
        match outcome {
            Ok(()) => self.toast(ToastKind::Done, "Sent to the clipboard of your terminal"),
            Err(error) => self.toast(ToastKind::Error, format!("Nothing was copied: {error}")),
        }
    }
}

/// Scrolls; tells whether the key closes the text.
pub(super) fn scroll_key(scroll: &mut Scroll, key: Key, page: usize) -> bool {
    let page = page.cast_signed().max(1);
    match key.code {
        Code::Down | Code::Char('j') => scroll.by(1),
        Code::Up | Code::Char('k') => scroll.by(-1),
        Code::PageDown | Code::Char(' ') => scroll.by(page),
        Code::PageUp => scroll.by(-page),
        Code::Home | Code::Char('g') => scroll.offset = 0,
        Code::End | Code::Char('G') => scroll.offset = scroll.max,
        Code::Esc | Code::Enter | Code::Char('q' | '?' | 'L') | Code::F(1) => return true,
        _ => {}
    }
    false
}
