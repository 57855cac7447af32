//! Personal data that is masked, shown one field at a time: asked for, written down, and only then on the screen for a
//! short while.

use chrono::TimeDelta;

use super::{
    Effects, Model, Overlay,
    effect::{Effect, Timer},
    model::ToastKind,
    rows::Rows,
};
use crate::{
    backend::Annotation,
    keys::{Code, Key},
    model::{PersonalField, RegistrationId, Timestamp},
};

/// How long a field is shown, seconds: enough to read a number out over the phone.
const SHOWN_SECONDS: u64 = 30;

/// The question which field to show.
#[derive(Debug)]
pub struct RevealForm {
    /// Of whom.
    pub id: RegistrationId,
    /// What is known of them.
    pub fields: Rows<PersonalField>,
}

/// Which fields are shown.
#[derive(Debug, Default)]
pub struct Reveals {
    shown: Vec<Shown>,
}

#[derive(Debug)]
struct Shown {
    id: RegistrationId,
    field: PersonalField,
    until: Timestamp,
}

impl Model {
    /// Whether a field of somebody is masked now.
    pub fn hides(&self, id: &RegistrationId, field: PersonalField) -> bool {
        self.masked && self.shown_until(id, field).is_none()
    }

    /// Until when a field that would be masked is shown.
    pub fn shown_until(&self, id: &RegistrationId, field: PersonalField) -> Option<Timestamp> {
        let shown = self.reveals.shown.iter().find(|shown| shown.id == *id && shown.field == field);
        shown.map(|shown| shown.until).filter(|until| *until > self.now)
    }

    /// Asks which field of the open registration to show.
    pub(super) fn open_reveal(&mut self) {
        let Some(entry) = self.subject().and_then(|id| self.index.get(id)) else { return };
        let registration = &entry.registration;
        let known = PersonalField::ALL.into_iter().filter(|field| field.of(registration).is_some()).collect();
        let mut form = RevealForm { id: registration.id.clone(), fields: Rows::default() };
        form.fields.replace(known, usize::MAX, PersonalField::eq);
        self.overlays.push(Overlay::Reveal(form));
    }

    /// A key for the question. Only Enter without modifiers shows anything.
    pub(super) fn reveal_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::Reveal(form)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            Key { code: Code::Esc | Code::Char('q'), .. } => {
                self.overlays.pop();
            }
            Key { code: Code::Down | Code::Tab | Code::Char('j'), .. } => form.fields.step(1, usize::MAX),
            Key { code: Code::Up | Code::BackTab | Code::Char('k'), .. } => form.fields.step(-1, usize::MAX),
            Key { code: Code::Enter, ctrl: false, alt: false } => {
                let asked = form.fields.selected().map(|field| (form.id.clone(), *field));
                self.overlays.pop();
                let Some((id, field)) = asked else { return Effects::none() };
                return self.say(id, Annotation::Reveal { field });
            }
            _ => {}
        }
        Effects::none()
    }

    /// It is written down that a field is shown: now it is.
    pub(super) fn revealed(&mut self, id: RegistrationId, field: PersonalField) -> Effects {
        let until = self.now + TimeDelta::seconds(SHOWN_SECONDS.cast_signed());
        self.reveals.shown.push(Shown { id, field, until });
        // The timer is that of the field which is shown longest already.
        let mut effects = self.end_reveals();
        let text = format!("The {} is shown for {SHOWN_SECONDS} seconds; that is written down.", field.label());
        effects.append(self.toast(ToastKind::Note, text));
        effects
    }

    /// Masks what has been shown long enough.
    pub(super) fn end_reveals(&mut self) -> Effects {
        let now = self.now;
        self.reveals.shown.retain(|shown| shown.until > now);
        let next = self.reveals.shown.iter().map(|shown| shown.until - now).min();
        let next = next.and_then(|left| left.to_std().ok());
        next.map_or_else(Effects::none, |left| Effects::one(Effect::Timer(Timer::Reveal, left)))
    }
}
