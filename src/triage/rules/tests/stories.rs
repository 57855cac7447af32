//! A story on each side of the line of every rule that looks at one registration alone.
#![allow(clippy::unwrap_used)]

use crate::{
    model::{
        BackgroundCheck, BackgroundSource, Basis, DocumentKind, FlowStep, Gateway, Moment, Outcome, Registration,
        Requirement, SourceStatus, Status, StepKind, StepState,
    },
    triage::{
        Severity,
        testing::{at, day, document, email, face, failure, information, liveness, moment, phone, settings},
    },
};

pub type Change = fn(&mut Registration);

/// One rule with a change of a clean registration on each side of its line.
pub struct Story {
    pub rule: &'static str,
    pub fires: Change,
    pub severity: Severity,
    pub clear: Change,
    pub not_measured: Option<Change>,
}

pub const STORIES: &[Story] = &[
    Story {
        rule: "BIO-01",
        fires: |r| face(r).score = Some(0.848),
        severity: Severity::High,
        clear: |r| face(r).score = Some(0.8495),
        not_measured: Some(|r| face(r).score = None),
    },
    Story {
        rule: "BIO-02",
        fires: |r| face(r).score = Some(0.89),
        severity: Severity::Medium,
        clear: |r| face(r).score = Some(0.9),
        not_measured: Some(|r| r.checks.face = None),
    },
    Story {
        rule: "BIO-03",
        fires: |r| face(r).min_score = Some(0.8),
        severity: Severity::Low,
        clear: |r| face(r).min_score = Some(0.8505),
        not_measured: Some(|r| face(r).min_score = None),
    },
    Story {
        rule: "BIO-04",
        fires: |r| r.checks.face = None,
        severity: Severity::Medium,
        clear: |r| face(r).score = Some(0.1),
        not_measured: Some(|r| {
            r.checks.face = None;
            liveness(r).finished = moment(800);
        }),
    },
    Story {
        rule: "BIO-05",
        fires: |r| liveness(r).score = Some(0.6),
        severity: Severity::High,
        clear: |r| liveness(r).score = Some(0.601),
        not_measured: Some(|r| liveness(r).score = None),
    },
    Story {
        rule: "BIO-06",
        fires: |r| r.failed_attempts.push(failure(StepKind::BiometricVerification, "low_score", Some(0.44))),
        severity: Severity::Critical,
        clear: |r| r.failed_attempts.push(failure(StepKind::DocumentVerification, "blurred", Some(0.1))),
        not_measured: Some(|r| {
            r.failed_attempts.push(failure(StepKind::BiometricVerification, "low_score", Some(0.0)));
        }),
    },
    Story {
        rule: "BIO-07",
        fires: |r| r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", None); 2],
        severity: Severity::Medium,
        clear: |r| {
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "face_too_far", None); 5];
            r.failed_attempts.iter_mut().skip(1).for_each(|attempt| attempt.counts = false);
        },
        not_measured: None,
    },
    Story {
        rule: "BIO-09",
        fires: |r| liveness(r).anti_spoofing = Some(Outcome::Failed),
        severity: Severity::Critical,
        clear: |r| document(r).anti_spoofing = None,
        not_measured: Some(|r| {
            liveness(r).anti_spoofing = None;
            document(r).anti_spoofing = Some(Outcome::NotMeasured);
        }),
    },
    Story {
        rule: "DOC-01",
        fires: |r| document(r).expiry_date = Some(at(150).date_naive().pred_opt().unwrap()),
        severity: Severity::High,
        clear: |r| document(r).expiry_date = Some(at(150).date_naive()),
        not_measured: Some(|r| document(r).expiry_date = None),
    },
    Story {
        rule: "DOC-02",
        fires: |r| document(r).expiry_date = Some(at(0).date_naive() + chrono::Days::new(30)),
        severity: Severity::Low,
        clear: |r| document(r).expiry_date = Some(at(0).date_naive() + chrono::Days::new(31)),
        not_measured: Some(|r| document(r).expiry_date = None),
    },
    Story {
        rule: "DOC-03",
        fires: |r| document(r).issue_date = Some(at(0).date_naive().succ_opt().unwrap()),
        severity: Severity::High,
        clear: |r| document(r).issue_date = Some(at(0).date_naive()),
        not_measured: Some(|r| {
            document(r).issue_date = None;
            document(r).birth_date = None;
        }),
    },
    Story {
        rule: "DOC-04",
        fires: |r| document(r).confidence = Some(0.849),
        severity: Severity::Medium,
        clear: |r| document(r).confidence = Some(0.85),
        not_measured: Some(|r| document(r).confidence = None),
    },
    Story {
        rule: "DOC-05",
        fires: |r| document(r).authenticity = Some(Outcome::Failed),
        severity: Severity::Critical,
        clear: |r| document(r).authenticity = Some(Outcome::Passed),
        not_measured: Some(|r| {
            document(r).authenticity = None;
            document(r).data_consistency = Some(Outcome::Pending);
        }),
    },
    Story {
        rule: "DOC-06",
        fires: |r| document(r).kind = Some(DocumentKind::Undetected),
        severity: Severity::Medium,
        clear: |r| document(r).kind = Some(DocumentKind::Passport),
        not_measured: Some(|r| document(r).kind = None),
    },
    Story {
        rule: "DOC-07",
        fires: |r| document(r).number = Some(" ".into()),
        severity: Severity::Medium,
        clear: |r| document(r).number = Some("1".into()),
        not_measured: Some(|r| {
            document(r).number = None;
            document(r).state = StepState::InProgress;
        }),
    },
    Story {
        rule: "DOC-11",
        fires: |r| document(r).input_method = Some("FILE_UPLOAD".to_owned()),
        severity: Severity::Low,
        clear: |r| document(r).input_method = Some("CAMERA".to_owned()),
        not_measured: Some(|r| document(r).input_method = Some("NOT_SET".to_owned())),
    },
    Story {
        rule: "DOC-12",
        fires: |r| r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 3],
        severity: Severity::High,
        clear: |r| r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 2],
        not_measured: None,
    },
    Story {
        rule: "DOC-13",
        fires: |r| earlier_document(r, Some("XY-987654")),
        severity: Severity::High,
        clear: |r| earlier_document(r, Some("ab 123.456")),
        not_measured: Some(|r| earlier_document(r, None)),
    },
    Story {
        rule: "DOC-14",
        fires: |r| document(r).has_back = false,
        severity: Severity::Low,
        clear: |r| document(r).has_back = true,
        not_measured: Some(|r| r.checks.document = None),
    },
    Story {
        rule: "IDN-01",
        fires: |r| document(r).full_name = Some("Carlos Prueba".into()),
        severity: Severity::High,
        clear: |r| document(r).full_name = Some("MUESTRA DE LA CRUZ, ALBA".into()),
        not_measured: Some(|r| document(r).full_name = Some("王小明".into())),
    },
    Story {
        rule: "IDN-02",
        fires: |r| document(r).name_match = Some(79.0),
        severity: Severity::High,
        clear: |r| document(r).name_match = Some(80.0),
        not_measured: Some(|r| {
            document(r).name_match = Some(0.0);
            document(r).names_match = Some(false);
            document(r).score_validated = false;
        }),
    },
    Story {
        rule: "IDN-03",
        fires: |r| document(r).registry_reason = Some("validation_not_available".to_owned()),
        severity: Severity::Medium,
        clear: |r| document(r).registry_reason = Some(String::new()),
        not_measured: Some(|r| r.checks.document = None),
    },
    Story {
        rule: "IDN-04",
        fires: |r| information(r).birth_date = day("1990-12-05"),
        severity: Severity::High,
        clear: |r| information(r).birth_date = day("1990-04-12"),
        not_measured: Some(|r| information(r).birth_date = None),
    },
    Story {
        rule: "IDN-05",
        fires: |r| document(r).birth_date = day("2008-05-29"),
        severity: Severity::High,
        clear: |r| document(r).birth_date = day("2008-05-28"),
        not_measured: Some(|r| {
            document(r).birth_date = None;
            information(r).birth_date = None;
        }),
    },
    Story {
        rule: "IDN-07",
        fires: |r| information(r).document_number = Some("AB-123999".into()),
        severity: Severity::High,
        clear: |r| information(r).document_number = Some("00ab 123456".into()),
        not_measured: Some(|r| information(r).document_number = None),
    },
    Story {
        rule: "CON-07",
        fires: |r| (phone(r).attempts, phone(r).state) = (3, StepState::Pending),
        severity: Severity::High,
        clear: |r| phone(r).attempts = 3,
        not_measured: Some(|r| (r.checks.email, r.checks.phone) = (None, None)),
    },
    Story {
        rule: "CON-08",
        fires: |r| (email(r).sends, email(r).state) = (4, StepState::Expired),
        severity: Severity::Low,
        clear: |r| email(r).sends = 4,
        not_measured: Some(|r| (r.checks.email, r.checks.phone) = (None, None)),
    },
    Story {
        rule: "CON-09",
        fires: |r| phone(r).state = StepState::Pending,
        severity: Severity::High,
        clear: |r| (phone(r).state, phone(r).gateway) = (StepState::Pending, Some(Gateway::None)),
        not_measured: Some(|r| (r.checks.email, r.checks.phone, r.flow.settings) = (None, None, None)),
    },
    Story {
        rule: "DEV-01",
        fires: |r| information(r).user_agent = Some("Mozilla/5.0 HeadlessChrome/120".to_owned()),
        severity: Severity::High,
        clear: |r| liveness(r).user_agent = Some("Mozilla/5.0 (Android)".to_owned()),
        not_measured: Some(|r| information(r).user_agent = None),
    },
    Story {
        rule: "DEV-02",
        fires: |r| information(r).ip = Some("172.17.0.1".to_owned()),
        severity: Severity::Info,
        clear: |r| {
            information(r).ip = Some("172.17.0.1".to_owned());
            liveness(r).ip = Some("198.51.100.4".to_owned());
        },
        not_measured: Some(|r| information(r).ip = None),
    },
    Story {
        rule: "WL-01",
        fires: |r| screened(r, SourceStatus::Found),
        severity: Severity::Critical,
        clear: |r| screened(r, SourceStatus::Clear),
        not_measured: Some(|r| screened(r, SourceStatus::Error)),
    },
    Story {
        rule: "WL-04",
        fires: |r| {
            wants_screening(r);
            screened(r, SourceStatus::Error);
        },
        severity: Severity::High,
        clear: |r| {
            wants_screening(r);
            screened(r, SourceStatus::Clear);
        },
        not_measured: Some(|r| {
            wants_screening(r);
            screened(r, SourceStatus::Error);
            r.checks.background.as_mut().unwrap().requested = moment(800);
        }),
    },
    Story {
        rule: "BEH-01",
        fires: |r| r.completed_at = moment(89),
        severity: Severity::Medium,
        clear: |r| r.completed_at = moment(90),
        not_measured: Some(|r| r.completed_at = Some(Moment::new(at(10), Basis::Updated))),
    },
    Story {
        rule: "BEH-02",
        fires: |r| r.checks.liveness = None,
        severity: Severity::Critical,
        clear: |r| face(r).aged_out = true,
        not_measured: Some(|r| {
            r.flow.settings = None;
            r.checks.liveness = None;
        }),
    },
    Story {
        rule: "BEH-06",
        fires: |r| r.checks.consent = None,
        severity: Severity::Medium,
        clear: |r| r.checks.consent.as_mut().unwrap().created = None,
        not_measured: Some(|r| (r.checks.consent, r.flow.settings) = (None, None)),
    },
    Story {
        rule: "BEH-07",
        fires: |r| (r.status, face(r).compared) = (Status::NeedsManualVerification, moment(1_000 - 83 * 86_400)),
        severity: Severity::Medium,
        clear: |r| (r.status, face(r).compared) = (Status::NeedsManualVerification, moment(1_001 - 83 * 86_400)),
        not_measured: Some(|r| (r.status, face(r).compared) = (Status::NeedsManualVerification, None)),
    },
];

pub fn earlier_document(registration: &mut Registration, number: Option<&str>) {
    let mut attempt = failure(StepKind::DocumentVerification, "blurred", None);
    attempt.document_number = number.map(Into::into);
    registration.failed_attempts.push(attempt);
}

fn screened(registration: &mut Registration, status: SourceStatus) {
    let sources = vec![BackgroundSource::new("world_api_interpol", status)];
    registration.checks.background = Some(BackgroundCheck { requested: moment(300), sources });
}

fn wants_screening(registration: &mut Registration) {
    let step = FlowStep { kind: StepKind::CriminalHistory, requirement: Requirement::Mandatory, attempt_limit: None };
    settings(registration).steps.push(step);
}
