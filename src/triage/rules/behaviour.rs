//! How the registration went, and whether its records fit together.

use chrono::TimeDelta;

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, id_list};
use crate::{
    model::{FlowSettings, Registration, RegistrationId, Requirement, Status, Step, StepKind},
    triage::{LinkKind, links, progress},
};

/// Nobody scans a document and takes a selfie faster.
const FAST: Number = Number { name: "medium_below", default: 90.0, unit: "seconds" };
const IMPOSSIBLY_FAST: Number = Number { name: "high_below", default: 30.0, unit: "seconds" };
/// An earlier rejection counts for so long.
const FAILURE_WINDOW: Number = Number { name: "days", default: 90.0, unit: "days" };
/// Face results are deleted this long after the compare.
const EVIDENCE_LIFETIME: Number = Number { name: "lifetime", default: 90.0, unit: "days" };
/// How long before that to warn.
const VANISHING: Number = Number { name: "warning", default: 7.0, unit: "days" };

pub(super) const TOO_FAST: Rule = Rule {
    id: "BEH-01",
    name: "Finished too fast",
    severity: Severity::Medium,
    category: "behaviour",
    inputs: &["createdAt", "completedAt"],
    numbers: &[FAST, IMPOSSIBLY_FAST],
    threshold: "less than 90 seconds from creation to completion; high below 30",
    source: "our choice: reading a document alone takes 10 to 30 seconds",
    caveat: "Flows that are filled through the interface.",
    next_action: "Look at the client and the links.",
    evaluate: |case| {
        let registration = case.registration;
        if registration.status != Status::Completed {
            return RuleOutcome::NotApplicable;
        }
        let Some(completed) = registration.completed_at.filter(|moment| !moment.basis.is_approximate()) else {
            return RuleOutcome::NotMeasured;
        };
        let taken = completed.at - registration.created_at;
        let fast = case.number(&FAST);
        let severity = match taken {
            taken if taken < TimeDelta::zero() => return RuleOutcome::NotMeasured,
            taken if taken < case.number(&IMPOSSIBLY_FAST).seconds() => Severity::High,
            taken if taken < fast.seconds() => Severity::Medium,
            _ => return RuleOutcome::Clear,
        };
        Finding::new(severity, "completedAt", format!("{} s", taken.num_seconds()))
            .against(format!("at least {} s", fast.value), fast.from)
            .at(Some(completed))
            .fires()
    },
};

pub(super) const STATUS_CONTRADICTS_STEPS: Rule = Rule {
    id: "BEH-02",
    name: "Status contradicts the steps",
    severity: Severity::Critical,
    category: "behaviour",
    inputs: &["status", "steps[].status", "steps[].requirement"],
    numbers: &[],
    threshold: "completed with a mandatory step not done; low if a reviewer decided so",
    source: "exact",
    caveat: "An override by a reviewer explains it.",
    next_action: "Find out what completed it; sync it so that the status is computed again.",
    evaluate: status_contradicts_steps,
};

fn status_contradicts_steps(case: &Case) -> RuleOutcome {
    let registration = case.registration;
    if registration.status != Status::Completed {
        return RuleOutcome::NotApplicable;
    }
    let mandatory = |step: &&Step| step.requirement == Some(Requirement::Mandatory) && step.kind != StepKind::End;
    if !registration.steps.iter().any(|step| mandatory(&step)) {
        return RuleOutcome::NotMeasured;
    }
    let undone: Vec<&str> = registration
        .steps
        .iter()
        .filter(mandatory)
        .filter(|step| !step.state.is_settled() && !no_longer_known(registration, step))
        .map(|step| step.kind.as_str())
        .collect();
    if undone.is_empty() {
        return RuleOutcome::Clear;
    }
    let overridden = registration.reviews.last().is_some_and(|review| review.to == Status::Completed);
    let severity = if overridden { Severity::Low } else { Severity::Critical };
    Finding::new(severity, "status", format!("completed without {}", undone.join(", ")))
        .at(registration.completed_at)
        .fires()
}

/// A face result that was deleted because of its age once was there.
fn no_longer_known(registration: &Registration, step: &Step) -> bool {
    step.kind == StepKind::FaceComparison && registration.checks.face.as_ref().is_some_and(|face| face.aged_out)
}

pub(super) const EARLIER_FAILURE: Rule = Rule {
    id: "BEH-05",
    name: "Same person was rejected before",
    severity: Severity::Medium,
    category: "behaviour",
    inputs: &["links", "status"],
    numbers: &[FAILURE_WINDOW],
    threshold: "a rejected registration with the same document, face, e-mail or phone in the 90 days before; high if \
                its evidence looked like fraud",
    source: "our choice of window",
    caveat: "An honest second try after bad photos.",
    next_action: "Read the old reason first.",
    evaluate: |case| {
        const KINDS: &[LinkKind] = &[LinkKind::Document, LinkKind::Person, LinkKind::Email, LinkKind::Phone];
        let Some((_, others)) = case.sharing(KINDS) else { return RuleOutcome::NotMeasured };
        let created = case.registration.created_at;
        let window = case.number(&FAILURE_WINDOW);
        let before: Vec<(&RegistrationId, links::Failure)> = others
            .into_iter()
            .filter_map(|(id, other)| Some((id, other.failed?)))
            .filter(|(_, failure)| failure.at <= created && created - failure.at <= window.days())
            .collect();
        if before.is_empty() {
            return RuleOutcome::Clear;
        }
        let fraud = before.iter().any(|(_, failure)| failure.looked_like_fraud);
        let severity = if fraud { Severity::High } else { Severity::Medium };
        let ids: Vec<&RegistrationId> = before.iter().map(|(id, _)| *id).collect();
        Finding::new(severity, "links", format!("rejected: {}", id_list(ids.into_iter())))
            .against(format!("none in {} days", window.value), window.from)
            .fires()
    },
};

pub(super) const NO_CONSENT: Rule = Rule {
    id: "BEH-06",
    name: "No proof of consent",
    severity: Severity::Medium,
    category: "behaviour",
    inputs: &["evidence.consent.accepted", "flowSettings.asksConsent"],
    numbers: &[],
    threshold: "terms or privacy notice are shown, nothing was accepted, and the person went on",
    source: "exact: the use of biometrics needs explicit consent",
    caveat: "Older records may lack it.",
    next_action: "Hold it for compliance.",
    evaluate: no_consent,
};

fn no_consent(case: &Case) -> RuleOutcome {
    let consent = case.registration.checks.consent.as_ref();
    let owed = case.settings().and_then(|settings: &FlowSettings| {
        let mandatory = settings.requirement(&StepKind::Consent).map(|wanted| *wanted == Requirement::Mandatory);
        settings.asks_consent.or(mandatory)
    });
    match (owed, consent.and_then(|consent| consent.accepted)) {
        (_, Some(true)) => RuleOutcome::Clear,
        (Some(false), _) => RuleOutcome::NotApplicable,
        (None, None) => RuleOutcome::NotMeasured,
        (_, answer) => {
            let went_on =
                case.went_on_to_the_document() || progress::is_completed(case.registration, &StepKind::PersonalInfo);
            if !went_on {
                return RuleOutcome::NotApplicable;
            }
            let seen = if answer.is_some() { "refused" } else { "missing" };
            Finding::new(Severity::Medium, "evidence.consent.accepted", seen)
                .against("accepted", ThresholdFrom::Flow)
                .at(consent.and_then(|consent| consent.answered.or(consent.created)))
                .fires()
        }
    }
}

pub(super) const EVIDENCE_VANISHES: Rule = Rule {
    id: "BEH-07",
    name: "Evidence is about to be deleted",
    severity: Severity::Medium,
    category: "behaviour",
    inputs: &["evidence.face.compared", "status"],
    numbers: &[EVIDENCE_LIFETIME, VANISHING],
    threshold: "still undecided 83 days after the face compare",
    source: "the service deletes face results after about 90 days; the 7 days of warning are our choice",
    caveat: "Development projects delete sooner.",
    next_action: "Decide, or export the registration first.",
    evaluate: |case| {
        if case.registration.status.is_final() {
            return RuleOutcome::NotApplicable;
        }
        let Some(face) = &case.registration.checks.face else { return case.absent(&StepKind::FaceComparison) };
        let Some(compared) = face.compared else { return RuleOutcome::NotMeasured };
        let age = case.context.now - compared.at;
        let lifetime = case.number(&EVIDENCE_LIFETIME);
        let warned = lifetime.days() - case.number(&VANISHING).days();
        let is_old = case.context.has_passed(compared.at, warned);
        if face.aged_out || !is_old {
            return RuleOutcome::Clear;
        }
        Finding::new(Severity::Medium, "evidence.face.compared", format!("{} days old", age.num_days()))
            .against(format!("less than {} days", warned.num_days()), lifetime.from)
            .at(Some(compared))
            .fires()
    },
};
