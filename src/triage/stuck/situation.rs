//! What the ways of being stuck ask about a registration.

use chrono::TimeDelta;

use super::{Find, Limit};
use crate::{
    model::{
        Claim, CodeCheck, DocumentKind, FlowSettings, Gateway, Registration, RegistrationId, Requirement, Status,
        StepKind, StepState, Timestamp, fold_word,
    },
    triage::{Context, Incident, LinkKind, link_left, progress},
};

/// Selfies of poor quality before it is worth telling the person which rule they miss.
const SEVERAL_POOR_SELFIES: usize = 3;
/// Sends of a code after which the channel itself is in doubt: the first and two more.
const SEVERAL_SENDS: u32 = 3;

/// Words for a flow that lets nobody through.
const PAUSED: &[&str] = &["paused", "inactive", "disabled", "suspended"];
/// The service's codes for an account that cannot pay.
const UNPAID: &[&str] = &["payment_required", "insufficient_credits", "no_plan"];
/// The service's codes for a contact that another registration has.
const CONTACT_TAKEN: &[&str] = &["email_is_registered_already", "phone_is_registered_already"];

/// A registration at one time.
pub struct Situation<'a> {
    registration: &'a Registration,
    context: Context<'a>,
    /// When it last moved.
    last_move: Timestamp,
    /// The step that is owed next.
    next: Option<&'a StepKind>,
    /// The incident it waits because of.
    pub incident: Option<&'a Incident>,
}

impl<'a> Situation<'a> {
    pub fn of(registration: &'a Registration, context: Context<'a>) -> Self {
        let last_move = progress::last_move(registration);
        let next = progress::first_open_step(registration).map(|step| &step.kind);
        let incident = context.incidents.iter().find(|incident| incident.covers(registration));
        Self { registration, context, last_move, next, incident }
    }

    /// What is so since the last move, if it is so.
    pub fn still(&self, is_so: bool) -> Option<Find<'a>> {
        is_so.then_some(Find::since(self.last_move))
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

    /// Before the first code.
    pub fn is_signing_up(&self) -> bool {
        self.waits_for(&StepKind::PersonalInfo)
            || self.waits_for(&StepKind::Consent)
            || self.waits_for(&StepKind::EmailVerification)
    }

    /// At the form that the service would refuse: opened, and no code was sent yet.
    pub fn is_at_the_form(&self) -> bool {
        self.is_signing_up() && !self.is_untouched() && !self.has_codes()
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

    /// A code was sent: the service took the form.
    fn has_codes(&self) -> bool {
        self.registration.checks.email.is_some() || self.registration.checks.phone.is_some()
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
                || code.state != StepState::Completed && code.expires_at.is_some_and(|dies| self.context.has_come(dies))
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
            let folded = document.raw_status.as_deref().map(fold_word);
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
        let resent = self.registration.link_resent.filter(|resent| resent.at >= self.last_move);
        resent.is_some_and(|resent| self.context.has_passed(resent.at, life))
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

    /// When it ran out.
    pub fn ended_at(&self) -> Timestamp {
        self.registration.completed_at.map_or(self.last_move, |moment| moment.at)
    }

    /// Who has it.
    pub fn claim(&self) -> Option<&'a Claim> {
        self.registration.desk.claim.as_ref()
    }

    /// When somebody last decided.
    pub fn last_decision(&self) -> Option<Timestamp> {
        self.registration.reviews.iter().rev().find_map(|review| review.at)
    }

    /// The flow lets nobody through.
    pub fn flow_is_paused(&self) -> bool {
        self.registration.flow.status.as_deref().map(fold_word).is_some_and(|status| PAUSED.contains(&status.as_str()))
    }

    /// Since when the account could not pay: the latest attempt or access on record was refused for that.
    pub fn refused_for_lack_of_credits(&self) -> Option<Timestamp> {
        let is_unpaid =
            |reason: Option<&String>| reason.is_some_and(|reason| UNPAID.contains(&fold_word(reason).as_str()));
        let attempt = self.registration.failed_attempts.last().filter(|attempt| is_unpaid(attempt.reason.as_ref()));
        let access = self.registration.access_log.last().filter(|access| is_unpaid(access.reason.as_ref()));
        let refused = attempt.map(|attempt| attempt.at.map(|moment| moment.at)).or(access.map(|access| access.at))?;
        let since = refused.unwrap_or(self.last_move);
        // Whatever got through later was paid for.
        (self.is_running() && since >= self.last_move).then_some(since)
    }

    /// Nobody can go on with its link any more.
    fn link_is_dead(&self) -> bool {
        link_left(self.registration, self.context.now).is_some_and(|clock| !clock.is_alive())
    }

    /// When somebody wanted to begin anew with the contact of this one and was refused, because it is still open; and
    /// nothing has moved since, and its own link is dead.
    pub fn turned_away(&self) -> Option<Find<'a>> {
        let refused = self.registration.access_log.iter().rev().find(|access| {
            access.reason.as_deref().is_some_and(|reason| CONTACT_TAKEN.contains(&reason)) && access.action == "create"
        })?;
        let since = refused.at.filter(|at| *at >= self.last_move)?;
        (self.is_running() && self.link_is_dead()).then(|| Find::since(since).about(&self.registration.id))
    }

    /// The first registration of the same project that has the e-mail address or the phone of this one, is still
    /// open, and whose link is dead: the service refuses the form of the later one.
    pub fn earlier_one(&self) -> Option<&'a RegistrationId> {
        let own = self.context.links.traces(&self.registration.id).filter(|own| own.waiting.is_some())?;
        let others = self.context.links.sharing(&self.registration.id, &[LinkKind::Email, LinkKind::Phone]);
        let earlier = others.into_iter().filter(|(id, other)| {
            other.project == own.project
                && (other.arrival.at(), *id) < (own.arrival.at(), &self.registration.id)
                && other.waiting.is_some_and(|link_dies| self.context.has_come(link_dies))
        });
        earlier.min_by_key(|(id, other)| (other.arrival.at(), *id)).map(|(id, _)| id)
    }

    /// Since when the integrator does not know of the end: of some event the last delivery failed.
    pub fn undelivered(&self) -> Option<Timestamp> {
        if !self.registration.status.is_final() {
            return None;
        }
        let deliveries = &self.registration.deliveries;
        let failed = deliveries.iter().enumerate().filter(|(place, delivery)| {
            delivery.was_heard() == Some(false)
                && !deliveries[place + 1..]
                    .iter()
                    .any(|later| later.event == delivery.event && later.was_heard() == Some(true))
        });
        failed.map(|(_, delivery)| delivery.at.unwrap_or(self.ended_at())).min()
    }

    /// Since when the person is refused although all is done. Whoever got in later was not shut out.
    pub fn turned_away_after_the_end(&self) -> Option<Timestamp> {
        let is_done = matches!(self.registration.status, Status::Completed | Status::CompletedWithoutKyc);
        let ended = self.registration.completed_at.filter(|_| is_done)?.at;
        let persons = self.registration.access_log.iter().filter(|access| access.actor == "enrollee");
        let mut since = None;
        for access in persons.filter(|access| access.at.is_some_and(|at| at > ended)) {
            since = if access.outcome == "denied" { since.or(access.at) } else { None };
        }
        since
    }
}

impl<'a> Find<'a> {
    /// Since some time.
    pub fn since(since: Timestamp) -> Self {
        Self { since, about: None, holder: None }
    }

    /// It is another registration that has to be acted upon.
    pub fn about(self, id: &'a RegistrationId) -> Self {
        Self { about: Some(id), ..self }
    }

    /// A colleague has it.
    pub fn held_by(self, holder: &'a str) -> Self {
        Self { holder: Some(holder), ..self }
    }
}
