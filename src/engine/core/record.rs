//! The outcomes of steps.

use super::command::Origin;
use super::draft::Draft;
use super::{Fact, Refusal, codes};
use crate::backend::Channel;
use crate::model::evidence::{CAPTURE_QUALITY_REASONS, spends_attempt};
use crate::model::{
    Attempt, BackgroundSource, DocumentCheck, Evidence, FlowSettings, Information, LivenessCheck, Outcome, Requirement,
    StepKind, StepState,
};

pub(super) fn record(draft: Draft, evidence: &Evidence, origin: &Origin) -> Result<Draft, Refusal> {
    draft.require_open()?;
    refuse_left_out(&draft, &evidence.step())?;
    match evidence {
        Evidence::EmailVerification { outcome } => codes::record(draft, Channel::Email, *outcome, origin),
        Evidence::PhoneVerification { outcome } => codes::record(draft, Channel::Phone, *outcome, origin),
        Evidence::DocumentVerification { document } => document_checked(draft, document, origin),
        Evidence::BiometricVerification { liveness } => liveness_checked(draft, liveness, origin),
        Evidence::FaceComparison { score, min_score } => faces_compared(draft, *score, *min_score),
        Evidence::CriminalHistory { sources } => background_checked(draft, sources),
        Evidence::Consent { accepted } => Ok(draft.begin()?.push(Fact::ConsentAnswered { accepted: *accepted })),
        Evidence::PersonalInfo { information } => {
            let information = with_origin(information, origin);
            Ok(draft.begin()?.push(Fact::FormSubmitted { information }))
        }
        Evidence::BasicInformation { information } => {
            let information = with_origin(information, origin);
            Ok(draft.begin()?.push(Fact::BasicInformationGiven { information }))
        }
        Evidence::Instructions {} => Ok(draft.begin()?.push(Fact::InstructionsRead)),
        Evidence::Form { answers } => Ok(draft.begin()?.push(Fact::CustomFormSubmitted { answers: answers.clone() })),
        Evidence::Signature {} => Ok(draft.begin()?.push(Fact::Signed)),
    }
}

/// A step that the flow leaves out takes no evidence: it could not have been asked for.
fn refuse_left_out(draft: &Draft, step: &StepKind) -> Result<(), Refusal> {
    if draft.settings().requirement(step) == Some(&Requirement::Skip) {
        return Err(Refusal::conflict(
            "step_not_in_flow",
            format!("The flow of this registration leaves out {}, so no outcome of it can be recorded.", step.label()),
        ));
    }
    Ok(())
}

fn refuse_exhausted(draft: &Draft, step: &StepKind) -> Result<(), Refusal> {
    let limit = draft.settings().attempt_limit(step);
    if draft.state.registration.counted_failures(step) >= limit {
        return Err(Refusal::attempts_exhausted(step, limit));
    }
    Ok(())
}

fn with_origin(information: &Information, origin: &Origin) -> Box<Information> {
    let mut information = information.clone();
    information.ip = information.ip.or_else(|| origin.ip.clone());
    information.user_agent = information.user_agent.or_else(|| origin.user_agent.clone());
    Box::new(information)
}

fn document_checked(draft: Draft, given: &DocumentCheck, origin: &Origin) -> Result<Draft, Refusal> {
    let step = StepKind::DocumentVerification;
    let current = draft.state.registration.checks.document.as_ref().map(|document| &document.state);
    if current == Some(&StepState::Completed) {
        return Err(Refusal::conflict(
            "already_exists",
            "A document has passed already. A new scan replaces only one that failed or is still being checked.",
        ));
    }
    refuse_exhausted(&draft, &step)?;
    check_unit("confidence", given.confidence)?;
    check_percent("nameMatch", given.name_match)?;
    let mut document = given.clone();
    document.ip = document.ip.or_else(|| origin.ip.clone());
    document.user_agent = document.user_agent.or_else(|| origin.user_agent.clone());
    let failure = match document.state {
        StepState::Failed => Some(document.failed_reason.clone()),
        StepState::Expired => Some(document.failed_reason.clone().or_else(|| Some("document_expired".to_owned()))),
        _ => None,
    };
    let number = document.number.clone();
    let draft = draft.begin()?.push(Fact::DocumentChecked { document: Box::new(document) });
    Ok(match failure {
        Some(reason) => draft.push(Fact::AttemptFailed {
            attempt: Attempt { step, at: None, reason, counts: true, score: None, document_number: number },
        }),
        None => draft,
    })
}

fn liveness_checked(draft: Draft, given: &LivenessCheck, origin: &Origin) -> Result<Draft, Refusal> {
    let step = StepKind::BiometricVerification;
    let current = draft.state.registration.checks.liveness.as_ref().map(|liveness| &liveness.state);
    if current == Some(&StepState::Completed) {
        return Err(Refusal::conflict(
            "person_already_set",
            "Liveness has passed already and the registration has its person.",
        ));
    }
    refuse_exhausted(&draft, &step)?;
    check_unit("score", given.score)?;
    let reason = given.failed_reason.as_deref();
    if reason.is_some_and(|reason| CAPTURE_QUALITY_REASONS.contains(&reason)) {
        // Such a capture says nothing about the person: no verdict, no score, no attempt spent.
        let attempt = Attempt {
            step,
            at: None,
            reason: given.failed_reason.clone(),
            counts: spends_attempt(reason),
            score: None,
            document_number: None,
        };
        return Ok(draft.begin()?.push(Fact::AttemptFailed { attempt }));
    }
    let min_score = draft.settings().liveness_min.unwrap_or(FlowSettings::DEFAULTS.liveness_min);
    let mut liveness = judged(given, min_score);
    liveness.ip = liveness.ip.or_else(|| origin.ip.clone());
    liveness.user_agent = liveness.user_agent.or_else(|| origin.user_agent.clone());
    let failure = matches!(liveness.state, StepState::Failed | StepState::Expired).then(|| Attempt {
        step,
        at: None,
        reason: liveness.failed_reason.clone(),
        counts: true,
        score: liveness.score,
        document_number: None,
    });
    let draft = draft.begin()?.push(Fact::LivenessChecked { liveness: Box::new(liveness) });
    Ok(match failure {
        Some(attempt) => draft.push(Fact::AttemptFailed { attempt }),
        None => draft,
    })
}

/// The verdict on a selfie: a score must be strictly above the minimum, and nothing else may speak against it.
fn judged(given: &LivenessCheck, min_score: f64) -> LivenessCheck {
    let mut liveness = given.clone();
    liveness.min_score = Some(min_score);
    let spoofed = given.anti_spoofing == Some(Outcome::Failed);
    let too_low = given.score.is_some_and(|score| score <= min_score);
    let refused = matches!(given.state, StepState::Failed | StepState::Expired);
    if spoofed || too_low || refused {
        if given.state != StepState::Expired {
            liveness.state = StepState::Failed;
        }
        liveness.failed_reason.get_or_insert_with(|| "liveness_failed".to_owned());
    } else if given.score.is_some() && given.state != StepState::Review {
        liveness.state = StepState::Completed;
    }
    liveness
}

fn faces_compared(draft: Draft, score: f64, judged_by: Option<f64>) -> Result<Draft, Refusal> {
    check_unit("score", Some(score))?;
    check_unit("minScore", judged_by)?;
    let flow_min = draft.settings().compare_min.unwrap_or(FlowSettings::DEFAULTS.compare_min);
    let min_score = judged_by.unwrap_or(flow_min);
    Ok(draft.begin()?.push(Fact::FacesCompared { score, min_score, passed: score >= min_score }))
}

fn background_checked(draft: Draft, sources: &[BackgroundSource]) -> Result<Draft, Refusal> {
    if sources.is_empty() {
        return Err(Refusal::invalid("sources", "A background check names at least one list and what it answered."));
    }
    Ok(draft.begin()?.push(Fact::BackgroundChecked { sources: sources.to_vec() }))
}

fn check_unit(field: &str, value: Option<f64>) -> Result<(), Refusal> {
    check_range(field, value, 1.0)
}

fn check_percent(field: &str, value: Option<f64>) -> Result<(), Refusal> {
    check_range(field, value, 100.0)
}

fn check_range(field: &str, value: Option<f64>, most: f64) -> Result<(), Refusal> {
    match value {
        Some(value) if !(0.0..=most).contains(&value) => {
            Err(Refusal::invalid(field, format!("`{field}` must lie between 0 and {most}.")))
        }
        _ => Ok(()),
    }
}
