//! People at the places where they get stuck.

use crate::{
    model::{AccessEntry, CodeCheck, Delivery, FlowStep, Gateway, Registration, Requirement, Review, Status, StepKind},
    triage::testing::{at, email, moment, phone, settings},
};

/// A clean registration that went no further than before the document.
pub fn up_to_the_document(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::BasicInformation);
    r.completed_at = None;
    (r.checks.document, r.checks.liveness, r.checks.face) = (None, None, None);
}

pub fn up_to_the_selfie(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::DocumentVerification);
    r.completed_at = None;
    (r.checks.liveness, r.checks.face) = (None, None);
}

/// A clean registration that went no further than the sign-up form.
pub fn up_to_the_form(r: &mut Registration) {
    up_to_the_document(r);
    r.current_step = Some(StepKind::PersonalInfo);
    (r.checks.email, r.checks.phone, r.checks.instructions, r.checks.basic_information) = (None, None, None, None);
}

pub fn with_email_code(r: &mut Registration, change: fn(&mut CodeCheck)) {
    up_to_the_form(r);
    *email(r) = CodeCheck { sends: 1, created: moment(70), ..CodeCheck::default() };
    change(email(r));
}

pub fn with_phone_code(r: &mut Registration, change: fn(&mut CodeCheck)) {
    let confirmed = r.checks.email.clone();
    up_to_the_form(r);
    r.checks.email = confirmed;
    *phone(r) = CodeCheck { sends: 1, gateway: Some(Gateway::Whatsapp), created: moment(95), ..CodeCheck::default() };
    change(phone(r));
}

pub fn in_review(r: &mut Registration) {
    r.status = Status::NeedsManualVerification;
    r.current_step = Some(StepKind::BiometricVerification);
    r.completed_at = None;
}

pub fn sent_back(r: &mut Registration, at_seconds: i64) {
    in_review(r);
    r.status = Status::Ongoing;
    r.reviews.push(Review {
        at: Some(at(at_seconds)),
        by: Some("operator".to_owned()),
        ..Review::noted(Status::NeedsManualVerification, Status::Ongoing, None)
    });
}

/// All done but one more step that the flow insists on.
pub fn owes(r: &mut Registration, kind: StepKind) {
    (r.status, r.completed_at) = (Status::Ongoing, None);
    r.current_step = Some(StepKind::BiometricVerification);
    settings(r).steps.push(FlowStep { kind, requirement: Requirement::Mandatory, attempt_limit: None });
}

/// The person comes back after the end, so many seconds after the beginning, and is refused.
pub fn refused_after_the_end(r: &mut Registration, seconds: i64) {
    r.completed_at = moment(550);
    r.access_log = vec![access(seconds, "enrollee", "record document_verification", Some("registration_is_closed"))];
}

/// The webhook is told of the end, and answers with a code.
pub fn told(r: &mut Registration, code: Option<u16>) {
    let event = "onboarding_app_registration_completed".to_owned();
    r.deliveries = vec![Delivery { event, at: Some(at(600)), code, delivered: None }];
}

/// Halfway, in a flow of which this is known.
pub fn in_a_flow(r: &mut Registration, status: &str) {
    up_to_the_document(r);
    r.flow.status = Some(status.to_owned());
}

/// Somebody wanted to begin anew with the same contact, while the first link lives for so many minutes.
pub fn turned_away(r: &mut Registration, token_minutes: u32) {
    up_to_the_form(r);
    settings(r).token_minutes = Some(token_minutes);
    r.access_log = vec![access(600, "client", "create", Some("email_is_registered_already"))];
}

pub fn access(seconds: i64, actor: &str, action: &str, denied: Option<&str>) -> AccessEntry {
    AccessEntry {
        at: Some(at(seconds)),
        actor: actor.to_owned(),
        ip: None,
        action: action.to_owned(),
        outcome: if denied.is_some() { "denied" } else { "allowed" }.to_owned(),
        reason: denied.map(str::to_owned),
    }
}
