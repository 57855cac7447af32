use super::{Desk, code_of, document, minute, selfie};
use crate::model::{
    Answers, BackgroundSource, Basis, Evidence, Information, LivenessCheck, Outcome, Requirement, SourceStatus, Status,
    StepKind, StepState,
};

const DOCUMENT: StepKind = StepKind::DocumentVerification;
const LIVENESS: StepKind = StepKind::BiometricVerification;

fn blurred() -> Evidence {
    Evidence::BiometricVerification {
        liveness: Box::new(LivenessCheck {
            state: StepState::Failed,
            score: Some(0.0),
            failed_reason: Some("poor_lighting".into()),
            ..LivenessCheck::default()
        }),
    }
}

#[test]
fn every_kind_of_evidence_completes_its_step_at_the_time_of_the_event() {
    let clear = vec![BackgroundSource::new("interpol", SourceStatus::Clear)];
    let evidence = [
        Evidence::Consent { accepted: true },
        Evidence::PersonalInfo { information: Information::default() },
        Evidence::Instructions {},
        Evidence::BasicInformation { information: Information::default() },
        document(StepState::Completed),
        selfie(0.9),
        Evidence::FaceComparison { score: 0.85, min_score: None },
        Evidence::CriminalHistory { sources: clear },
        Evidence::Form { answers: Answers::default() },
        Evidence::Signature {},
    ];
    let mut desk = Desk::open(&[]);
    for (minutes, evidence) in (1..).zip(evidence) {
        let kind = evidence.step();
        desk.record(evidence, minutes).unwrap();
        let step = desk.state.registration.step(&kind).unwrap();
        assert_eq!(step.state, StepState::Completed, "{kind}");
        let finished = step.finished.unwrap();
        assert_eq!((finished.at, finished.basis), (minute(minutes), Basis::Event), "{kind}");
    }
    assert_eq!(desk.status(), &Status::Ongoing);
}

#[test]
fn a_failed_scan_is_kept_with_reason_and_number_and_may_be_replaced_until_attempts_run_out() {
    let mut desk = Desk::open(&[DOCUMENT]);
    for minutes in 1..=3 {
        desk.record(document(StepState::Failed), minutes).unwrap();
    }
    let attempt = &desk.state.registration.failed_attempts[0];
    assert_eq!(attempt.reason.as_deref(), Some("document_number_is_not_extracted"));
    assert_eq!(attempt.document_number.as_ref().unwrap().reveal(), "X0000001");
    assert_eq!(code_of(desk.record(document(StepState::Completed), 4)), "MAX_ATTEMPTS_EXCEEDED");
    assert_eq!(desk.step(&DOCUMENT), StepState::Failed);
}

#[test]
fn a_document_that_passed_is_not_replaced_but_one_in_review_moves_on() {
    let mut desk = Desk::open(&[DOCUMENT]);
    desk.record(document(StepState::InProgress), 1).unwrap();
    desk.record(document(StepState::Review), 2).unwrap();
    desk.record(document(StepState::Completed), 3).unwrap();
    let check = desk.state.registration.checks.document.as_ref().unwrap();
    assert_eq!(check.created.unwrap().at, minute(1), "one scan, one beginning");
    assert_eq!(code_of(desk.record(document(StepState::Completed), 4)), "already_exists");
}

#[test]
fn liveness_passes_only_strictly_above_the_minimum() {
    let mut desk = Desk::open(&[LIVENESS]);
    desk.record(selfie(0.6), 1).unwrap();
    assert_eq!(desk.step(&LIVENESS), StepState::Failed);
    assert_eq!(desk.state.registration.failed_attempts[0].score, Some(0.6));
    desk.record(selfie(0.601), 2).unwrap();
    assert_eq!(desk.step(&LIVENESS), StepState::Completed);
    assert_eq!(code_of(desk.record(selfie(0.9), 3)), "person_already_set");
}

#[test]
fn a_bad_capture_spends_no_attempt_and_measures_nothing() {
    let mut desk = Desk::open(&[LIVENESS]);
    for minutes in 1..=5 {
        desk.record(blurred(), minutes).unwrap();
    }
    assert_eq!(desk.state.registration.counted_failures(&LIVENESS), 0);
    assert!(desk.state.registration.failed_attempts.iter().all(|attempt| attempt.score.is_none()));
    desk.record(selfie(0.9), 6).unwrap();
    assert_eq!(desk.step(&LIVENESS), StepState::Completed);
}

#[test]
fn a_spoofed_selfie_fails_whatever_its_score() {
    let mut desk = Desk::open(&[LIVENESS]);
    let spoofed = LivenessCheck {
        state: StepState::Completed,
        score: Some(0.99),
        anti_spoofing: Some(Outcome::Failed),
        ..LivenessCheck::default()
    };
    desk.record(Evidence::BiometricVerification { liveness: Box::new(spoofed) }, 1).unwrap();
    assert_eq!(desk.step(&LIVENESS), StepState::Failed);
}

#[test]
fn faces_agree_from_the_minimum_on() {
    for (score, passed) in [(0.85, true), (0.8499, false)] {
        let mut desk = Desk::open(&[]);
        desk.record(Evidence::FaceComparison { score, min_score: None }, 1).unwrap();
        assert_eq!(desk.state.registration.checks.face.as_ref().unwrap().passed, Some(passed));
    }
}

#[test]
fn faces_are_judged_by_the_minimum_of_whoever_compared_them() {
    let mut desk = Desk::open(&[]);
    desk.record(Evidence::FaceComparison { score: 0.8, min_score: Some(0.75) }, 1).unwrap();
    let face = desk.state.registration.checks.face.clone().unwrap();
    assert_eq!((face.passed, face.min_score), (Some(true), Some(0.75)));
    let wrong = Evidence::FaceComparison { score: 0.8, min_score: Some(75.0) };
    assert_eq!(code_of(desk.record(wrong, 1)), "MissingParameter");
}

#[test]
fn a_score_out_of_range_is_refused_at_its_field() {
    let mut desk = Desk::open(&[]);
    for score in [-0.1, 1.1, f64::NAN] {
        assert_eq!(code_of(desk.record(Evidence::FaceComparison { score, min_score: None }, 1)), "MissingParameter");
        assert_eq!(code_of(desk.record(selfie(score), 1)), "MissingParameter");
    }
}

#[test]
fn a_step_the_flow_leaves_out_takes_no_evidence() {
    let mut desk = Desk::open(&[]);
    let settings = desk.state.registration.flow.settings.as_mut().unwrap();
    settings.steps.iter_mut().for_each(|step| step.requirement = Requirement::Skip);
    assert_eq!(code_of(desk.record(Evidence::Signature {}, 1)), "step_not_in_flow");
}

#[test]
fn what_basic_information_does_not_say_stays_as_the_form_said() {
    let mut desk = Desk::open(&[]);
    let form = Information { city: Some("Lima".into()), country: Some("PE".into()), ..Information::default() };
    desk.record(Evidence::PersonalInfo { information: form }, 1).unwrap();
    let basics = Information { city: Some("Cusco".into()), ..Information::default() };
    desk.record(Evidence::BasicInformation { information: basics }, 2).unwrap();
    let information = desk.state.registration.checks.information.as_ref().unwrap();
    assert_eq!((information.city.as_deref(), information.country.as_deref()), (Some("Cusco"), Some("PE")));
}
