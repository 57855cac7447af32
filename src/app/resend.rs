//! A fresh link for somebody: asked for first, sent once, and shown once.

use super::{
    Effects, Model, Overlay, RequestId,
    effect::Effect,
    handed_out::{Handed, HandedOut, Occasion},
    jobs::Outcome,
    model::ToastKind,
    plan::Planned,
};
use crate::{
    backend::{BackendError, ErrorKind, ResendRequest, ResentLink},
    keys::{Code, Key},
    model::RegistrationId,
};

/// A link that is about to be sent again.
#[derive(Debug)]
pub struct ResendForm {
    /// For whom.
    pub id: RegistrationId,
    /// Have it sent by e-mail as well.
    pub send_email: bool,
    /// Why it was refused.
    pub refusal: Option<String>,
    sending: Option<RequestId>,
}

impl ResendForm {
    /// Whether the answer is still awaited.
    pub fn is_sending(&self) -> bool {
        self.sending.is_some()
    }
}

impl Model {
    /// Asks before links are issued.
    pub(super) fn plan_resend(&mut self) {
        let (mut ids, _) = self.subjects();
        if ids.len() > 1 {
            self.plan(Planned::Resend);
        } else if let Some(id) = ids.pop() {
            self.plan_resend_of(id);
        }
    }

    /// Asks before a link of a registration is issued that need not be the subject.
    pub(super) fn plan_resend_of(&mut self, id: RegistrationId) {
        let form = ResendForm { id, send_email: false, refusal: None, sending: None };
        self.overlays.push(Overlay::Resend(form));
    }

    /// A key for the question. Only Enter without modifiers sends.
    pub(super) fn resend_key(&mut self, key: Key) -> Effects {
        let request = self.requests.next();
        let Some(Overlay::Resend(form)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            // An answer under way is awaited: the link in it is shown this once.
            _ if form.is_sending() => {}
            Key { code: Code::Esc | Code::Char('q'), .. } => {
                self.overlays.pop();
            }
            Key { code: Code::Char(' ' | 'e'), .. } => form.send_email = !form.send_email,
            Key { code: Code::Enter, ctrl: false, alt: false } => {
                form.sending = Some(request);
                form.refusal = None;
                let resend = ResendRequest { send_email: form.send_email };
                return Effects::one(Effect::Resend(request, form.id.clone(), resend));
            }
            _ => {}
        }
        Effects::none()
    }

    /// Takes the answer to a resend.
    pub(super) fn resent(&mut self, request: RequestId, answer: Result<ResentLink, BackendError>) -> Effects {
        if self.is_of_a_job(request) {
            // The links went out by e-mail; what the answers hold of them is dropped.
            let answer = answer.map(|sent| (Some(sent.registration), Outcome::Sent(sent.email_sent)));
            return self.answered(request, answer);
        }
        let sent = |overlay: &Overlay| matches!(overlay, Overlay::Resend(form) if form.sending == Some(request));
        let Some(position) = self.overlays.iter().position(sent) else { return Effects::none() };
        match answer {
            Ok(resent) => {
                let handed = resent.link.map(Handed::link).or_else(|| resent.token.map(Handed::token));
                self.overlays[position] = Overlay::HandedOut(HandedOut {
                    occasion: Occasion::Resent { expires_at: resent.expires_at, email_sent: resent.email_sent },
                    id: resent.registration.id.clone(),
                    handed,
                    shown: false,
                });
                self.upsert(vec![resent.registration]);
                self.toast(ToastKind::Done, "A fresh link was issued.")
            }
            Err(error) => {
                if let Some(Overlay::Resend(form)) = self.overlays.get_mut(position) {
                    form.sending = None;
                    form.refusal = Some(match error.kind {
                        ErrorKind::TimedOut => {
                            "No answer in time: it is unknown whether a link went out. Refresh before you try again."
                                .to_owned()
                        }
                        _ => error.message.clone(),
                    });
                }
                self.toast(ToastKind::Error, error.message)
            }
        }
    }
}
