//! E-mail and phone.

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, id_list};
use crate::{
    model::{CodeCheck, FlowSettings, Gateway, RegistrationId, Requirement, StepKind, StepState},
    triage::{LinkKind, links},
};

/// From this many people on, sharing a contact is no family matter.
const MANY_PEOPLE: Number = Number { name: "critical_from", default: 5.0, unit: "people" };
/// Wrong codes worth a look before the limit is reached.
const SEVERAL_WRONG_CODES: Number = Number { name: "several", default: 3.0, unit: "attempts" };
/// Resends without success worth a look.
const SEVERAL_RESENDS: Number = Number { name: "resends", default: 3.0, unit: "resends" };

pub(super) const SHARED_CONTACT: Rule = Rule {
    id: "CON-06",
    name: "Contact shared by several people",
    severity: Severity::High,
    category: "contact",
    inputs: &["contact.email", "contact.phone", "contact.countryCode", "links"],
    numbers: &[MANY_PEOPLE],
    threshold: "2 people with one e-mail address or phone; critical from 5 on",
    source: "our choice; shared contacts are a known warning sign of identity theft",
    caveat: "Family phones, shops and agents who help customers; the same person starting again is not counted.",
    next_action: "Look at the ring, and verify who owns the contact.",
    evaluate: shared_contact,
};

fn shared_contact(case: &Case) -> RuleOutcome {
    let Some((own, others)) = case.sharing(&[LinkKind::Email, LinkKind::Phone]) else {
        return RuleOutcome::NotMeasured;
    };
    let strangers: Vec<_> = others.iter().filter(|(_, other)| own.same_person(other) != Some(true)).collect();
    let many = case.number(&MANY_PEOPLE).count().max(2);
    let people =
        links::distinct_people(std::iter::once(&own).chain(strangers.iter().map(|(_, other)| other)), true, many);
    if people < 2 {
        return RuleOutcome::Clear;
    }
    let severity = if people >= many { Severity::Critical } else { Severity::High };
    let ids: Vec<&RegistrationId> = strangers.iter().map(|(id, _)| *id).collect();
    let path = if case.registration.contact.email.is_some() { "contact.email" } else { "contact.phone" };
    Finding::new(severity, path, format!("also {}", id_list(ids.into_iter())))
        .against("1 person", ThresholdFrom::Default)
        .fires()
}

/// The two code checks with their step and the name of their key.
fn codes<'a>(case: &Case<'a>) -> [(&'static str, StepKind, Option<&'a CodeCheck>); 2] {
    let checks = &case.registration.checks;
    [
        ("email", StepKind::EmailVerification, checks.email.as_ref()),
        ("phone", StepKind::PhoneVerification, checks.phone.as_ref()),
    ]
}

/// The worst finding of both channels, else clear if any was measured.
fn worst_of<const N: usize>(outcomes: [RuleOutcome; N]) -> RuleOutcome {
    let rank = |outcome: &RuleOutcome| match outcome {
        RuleOutcome::Fires(finding) => 3 + finding.severity as usize,
        RuleOutcome::Clear => 2,
        RuleOutcome::NotMeasured => 1,
        RuleOutcome::NotApplicable => 0,
    };
    outcomes.into_iter().max_by_key(rank).unwrap_or(RuleOutcome::NotApplicable)
}

pub(super) const WRONG_CODES: Rule = Rule {
    id: "CON-07",
    name: "Wrong codes entered repeatedly",
    severity: Severity::Medium,
    category: "contact",
    inputs: &["evidence.email.attempts", "evidence.phone.attempts", "evidence.phone.maxAttempts"],
    numbers: &[SEVERAL_WRONG_CODES],
    threshold: "3 wrong codes; high when the limit is spent (3 if none is told)",
    source: "the service documents 3 attempts",
    caveat: "Late messages; an older code typed.",
    next_action: "Send a new code, or use the other channel.",
    evaluate: |case| worst_of(codes(case).map(|(key, kind, code)| wrong_codes(case, key, &kind, code))),
};

fn wrong_codes(case: &Case, key: &str, kind: &StepKind, code: Option<&CodeCheck>) -> RuleOutcome {
    let Some(code) = code else { return case.absent(kind) };
    let right = u32::from(code.state == StepState::Completed);
    let wrong = code.attempts.saturating_sub(right);
    let (limit, from) = match (code.max_attempts, case.settings().and_then(|settings| settings.step(kind))) {
        (_, Some(step)) if step.attempt_limit.is_some() => {
            (step.attempt_limit.unwrap_or(FlowSettings::DEFAULTS.attempt_limit), ThresholdFrom::Flow)
        }
        (Some(limit), _) => (limit, ThresholdFrom::Record),
        (None, _) => (FlowSettings::DEFAULTS.attempt_limit, ThresholdFrom::Default),
    };
    let several = case.number(&SEVERAL_WRONG_CODES).count().max(1) as u32;
    let severity = match wrong {
        wrong if wrong >= limit.max(1) => Severity::High,
        wrong if wrong >= several => Severity::Medium,
        _ => return RuleOutcome::Clear,
    };
    Finding::new(severity, format!("evidence.{key}.attempts"), wrong.to_string())
        .against(format!("fewer than {}", limit.clamp(1, several)), from)
        .at(code.last_sent.or(code.created))
        .fires()
}

pub(super) const MANY_RESENDS: Rule = Rule {
    id: "CON-08",
    name: "Many resends without success",
    severity: Severity::Low,
    category: "contact",
    inputs: &["evidence.email.sends", "evidence.phone.sends"],
    numbers: &[SEVERAL_RESENDS],
    threshold: "a code sent again 3 times and never entered",
    source: "our choice",
    caveat: "A carrier that is down concerns everybody at once.",
    next_action: "Switch between text message and WhatsApp, or call.",
    evaluate: |case| {
        worst_of(codes(case).map(|(key, kind, code)| {
            let Some(code) = code else { return case.absent(&kind) };
            let several = case.number(&SEVERAL_RESENDS);
            let resends = code.sends.saturating_sub(1);
            if code.state == StepState::Completed || resends < several.count() as u32 {
                return RuleOutcome::Clear;
            }
            Finding::new(Severity::Low, format!("evidence.{key}.sends"), code.sends.to_string())
                .against(format!("fewer than {} times again", several.count()), several.from)
                .at(code.last_sent)
                .fires()
        }))
    },
};

pub(super) const CODE_NEVER_CONFIRMED: Rule = Rule {
    id: "CON-09",
    name: "Flow went on without a confirmed code",
    severity: Severity::High,
    category: "contact",
    inputs: &["evidence.email.state", "evidence.phone.state", "flowSettings.phoneGateway", "currentStep"],
    numbers: &[],
    threshold: "a code is required, not confirmed, and the document step was reached",
    source: "exact",
    caveat: "A registration created again loses the codes confirmed before.",
    next_action: "Have the contact verified again before you approve.",
    evaluate: |case| {
        if !case.went_on_to_the_document() {
            return RuleOutcome::NotApplicable;
        }
        worst_of(codes(case).map(|(key, kind, code)| code_never_confirmed(case, key, &kind, code)))
    },
};

fn code_never_confirmed(case: &Case, key: &str, kind: &StepKind, code: Option<&CodeCheck>) -> RuleOutcome {
    let gateway = code.and_then(|code| code.gateway.as_ref()).or_else(|| {
        let settings = case.settings()?;
        if *kind == StepKind::EmailVerification {
            settings.email_gateway.as_ref()
        } else {
            settings.phone_gateway.as_ref()
        }
    });
    let requirement = case.settings().and_then(|settings| settings.requirement(kind));
    // Collected, not verified: nothing was promised.
    if gateway == Some(&Gateway::None) || requirement.is_some_and(|wanted| *wanted != Requirement::Mandatory) {
        return RuleOutcome::NotApplicable;
    }
    match (code, requirement) {
        (Some(code), _) if code.state == StepState::Completed => RuleOutcome::Clear,
        // A check of which only the id is known, or in a state nobody knows, may well be confirmed.
        (None, None) | (Some(CodeCheck { state: StepState::Unknown(_), .. }), _) => RuleOutcome::NotMeasured,
        _ => {
            let seen = code.map_or("never sent", |code| code.state.as_str());
            Finding::new(Severity::High, format!("evidence.{key}.state"), seen)
                .against("completed", ThresholdFrom::Flow)
                .at(code.and_then(|code| code.created))
                .fires()
        }
    }
}
