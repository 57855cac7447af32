//! What is about to be synced, and what is asked for: a plan until it is confirmed.

use super::{Effects, Model, Overlay, batch::Work};
use crate::{
    backend::{SyncRequest, SyncStep},
    keys::{Code, Key},
    model::{RegistrationId, Seen, Status, StepKind},
};

/// What can be asked of a sync: a label, and the step and status that are sent.
pub const CHOICES: &[(&str, Option<(StepKind, Status)>)] = &[
    ("Recompute the status from the evidence", None),
    ("Report the sign-up form", Some((StepKind::PersonalInfo, Status::Ongoing))),
    ("Report the instructions", Some((StepKind::Instructions, Status::Ongoing))),
    ("Report the basic information", Some((StepKind::BasicInformation, Status::Ongoing))),
    ("Report the document", Some((StepKind::DocumentVerification, Status::Ongoing))),
    ("Report liveness", Some((StepKind::BiometricVerification, Status::Ongoing))),
    ("Report the custom form", Some((StepKind::Form, Status::Ongoing))),
    ("Ask for the end: completed", Some((StepKind::End, Status::Completed))),
    ("Ask for the end: manual verification", Some((StepKind::End, Status::NeedsManualVerification))),
    ("Ask for the end: failed", Some((StepKind::End, Status::Failed))),
];

/// What is about to be synced.
#[derive(Debug)]
pub struct SyncPlan {
    /// Which registrations, as they were seen.
    pub subjects: Vec<(RegistrationId, Seen)>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// Index into [`CHOICES`].
    pub choice: usize,
}

impl Model {
    /// Shows what would be synced.
    pub(super) fn plan_sync(&mut self) {
        let (ids, hidden) = self.subjects();
        let seen = |id: RegistrationId| Some((Seen::of(&self.index.get(&id)?.registration), id));
        let subjects = ids.into_iter().filter_map(seen).map(|(seen, id)| (id, seen)).collect();
        self.overlays.push(Overlay::SyncPlan(SyncPlan { subjects, hidden, choice: 0 }));
    }

    /// A key for the plan. Only Enter without modifiers begins.
    pub(super) fn sync_plan_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::SyncPlan(plan)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            Key { code: Code::Down | Code::Tab | Code::Char('j'), .. } => {
                plan.choice = (plan.choice + 1).min(CHOICES.len() - 1);
            }
            Key { code: Code::Up | Code::BackTab | Code::Char('k'), .. } => plan.choice = plan.choice.saturating_sub(1),
            Key { code: Code::Esc | Code::Char('q'), .. } => {
                self.overlays.pop();
            }
            Key { code: Code::Enter, ctrl: false, alt: false } => {
                let step = CHOICES[plan.choice].1.clone().map(|(kind, status)| (SyncStep::Flow(kind), status));
                let subjects = std::mem::take(&mut plan.subjects);
                self.overlays.pop();
                return self.begin_batch(Work::Sync(SyncRequest { step, ..SyncRequest::default() }), subjects);
            }
            _ => {}
        }
        Effects::none()
    }
}
