//! What the desk says about a registration: whether a flag was right, and who works on it. The same key takes it back.

use super::{Effects, Model, effect::Effect, model::ToastKind};
use crate::{
    backend::{Annotation, BackendError},
    model::{Registration, RegistrationId, Verdict},
};

impl Model {
    /// Says something about the selected flag; said already, takes it back.
    pub(super) fn judge_flag(&mut self, verdict: Verdict) -> Effects {
        let (Some(flag), Some(id)) = (self.chosen_flag(), self.subject()) else { return Effects::none() };
        let (rule, id) = (flag.rule.to_string(), id.clone());
        let said = self.index.get(&id).and_then(|entry| entry.registration.desk.verdict_on(&rule));
        let verdict = Some(verdict).filter(|verdict| said.is_none_or(|said| said.verdict != *verdict));
        Effects::one(Effect::Annotate(id, Annotation::Verdict { rule, verdict }))
    }

    /// Claims the subject; claimed already, by whomever, releases it.
    pub(super) fn toggle_claim(&mut self) -> Effects {
        let Some(entry) = self.subject().and_then(|id| self.index.get(id)) else { return Effects::none() };
        let annotation = if entry.registration.desk.claim.is_none() { Annotation::Claim } else { Annotation::Release };
        Effects::one(Effect::Annotate(entry.registration.id.clone(), annotation))
    }

    /// Takes the answer to something said about a registration.
    pub(super) fn annotated(&mut self, id: &RegistrationId, answer: Result<Registration, BackendError>) -> Effects {
        match answer {
            Ok(registration) => {
                self.upsert(vec![registration]);
                self.revealed(id)
            }
            Err(error) => {
                self.not_revealed(id);
                self.toast(ToastKind::Error, format!("Nothing was noted at {id}: {}", error.message))
            }
        }
    }
}
