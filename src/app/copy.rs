//! What of a registration goes to the clipboard: its id with one key, anything else from a menu. What is personal is
//! copied only where it is shown.

use secrecy::SecretString;

use super::{Effects, Model, Overlay, effect::Effect, model::ToastKind};
use crate::{
    keys::{Code, Key},
    model::{PersonalField, RegistrationId},
    wire,
};

/// One thing that can be copied.
#[derive(Debug)]
pub struct Copyable {
    /// The key that copies it.
    pub key: char,
    /// What it is.
    pub label: &'static str,
    /// Which field of the person it is, if it is one.
    pub field: Option<PersonalField>,
    /// The text, or why there is none.
    pub text: Result<SecretString, &'static str>,
}

/// The menu.
#[derive(Debug)]
pub struct CopyMenu {
    /// Of which registration.
    pub id: RegistrationId,
    /// What is offered.
    pub items: Vec<Copyable>,
    /// Which of it is selected.
    pub selected: usize,
}

/// The keys of what is personal, in the order of its fields.
const PERSONAL: [char; 5] = ['n', 'e', 'p', 'd', 'b'];

impl Model {
    /// Copies the subject's id.
    pub(super) fn copy_id(&mut self) -> Effects {
        match self.subject() {
            Some(id) => self.hand_over("id", id.as_str().into()),
            None => Effects::none(),
        }
    }

    /// Opens the menu over the subject.
    pub(super) fn open_copy(&mut self) {
        let Some(entry) = self.subject().and_then(|id| self.index.get(id)) else { return };
        let registration = &entry.registration;
        let item = |key, label, text| Copyable { key, label, field: None, text };
        let mut items = vec![item('i', "id", Ok(registration.id.as_str().into()))];
        items.extend(PersonalField::ALL.into_iter().zip(PERSONAL).map(|(field, key)| {
            let text = match field.of(registration) {
                None => Err("it is not known"),
                Some(_) if self.hides(&registration.id, field) => Err("it is masked on the screen"),
                Some(value) => Ok(value.reveal().into()),
            };
            Copyable { field: Some(field), ..item(key, field.label(), text) }
        }));
        // A link holds a token; nobody but the one who issued it ever sees it.
        items.push(item('l', "link", Err("known only when it is issued; resend makes a fresh one")));
        let json = wire::printed(registration, &entry.judgement, self.masked);
        items.push(item('j', if self.masked { "JSON, masked" } else { "JSON" }, Ok(json.into())));
        let menu = CopyMenu { id: registration.id.clone(), items, selected: 0 };
        self.overlays.push(Overlay::Copy(menu));
    }

    /// A key for the menu.
    pub(super) fn copy_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::Copy(menu)) = self.overlays.last_mut() else { return Effects::none() };
        if key.ctrl || key.alt {
            return Effects::none();
        }
        let last = menu.items.len().saturating_sub(1);
        let chosen = match key.code {
            Code::Esc | Code::Char('q' | 'Y') => {
                self.overlays.pop();
                return Effects::none();
            }
            Code::Down => {
                menu.selected = (menu.selected + 1).min(last);
                None
            }
            Code::Up => {
                menu.selected = menu.selected.saturating_sub(1);
                None
            }
            Code::Enter => menu.items.get(menu.selected),
            Code::Char(key) => menu.items.iter().find(|item| item.key == key),
            _ => None,
        };
        let chosen = chosen.map(|item| (item.label, item.field, item.text.clone()));
        let id = menu.id.clone();
        // A field that was shown when the menu opened may be masked again by now.
        let is_hidden = |field: Option<PersonalField>| field.is_some_and(|field| self.hides(&id, field));
        match chosen {
            None => Effects::none(),
            Some((label, field, Ok(_))) if is_hidden(field) => {
                self.toast(ToastKind::Note, format!("The {label} was not copied: it is masked on the screen again."))
            }
            Some((label, _, Ok(text))) => {
                self.overlays.pop();
                self.hand_over(label, text)
            }
            Some((label, _, Err(why))) => self.toast(ToastKind::Note, format!("The {label} was not copied: {why}.")),
        }
    }

    /// Hands text to the clipboard; what it is goes into the answer.
    pub(super) fn hand_over(&mut self, what: &'static str, text: SecretString) -> Effects {
        self.copying = what;
        Effects::one(Effect::Copy(text))
    }

    /// Says what became of a copy.
    pub(super) fn copied(&mut self, outcome: Result<(), String>) -> Effects {
        match outcome {
            Ok(()) => {
                self.toast(ToastKind::Done, format!("The {} was sent to the clipboard of your terminal", self.copying))
            }
            Err(error) => self.toast(ToastKind::Error, format!("Nothing was copied: {error}")),
        }
    }
}
