use super::super::{Command, Sync, completeness};
use super::{Desk, code_of, document, minute, selfie};
use crate::backend::{CallerKind, SyncStep};
use crate::model::{BackgroundSource, CodeOutcome, Evidence, SourceStatus, Status, StepKind, StepState};

const DOCUMENT: StepKind = StepKind::DocumentVerification;
const LIVENESS: StepKind = StepKind::BiometricVerification;

fn blockers(desk: &Desk) -> Vec<String> {
    completeness(&desk.state.registration).blockers.into_iter().map(|blocker| blocker.code).collect()
}

#[test]
fn a_sync_before_anything_happened_changes_nothing_and_lists_what_is_missing() {
    let mut desk = Desk::open(&[DOCUMENT, LIVENESS]);
    assert_eq!(desk.recompute(1), Status::Started);
    assert_eq!(blockers(&desk), ["document_verification_missing", "biometric_verification_missing"]);
}

#[test]
fn a_sync_on_the_way_stays_ongoing_and_completes_once_everything_has_passed() {
    let mut desk = Desk::open(&[DOCUMENT, LIVENESS]);
    desk.record(document(StepState::Completed), 1).unwrap();
    assert_eq!(desk.recompute(2), Status::Ongoing);
    desk.record(selfie(0.9), 3).unwrap();
    assert_eq!(desk.recompute(4), Status::Completed);
    assert!(blockers(&desk).is_empty());
    assert_eq!(desk.state.registration.completed_at.unwrap().at, minute(4));
}

#[test]
fn a_check_in_review_a_failed_compare_and_a_hit_each_ask_for_a_person() {
    let hit = vec![BackgroundSource::new("ofac", SourceStatus::Found)];
    let silent = vec![BackgroundSource::new("ofac", SourceStatus::Error)];
    let cases = [
        (document(StepState::Review), "document_verification_in_review"),
        (Evidence::FaceComparison { score: 0.2, min_score: None }, "face_comparison_failed"),
        (Evidence::CriminalHistory { sources: hit }, "criminal_history_hit"),
        (Evidence::CriminalHistory { sources: silent }, "criminal_history_unanswered"),
    ];
    for (evidence, blocker) in cases {
        let mut desk = Desk::open(&[]);
        desk.record(evidence, 1).unwrap();
        assert_eq!(desk.recompute(2), Status::NeedsManualVerification, "{blocker}");
        assert_eq!(blockers(&desk), [blocker]);
    }
}

#[test]
fn spent_attempts_at_a_mandatory_document_end_it_and_at_an_optional_one_do_not() {
    for (mandatory, status) in [(&[DOCUMENT][..], Status::Failed), (&[][..], Status::Completed)] {
        let mut desk = Desk::open(mandatory);
        for minutes in 1..=3 {
            desk.record(document(StepState::Failed), minutes).unwrap();
        }
        assert_eq!(desk.recompute(4), status);
    }
}

#[test]
fn the_end_gives_the_real_status_whatever_was_wished() {
    let mut desk = Desk::open(&[DOCUMENT]);
    desk.report(StepKind::End, Status::Completed, 1).unwrap();
    assert_eq!(desk.status(), &Status::NeedsManualVerification);
    desk.record(document(StepState::Completed), 2).unwrap();
    assert_eq!(desk.recompute(3), Status::Completed);

    let mut desk = Desk::open(&[]);
    desk.report(StepKind::End, Status::Failed, 1).unwrap();
    assert_eq!(desk.status(), &Status::Failed);
}

#[test]
fn the_end_with_ongoing_only_moves_the_step() {
    let mut desk = Desk::open(&[DOCUMENT]);
    desk.report(StepKind::End, Status::Ongoing, 1).unwrap();
    assert_eq!((desk.status(), &desk.state.registration.current_step), (&Status::Ongoing, &Some(StepKind::End)));
}

#[test]
fn the_sign_up_form_waits_for_mandatory_codes() {
    let mut desk = Desk::open(&[StepKind::EmailVerification]);
    let refused = desk.report(StepKind::PersonalInfo, Status::Ongoing, 1);
    assert_eq!(code_of(refused), "signUpForm_validation_not_passed");
    desk.record(Evidence::EmailVerification { outcome: CodeOutcome::Sent }, 2).unwrap();
    desk.record(Evidence::EmailVerification { outcome: CodeOutcome::Passed }, 3).unwrap();
    desk.report(StepKind::PersonalInfo, Status::Ongoing, 4).unwrap();
    assert_eq!(desk.step(&StepKind::PersonalInfo), StepState::Completed);
}

#[test]
fn steps_and_statuses_outside_the_table_are_refused() {
    let mut desk = Desk::open(&[]);
    for step in [StepKind::EmailVerification, StepKind::FaceComparison, StepKind::Other("selfie2".into())] {
        assert_eq!(code_of(desk.report(step, Status::Ongoing, 1)), "step_not_supported");
    }
    assert_eq!(code_of(desk.report(DOCUMENT, Status::Completed, 1)), "status_not_supported");
    assert_eq!(code_of(desk.report(StepKind::End, Status::Expired, 1)), "status_not_supported");
    assert_eq!(code_of(desk.decide(Status::Expired, 1)), "status_not_supported");
}

#[test]
fn verification_is_skipped_only_where_the_flow_does_not_insist_on_it() {
    let skip = Command::Sync(Sync::report(SyncStep::SkipKyc, Status::CompletedWithoutKyc, CallerKind::Enrollee));
    for step in [DOCUMENT, LIVENESS, StepKind::BasicInformation, StepKind::Form] {
        let mut desk = Desk::open(&[step]);
        assert_eq!(code_of(desk.run(&skip, minute(1))), "skipKYC_not_allowed");
    }
    let mut desk = Desk::open(&[]);
    desk.run(&skip, minute(1)).unwrap();
    assert_eq!(desk.status(), &Status::CompletedWithoutKyc);
}

#[test]
fn a_decision_is_noted_and_takes_an_operator() {
    let mut desk = Desk::open(&[DOCUMENT]);
    let by_enrollee = Sync::report(SyncStep::AdminOverride, Status::Completed, CallerKind::Enrollee);
    assert_eq!(code_of(desk.run(&Command::Sync(by_enrollee), minute(1))), "access_denied");
    desk.decide(Status::Failed, 2).unwrap();
    assert_eq!(code_of(desk.decide(Status::Failed, 3)), "already_decided");
    let review = &desk.state.registration.reviews[0];
    assert_eq!((&review.from, &review.to), (&Status::Started, &Status::Failed));
    assert_eq!((review.by.as_deref(), review.at), (Some("operator"), Some(minute(2))));
}

#[test]
fn the_reason_of_a_decision_is_kept_apart_from_its_words() {
    let mut desk = Desk::open(&[DOCUMENT]);
    let note = Some("[document_forged] The font is wrong.".to_owned());
    let decision = Sync { note, ..Sync::report(SyncStep::AdminOverride, Status::Failed, CallerKind::Operator) };
    desk.run(&Command::Sync(decision), minute(1)).unwrap();
    let review = &desk.state.registration.reviews[0];
    assert_eq!(review.reason.as_deref(), Some("document_forged"));
    assert_eq!(review.note.as_deref(), Some("The font is wrong."));
}

#[test]
fn what_a_person_set_aside_for_review_a_sync_does_not_take_up() {
    let mut desk = Desk::open(&[]);
    desk.record(document(StepState::Completed), 1).unwrap();
    desk.decide(Status::NeedsManualVerification, 2).unwrap();
    assert_eq!(desk.recompute(3), Status::NeedsManualVerification);
    assert_eq!(blockers(&desk), ["held_for_review"]);
    desk.decide(Status::Completed, 4).unwrap();
    assert_eq!(desk.status(), &Status::Completed);
}

#[test]
fn reopening_gives_fresh_attempts_and_a_full_lifetime() {
    let mut desk = Desk::open(&[DOCUMENT]);
    for minutes in 1..=3 {
        desk.record(document(StepState::Failed), minutes).unwrap();
    }
    assert_eq!(desk.recompute(4), Status::Failed);
    desk.decide(Status::Ongoing, 20_000).unwrap();
    assert_eq!(desk.state.registration.completed_at, None);
    desk.record(document(StepState::Completed), 20_001).unwrap();
    assert_eq!(desk.recompute(20_002), Status::Completed);
}

#[test]
fn a_version_that_was_overtaken_is_a_conflict_that_names_both() {
    let mut desk = Desk::open(&[]);
    desk.record(Evidence::Signature {}, 1).unwrap();
    let request = Sync { seen_version: Some(1), ..Sync::recompute(CallerKind::Operator) };
    let refusal = desk.run(&Command::Sync(request), minute(2)).unwrap_err();
    assert!(refusal.message.contains("version 1 ") && refusal.message.contains("version 3"), "{refusal}");
}

#[test]
fn a_closed_registration_takes_neither_evidence_nor_steps() {
    let mut desk = Desk::open(&[]);
    desk.decide(Status::Completed, 1).unwrap();
    assert_eq!(code_of(desk.record(Evidence::Signature {}, 2)), "registration_is_closed");
    assert_eq!(code_of(desk.report(DOCUMENT, Status::Ongoing, 2)), "registration_is_closed");
    assert_eq!(desk.recompute(2), Status::Completed);
}
