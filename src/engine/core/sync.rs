//! Sync: recompute, report a step, skip, end, decide.

use super::command::Sync;
use super::completeness::{completeness, standing};
use super::draft::Draft;
use super::transitions::Cause;
use super::{Fact, Refusal, codes};
use crate::backend::{CallerKind, ErrorKind, SyncStep, TokenKind};
use crate::model::{Gateway, Review, Status, StepKind, StepState};

/// Steps that the skip path passes over; none of them may be mandatory.
const SKIPPED_BY_SKIP_KYC: &[StepKind] =
    &[StepKind::BasicInformation, StepKind::DocumentVerification, StepKind::BiometricVerification, StepKind::Form];

pub(super) fn sync(draft: Draft, sync: &Sync) -> Result<Draft, Refusal> {
    let version = draft.state.registration.version;
    if let Some(seen) = sync.seen_version.filter(|seen| *seen != version) {
        return Err(Refusal::conflict(
            "Conflict",
            format!(
                "The registration has moved on: version {seen} was seen, it is now at version {version}. Look again."
            ),
        ));
    }
    match &sync.step {
        None => recompute(draft),
        Some((SyncStep::AdminOverride, status)) => decide_by_person(draft, status, sync),
        Some((SyncStep::SkipKyc, status)) => skip(draft, status, sync),
        Some((SyncStep::Flow(StepKind::End), status)) => end(draft, status, sync),
        Some((SyncStep::Flow(step), status)) => report(draft, step, status),
    }
}

fn recompute(draft: Draft) -> Result<Draft, Refusal> {
    let standing = standing(&draft.state.registration);
    draft.move_to(standing, Cause::Flow)
}

fn report(draft: Draft, step: &StepKind, status: &Status) -> Result<Draft, Refusal> {
    let reportable = matches!(
        step,
        StepKind::PersonalInfo
            | StepKind::Instructions
            | StepKind::BasicInformation
            | StepKind::DocumentVerification
            | StepKind::BiometricVerification
            | StepKind::Form
    );
    if !reportable {
        return Err(Refusal::step_not_supported(step.as_str()));
    }
    require_status(&SyncStep::Flow(step.clone()), status, &[Status::Ongoing])?;
    draft.require_open()?;
    if *step == StepKind::PersonalInfo {
        require_form(&draft)?;
    }
    Ok(draft.begin()?.push(Fact::StepReported { step: step.clone() }))
}

fn skip(draft: Draft, status: &Status, sync: &Sync) -> Result<Draft, Refusal> {
    require_status(&SyncStep::SkipKyc, status, &[Status::CompletedWithoutKyc])?;
    draft.require_open()?;
    let settings = draft.settings();
    if let Some(step) = SKIPPED_BY_SKIP_KYC.iter().find(|step| settings.is_mandatory(step)) {
        return Err(Refusal::conflict(
            "skipKYC_not_allowed",
            format!("The flow insists on {}, so verification cannot be skipped.", step.label()),
        ));
    }
    require_form(&draft)?;
    Ok(hand_out(draft.move_to(Status::CompletedWithoutKyc, Cause::Flow)?, sync))
}

fn end(draft: Draft, wish: &Status, sync: &Sync) -> Result<Draft, Refusal> {
    let wishes = [Status::Completed, Status::Failed, Status::NeedsManualVerification, Status::Ongoing];
    require_status(&SyncStep::Flow(StepKind::End), wish, &wishes)?;
    draft.require_open()?;
    let draft = draft.begin()?.push(Fact::StepReported { step: StepKind::End });
    let verdict = completeness(&draft.state.registration).status;
    let status = match (wish, verdict) {
        (Status::Ongoing, _) => draft.status().clone(),
        (Status::Failed, _) | (_, Status::Failed) => Status::Failed,
        (Status::NeedsManualVerification, _) => Status::NeedsManualVerification,
        (_, verdict) => verdict,
    };
    Ok(hand_out(draft.move_to(status, Cause::Flow)?, sync))
}

fn decide_by_person(draft: Draft, to: &Status, sync: &Sync) -> Result<Draft, Refusal> {
    if !matches!(sync.by, CallerKind::Operator | CallerKind::Client) {
        return Err(Refusal::new(
            ErrorKind::Forbidden,
            "access_denied",
            "A decision takes the project's own token, not that of the person who registers.",
        ));
    }
    let targets = [
        Status::Completed,
        Status::CompletedWithoutKyc,
        Status::Failed,
        Status::NeedsManualVerification,
        Status::Ongoing,
    ];
    require_status(&SyncStep::AdminOverride, to, &targets)?;
    let from = draft.status().clone();
    if from == *to {
        return Err(Refusal::conflict("already_decided", format!("The registration is {to} already.")));
    }
    let review =
        Review { by: Some(sync.by.as_str().to_owned()), ..Review::noted(from, to.clone(), sync.note.as_deref()) };
    let draft = draft.push(Fact::Reviewed { review }).move_to(to.clone(), Cause::Override)?;
    // Reopening means another chance: with spent attempts or no time left it would close again at once.
    Ok(if *to == Status::Ongoing { codes::forgive(draft).push(Fact::AttemptsWaived).extend_lifetime() } else { draft })
}

fn hand_out(draft: Draft, sync: &Sync) -> Draft {
    match sync.token {
        Some(token) => draft.issue(token, TokenKind::Login),
        None => draft,
    }
}

fn require_status(step: &SyncStep, status: &Status, allowed: &[Status]) -> Result<(), Refusal> {
    if allowed.contains(status) {
        return Ok(());
    }
    let allowed: Vec<&str> = allowed.iter().map(Status::as_str).collect();
    Err(Refusal::new(
        ErrorKind::Invalid { field: Some("status".to_owned()) },
        "status_not_supported",
        format!("`{}` cannot ask for {status}. It takes: {}.", step.live_name(), allowed.join(", ")),
    ))
}

/// What the sign-up form has to have before it counts as passed: consent and validated contacts, where mandatory.
fn require_form(draft: &Draft) -> Result<(), Refusal> {
    let settings = draft.settings();
    let steps = &draft.state.registration;
    let gateway_of = |step: &StepKind| match step {
        StepKind::EmailVerification => settings.email_gateway.as_ref(),
        StepKind::PhoneVerification => settings.phone_gateway.as_ref(),
        _ => None,
    };
    let missing = [StepKind::Consent, StepKind::EmailVerification, StepKind::PhoneVerification]
        .into_iter()
        .filter(|step| settings.is_mandatory(step) && gateway_of(step) != Some(&Gateway::None))
        .find(|step| steps.step(step).is_none_or(|step| step.state != StepState::Completed));
    match missing {
        None => Ok(()),
        Some(step) => Err(Refusal::conflict(
            "signUpForm_validation_not_passed",
            format!("The sign-up form is not complete: {} is mandatory and has not passed.", step.label()),
        )),
    }
}
