//! What is read out of the deployed service's own objects: the timeline that their evidence gives, and the flags that
//! follow from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{collections::BTreeSet, path::Path};

use chrono::TimeDelta;
use regdesk::{
    model::{Moment, Registration, StepKind},
    triage::{self, Context, LinkIndex},
    wire,
};
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("json");
    wire::payload(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn registration(object: Value) -> Registration {
    wire::decode_registration(object).unwrap()
}

/// A step a line: `document_verification review 12:05:00 .. ~12:08:40 3/3`; `~` marks a time that may be well off.
fn timeline(registration: &Registration) -> Vec<String> {
    let clock = |moment: Option<Moment>| match moment {
        Some(moment) if moment.basis.is_approximate() => moment.at.format("~%H:%M:%S").to_string(),
        Some(moment) => moment.at.format("%H:%M:%S").to_string(),
        None => "-".to_owned(),
    };
    let line = |step: &regdesk::model::Step| {
        let limit = step.attempt_limit.map(|limit| format!("/{limit}")).unwrap_or_default();
        let times = (clock(step.started), clock(step.finished));
        format!("{} {} {} .. {} {}{limit}", step.kind, step.state, times.0, times.1, step.attempts)
    };
    registration.steps.iter().map(line).collect()
}

/// A flag an entry: `BIO-01 high`; those the service raised itself with `reported` behind them.
fn flags(registration: &Registration) -> BTreeSet<String> {
    let mut links = LinkIndex::default();
    links.insert(registration);
    let now = registration.updated_at + TimeDelta::hours(1);
    let flags = triage::judge(registration, Context::new(&links, now)).flags;
    let text = |flag: &triage::Flag| {
        let reported = if flag.reported { " reported" } else { "" };
        format!("{} {}{reported}", flag.rule, flag.severity.as_str())
    };
    flags.iter().map(text).collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_completed_registration_has_a_timeline_without_gaps() {
    let read = registration(fixture("live-completed"));
    assert_eq!(
        timeline(&read),
        [
            "consent completed 10:00:01 .. 10:00:09 0",
            // Nothing tells when the form was sent, but the code went out then.
            "personal_info completed 10:00:20 .. ~10:01:30 0",
            "email_verification completed 10:01:30 .. 10:03:00 1",
            "phone_verification skipped - .. - 0",
            "basic_information skipped - .. - 0",
            "document_verification completed 10:05:30 .. 10:06:45 0/4",
            "biometric_verification completed 10:10:00 .. 10:10:03 0/5",
            "face_comparison completed 10:11:00 .. 10:11:00 0",
            "criminal_history completed 10:08:00 .. 10:08:00 0",
            "form completed 10:12:00 .. 10:12:00 0",
            "signature completed 10:13:00 .. 10:13:00 0",
            "end completed ~10:14:00 .. ~10:14:00 0",
        ]
    );
    let expected = ["BIO-03 low", "CON-04 low", "DOC-09 low"];
    assert_eq!(flags(&read), set(&expected), "an older minimum, and a Colombian document with an American phone");
}

#[test]
fn a_registration_in_review_counts_from_the_first_attempt_and_keeps_every_reason() {
    let read = registration(fixture("live-review"));
    assert_eq!(
        timeline(&read),
        [
            "personal_info completed 12:00:05 .. ~12:00:30 0",
            "email_verification completed 12:00:30 .. ~12:01:40 1",
            "phone_verification skipped - .. - 0",
            "document_verification review ~12:05:00 .. ~12:08:40 3/3",
            "biometric_verification completed 12:10:00 .. ~12:12:02 1/2",
            "face_comparison result no longer stored ~12:12:30 .. ~12:12:30 0",
            "criminal_history review 12:09:00 .. 12:09:00 0",
            "end review - .. - 0",
        ]
    );
    let expected = [
        "BIO-06 critical",
        "WL-01 critical",
        "DOC-12 high",
        "IDN-02 high",
        "BEH-06 medium",
        "DOC-04 medium",
        "DOC-13 low",
        "criminalHistory medium reported",
        "names medium reported",
    ];
    assert_eq!(flags(&read), set(&expected));
}

#[test]
fn a_registration_that_a_reviewer_has_to_settle_shows_what_speaks_against_it() {
    let read = registration(fixture("live-mismatch"));
    assert_eq!(
        timeline(&read),
        [
            "personal_info completed 15:00:05 .. ~15:00:20 0",
            "email_verification completed 15:00:20 .. 15:01:30 2",
            "phone_verification completed 15:02:00 .. 15:02:50 0",
            "document_verification review 15:05:00 .. 15:08:50 2/3",
            "biometric_verification completed 15:09:30 .. ~15:10:32 1/3",
            "face_comparison failed 15:10:45 .. 15:10:45 0",
            "criminal_history review 15:09:10 .. 15:09:10 0",
            "end review - .. - 0",
        ]
    );
    let expected = [
        "WL-01 critical",
        "BIO-01 high",
        "DOC-01 high",
        "IDN-02 high",
        "BEH-06 medium",
        "BIO-06 low",
        "criminalHistory medium reported",
        "faceCompare medium reported",
        "names medium reported",
    ];
    assert_eq!(flags(&read), set(&expected));
}

#[test]
fn an_abandoned_registration_is_under_way_and_not_failed() {
    let read = registration(fixture("live-abandoned"));
    assert_eq!(
        timeline(&read),
        [
            "personal_info completed 14:00:00 .. ~14:00:30 0",
            "email_verification in_progress 14:00:30 .. - 2",
            "phone_verification skipped - .. - 0",
            "document_verification in_progress 14:04:00 .. - 1/3",
            "biometric_verification in_progress 14:06:00 .. - 1/2",
            "face_comparison pending - .. - 0",
            "criminal_history skipped - .. - 0",
            "end pending - .. - 0",
        ]
    );
    assert_eq!(flags(&read), set(&["BEH-06 medium", "BIO-04 medium", "CON-09 high", "DOC-06 medium"]));
}

#[test]
fn what_was_not_loaded_raises_no_flag() {
    let read = registration(fixture("live-unpopulated"));
    assert_eq!(flags(&read), BTreeSet::new());
}

/// A clean registration that is still open, with parts of it replaced.
fn altered(parts: &[(&str, Value)]) -> Registration {
    let mut object = fixture("live-completed");
    let clean = [
        ("/status", json!("ONGOING")),
        ("/countryCode", json!("+57")),
        ("/projectFlow/onboardingSettings/document/compareMinScore", json!(0.85)),
    ];
    for (pointer, value) in clean.iter().chain(parts) {
        let (place, key) = pointer.rsplit_once('/').unwrap();
        let part = object.pointer_mut(place).unwrap_or_else(|| panic!("nothing at {place}"));
        part[key] = value.clone();
    }
    registration(object)
}

/// What is special, the parts of the object that say it, and the flags that follow.
type Sign = (&'static str, Vec<(&'static str, Value)>, &'static [&'static str]);

/// What the service's objects say.
#[expect(clippy::too_many_lines, reason = "a table")]
fn signs() -> Vec<Sign> {
    let failed_scan = |reason: &str| json!({ "status": "FAILED", "failedReason": reason });
    vec![
        ("nothing", vec![], &[]),
        (
            "a hit in a list",
            vec![("/informationValidation/criminalData/foundKeys", json!(["world_api_ofac"]))],
            &["WL-01 critical"],
        ),
        (
            "a list without an answer",
            vec![("/informationValidation/criminalData/world_api_ofac/status", json!("error"))],
            &["WL-04 high"],
        ),
        (
            "other faces",
            vec![(
                "/compareFaceVerification/result",
                json!({ "score": 0.72, "passed": false, "compare_min_score": 0.85 }),
            )],
            &["BIO-01 high"],
        ),
        (
            "a minimum that has been raised since",
            vec![("/projectFlow/onboardingSettings/document/compareMinScore", json!(0.95))],
            &["BIO-01 high", "BIO-03 low"],
        ),
        ("no compare", vec![("/compareFaceVerification", Value::Null)], &["BIO-04 medium"]),
        (
            "no portrait",
            vec![
                ("/compareFaceVerification", Value::Null),
                ("/documentValidation/documentFaceReason", json!("document_face_not_provided")),
                ("/biometricValidation", Value::Null),
            ],
            &["BIO-04 medium"],
        ),
        ("little liveness", vec![("/biometricValidation/biometricData/livenessScore", json!(0.5))], &["BIO-05 high"]),
        (
            "a near miss before",
            vec![("/failedBiometricValidations", json!([{ "status": "failed", "livenessScore": 0.55 }]))],
            &["BIO-06 low"],
        ),
        (
            "a document that had expired",
            vec![("/documentValidation/OCRExtraction/expirationDate", json!("2026-03-03"))],
            &["DOC-01 high"],
        ),
        (
            "a document accepted unverified",
            vec![("/documentValidation/status", json!("ACTIVE_BUT_UNVERIFIED"))],
            &["IDN-03 medium"],
        ),
        (
            "a registry that was not asked",
            vec![("/documentValidation/infoValidationSupportedReason", json!("document_not_supported"))],
            &["IDN-03 medium"],
        ),
        (
            "an unknown kind of document",
            vec![
                ("/documentValidation/documentType", json!("")),
                ("/documentValidation/documentCategory", json!("Unknown")),
            ],
            &["DOC-06 medium"],
        ),
        (
            "a number that somebody else has",
            vec![(
                "/failedDocumentValidations",
                json!([failed_scan("409:existing_document_validation_with_document_number")]),
            )],
            &["DOC-08 critical"],
        ),
        (
            "a copy of a document",
            vec![("/documentValidation/documentLiveness/isLive", json!(false))],
            &["BIO-09 critical"],
        ),
        (
            "another name in the registry",
            vec![
                ("/documentValidation/namesMatch", json!(false)),
                ("/documentValidation/fullNameMatchPercentage", json!(58)),
            ],
            &["IDN-02 high"],
        ),
        (
            "another name in the registry, settled by a reviewer",
            vec![
                ("/documentValidation/namesMatch", json!(false)),
                ("/documentValidation/fullNameMatchPercentage", json!(58)),
                ("/documentValidation/manualNameReview", json!({ "decision": "match" })),
            ],
            &[],
        ),
        (
            "defaults before the look-up",
            vec![
                ("/documentValidation/namesMatch", json!(false)),
                ("/documentValidation/fullNameMatchPercentage", json!(0)),
                ("/documentValidation/scoreValidated", json!(false)),
            ],
            &[],
        ),
        ("a weak reading", vec![("/documentValidation/OCRExtraction/confidenceScore", json!(0.69))], &["DOC-04 high"]),
        (
            "no attempts left",
            vec![("/failedDocumentValidations", json!(vec![failed_scan("document_type_not_detected"); 4]))],
            &["DOC-12 high"],
        ),
        ("many wrong codes", vec![("/emailValidation/attempts", json!(4))], &["CON-07 high"]),
        (
            "a zone that was tampered with",
            vec![(
                "/documentValidation/OCRExtraction/mrz",
                json!(["P<UTOEXAMPLE<<NOOR<<<<<<<<<<<<<<<<<<<<<<<<<<", "X000222<<6UTO9002286F3001014<<<<<<<<<<<<<<04"]),
            )],
            &["DOC-10 high"],
        ),
        (
            "a dead owner",
            vec![("/documentValidation/scoreValidation/estado", json!("Cancelada por muerte"))],
            &["IDN-08 critical"],
        ),
        ("another gender", vec![("/documentValidation/gender", json!("Masculino"))], &["IDN-06 low"]),
        (
            "a country the project does not take",
            vec![("/project/allowedCountries", json!(["Chile", "Perú"]))],
            &["DOC-09 medium"],
        ),
        (
            "an exposed person",
            vec![(
                "/informationValidation/criminalData/exposed_persons",
                json!({ "status": "possible_match", "kind": "PEP", "score": 0.93, "matchedBy": "name", "entry": "N. EXAMPLE" }),
            )],
            &["WL-02 high"],
        ),
        (
            "a value on the client's own list",
            vec![(
                "/informationValidation/criminalData/own_list",
                json!({ "status": "found", "kind": "blacklist", "matchedBy": "phone" }),
            )],
            &["WL-03 critical"],
        ),
    ]
}

#[test]
fn each_sign_in_the_services_objects_is_one_flag_and_no_other() {
    for (sign, parts, expected) in signs() {
        assert_eq!(flags(&altered(&parts)), set(expected), "{sign}");
    }
}

#[test]
fn an_approval_over_an_open_critical_flag_is_told_from_one_with_a_reason() {
    let approved = |note: Value| {
        let entry = json!({
            "previousStatus": "NEEDS_MANUAL_VERIFICATION", "newStatus": "COMPLETED", "note": note,
            "reviewedByStaff": "staff-3", "createdAt": "2026-03-04T10:13:30.000Z",
        });
        flags(&altered(&[
            ("/status", json!("COMPLETED")),
            ("/manualReviewLog", json!([entry])),
            ("/informationValidation/criminalData/foundKeys", json!(["world_api_ofac"])),
        ]))
    };
    assert!(approved(Value::Null).contains("BEH-04 high"), "{:?}", approved(Value::Null));
    assert!(approved(json!("A namesake; the birth dates differ.")).contains("BEH-04 low"));
}

#[test]
fn a_document_in_review_is_a_step_in_review() {
    let read = altered(&[("/documentValidation/status", json!("NEEDS_MANUAL_VERIFICATION"))]);
    assert_eq!(read.step(&StepKind::DocumentVerification).unwrap().state.as_str(), "review");
}
