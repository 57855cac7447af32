//! What somebody who is under way does next. Pure: the registration as it stands says what is owed, chance says how
//! it goes.

use chrono::Timelike as _;

use super::chance::Chance;
use super::papers;
use super::person::Person;
use crate::backend::{Caller, CallerKind, SyncStep};
use crate::engine::core::{Command, Digest, Origin, Sync};
use crate::model::{
    CodeOutcome, DocumentCheck, Evidence, FlowSettings, Gateway, Registration, Requirement, SourceStatus, Status, Step,
    StepKind, StepState, Timestamp,
};

/// Of a hundred people, so many take the steps a flow leaves to them.
const WILLING: u32 = 45;

/// The next thing a registration's person or the checks do: commands that belong together, in order. Empty once
/// nothing is left that anybody but the desk could do.
pub(super) fn next_move(registration: &Registration, chance: &mut Chance, now: Timestamp) -> Vec<(Caller, Command)> {
    let person = Person::behind(registration);
    let mut moves = Moves { registration, person, chance, now, commands: Vec::new() };
    moves.choose();
    moves.commands
}

struct Moves<'a> {
    registration: &'a Registration,
    person: Person,
    chance: &'a mut Chance,
    now: Timestamp,
    commands: Vec<(Caller, Command)>,
}

impl Moves<'_> {
    fn choose(&mut self) {
        if !matches!(self.registration.status, Status::Started | Status::Ongoing) {
            return;
        }
        let is_willing = is_willing(self.registration);
        let next = self.registration.steps.iter().find(|step| is_next(self.registration, step, is_willing));
        match next.map(|step| (step.kind.clone(), step)) {
            None => self.close(is_willing),
            Some((StepKind::Consent, _)) => {
                let accepted = self.chance.percent(97);
                self.record(Evidence::Consent { accepted });
            }
            Some((StepKind::PersonalInfo, _)) => {
                self.record(Evidence::PersonalInfo { information: self.person.sign_up_form() });
            }
            Some((kind @ (StepKind::EmailVerification | StepKind::PhoneVerification), step)) => self.code(&kind, step),
            Some((StepKind::Instructions, _)) => {
                self.record(Evidence::Instructions {});
                self.report(StepKind::Instructions);
            }
            Some((StepKind::BasicInformation, _)) => {
                self.record(Evidence::BasicInformation { information: self.person.basic_information() });
                self.report(StepKind::BasicInformation);
            }
            Some((StepKind::DocumentVerification, step)) => self.document(step),
            Some((StepKind::BiometricVerification, step)) => self.selfie(step),
            Some((StepKind::FaceComparison, _)) => self.face(),
            Some((StepKind::CriminalHistory, _)) => self.background(),
            Some((StepKind::Form, _)) => {
                let answers = papers::form_answers(self.chance);
                self.record(Evidence::Form { answers });
                self.report(StepKind::Form);
            }
            Some((StepKind::Signature, _)) => self.record(Evidence::Signature {}),
            Some((StepKind::End | StepKind::Other(_), _)) => {}
        }
    }

    fn caller(&self, kind: CallerKind) -> Caller {
        match kind {
            CallerKind::System => Caller::system(),
            kind => Caller {
                ip: Some(self.person.ip.clone()),
                user_agent: Some(self.person.user_agent.clone()).filter(|client| !client.is_empty()),
                ..Caller::of(kind)
            },
        }
    }

    fn record(&mut self, evidence: Evidence) {
        self.record_by(CallerKind::Enrollee, evidence);
    }

    fn record_by(&mut self, by: CallerKind, evidence: Evidence) {
        let caller = self.caller(by);
        let origin = Origin::from(&caller);
        self.commands.push((caller, Command::Record { evidence, origin }));
    }

    fn sync(&mut self, by: CallerKind, sync: Sync) {
        self.commands.push((self.caller(by), Command::Sync(sync)));
    }

    fn report(&mut self, step: StepKind) {
        let sync = Sync::report(SyncStep::Flow(step), Status::Ongoing, CallerKind::Enrollee);
        self.sync(CallerKind::Enrollee, sync);
    }

    fn settings(&self) -> Option<&FlowSettings> {
        self.registration.flow.settings.as_ref()
    }

    /// A code is sent, then typed: right mostly, wrong now and then.
    fn code(&mut self, kind: &StepKind, step: &Step) {
        let evidence = |outcome| match kind {
            StepKind::EmailVerification => Evidence::EmailVerification { outcome },
            _ => Evidence::PhoneVerification { outcome },
        };
        let is_out = step.state == StepState::InProgress;
        let outcome = match is_out {
            false => CodeOutcome::Sent,
            true if self.chance.percent(12) => CodeOutcome::Failed,
            true => CodeOutcome::Passed,
        };
        self.record(evidence(outcome));
        if outcome == CodeOutcome::Passed && !self.owes_another_code(kind) {
            self.report(StepKind::PersonalInfo);
        }
    }

    /// Whether the sign-up form waits for a code besides this one.
    fn owes_another_code(&self, kind: &StepKind) -> bool {
        [StepKind::EmailVerification, StepKind::PhoneVerification].iter().filter(|other| *other != kind).any(|other| {
            let step = self.registration.step(other);
            step.is_some_and(|step| step.requirement == Some(Requirement::Mandatory) && !step.state.is_settled())
        })
    }

    fn document(&mut self, step: &Step) {
        if is_exhausted(self.registration, &step.kind) {
            return self.sync(CallerKind::System, Sync::recompute(CallerKind::System));
        }
        let scan = self.registration.checks.document.clone().filter(|scan| scan.state == StepState::InProgress);
        let Some(scan) = scan else {
            let settings = self.settings().cloned().unwrap_or_default();
            let scan = papers::scan_under_way(&settings, self.chance);
            return self.record(Evidence::DocumentVerification { document: Box::new(scan) });
        };
        let scan = DocumentCheck { id: None, ..scan };
        let mut document = papers::good_document(&self.person, scan.clone(), self.now.date_naive(), self.chance);
        let luck = self.chance.between(0..=99);
        match luck {
            0..=11 => document = papers::failed_document(scan, "document_number_is_not_extracted"),
            12..=14 => document = papers::failed_document(scan, "document_type_not_detected"),
            15..=19 => {
                document.confidence = Some(self.chance.score(610..=830));
                document.state = StepState::Review;
            }
            _ => {}
        }
        let passed = document.state != StepState::Failed;
        self.record_by(CallerKind::System, Evidence::DocumentVerification { document: Box::new(document) });
        if passed {
            self.report(StepKind::DocumentVerification);
        }
    }

    fn selfie(&mut self, step: &Step) {
        if is_exhausted(self.registration, &step.kind) {
            return self.sync(CallerKind::System, Sync::recompute(CallerKind::System));
        }
        let minimum = self.settings().and_then(|settings| settings.liveness_min);
        let minimum = (minimum.unwrap_or(FlowSettings::DEFAULTS.liveness_min) * 1000.0) as i64;
        let luck = self.chance.between(0..=99);
        let liveness = match luck {
            0..=9 => papers::rejected_capture(&self.person, "poor_lighting"),
            10..=14 => papers::rejected_capture(&self.person, "face_not_centered"),
            15..=23 => papers::selfie(&self.person, self.chance.score((minimum - 130).max(1)..=minimum)),
            24 => papers::selfie(&self.person, self.chance.score(120..=(minimum - 200).max(121))),
            _ => papers::selfie(&self.person, self.chance.score((minimum + 60).min(960)..=988)),
        };
        self.record(Evidence::BiometricVerification { liveness: Box::new(liveness) });
    }

    fn face(&mut self) {
        let minimum = self.settings().and_then(|settings| settings.compare_min);
        let minimum = (minimum.unwrap_or(FlowSettings::DEFAULTS.compare_min) * 1000.0) as i64;
        let score = match self.chance.between(0..=99) {
            0..=5 => self.chance.score((minimum - 220).max(0)..=minimum - 5),
            6..=12 => self.chance.score(minimum..=(minimum + 40).min(999)),
            _ => self.chance.score((minimum + 50).clamp(855, 960)..=993),
        };
        self.record_by(CallerKind::System, Evidence::FaceComparison { score, min_score: None });
        self.report(StepKind::BiometricVerification);
    }

    fn background(&mut self) {
        let list = self.chance.pick(papers::LISTS).copied().unwrap_or_default();
        let other = match self.chance.between(0..=99) {
            0..=1 => Some((list, &SourceStatus::Found)),
            2..=6 => Some((list, &SourceStatus::Error)),
            _ => None,
        };
        self.record_by(CallerKind::System, Evidence::CriminalHistory { sources: papers::lists(other) });
    }

    /// Nothing is owed any more: the end, or the way around verification for those who do not want it.
    fn close(&mut self, is_willing: bool) {
        let token = Some(Digest::of_token(&self.chance.hex::<32>()));
        let verifies = self.settings().is_none_or(|settings| settings.is_mandatory(&StepKind::DocumentVerification));
        let (step, wish) = if verifies || is_willing {
            (SyncStep::Flow(StepKind::End), Status::Completed)
        } else {
            (SyncStep::SkipKyc, Status::CompletedWithoutKyc)
        };
        let sync = Sync { token, ..Sync::report(step, wish, CallerKind::Enrollee) };
        self.sync(CallerKind::Enrollee, sync);
    }
}

/// Whether a person takes what is left to them. Theirs alone, so it is the same at every step.
fn is_willing(registration: &Registration) -> bool {
    registration.created_at.nanosecond() / 1_000_000 % 100 < WILLING
}

/// Whether this is what the person or the checks have to do next.
fn is_next(registration: &Registration, step: &Step, is_willing: bool) -> bool {
    let asked = match &step.requirement {
        Some(Requirement::Mandatory) => true,
        Some(Requirement::Optional) => is_willing,
        _ => false,
    };
    let done = match step.kind {
        StepKind::FaceComparison => registration.checks.face.is_some(),
        StepKind::CriminalHistory => registration.checks.background.is_some(),
        // Refused terms are an answer too.
        StepKind::Consent => registration.checks.consent.is_some(),
        StepKind::End => true,
        _ => step.state.is_settled() || step.state == StepState::Review,
    };
    asked && !done && !cannot_be_sent(registration, &step.kind)
}

/// A code without a gateway or a contact: nobody can confirm it.
fn cannot_be_sent(registration: &Registration, kind: &StepKind) -> bool {
    let settings = registration.flow.settings.as_ref();
    let (contact, gateway) = match kind {
        StepKind::EmailVerification => (&registration.contact.email, settings.map(|settings| &settings.email_gateway)),
        StepKind::PhoneVerification => (&registration.contact.phone, settings.map(|settings| &settings.phone_gateway)),
        _ => return false,
    };
    contact.is_none() || gateway.is_some_and(|gateway| *gateway == Some(Gateway::None))
}

fn is_exhausted(registration: &Registration, kind: &StepKind) -> bool {
    let limit = registration
        .flow
        .settings
        .as_ref()
        .map_or(FlowSettings::DEFAULTS.attempt_limit, |settings| settings.attempt_limit(kind));
    registration.counted_failures(kind) >= limit
}
