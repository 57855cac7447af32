//! What the deployed service and its documentation really send, in every shape, and what is read out of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use chrono::NaiveDate;
use regdesk::{
    backend::ErrorKind,
    model::{
        Basis, DocumentKind, FlowSettings, Gateway, Moment, Outcome, Personal, Registration, Requirement, SourceStatus,
        Status, StepKind, StepState, Timestamp,
    },
    triage::Judgement,
    wire,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn registration(name: &str) -> Registration {
    wire::decode_registration(wire::payload(fixture(name))).unwrap()
}

fn flow(name: &str) -> FlowSettings {
    wire::decode_flow(&wire::payload(fixture(name))).unwrap().settings
}

/// A time on the day of the fixtures.
fn at(clock: &str) -> Timestamp {
    format!("2026-03-04T{clock}Z").parse().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "what it is compared with is optional")]
fn moment(clock: &str, basis: Basis) -> Option<Moment> {
    Some(Moment::new(at(clock), basis))
}

#[expect(clippy::unnecessary_wraps, reason = "what it is compared with is optional")]
fn personal(text: &str) -> Option<Personal> {
    Some(Personal::new(text))
}

fn state(registration: &Registration, kind: &StepKind) -> StepState {
    registration.step(kind).unwrap_or_else(|| panic!("no step {kind}")).state.clone()
}

fn requirements(settings: &FlowSettings) -> Vec<String> {
    let step = |step: &regdesk::model::FlowStep| {
        let limit = step.attempt_limit.map(|limit| format!(" {limit}")).unwrap_or_default();
        format!("{} {}{limit}", step.kind, step.requirement)
    };
    settings.steps.iter().map(step).collect()
}

#[test]
fn a_completed_live_registration_is_read_to_the_last_check() {
    let read = registration("live-completed");
    assert_eq!((&read.status, &read.current_step), (&Status::Completed, &Some(StepKind::End)));
    assert_eq!(read.project.name.as_deref(), Some("Harbour Bank"));
    assert_eq!(read.user_id, read.checks.liveness.as_ref().unwrap().person);
    assert_eq!(read.name(), personal("Noor Example").as_ref());
    assert_eq!(read.created_at, at("10:00:00.250"));
    assert_eq!(read.completed_at, moment("10:14:00", Basis::Updated));
    for kind in [
        StepKind::Consent,
        StepKind::PersonalInfo,
        StepKind::EmailVerification,
        StepKind::DocumentVerification,
        StepKind::BiometricVerification,
        StepKind::FaceComparison,
        StepKind::CriminalHistory,
        StepKind::Form,
        StepKind::Signature,
        StepKind::End,
    ] {
        assert_eq!(state(&read, &kind), StepState::Completed, "{kind}");
    }
    let results = &read.results;
    for outcome in [&results.document_verification, &results.biometric_verification, &results.criminal_history] {
        assert_eq!(outcome, &Some(Outcome::Passed));
    }
    assert_eq!((read.scores.liveness, read.scores.face_compare), (Some(0.93), Some(0.91)));
    // The minimums stored with the record stand above the flow's present ones.
    assert_eq!((read.scores.liveness_min, read.scores.face_compare_min), (Some(0.6), Some(0.85)));
    assert_eq!(read.checks.form.unwrap().answers.reveal()["Source of funds"], "Salary");
    assert_eq!(read.access_log[0].outcome, "allowed");
    assert_eq!(read.reported_flags, []);
}

#[test]
fn a_document_is_merged_from_both_sets_of_names() {
    let document = registration("live-completed").checks.document.unwrap();
    assert_eq!(document.kind, Some(DocumentKind::Passport));
    assert_eq!(document.number, personal("X000222"));
    assert_eq!(document.full_name, personal("NOOR EXAMPLE"));
    assert_eq!(document.registry_name, personal("NOOR EXAMPLE"));
    assert_eq!(document.expiry_date, NaiveDate::from_ymd_opt(2030, 1, 1));
    assert_eq!((document.confidence, document.name_match), (Some(0.97), Some(100.0)));
    assert_eq!((document.has_face, document.is_live, document.registry_reason), (Some(true), Some(true), None));
    // Said by the registry's answer, without a zone.
    assert_eq!(document.finished, moment("10:06:45", Basis::Field));

    let newer = registration("live-review").checks.document.unwrap();
    assert_eq!((newer.kind, newer.state), (Some(DocumentKind::Id), StepState::Review));
    assert_eq!(newer.birth_date, NaiveDate::from_ymd_opt(1979, 5, 6));
    assert_eq!((newer.confidence, newer.names_match, newer.name_match), (Some(0.81), Some(false), Some(58.0)));
    assert_eq!(newer.review_reason.as_deref(), Some("validation_timeout"));
    assert_eq!((newer.name_review.as_deref(), newer.has_face), (Some("mismatch"), Some(false)));
}

#[test]
fn secrets_and_images_are_not_kept_and_unknown_keys_are() {
    let read = registration("live-completed");
    let kept = serde_json::to_string(&read).unwrap() + &wire::encode_overview(&read, &Judgement::default()).to_string();
    for secret in ["never-keep-me", "R0lGOD", "$2b$hash", "authLink", "opaque"] {
        assert!(!kept.contains(secret), "{secret} was kept");
    }
    assert_eq!(read.extra["futureField"], json!({ "kept": [1, 2] }));
    assert_eq!(read.extra["notes"], "Called back");
    let review = serde_json::to_string(&registration("live-review")).unwrap();
    for secret in ["never-keep-me", "/srv/", "index.js"] {
        assert!(!review.contains(secret), "{secret} was kept");
    }
}

#[test]
fn ids_alone_say_that_something_exists_and_since_when_but_not_how_it_went() {
    let read = registration("live-unpopulated");
    let not_loaded = StepState::Unknown("not loaded".to_owned());
    let document = read.checks.document.as_ref().unwrap();
    assert_eq!((&document.state, document.created), (&not_loaded, moment("10:05:30", Basis::ObjectId)));
    assert_eq!(state(&read, &StepKind::DocumentVerification), not_loaded);
    assert_eq!(state(&read, &StepKind::FaceComparison), not_loaded);
    assert_eq!((&read.results.document_verification, &read.results.face_comparison), (&None, &None));
    assert!(!read.checks.face.as_ref().unwrap().aged_out);
    assert_eq!(read.flow.settings, None);
}

#[test]
fn a_registration_in_review_shows_every_attempt_hit_and_decision() {
    let read = registration("live-review");
    assert_eq!(
        (&read.status, &read.current_step),
        (&Status::NeedsManualVerification, &Some(StepKind::DocumentVerification))
    );
    let attempts: Vec<String> = read
        .failed_attempts
        .iter()
        .map(|attempt| {
            let clock = attempt.at.map(|moment| moment.at.format("%H:%M").to_string()).unwrap_or_default();
            format!("{clock} {} {} {}", attempt.step, attempt.reason.as_deref().unwrap_or("-"), attempt.counts)
        })
        .collect();
    assert_eq!(
        attempts,
        [
            "12:00 email_verification - true",
            "12:05 document_verification - true",
            "12:06 document_verification document_number_is_not_extracted true",
            "12:07 document_verification scan_failed true",
            "12:10 biometric_verification face_close_to_border false",
            "12:11 biometric_verification liveness_failed true",
        ]
    );
    assert_eq!(read.failed_attempts[1].at.unwrap().basis, Basis::ObjectId);
    assert_eq!(read.failed_attempts[2].document_number, personal("X000332"));
    // A stored 0 of a bad capture is no measurement, the number behind the @ is one.
    assert_eq!((read.failed_attempts[4].score, read.failed_attempts[5].score), (None, Some(0.41)));

    let sources: Vec<(String, SourceStatus)> =
        read.checks.background.unwrap().sources.into_iter().map(|source| (source.name, source.status)).collect();
    assert_eq!(
        sources,
        [
            ("world_api_ofac".to_owned(), SourceStatus::Found),
            ("world_api_fbi".to_owned(), SourceStatus::Error),
            ("world_api_dea".to_owned(), SourceStatus::Clear),
            ("world_api_new".to_owned(), SourceStatus::Found),
        ]
    );
    assert_eq!(read.results.criminal_history, Some(Outcome::Review));
    let codes: Vec<&str> = read.reported_flags.iter().map(|flag| flag.code.as_str()).collect();
    assert_eq!(codes, ["names", "criminalHistory"]);
    let by: Vec<Option<&str>> = read.reviews.iter().map(|review| review.by.as_deref()).collect();
    assert_eq!(by, [Some("Example Cooperative"), Some("staff-3")]);
    assert_eq!(read.access_log[0].reason.as_deref(), Some("document_number_is_not_extracted"));
}

#[test]
fn a_compare_that_does_not_load_although_others_did_has_aged_out() {
    let read = registration("live-review");
    assert!(read.checks.face.as_ref().unwrap().aged_out);
    assert_eq!(read.results.face_comparison, Some(Outcome::NotMeasured));
    let liveness = read.checks.liveness.unwrap();
    assert_eq!((liveness.score, liveness.finished), (Some(0.71), moment("12:12:02", Basis::Updated)));
}

#[test]
fn defaults_of_an_abandoned_registration_are_not_taken_for_results() {
    let read = registration("live-abandoned");
    let document = read.checks.document.as_ref().unwrap();
    assert_eq!((document.kind.as_ref(), &document.number), (Some(&DocumentKind::Undetected), &None));
    assert_eq!((document.names_match, document.name_match, &document.state), (None, None, &StepState::InProgress));
    assert_eq!(document.full_name, personal("NIA PLACEHOLDER"));
    assert_eq!(document.finished, None);
    assert_eq!(read.checks.liveness, None);
    assert_eq!(state(&read, &StepKind::BiometricVerification), StepState::InProgress);
    // Two wrong codes, for the address is not validated yet; they have no time, so they come last.
    let wrong = read.failed_attempts.iter().filter(|attempt| attempt.step == StepKind::EmailVerification);
    assert_eq!(wrong.map(|attempt| attempt.at).collect::<Vec<_>>(), [None, None]);
    // The form was sent before the code was.
    let submitted = read.checks.information.as_ref().unwrap().submitted;
    assert_eq!(submitted, moment("14:00:30", Basis::Updated));
    assert_eq!(read.completed_at, None);
}

#[test]
fn one_bad_row_does_not_break_its_page() {
    let page = wire::decode_page(fixture("live-list-unpopulated"), 1).unwrap();
    assert_eq!((page.registrations.len(), page.total, page.page, page.pages), (4, Some(41), 1, Some(7)));
    assert_eq!(page.refused.len(), 2);
    assert!(page.refused[0].starts_with("row 5: $.id: is missing"), "{:?}", page.refused);
    assert!(page.refused.iter().all(|reason| !reason.contains("no.identity")), "{:?}", page.refused);
    let first = &page.registrations[0];
    assert_eq!((&first.status, &first.current_step), (&Status::Started, &None));
    assert_eq!(page.registrations[1].contact.phone, personal("2025550115"));

    let nested = wire::decode_page(fixture("live-list-populated"), 1).unwrap();
    assert_eq!((nested.registrations.len(), nested.total, nested.page, nested.pages), (2, Some(4), 2, Some(2)));
}

#[test]
fn the_missions_own_object_is_read_and_written_back_key_for_key() {
    let document = fixture("overview-completed");
    let read = registration("overview-completed");
    assert_eq!(read.step(&StepKind::DocumentVerification).unwrap().finished.unwrap().basis, Basis::Overview);
    assert_eq!(read.completed_at.unwrap().at, "2024-01-15T10:35:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(read.updated_at, "2024-01-15T10:35:00Z".parse::<Timestamp>().unwrap());
    let written = wire::encode_overview(&read, &Judgement::default());
    for (key, value) in document.as_object().unwrap() {
        match key.as_str() {
            "steps" => {
                for (place, step) in value.as_array().unwrap().iter().enumerate() {
                    for (key, value) in step.as_object().unwrap() {
                        assert_eq!(&written["steps"][place][key], value, "steps[{place}].{key}");
                    }
                }
            }
            "verificationResults" => {
                for (key, value) in value.as_object().unwrap() {
                    assert_eq!(&written["verificationResults"][key], value, "{key}");
                }
            }
            _ => assert_eq!(&written[key], value, "{key}"),
        }
    }
}

#[test]
fn an_overview_object_under_way_keeps_words_that_nobody_knows() {
    let read = registration("overview-in-progress");
    assert_eq!(read.status, Status::Ongoing);
    assert_eq!(read.current_step, Some(StepKind::Other("video_call".to_owned())));
    assert_eq!(state(&read, &StepKind::Other("video_call".to_owned())), StepState::Unknown("on_hold".to_owned()));
    assert_eq!(read.results.document_verification, Some(Outcome::Review));
    assert_eq!(read.results.other["ageCheck"], "passed");
    assert_eq!((read.failed_attempts.len(), read.completed_at), (1, None));
    assert_eq!(wire::decode_page(fixture("overview-list"), 1).unwrap().registrations.len(), 2);
}

#[test]
fn a_mixture_of_dialects_is_read_field_by_field() {
    let read = registration("mixed");
    assert!(read.id.as_str().starts_with("69a8"), "{}", read.id);
    assert_eq!((read.project.name.as_deref(), read.flow.id.as_str()), (Some("Harbour Bank"), "flow_9"));
    assert_eq!(
        (read.created_at, read.updated_at, read.expires_at),
        (at("18:00:00"), at("18:06:00"), Some(at("20:00:00")))
    );
    // Its own steps, and verdicts from the evidence beside them.
    assert_eq!(read.steps.len(), 1);
    assert_eq!(read.results.document_verification, Some(Outcome::Passed));
    assert_eq!(read.extra["id"], "reg_9");
}

#[test]
fn answers_to_writes_are_read_with_their_tokens() {
    let created = wire::decode_created(fixture("live-create")).unwrap();
    assert_eq!(created.token.unwrap().expose_secret(), "person-token-0001");
    assert_eq!(created.registration.name(), personal("Noor Example").as_ref());
    assert_eq!(created.registration.status, Status::Started);

    let step = wire::decode_sync_answer(fixture("live-sync-step")).unwrap();
    assert_eq!(
        (step.status, step.token.unwrap().expose_secret()),
        (Some(Status::NeedsManualVerification), "login-token-0001")
    );
    assert!(step.registration.is_none());
    let decided = wire::decode_sync_answer(fixture("live-sync-override")).unwrap().registration.unwrap();
    assert_eq!(decided.completed_at, moment("14:41:05", Basis::Event));

    let resent = wire::decode_resent(fixture("live-resend")).unwrap();
    assert_eq!((resent.expires_at, resent.email_sent), (Some(at("17:14:14")), Some(true)));
    assert!(resent.link.unwrap().expose_secret().ends_with("token=again-token-0003"));
}

#[test]
fn flows_are_read_in_each_of_their_shapes() {
    let older = flow("flow-onboarding-settings");
    assert_eq!(
        requirements(&older),
        [
            "personal_info mandatory",
            "email_verification mandatory",
            "phone_verification skip",
            "basic_information skip",
            "document_verification mandatory 4",
            "biometric_verification mandatory 5",
            "face_comparison mandatory",
            "criminal_history mandatory",
            "form optional",
            "signature mandatory",
        ]
    );
    assert_eq!((older.email_gateway, older.phone_gateway), (Some(Gateway::Mailgun), Some(Gateway::None)));
    assert_eq!((older.liveness_min, older.compare_min, older.search_min), (Some(0.62), Some(0.8), Some(0.88)));
    assert_eq!((older.verify_names, older.asks_consent, older.scan_only), (Some(true), Some(true), Some(true)));

    let flat = flow("flow-flat");
    assert_eq!(
        requirements(&flat),
        [
            "email_verification mandatory",
            "phone_verification skip",
            "document_verification mandatory 3",
            "biometric_verification optional 2",
            "face_comparison optional",
            "criminal_history skip",
        ]
    );
    // Percent read as a score, and not overruled by what an older version left behind.
    assert_eq!(flat.liveness_min, Some(0.65));

    let configured = flow("flow-configuration");
    assert_eq!((configured.liveness_min, configured.compare_min), (Some(0.6), Some(0.85)));
    assert_eq!(configured.requirement(&StepKind::EmailVerification), Some(&Requirement::Mandatory));
    assert_eq!(configured.requirement(&StepKind::PhoneVerification), Some(&Requirement::Optional));
    assert_eq!(configured.requirement(&StepKind::FaceComparison), Some(&Requirement::Mandatory));

    let overview = flow("flow-overview");
    assert_eq!(
        requirements(&overview),
        ["personal_info mandatory", "document_verification mandatory", "form optional",]
    );
}

#[test]
fn projects_are_read_in_both_versions_and_their_flows_with_them() {
    for (name, demo, flows) in [("projects-v3", false, 1), ("projects-v2", true, 0)] {
        let items = wire::decode_list(fixture(name)).unwrap();
        let project = wire::decode_project(&items[0]).unwrap();
        assert_eq!((project.name.as_str(), project.demo), ("Harbour Bank", demo));
        assert_eq!(project.allowed_countries, ["Colombia", "Japan"]);
        assert_eq!(wire::decode_flows_of_project(&items[0]).len(), flows, "{name}");
    }
}

#[test]
fn what_is_written_of_projects_and_flows_is_read_back_unchanged() {
    let mut flow = wire::decode_flow(&wire::payload(fixture("flow-onboarding-settings"))).unwrap();
    flow.settings.name_match_min = Some(72.0);
    flow.settings.expiry_days = Some(3);
    assert_eq!(wire::decode_flow(&wire::encode_flow(&flow)).unwrap(), flow);
    let project = wire::decode_project(&wire::decode_list(fixture("projects-v3")).unwrap()[0]).unwrap();
    let written = wire::encode_project(&project, std::slice::from_ref(&flow));
    assert_eq!(wire::decode_project(&written).unwrap(), project);
    assert_eq!(wire::decode_flows_of_project(&written), [flow]);
}

#[test]
fn every_error_envelope_is_classed_and_says_what_to_do() {
    for case in fixture("errors").as_array().unwrap() {
        let body = match &case["body"] {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let error = wire::decode_error(status, body.as_bytes(), None);
        let (kind, field) = match &error.kind {
            ErrorKind::Invalid { field } => ("Invalid".to_owned(), field.clone()),
            ErrorKind::TooMany { .. } => ("TooMany".to_owned(), None),
            kind => (format!("{kind:?}"), None),
        };
        assert_eq!(
            (kind.as_str(), field.as_deref()),
            (case["kind"].as_str().unwrap(), case["field"].as_str()),
            "{case}"
        );
        assert_eq!(error.code.as_deref(), case["code"].as_str(), "{case}");
        assert!(error.message.contains(case["says"].as_str().unwrap()), "{}: {case}", error.message);
        assert_eq!(error.http_status, Some(status));
    }
}
