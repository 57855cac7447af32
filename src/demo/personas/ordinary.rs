//! Most people: they sign up, stumble a little, finish, give up, or wait for the desk.

use super::{Begun, DAY, HOUR, MINUTE, Persona, alone, any, confirms_phone, identifies, lets_skip, screens};
use crate::backend::Channel;
use crate::backend::{CallerKind, SyncStep};
use crate::demo::story::Story;
use crate::engine::Sync;
use crate::engine::core::Command;
use crate::model::{Status, StepKind, Verdict};

pub(super) const PERSONAS: &[Persona] = &[
    alone(300, any, Begun::Spread(10 * DAY), passes),
    alone(90, any, Begun::Between(40, 14 * MINUTE), passes),
    alone(20, screens, Begun::Between(40 * MINUTE, 4 * DAY), waits_for_the_desk),
    alone(24, identifies, Begun::Between(HOUR, 9 * DAY), is_rejected),
    alone(50, lets_skip, Begun::Spread(9 * DAY), skips_verification),
    alone(60, any, Begun::Outlived, lets_it_lapse),
    alone(40, any, Begun::Between(MINUTE, 3 * DAY), never_opens_the_link),
    alone(130, identifies, Begun::Spread(10 * DAY), stumbles),
    alone(110, any, Begun::Between(15 * MINUTE, 3 * DAY), gives_up_somewhere),
    alone(24, identifies, Begun::Between(2 * HOUR, 9 * DAY), is_approved_after_review),
    alone(12, identifies, Begun::Between(3 * HOUR, 8 * DAY), comes_back_after_the_end),
    alone(16, identifies, Begun::Between(5 * HOUR, 2 * DAY), continues_with_a_new_link),
    alone(10, confirms_phone, Begun::Between(2 * HOUR, 9 * DAY), is_reopened_and_passes),
];

fn passes(story: &mut Story) {
    if lets_skip_now(story) {
        story.sign_up().skip_verification();
    } else {
        story.sign_up().identify().finish();
    }
}

/// Where verification is free, most people pass it over.
fn lets_skip_now(story: &mut Story) -> bool {
    !story.settings().is_mandatory(&StepKind::DocumentVerification) && story.chance.percent(70)
}

fn skips_verification(story: &mut Story) {
    story.sign_up().skip_verification();
}

fn never_opens_the_link(_: &mut Story) {}

/// One to three small things go wrong, and it works out all the same.
fn stumbles(story: &mut Story) {
    let wrong = story.chance.between(0..=2) as u32;
    story.consent(true).form().code(Channel::Email, wrong.min(1)).code(Channel::Phone, wrong.saturating_sub(1));
    story.report(StepKind::PersonalInfo).instructions().basics();
    if story.chance.percent(45) {
        let reason = pick_reason(story, &["document_number_is_not_extracted", "document_type_not_detected"]);
        story.failed_scan(reason, |_| {});
    }
    story.document();
    for _ in 0..story.chance.between(0..=2) {
        let reason = pick_reason(
            story,
            &["poor_lighting", "face_too_far", "face_not_centered", "face_occluded", "no_face_detected"],
        );
        story.rejected_capture(reason);
    }
    if story.chance.percent(20) {
        let minimum = story.settings().liveness_min.unwrap_or(0.6);
        let score = story.chance.score(20..=110);
        story.selfie_of(((minimum - score) * 1000.0).round() / 1000.0, |_| {});
    }
    story.selfie().face().background().finish();
}

fn pick_reason(story: &mut Story, reasons: &[&'static str]) -> &'static str {
    story.chance.pick(reasons).copied().unwrap_or("liveness_error")
}

fn gives_up_somewhere(story: &mut Story) {
    // Compares and look-ups run by themselves: nobody gives up there.
    let mut owed = story.owed_steps();
    owed.retain(|step| !matches!(step, StepKind::FaceComparison | StepKind::CriminalHistory));
    if let Some(step) = story.chance.pick(&owed).cloned() {
        story.stop_at(step);
    }
    story.sign_up().identify().own_form().sign();
}

fn lets_it_lapse(story: &mut Story) {
    gives_up_somewhere(story);
}

fn waits_for_the_desk(story: &mut Story) {
    let minimum = story.settings().compare_min.unwrap_or(0.85);
    let below = story.chance.score(15..=90);
    story.sign_up().document().selfie().face_of(((minimum - below) * 1000.0).round() / 1000.0);
    story.background().finish();
}

fn is_rejected(story: &mut Story) {
    story.sign_up().document().selfie();
    let score = story.chance.score(410..=690);
    story.face_of(score).background().finish();
    story.wait(10 * MINUTE..=2 * HOUR);
    story.decide(Status::Failed, "face_mismatch", "Another face than on the document.");
    let verdict = if story.chance.percent(90) { Verdict::Right } else { Verdict::CannotTell };
    story.judge_flag("BIO-01", verdict);
}

fn is_approved_after_review(story: &mut Story) {
    let minimum = story.settings().compare_min.unwrap_or(0.85);
    let below = story.chance.score(4..=30);
    story.sign_up().document().selfie().face_of(((minimum - below) * 1000.0).round() / 1000.0);
    story.background().finish();
    story.wait(20 * MINUTE..=100 * MINUTE);
    story.decide(Status::Completed, "false_alarm", "Old portrait, same person. Compared by eye.");
    story.judge_flag("BIO-01", Verdict::Wrong);
}

/// Tries to add something once all is over, and is turned away.
fn comes_back_after_the_end(story: &mut Story) {
    story.sign_up().identify().finish().wait(HOUR..=2 * HOUR);
    let report = |step, status| Command::Sync(Sync::report(SyncStep::Flow(step), status, CallerKind::Enrollee));
    story.attempt(CallerKind::Enrollee, report(StepKind::DocumentVerification, Status::Ongoing));
    let override_it = Sync::report(SyncStep::AdminOverride, Status::CompletedWithoutKyc, CallerKind::Enrollee);
    story.wait(20..=90).attempt(CallerKind::Enrollee, Command::Sync(override_it));
}

fn continues_with_a_new_link(story: &mut Story) {
    story.sign_up();
    story.wait(130 * MINUTE..=4 * HOUR).resend_link().wait(3 * MINUTE..=20 * MINUTE);
    story.identify().finish();
}

fn is_reopened_and_passes(story: &mut Story) {
    story.sign_up();
    for _ in 0..story.limit(&StepKind::DocumentVerification) {
        story.failed_scan("document_number_is_not_extracted", |_| {});
    }
    story.fail_for_good().wait(10 * MINUTE..=40 * MINUTE).decide(
        Status::Ongoing,
        "waiting_for_person",
        "Blurred camera; may try with another.",
    );
    story.wait(5 * MINUTE..=30 * MINUTE).identify().finish();
}
