//! The codec as a whole: what is written is read back, and nothing from outside breaks the reader.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{samples, *};
use crate::{
    model::{Basis, DeskNotes, Moment, Registration},
    triage::{Context, Judgement, LinkIndex},
};

fn overview(registration: &Registration) -> Value {
    encode_overview(registration, &Judgement::default())
}

fn live(registration: &Registration) -> Value {
    let populated: Vec<String> = POPULATES.iter().map(|name| (*name).to_owned()).collect();
    encode_live(registration, &populated)
}

/// Keys whose values say nothing about a person: ids, words of a list, times, names of projects, flows and operators.
const IMPERSONAL: &str = "action allowedCountries antiSpoofing at authenticity basis biometricVerification by code countryCode created \
    createdAt criminalHistory currentStep dataConsistency documentVerification emailGateway emailVerification \
    event expiresAt faceComparison field from gateway id inputMethod kind language livenessDetection matchedBy \
    name nameReview os outcome phoneGateway phoneVerification rawStatus requirement rule source state status step to \
    until updatedAt verdict";

/// Puts something that can be found again into every text that is not under one of those keys.
fn plant(value: &mut Value, key: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| plant(value, key)),
        Value::Array(values) => values.iter_mut().for_each(|value| plant(value, key)),
        Value::String(text) if key.ends_with("Date") => "1901-02-03".clone_into(text),
        Value::String(text) if IMPERSONAL.split(' ').all(|word| word != key) => *text = format!("planted {key}"),
        _ => {}
    }
}

#[test]
fn nothing_that_is_known_of_a_person_stands_in_debug_output() {
    let mut value = serde_json::to_value(samples::full()).unwrap();
    plant(&mut value, "");
    let planted = value.to_string();
    for kind in ["fullName", "birthDate", "Source of funds", "ip", "userAgent", "note", "mrz", "vendor", "actor"] {
        assert!(planted.contains(kind), "{kind} is in no sample");
    }
    let printed = format!("{:#?}", serde_json::from_value::<Registration>(value).unwrap());
    let told = |line: &&str| line.contains("planted") || line.contains("1901-02-03");
    assert_eq!(printed.lines().filter(told).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_registration_survives_the_overview_dialect_unchanged() {
    let registration = samples::full();
    assert_eq!(decode_registration(overview(&registration)).unwrap(), registration);
}

#[test]
fn the_keys_of_the_overview_object_stand_in_their_documented_order() {
    let written = overview(&samples::full());
    let keys: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
    let documented = [
        "id",
        "userId",
        "projectId",
        "flowId",
        "status",
        "currentStep",
        "steps",
        "verificationResults",
        "scores",
        "contact",
        "redFlags",
        "risk",
        "stuck",
        "failedAttempts",
        "accessLog",
        "links",
        "createdAt",
        "updatedAt",
        "completedAt",
        "expiresAt",
        "version",
    ];
    assert_eq!(&keys[..documented.len()], documented);
    assert_eq!(written["client"], "c_9");
    assert_eq!(written["extra"]["risk"]["vendor"], 3);
}

/// What the live dialect cannot carry: the basis of times (its fields have one each).
fn without_bases(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("at") && map.contains_key("basis") {
                map.insert("basis".to_owned(), json!("any"));
            }
            map.values_mut().for_each(without_bases);
        }
        Value::Array(items) => items.iter_mut().for_each(without_bases),
        _ => {}
    }
}

fn comparable(registration: &Registration) -> Value {
    let mut value = serde_json::to_value(registration).unwrap();
    without_bases(&mut value);
    value
}

#[test]
fn a_registration_survives_the_live_dialect_but_for_the_basis_of_its_times() {
    // The service has no place for what the desk says: whoever reads it keeps that beside.
    let registration = Registration { desk: DeskNotes::default(), ..samples::full() };
    let read = decode_registration(live(&samples::full())).unwrap();
    assert_eq!(comparable(&read), comparable(&registration));
}

#[test]
fn a_bare_registration_survives_both_dialects() {
    let mut registration = Registration::new("69a80a10aa00bb11cc22dd33".into(), samples::at("10:00:00"));
    crate::model::timeline::derive(&mut registration);
    assert_eq!(decode_registration(overview(&registration)).unwrap(), registration);
    assert_eq!(decode_registration(live(&registration)).unwrap(), registration);
}

#[test]
fn unpopulated_refs_are_ids_that_tell_when_their_objects_were_created() {
    let written = encode_live(&samples::full(), &[]);
    assert_eq!(written["project"], "proj_1");
    assert_eq!(written["documentValidation"], "dv_1");
    let failed = written["failedDocumentValidations"][0].as_str().unwrap();
    assert_eq!(times::of_object_id(failed), Some(Moment::new(samples::at("10:05:00"), Basis::ObjectId)));
    assert_eq!(written["status"], "NEEDS_MANUAL_VERIFICATION");
    assert_eq!(written["currentStep"], "end");
}

#[test]
fn live_objects_have_what_the_service_always_has_even_where_the_model_has_none() {
    let mut registration = samples::full();
    let document = registration.checks.document.as_mut().unwrap();
    (document.id, document.raw_status) = (None, None);
    let read = decode_registration(live(&registration)).unwrap().checks.document.unwrap();
    assert_eq!(read.raw_status.as_deref(), Some("NEEDS_MANUAL_VERIFICATION"));
    let dated = times::of_object_id(&read.id.unwrap()).unwrap();
    assert_eq!(dated.at, registration.created_at);
}

#[test]
fn what_is_of_an_unexpected_type_is_kept_as_it_was() {
    let object = json!({
        "_id": "a1", "status": 7, "email": { "nested": true }, "currentStep": ["x"], "createdAt": "yesterday",
        "documentValidation": [1], "failedDocumentValidations": "none", "redFlags": -1, "version": "third",
    });
    let read = decode_registration(object.clone()).unwrap();
    assert_eq!(read.status.as_str(), "7");
    assert_eq!((&read.contact.email, &read.current_step, &read.checks.document), (&None, &None, &None));
    for key in ["status", "email", "currentStep", "createdAt", "documentValidation", "failedDocumentValidations"] {
        assert_eq!(read.extra[key], object[key], "{key}");
    }
}

#[test]
fn only_a_missing_identity_is_refused() {
    let error = decode_registration(json!({ "status": "ONGOING", "email": "someone@example.com" })).unwrap_err();
    assert_eq!(error.path, "$.id");
    assert!(!error.to_string().contains("someone"));
    assert!(decode_registration(json!({ "id": "a" })).is_ok());
    assert!(decode_registration(json!([])).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_registration_survives_the_overview_dialect(mut registration in samples::registration()) {
        secrets::strip(&mut registration.extra);
        prop_assert_eq!(decode_registration(overview(&registration)).unwrap(), registration);
    }

    #[test]
    fn reading_never_panics_and_what_was_read_can_be_written_and_read_again(
        entries in proptest::collection::vec((samples::key(), samples::json_value()), 0..12)
    ) {
        let mut object: serde_json::Map<String, Value> = entries.into_iter().collect();
        object.insert("_id".to_owned(), json!("69a80a10aa00bb11cc22dd33"));
        let registration = decode_registration(Value::Object(object)).unwrap();
        prop_assert_eq!(decode_registration(overview(&registration)).unwrap(), registration.clone());
        prop_assert!(decode_registration(live(&registration)).is_ok());
    }

    #[test]
    fn no_error_body_makes_the_reader_panic_or_puts_controls_into_its_message(
        status in 100_u16..600, body in proptest::collection::vec(any::<u8>(), 0..64), words in "\\PC{0,40}|[\u{0}-\u{1f}]{0,8}"
    ) {
        for body in [body, json!({ "code": "Conflict", "message": words }).to_string().into_bytes()] {
            let error = decode_error(status, &body, None);
            prop_assert!(!error.message.is_empty() && !error.message.chars().any(char::is_control));
        }
    }

    #[test]
    fn no_answer_whatsoever_makes_a_reader_panic(value in samples::json_value()) {
        let _ = decode_page(value.clone(), 1);
        let _ = decode_created(value.clone());
        let _ = decode_sync_answer(value.clone());
        let _ = decode_resent(value.clone());
        let _ = decode_project(&value);
        let _ = decode_flow(&value);
        let _ = decode_flows_of_project(&value);
        let _ = decode_error(500, value.to_string().as_bytes(), None);
    }
}

#[test]
fn a_delivery_log_that_stands_with_a_registration_is_read_oldest_first() {
    let event = |kind: &str, sent: &str, status: &str, code: u16| {
        json!({
            "type": kind,
            "sentAt": sent,
            "status": "sent",
            "body": { "type": kind, "object": { "email": "noor.example@example.com" } },
            "response": { "status": status, "statusCode": code, "body": "upstream unavailable" },
        })
    };
    let read = decode_registration(json!({
        "_id": "69a80a10aa00bb11cc22dd33",
        "status": "COMPLETED",
        "webhookEvents": [
            event("onboarding_app_registration_completed", "2026-05-06T09:53:28Z", "fail", 503),
            event("onboarding_app_registration_created", "2026-05-06T09:41:05Z", "success", 200),
        ],
    }))
    .unwrap();
    let told: Vec<_> = read.deliveries.iter().map(|told| (told.code, told.was_heard())).collect();
    assert_eq!(told, [(Some(200), Some(true)), (Some(503), Some(false))]);
    assert_eq!(read.deliveries[1].event, "onboarding_app_registration_completed");
    assert!(read.extra.is_empty(), "{:?}", read.extra);
}

#[test]
fn a_stuck_registration_tells_stage_limits_act_and_command_and_what_is_left_of_its_link() {
    let mut registration = samples::full();
    registration.status = crate::model::Status::Started;
    registration.flow.status = Some("active".to_owned());
    let now = registration.updated_at + chrono::TimeDelta::days(30);
    let judgement = crate::triage::judge(&registration, Context::new(&LinkIndex::default(), now));
    let written = encode_overview(&registration, &judgement);
    let (stuck, known) = (&written["stuck"], judgement.stuck.unwrap());
    assert_eq!(stuck["stage"], known.stage.as_str());
    assert_eq!(
        (&stuck["warnSeconds"], &stuck["giveUpSeconds"]),
        (&json!(known.warn_seconds), &json!(known.give_up_seconds))
    );
    assert_eq!(stuck["act"], known.act.as_str());
    assert_eq!(stuck["command"], json!(known.command_line(&registration.id)));
    assert_eq!(stuck["about"], json!(null));
    assert_eq!(written["link"]["secondsLeft"], 0);
    assert_eq!(written["link"]["origin"], judgement.link.unwrap().origin.as_str());
}
