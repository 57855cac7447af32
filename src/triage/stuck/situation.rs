//! What the ways of being stuck ask about a registration.

use chrono::TimeDelta;

use super::Limit;
use crate::{
    model::{
        CodeCheck, DocumentKind, FlowSettings, Gateway, Registration, Requirement, Status, StepKind, StepState,
        Timestamp,
    },
    triage::{Context, Incident, progress},
};

/// Selfies of poor quality before it is worth telling the person which rule they miss.
const SEVERAL_POOR_SELFIES: usize = 3;
/// Sends of a code after which the channel itself is in doubt: the first and two more.
const SEVERAL_SENDS: u32 = 3;

/// A registration at one time.
pub struct Situation<'a> {
    registration: &'a Registration,
    now: Timestamp,
    /// When it last moved.
    pub last_move: Timestamp,
    /// How long ago that was.
    pub age: TimeDelta,
    /// The step that is owed next.
    next: Option<&'a StepKind>,
    /// The incident it waits because of.
    pub incident: Option<&'a Incident>,
}

impl<'a> Situation<'a> {
    pub fn of(registration: &'a Registration, context: Context<'a>) -> Self {
        let now = context.now;
        let last_move = progress::last_move(registration);
        let next = progress::first_open_step(registration).map(|step| &step.kind);
        let incident = context.incidents.iter().find(|incident| incident.covers(registration));
        Self { registration, now, last_move, age: now - last_move, next, incident }
    }

    pub fn status(&self) -> &'a Status {
        &self.registration.status
    }

    /// Someone still has to do something.
    pub fn is_open(&self) -> bool {
        matches!(
            self.registration.status,
            Status::Started | Status::Ongoing | Status::NeedsManualVerification | Status::Unknown(_)
        )
    }

    /// The person can still go on by themselves.
    pub fn is_running(&self) -> bool {
        matches!(self.registration.status, Status::Started | Status::Ongoing)
    }

    /// A person has to settle the checks.
    pub fn needs_review(&self) -> bool {
        self.registration.status == Status::NeedsManualVerification
    }

    /// Running, and this step is owed next.
    pub fn waits_for(&self, kind: &StepKind) -> bool {
        self.is_running() && self.next == Some(kind)
    }

    /// Running, and what is owed next is the project's own: its form, a signature, or a step this program does not
    /// know.
    pub fn waits_for_a_step_of_the_project(&self) -> bool {
        let own = |kind: &StepKind| matches!(kind, StepKind::Form | StepKind::Signature | StepKind::Other(_));
        self.is_running() && self.next.is_some_and(own)
    }

    /// Everything owed is done.
    pub fn all_done(&self) -> bool {
        self.next.is_none() && self.registration.steps.iter().any(|step| step.state == StepState::Completed)
    }

    /// The end was reported, and yet something owed is neither done nor in review.
    pub fn end_was_refused(&self) -> bool {
        self.registration.current_step == Some(StepKind::End)
            && self
                .registration
                .steps
                .iter()
                .any(|step| progress::is_owed(step) && !step.state.is_settled() && step.state != StepState::Review)
    }

    /// Nothing was reported and no evidence came in.
    pub fn is_untouched(&self) -> bool {
        let checks = &self.registration.checks;
        self.registration.current_step.is_none()
            && self.registration.failed_attempts.is_empty()
            && checks.consent.is_none()
            // A source may open the form together with the registration; only sending it is a move.
            && checks.information.as_ref().is_none_or(|information| information.submitted.is_none())
            && checks.email.is_none()
            && checks.phone.is_none()
            && checks.document.is_none()
            && checks.liveness.is_none()
    }

    /// Counted failures have reached the limit, and the step is not done.
    pub fn is_exhausted(&self, kind: &StepKind) -> bool {
        let settings = self.registration.flow.settings.as_ref();
        let limit =
            settings.map_or(FlowSettings::DEFAULTS.attempt_limit, |settings| settings.attempt_limit(kind)).max(1);
        self.registration.counted_failures(kind) >= limit && !progress::is_completed(self.registration, kind)
    }

    /// The source gave one of these reasons for a step that is not done.
    pub fn was_refused(&self, kind: &StepKind, reasons: &[&str]) -> bool {
        let checks = &self.registration.checks;
        let own = match kind {
            StepKind::DocumentVerification => checks.document.as_ref().and_then(|scan| scan.failed_reason.as_deref()),
            StepKind::BiometricVerification => {
                checks.liveness.as_ref().and_then(|selfie| selfie.failed_reason.as_deref())
            }
            _ => None,
        };
        let attempts = self.registration.failed_attempts.iter().filter(|attempt| &attempt.step == kind);
        !progress::is_completed(self.registration, kind)
            && own
                .into_iter()
                .chain(attempts.filter_map(|attempt| attempt.reason.as_deref()))
                .any(|reason| reasons.iter().any(|known| reason.eq_ignore_ascii_case(known)))
    }

    /// An attempt at a step is on record.
    pub fn has_failures(&self, kind: &StepKind) -> bool {
        self.registration.failed_attempts.iter().any(|attempt| &attempt.step == kind)
    }

    /// Several selfies, all rejected for their quality only.
    pub fn only_poor_selfies(&self) -> bool {
        let selfies = self.registration.failed_attempts.iter();
        let selfies = selfies.filter(|attempt| attempt.step == StepKind::BiometricVerification);
        selfies.clone().count() >= SEVERAL_POOR_SELFIES && selfies.into_iter().all(|attempt| !attempt.counts)
    }

    /// The code check of a step.
    pub fn code(&self, kind: &StepKind) -> Option<&'a CodeCheck> {
        match kind {
            StepKind::EmailVerification => self.registration.checks.email.as_ref(),
            StepKind::PhoneVerification => self.registration.checks.phone.as_ref(),
            _ => None,
        }
    }

    /// No more codes may be tried.
    pub fn codes_spent(&self, kind: &StepKind) -> bool {
        self.code(kind).is_some_and(|code| {
            let limit = code.max_attempts.unwrap_or(FlowSettings::DEFAULTS.attempt_limit).max(1);
            code.state == StepState::Failed || code.state != StepState::Completed && code.attempts >= limit
        })
    }

    /// A code was sent and has died without being entered.
    pub fn code_died(&self, kind: &StepKind) -> bool {
        self.code(kind).is_some_and(|code| {
            code.state == StepState::Expired
                || code.state != StepState::Completed && code.expires_at.is_some_and(|dies| dies <= self.now)
        })
    }

    /// A code was sent several times and never entered.
    pub fn code_sent_often(&self, kind: &StepKind) -> bool {
        self.code(kind).is_some_and(|code| code.state != StepState::Completed && code.sends >= SEVERAL_SENDS)
    }

    /// The code went by WhatsApp, alone or with a text message.
    pub fn code_went_by_message(&self, kind: &StepKind) -> bool {
        let gateway = self.code(kind).and_then(|code| code.gateway.as_ref());
        matches!(gateway, Some(Gateway::Whatsapp | Gateway::Sms))
    }

    /// The state of the document check.
    pub fn document_state(&self) -> Option<&'a StepState> {
        self.registration.checks.document.as_ref().map(|document| &document.state)
    }

    /// The scan is there, but nobody knows what it shows.
    pub fn document_unverified(&self) -> bool {
        self.registration.checks.document.as_ref().is_some_and(|document| {
            let folded = document.raw_status.as_deref().map(crate::model::fold_word);
            folded.as_deref() == Some("active_but_unverified")
                || document.kind == Some(DocumentKind::Undetected) && document.state != StepState::Failed
        })
    }

    /// The registry did not answer although the flow wants it to.
    pub fn registry_missing(&self) -> bool {
        let document = self.registration.checks.document.as_ref();
        let settings = self.registration.flow.settings.as_ref();
        document.is_some_and(|document| {
            document.registry_reason.as_deref().is_some_and(|reason| !reason.is_empty())
                && document.name_review.is_none()
                && settings.and_then(|settings| settings.verify_names) != Some(false)
        })
    }

    /// Document and selfie passed, and the faces were never compared.
    pub fn compare_missing(&self) -> bool {
        let face = self.registration.checks.face.as_ref();
        let settings = self.registration.flow.settings.as_ref();
        let wanted = settings.and_then(|settings| settings.requirement(&StepKind::FaceComparison));
        progress::is_completed(self.registration, &StepKind::DocumentVerification)
            && progress::is_completed(self.registration, &StepKind::BiometricVerification)
            && wanted != Some(&Requirement::Skip)
            && face.is_none_or(|face| face.score.is_none() && !face.aged_out)
    }

    /// A link was sent again, its life is over, and nothing came of it.
    pub fn resent_link_died(&self) -> bool {
        let life = TimeDelta::seconds(Limit::LinkLife.seconds(self.registration.flow.settings.as_ref()));
        self.registration.link_resent.is_some_and(|resent| resent.at >= self.last_move && self.now - resent.at >= life)
    }

    /// The last decision sent it back to the person.
    pub fn was_sent_back(&self) -> bool {
        self.sent_back_at().is_some()
    }

    /// It was sent back, and the person has moved since.
    pub fn came_back(&self) -> bool {
        self.sent_back_at().is_some_and(|sent_back| self.last_evidence().is_some_and(|evidence| evidence > sent_back))
    }

    fn sent_back_at(&self) -> Option<Timestamp> {
        let last = self.registration.reviews.last()?;
        (last.from == Status::NeedsManualVerification && last.to.is_open()).then_some(last.at).flatten()
    }

    /// When the person last handed in a document or a selfie.
    fn last_evidence(&self) -> Option<Timestamp> {
        let checks = &self.registration.checks;
        let scans = checks.document.as_ref().and_then(|document| document.created);
        let selfies = checks.liveness.as_ref().and_then(|liveness| liveness.created);
        let attempts = self.registration.failed_attempts.iter().filter_map(|attempt| attempt.at);
        scans.into_iter().chain(selfies).chain(attempts).map(|moment| moment.at).max()
    }

    /// How long ago it ran out.
    pub fn expired_for(&self) -> TimeDelta {
        self.now - self.registration.completed_at.map_or(self.last_move, |moment| moment.at)
    }
}
