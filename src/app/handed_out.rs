//! What the backend handed out once: the token of a new registration, or a fresh link. Shown on request, copied on
//! request, and gone when the dialog is closed.

use secrecy::{ExposeSecret, SecretString};

use super::{Effects, Model, Overlay};
use crate::{
    keys::{Code, Key},
    model::{RegistrationId, Timestamp},
};

/// Why something was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A registration was created.
    Created,
    /// A link was issued again.
    Resent {
        /// When it dies, where the backend says.
        expires_at: Option<Timestamp>,
        /// Whether an e-mail went out; `None` if none was asked for.
        email_sent: Option<bool>,
    },
}

/// A secret, and what kind of one.
#[derive(Debug)]
pub struct Handed {
    /// `token` or `link`.
    pub word: &'static str,
    secret: SecretString,
}

impl Handed {
    /// A token.
    pub(super) fn token(secret: SecretString) -> Self {
        Self { word: "token", secret }
    }

    /// A link, which holds a token.
    pub(super) fn link(secret: SecretString) -> Self {
        Self { word: "link", secret }
    }
}

/// What was handed out for a registration.
#[derive(Debug)]
pub struct HandedOut {
    /// Why.
    pub occasion: Occasion,
    /// The registration.
    pub id: RegistrationId,
    /// The secret, until the dialog is closed; none if the backend gave none.
    pub handed: Option<Handed>,
    /// The operator asked to see it.
    pub shown: bool,
}

impl HandedOut {
    /// The secret, if the operator asked to see it.
    pub fn visible(&self) -> Option<&str> {
        self.handed.as_ref().filter(|_| self.shown).map(|handed| handed.secret.expose_secret())
    }
}

impl Model {
    /// A key for the dialog.
    pub(super) fn handed_out_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::HandedOut(notice)) = self.overlays.last_mut() else { return Effects::none() };
        match (key.code, &notice.handed) {
            (Code::Char('t'), Some(_)) => {
                notice.shown = !notice.shown;
                Effects::none()
            }
            (Code::Char('y'), Some(handed)) => {
                let (what, secret) = (handed.word, handed.secret.clone());
                self.hand_over(what, secret)
            }
            (Code::Char('i'), _) => {
                let id = notice.id.as_str().into();
                self.hand_over("id", id)
            }
            (Code::Esc | Code::Enter | Code::Char('q'), _) => {
                self.overlays.pop();
                Effects::none()
            }
            _ => Effects::none(),
        }
    }
}
