//! What is about to be done to one or many without further questions: a plan until it is confirmed.

use super::{Effects, Model, Overlay, jobs::Work, overlay::Scroll, sync::CHOICES};
use crate::{
    backend::{Annotation, ResendRequest, SyncRequest, SyncStep},
    index::{Glance, Index},
    keys::{Code, Key},
    model::{RegistrationId, Seen, Status},
};

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// A sync, with an index into [`CHOICES`].
    Sync(usize),
    /// A fresh link by e-mail.
    Resend,
    /// A claim.
    Claim,
    /// A release.
    Release,
}

/// The plan.
#[derive(Debug)]
pub struct Plan {
    /// What is planned.
    pub planned: Planned,
    /// Which registrations, as they were seen.
    pub subjects: Vec<(RegistrationId, Seen)>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// How many of them it would be done to, as of the last change.
    pub count: usize,
    /// The list of them, scrolled.
    pub scroll: Scroll,
}

impl Planned {
    /// Why a registration is left as it is, if it is.
    pub fn hindrance(self, glance: Glance) -> Option<&'static str> {
        match self {
            Self::Resend if glance.status.is_final() && *glance.status != Status::Expired => Some("it is over"),
            // A link that nobody is shown and nobody is sent would only kill the old one.
            Self::Resend if !glance.has_email => Some("no e-mail address to send it to"),
            Self::Claim if glance.is_claimed => Some("claimed already"),
            Self::Release if !glance.is_claimed => Some("nobody has it"),
            Self::Sync(_) | Self::Resend | Self::Claim | Self::Release => None,
        }
    }

    /// The status that is asked for, if one is.
    pub fn asked(self) -> Option<Status> {
        match self {
            Self::Sync(choice) => CHOICES[choice].1.as_ref().map(|(_, status)| status.clone()),
            Self::Resend | Self::Claim | Self::Release => None,
        }
    }

    fn work(self) -> Work {
        match self {
            Self::Sync(choice) => {
                let step = CHOICES[choice].1.clone().map(|(kind, status)| (SyncStep::Flow(kind), status));
                Work::Sync(SyncRequest { step, ..SyncRequest::default() })
            }
            Self::Resend => Work::Resend(ResendRequest { send_email: true }),
            Self::Claim => Work::Annotate(Annotation::Claim),
            Self::Release => Work::Annotate(Annotation::Release),
        }
    }
}

impl Model {
    /// Registrations as they are now.
    pub(super) fn as_seen(&self, ids: Vec<RegistrationId>) -> Vec<(RegistrationId, Seen)> {
        let seen = |id: RegistrationId| Some((self.index.seen(&id)?, id));
        ids.into_iter().filter_map(seen).map(|(seen, id)| (id, seen)).collect()
    }

    /// Shows what would be done to the marked registrations, or to the one in question.
    pub(super) fn plan(&mut self, planned: Planned) {
        let (ids, hidden) = self.subjects();
        self.plan_for(planned, ids, hidden);
    }

    /// Shows what would be done to these registrations, so many of which the filter hides.
    pub(super) fn plan_for(&mut self, planned: Planned, ids: Vec<RegistrationId>, hidden: usize) {
        let plan = Plan { planned, subjects: self.as_seen(ids), hidden, count: 0, scroll: Scroll::default() };
        self.overlays.push(Overlay::Plan(plan));
        self.count_planned();
    }

    /// Counts to how many the plan on the screen would be done, also while something else lies over it.
    pub(super) fn count_planned(&mut self) {
        let plan = self.overlays.iter_mut().rev().find_map(|overlay| match overlay {
            Overlay::Plan(plan) => Some(plan),
            _ => None,
        });
        let Some(plan) = plan else { return };
        plan.count = plan.subjects.iter().filter(|(id, _)| is_to_be_done(plan.planned, id, &self.index)).count();
    }

    /// A key for the plan. Only Enter without modifiers begins.
    pub(super) fn plan_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows.cast_signed();
        let Some(Overlay::Plan(plan)) = self.overlays.last_mut() else { return Effects::none() };
        match (key, plan.planned) {
            (Key { code: Code::Esc | Code::Char('q'), .. }, _) => {
                self.overlays.pop();
            }
            (Key { code: Code::Enter, ctrl: false, alt: false }, _) => return self.carry_out_plan(),
            (Key { code: Code::PageDown, .. }, _) => plan.scroll.by(page),
            (Key { code: Code::PageUp, .. }, _) => plan.scroll.by(-page),
            (Key { code: Code::Down | Code::Tab | Code::Char('j'), .. }, Planned::Sync(choice)) => {
                plan.planned = Planned::Sync((choice + 1).min(CHOICES.len() - 1));
            }
            (Key { code: Code::Up | Code::BackTab | Code::Char('k'), .. }, Planned::Sync(choice)) => {
                plan.planned = Planned::Sync(choice.saturating_sub(1));
            }
            (Key { code: Code::Down | Code::Char('j'), .. }, _) => plan.scroll.by(1),
            (Key { code: Code::Up | Code::Char('k'), .. }, _) => plan.scroll.by(-1),
            _ => {}
        }
        Effects::none()
    }

    fn carry_out_plan(&mut self) -> Effects {
        let Some(Overlay::Plan(plan)) = self.overlays.last_mut() else { return Effects::none() };
        let planned = plan.planned;
        let mut subjects = std::mem::take(&mut plan.subjects);
        self.overlays.pop();
        subjects.retain(|(id, _)| is_to_be_done(planned, id, &self.index));
        self.begin_job(planned.work(), subjects)
    }
}

fn is_to_be_done(planned: Planned, id: &RegistrationId, index: &Index) -> bool {
    index.glance(id).is_some_and(|glance| planned.hindrance(glance).is_none())
}
