//! Registrations for the tests of this folder and of the index.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, TimeDelta};

use super::{Flag, Severity};
use crate::model::{
    Attempt, CodeCheck, Consent, DocumentCheck, DocumentKind, FaceCompare, FlowSettings, FlowStep, Gateway,
    Information, LivenessCheck, Moment, Outcome, Personal, Registration, RegistrationId, Requirement, Status, StepKind,
    StepState, Timestamp, timeline,
};

/// The start of all test stories: 2026-05-28T20:26:40Z.
const START: i64 = 1_780_000_000;

/// Seconds after the start of all test stories.
pub fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(START + seconds, 0).unwrap()
}

pub fn moment(seconds: i64) -> Option<Moment> {
    DateTime::from_timestamp(START + seconds, 0).map(Moment::event)
}

pub fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// A registration of which only the id is known.
pub fn named(id: &str) -> Registration {
    Registration::new(RegistrationId::new(id), at(0))
}

/// Just created, with a flow that wants everything.
pub fn begun() -> Registration {
    let mut registration = named("reg_1");
    registration.contact.email = Some("alba@example.com".into());
    registration.contact.full_name = Some("Alba Muestra".into());
    registration.flow.settings = Some(strict_flow());
    derived(registration)
}

/// Everything passed within ten minutes, cleanly; no rule fires at `at(1_000)`.
pub fn finished() -> Registration {
    let mut registration = begun();
    registration.status = Status::Completed;
    registration.current_step = Some(StepKind::End);
    registration.updated_at = at(600);
    registration.completed_at = moment(600);
    *information(&mut registration) = Information {
        full_name: Some("Alba Muestra".into()),
        birth_date: day("1990-04-12"),
        document_number: Some("AB-123456".into()),
        ip: Some("203.0.113.7".into()),
        device_id: Some("device-1".into()),
        user_agent: Some("Mozilla/5.0 (iPhone)".into()),
        created: moment(5),
        submitted: moment(60),
        ..Information::default()
    };
    let checks = &mut registration.checks;
    checks.consent = Some(Consent { accepted: Some(true), created: moment(2), answered: moment(3), source: None });
    let code = CodeCheck {
        state: StepState::Completed,
        gateway: Some(Gateway::Sms),
        attempts: 1,
        max_attempts: Some(3),
        sends: 1,
        created: moment(61),
        validated: moment(90),
        ..CodeCheck::default()
    };
    checks.email = Some(CodeCheck { gateway: Some(Gateway::Mailgun), ..code.clone() });
    checks.phone = Some(code);
    checks.instructions = moment(100);
    checks.basic_information = moment(120);
    checks.document = Some(clean_scan());
    checks.liveness = Some(LivenessCheck {
        state: StepState::Completed,
        score: Some(0.93),
        min_score: Some(0.6),
        anti_spoofing: Some(Outcome::Passed),
        person: Some("person-1".into()),
        created: moment(200),
        finished: moment(210),
        ..LivenessCheck::default()
    });
    checks.face = Some(FaceCompare {
        score: Some(0.95),
        passed: Some(true),
        min_score: Some(0.85),
        compared: moment(215),
        ..FaceCompare::default()
    });
    derived(registration)
}

fn clean_scan() -> DocumentCheck {
    DocumentCheck {
        state: StepState::Completed,
        kind: Some(DocumentKind::Id),
        number: Some("AB123456".into()),
        full_name: Some("MUESTRA ALBA".into()),
        birth_date: day("1990-04-12"),
        issue_date: day("2020-01-01"),
        expiry_date: day("2030-01-01"),
        confidence: Some(0.97),
        authenticity: Some(Outcome::Passed),
        anti_spoofing: Some(Outcome::Passed),
        data_consistency: Some(Outcome::Passed),
        image_validated: true,
        score_validated: true,
        names_match: Some(true),
        name_match: Some(98.0),
        requires_back: true,
        has_back: true,
        input_method: Some("CAMERA".into()),
        created: moment(150),
        finished: moment(170),
        ..DocumentCheck::default()
    }
}

pub fn derived(mut registration: Registration) -> Registration {
    timeline::derive(&mut registration);
    registration
}

fn strict_flow() -> FlowSettings {
    let steps = [
        StepKind::Consent,
        StepKind::PersonalInfo,
        StepKind::EmailVerification,
        StepKind::PhoneVerification,
        StepKind::Instructions,
        StepKind::BasicInformation,
        StepKind::DocumentVerification,
        StepKind::BiometricVerification,
        StepKind::FaceComparison,
    ];
    FlowSettings {
        steps: steps
            .into_iter()
            .map(|kind| FlowStep { kind, requirement: Requirement::Mandatory, attempt_limit: Some(3) })
            .collect(),
        email_gateway: Some(Gateway::Mailgun),
        phone_gateway: Some(Gateway::Sms),
        liveness_min: Some(0.6),
        compare_min: Some(0.85),
        name_match_min: Some(80.0),
        verify_names: Some(true),
        asks_consent: Some(true),
        scan_only: Some(true),
        ..FlowSettings::default()
    }
}

pub fn information(registration: &mut Registration) -> &mut Information {
    registration.checks.information.get_or_insert_default()
}

pub fn document(registration: &mut Registration) -> &mut DocumentCheck {
    registration.checks.document.get_or_insert_default()
}

pub fn liveness(registration: &mut Registration) -> &mut LivenessCheck {
    registration.checks.liveness.get_or_insert_default()
}

pub fn face(registration: &mut Registration) -> &mut FaceCompare {
    registration.checks.face.get_or_insert_default()
}

pub fn email(registration: &mut Registration) -> &mut CodeCheck {
    registration.checks.email.get_or_insert_default()
}

pub fn phone(registration: &mut Registration) -> &mut CodeCheck {
    registration.checks.phone.get_or_insert_default()
}

pub fn settings(registration: &mut Registration) -> &mut FlowSettings {
    registration.flow.settings.get_or_insert_default()
}

/// A failed attempt; one that counts.
pub fn failure(step: StepKind, reason: &str, score: Option<f64>) -> Attempt {
    Attempt { step, at: moment(300), reason: Some(reason.to_owned()), counts: true, score, document_number: None }
}

/// A second person, with nothing in common with [`finished`].
pub fn stranger(id: &str) -> Registration {
    let mut registration = finished();
    registration.id = RegistrationId::new(id);
    registration.contact.email = Some(Personal::new(format!("{id}@example.com")));
    registration.contact.full_name = Some("Carlos Prueba".into());
    *information(&mut registration) = Information::default();
    document(&mut registration).number = Some(Personal::new(format!("ZX-98{}", fingerprint(id))));
    document(&mut registration).full_name = Some("Carlos Prueba".into());
    document(&mut registration).birth_date = day("1971-02-03");
    liveness(&mut registration).person = Some(format!("person-{id}"));
    registration
}

/// Six digits far apart for ids that are close.
fn fingerprint(id: &str) -> u64 {
    id.bytes().fold(7, |sum: u64, byte| (sum * 7919 + u64::from(byte) * 104_729) % 900_001) + 100_000
}

/// A flag of which only rule and severity matter.
pub fn flag(rule: &'static str, severity: Severity) -> Flag {
    Flag {
        rule: Cow::Borrowed(rule),
        name: Cow::Borrowed("test"),
        severity,
        category: "behaviour",
        path: "status".to_owned(),
        seen: String::new(),
        threshold: None,
        threshold_from: None,
        caveat: Cow::Borrowed(""),
        next_action: Cow::Borrowed(""),
        at: None,
        reported: false,
    }
}

/// So many minutes later.
pub fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// Someone whose phone code went out so many minutes before the start, entered after so many more, if at all.
pub fn coded(ago: i64, entered_after: Option<i64>) -> Registration {
    let sent = at(0) - minutes(ago);
    let mut person = begun();
    person.id = format!("{ago}-{entered_after:?}").as_str().into();
    person.project.id = "aldea".to_owned();
    person.status = Status::Ongoing;
    (person.created_at, person.updated_at) = (sent, sent);
    *phone(&mut person) = CodeCheck {
        gateway: Some(Gateway::Whatsapp),
        created: Some(Moment::event(sent)),
        validated: entered_after.map(|after| Moment::event(sent + minutes(after))),
        state: if entered_after.is_some() { StepState::Completed } else { StepState::Pending },
        ..CodeCheck::default()
    };
    derived(person)
}

/// Five hours before the last one of ten people each, of whom eight get through.
pub fn hours_as_usual() -> Vec<Registration> {
    let hour = |hour: i64| (0..10).map(move |person| coded(hour * 60 + 65 + person, (person < 8).then_some(3)));
    (0..5).flat_map(hour).collect()
}
