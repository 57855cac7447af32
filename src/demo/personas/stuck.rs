//! People who do not move, at least one for every way of being stuck.

use super::{
    Begun, DAY, HOUR, MINUTE, Persona, alone, any, asks_basics, asks_own_form, by_whatsapp, confirms_phone, identifies,
    instructs, screens,
};
use crate::backend::{CallerKind, Channel};
use crate::demo::story::Story;
use crate::model::{Attempt, Claim, Delivery, DocumentKind, Moment, Registration, Status, StepKind, StepState};

/// Long enough to be called stuck, short of the lifetime of any flow.
const FOR_HOURS: Begun = Begun::Between(3 * HOUR, 2 * DAY);
const FOR_A_WHILE: Begun = Begun::Between(40 * MINUTE, 3 * HOUR);
const JUST_NOW: Begun = Begun::Between(4 * MINUTE, 9 * MINUTE);

pub(super) const PERSONAS: &[Persona] = &[
    alone(0, any, FOR_HOURS, |_| {}),
    alone(2, identifies, FOR_HOURS, leaves_the_form_half_way),
    alone(6, any, JUST_NOW, looks_for_the_code),
    alone(4, any, FOR_A_WHILE, lets_the_email_code_expire),
    alone(3, confirms_phone, FOR_HOURS, spends_all_email_codes),
    alone(3, any, FOR_A_WHILE, never_gets_the_email),
    alone(4, confirms_phone, FOR_A_WHILE, lets_the_phone_code_expire),
    alone(3, by_whatsapp, FOR_HOURS, has_no_whatsapp),
    alone(3, confirms_phone, FOR_HOURS, spends_all_phone_codes),
    alone(3, confirms_phone, FOR_HOURS, is_never_asked_for_the_phone),
    alone(3, instructs, FOR_HOURS, |story| stops_before(story, StepKind::Instructions)),
    alone(3, asks_basics, FOR_HOURS, |story| stops_before(story, StepKind::BasicInformation)),
    alone(4, identifies, FOR_HOURS, |story| stops_before(story, StepKind::DocumentVerification)),
    alone(4, identifies, Begun::Between(20 * MINUTE, 50 * MINUTE), is_read_for_ever),
    alone(2, identifies, FOR_HOURS, has_no_tries_left),
    alone(2, identifies, FOR_HOURS, waits_unverified),
    alone(3, identifies, FOR_HOURS, comes_from_a_country_without_a_template),
    alone(2, identifies, FOR_HOURS, waits_for_the_registry),
    alone(1, identifies, FOR_HOURS, cannot_replace_a_scan),
    alone(1, identifies, FOR_HOURS, has_a_face_that_is_known),
    alone(5, identifies, FOR_HOURS, |story| stops_before(story, StepKind::BiometricVerification)),
    alone(4, identifies, FOR_A_WHILE, sits_in_the_dark),
    alone(2, identifies, FOR_HOURS, has_no_selfies_left),
    alone(2, screens, FOR_A_WHILE, |story| stops_before(story, StepKind::CriminalHistory)),
    alone(3, asks_own_form, FOR_HOURS, |story| stops_before(story, StepKind::Form)),
    alone(4, identifies, FOR_A_WHILE, forgets_to_end),
    alone(2, identifies, FOR_HOURS, answers_after_a_decision),
    alone(2, identifies, FOR_HOURS, waits_for_better_papers),
    alone(3, identifies, FOR_HOURS, lets_the_new_link_die),
    alone(2, any, Begun::Outlived, never_moves_again),
    alone(1, any, FOR_HOURS, is_refused_by_the_form),
    alone(1, confirms_phone, FOR_HOURS, has_a_phone_that_is_taken),
    alone(1, identifies, FOR_HOURS, has_a_status_nobody_knows),
    alone(1, identifies, FOR_HOURS, begins_again_and_is_turned_away),
    alone(1, identifies, FOR_HOURS, comes_to_a_flow_that_is_paused),
    alone(2, identifies, FOR_HOURS, was_taken_and_forgotten),
    alone(1, identifies, FOR_HOURS, is_done_and_nobody_was_told),
    alone(1, identifies, FOR_HOURS, is_done_and_cannot_log_in),
];

fn stops_before(story: &mut Story, step: StepKind) {
    story.stop_at(step);
    story.sign_up().identify().own_form();
}

fn leaves_the_form_half_way(story: &mut Story) {
    story.consent(true);
}

/// The code is still good.
fn looks_for_the_code(story: &mut Story) {
    story.consent(true).form().wait_until_ago(200).send_code(Channel::Email);
}

fn lets_the_email_code_expire(story: &mut Story) {
    story.consent(true).form().send_code(Channel::Email);
    // Too late: the code is refused.
    story.wait(12 * MINUTE..=16 * MINUTE).late_code(Channel::Email);
}

fn spends_all_email_codes(story: &mut Story) {
    story.consent(true).form().send_code(Channel::Email);
    for _ in 0..=story.limit(&StepKind::EmailVerification) {
        story.wrong_code(Channel::Email);
    }
}

fn never_gets_the_email(story: &mut Story) {
    story.consent(true).form();
    for _ in 0..4 {
        story.send_code(Channel::Email).wait(60..=150);
    }
}

fn lets_the_phone_code_expire(story: &mut Story) {
    story.consent(true).form().email().send_code(Channel::Phone);
}

fn has_no_whatsapp(story: &mut Story) {
    story.consent(true).form().email();
    for _ in 0..3 {
        story.send_code(Channel::Phone).wait(70..=160);
    }
}

fn spends_all_phone_codes(story: &mut Story) {
    story.consent(true).form().email().send_code(Channel::Phone);
    for _ in 0..=story.limit(&StepKind::PhoneVerification) {
        story.wrong_code(Channel::Phone);
    }
}

fn is_never_asked_for_the_phone(story: &mut Story) {
    story.consent(true).form().email();
}

fn is_read_for_ever(story: &mut Story) {
    story.sign_up();
    story.scan();
}

fn has_no_tries_left(story: &mut Story) {
    story.sign_up();
    for _ in 0..story.limit(&StepKind::DocumentVerification) {
        story.failed_scan("document_type_not_detected", |_| {});
    }
}

fn waits_unverified(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.kind = Some(DocumentKind::Undetected);
        document.state = StepState::Review;
        document.review_reason = Some("validation_timeout".to_owned());
    });
}

fn comes_from_a_country_without_a_template(story: &mut Story) {
    story.sign_up().failed_scan("prompt_template_not_found", |_| {});
}

fn waits_for_the_registry(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.state = StepState::Review;
        document.score_validated = false;
        document.registry_name = None;
        document.registry_reason = Some("validation_not_available".to_owned());
    });
    story.selfie().face().background().finish();
}

fn sits_in_the_dark(story: &mut Story) {
    story.sign_up().document();
    for reason in ["poor_lighting", "face_too_far", "poor_lighting", "face_not_centered"] {
        story.rejected_capture(reason);
    }
}

fn has_no_selfies_left(story: &mut Story) {
    story.sign_up().document();
    for _ in 0..story.limit(&StepKind::BiometricVerification) {
        story.selfie_of(0.553, |_| {});
    }
}

/// All is done but the end, which the page never reported.
fn forgets_to_end(story: &mut Story) {
    story.sign_up().identify().own_form().sign();
}

/// Went to the desk with a scan that is hard to read, and was sent back for a better one.
fn sent_back(story: &mut Story) -> &mut Story {
    story.sign_up().document_with(|document| {
        document.confidence = Some(0.74);
        document.state = StepState::Review;
        document.review_reason = Some("manual_review_requested".to_owned());
    });
    story.selfie().face().background().finish().wait(10 * MINUTE..=40 * MINUTE);
    story.decide(Status::Ongoing, "waiting_for_person", "Asked for a scan without glare.")
}

fn answers_after_a_decision(story: &mut Story) {
    sent_back(story).wait(20 * MINUTE..=60 * MINUTE).failed_scan("document_number_is_not_extracted", |_| {});
}

fn waits_for_better_papers(story: &mut Story) {
    sent_back(story);
}

fn cannot_replace_a_scan(story: &mut Story) {
    story.sign_up().failed_scan("already_exists", |_| {});
}

fn has_a_face_that_is_known(story: &mut Story) {
    story.sign_up().document().selfie_of(0.94, |liveness| {
        liveness.state = StepState::Failed;
        liveness.failed_reason = Some("person_already_set".to_owned());
    });
}

fn lets_the_new_link_die(story: &mut Story) {
    story.stop_at(StepKind::DocumentVerification);
    story.sign_up().resumed().wait(20 * MINUTE..=70 * MINUTE).resend_link();
}

fn never_moves_again(story: &mut Story) {
    story.consent(true).form().send_code(Channel::Email);
}

fn is_refused_by_the_form(story: &mut Story) {
    story.consent(true).taken_over(|registration| {
        let attempt = refused(StepKind::PersonalInfo, "email_domain_not_allowed", registration);
        registration.failed_attempts.push(attempt);
    });
}

fn has_a_phone_that_is_taken(story: &mut Story) {
    story.consent(true).form().email().taken_over(|registration| {
        let attempt = refused(StepKind::PhoneVerification, "phone_is_registered_already", registration);
        registration.failed_attempts.push(attempt);
    });
}

fn has_a_status_nobody_knows(story: &mut Story) {
    story.sign_up().document().taken_over(|registration| {
        registration.status = Status::Unknown("on_hold_partner".to_owned());
    });
}

/// Forgot about the first link, and wanted to begin anew.
fn begins_again_and_is_turned_away(story: &mut Story) {
    story.consent(true).wait_until_ago(12 * MINUTE);
    story.turned_away(CallerKind::Client, "create", "email_is_registered_already");
}

fn comes_to_a_flow_that_is_paused(story: &mut Story) {
    story.consent(true).form().taken_over(|registration| registration.flow.status = Some("paused".to_owned()));
}

fn was_taken_and_forgotten(story: &mut Story) {
    story.sign_up().document_with(|document| document.state = StepState::Review);
    story.selfie().face().background().finish().taken_over(|registration| {
        let at = registration.updated_at;
        registration.desk.claim = Some(Claim { by: "noor".to_owned(), at });
    });
}

fn is_done_and_nobody_was_told(story: &mut Story) {
    story.sign_up().identify().finish().taken_over(|registration| {
        let event = "onboarding_app_registration_completed".to_owned();
        let at = Some(registration.updated_at);
        registration.deliveries.push(Delivery { event, at, code: Some(503), delivered: Some(false) });
    });
}

fn is_done_and_cannot_log_in(story: &mut Story) {
    story.sign_up().identify().finish().wait(10 * MINUTE..=20 * MINUTE);
    story.turned_away(CallerKind::Enrollee, "retrieve", "token_expired");
}

/// An attempt that the other system refused just before nothing moved any more.
fn refused(step: StepKind, reason: &str, registration: &Registration) -> Attempt {
    let at = Some(Moment::event(registration.updated_at));
    Attempt { step, at, reason: Some(reason.to_owned()), counts: false, score: None, document_number: None }
}
