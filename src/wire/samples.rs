//! Registrations for the codec's tests: one that holds everything, and arbitrary ones.

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};

use super::times;
use crate::model::{
    AccessEntry, Attempt, BackgroundCheck, BackgroundSource, Basis, Checks, Claim, CodeCheck, Consent, Contact,
    Delivery, DeskNotes, DocumentCheck, DocumentKind, FaceCompare, FlagVerdict, FlowRef, FlowSettings, FlowStep,
    FormSubmission, Gateway, Information, ListKind, LivenessCheck, MatchedBy, Moment, Note, Outcome, Personal,
    PersonalField, ProjectRef, Registration, RegistrationId, ReportedFlag, Requirement, Results, Reveal, Review,
    Scores, Signature, Snooze, SourceStatus, Status, Step, StepKind, StepState, Timestamp, Verdict, timeline,
};

/// A time on the day everything happens.
pub(super) fn at(clock: &str) -> Timestamp {
    times::parse(&json!(format!("2026-03-04T{clock}Z"))).expect("a time")
}

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
fn event(clock: &str) -> Option<Moment> {
    Some(Moment::event(at(clock)))
}

fn flow() -> FlowRef {
    FlowRef {
        id: "flow_1".to_owned(),
        name: Some("Standard".to_owned()),
        status: Some("paused".to_owned()),
        settings: Some(settings()),
    }
}

fn deliveries() -> Vec<Delivery> {
    vec![
        Delivery {
            event: "onboarding_app_registration_created".to_owned(),
            at: Some(at("10:00:01")),
            code: Some(200),
            delivered: Some(true),
        },
        Delivery { event: "onboarding_app_registration_needs_manual_verification".to_owned(), ..Delivery::default() },
    ]
}

/// A registration with every field of the model in use.
pub(super) fn full() -> Registration {
    let mut registration = Registration::new(RegistrationId::new("69a80a10aa00bb11cc22dd33"), at("10:00:00"));
    registration.user_id = Some("user_42".to_owned());
    registration.project = ProjectRef {
        id: "proj_1".to_owned(),
        name: Some("Harbour Bank".to_owned()),
        allowed_countries: Some(vec!["Colombia".to_owned(), "Japan".to_owned()]),
    };
    registration.flow = flow();
    registration.status = Status::NeedsManualVerification;
    registration.current_step = Some(StepKind::End);
    registration.contact = Contact {
        email: Some("noor.example@example.com".into()),
        phone: Some("2025550111".into()),
        country_code: Some("+1".to_owned()),
        full_name: Some("Noor Example".into()),
        first_name: Some("Noor".into()),
        last_name: Some("Example".into()),
        language: Some("es".to_owned()),
    };
    registration.checks = checks();
    registration.failed_attempts = attempts();
    registration.access_log = vec![AccessEntry {
        at: Some(at("10:00:00")),
        actor: "enrollee".to_owned(),
        ip: Some("203.0.113.9".to_owned()),
        action: "sync document".to_owned(),
        outcome: "denied".to_owned(),
        reason: Some("too early".to_owned()),
    }];
    registration.deliveries = deliveries();
    registration.reported_flags =
        vec![ReportedFlag { code: "names".to_owned(), detail: json!({ "fullNameMatchPercentage": 61 }) }];
    registration.reviews = reviews();
    registration.desk = desk_notes();
    registration.link_resent = event("10:45:00");
    registration.link_resends = 2;
    registration.updated_at = at("11:30:00.250");
    registration.expires_at = Some(at("23:00:00"));
    registration.version = 17;
    registration.extra = extra();
    timeline::derive(&mut registration);
    registration
}

fn reviews() -> Vec<Review> {
    vec![Review {
        at: Some(at("11:30:00")),
        by: Some("reviewer-7".to_owned()),
        from: Status::Failed,
        to: Status::NeedsManualVerification,
        reason: Some("second_look".to_owned()),
        note: Some("Put back".to_owned()),
    }]
}

fn desk_notes() -> DeskNotes {
    DeskNotes {
        claim: Some(Claim { by: "ines".to_owned(), at: at("11:00:00") }),
        verdicts: vec![FlagVerdict {
            rule: "DOC-01".to_owned(),
            verdict: Verdict::CannotTell,
            by: "ines".to_owned(),
            at: at("11:05:00"),
        }],
        snooze: Some(Snooze {
            until: at("15:00:00"),
            reason: Some("Asked for another document".into()),
            by: "ines".to_owned(),
            at: at("11:06:00"),
        }),
        reveals: vec![Reveal { field: PersonalField::Phone, by: "ines".to_owned(), at: at("11:08:00") }],
        notes: vec![Note { text: "Called.\nNo answer.".into(), by: "ines".to_owned(), at: at("11:07:00") }],
    }
}

fn extra() -> Map<String, Value> {
    let mut extra = Map::new();
    extra.insert("client".to_owned(), json!("c_9"));
    // Names that mean something at the top, holding what could not be read as that.
    extra.insert("email".to_owned(), json!(["not", "a", "text"]));
    extra.insert("risk".to_owned(), json!({ "vendor": 3 }));
    extra
}

fn settings() -> FlowSettings {
    let step = |kind, requirement, attempt_limit| FlowStep { kind, requirement, attempt_limit };
    FlowSettings {
        steps: vec![
            step(StepKind::PersonalInfo, Requirement::Mandatory, None),
            step(StepKind::EmailVerification, Requirement::Mandatory, Some(4)),
            step(StepKind::DocumentVerification, Requirement::Mandatory, Some(3)),
            step(StepKind::BiometricVerification, Requirement::Mandatory, Some(5)),
            step(StepKind::FaceComparison, Requirement::Mandatory, None),
            step(StepKind::CriminalHistory, Requirement::Optional, None),
            step(StepKind::Other("video_call".to_owned()), Requirement::Optional, None),
        ],
        email_gateway: Some(Gateway::Mailgun),
        phone_gateway: Some(Gateway::None),
        liveness_min: Some(0.65),
        compare_min: Some(0.85),
        search_min: Some(0.9),
        name_match_min: Some(75.0),
        verify_names: Some(true),
        asks_consent: Some(true),
        scan_only: Some(false),
        token_minutes: Some(90),
        link_minutes: Some(20),
        code_minutes: Some(5),
        expiry_days: Some(14),
    }
}

fn attempts() -> Vec<Attempt> {
    let attempt = |step, clock: &str, reason: &str, counts| Attempt {
        step,
        at: event(clock),
        reason: Some(reason.to_owned()),
        counts,
        score: None,
        document_number: None,
    };
    vec![
        attempt(StepKind::EmailVerification, "10:02:00", "otp_does_not_match", true),
        Attempt {
            document_number: Some("X000111".into()),
            ..attempt(StepKind::DocumentVerification, "10:05:00", "document_type_not_detected", true)
        },
        Attempt { score: Some(0.41), ..attempt(StepKind::BiometricVerification, "10:09:00", "face_too_far", false) },
        Attempt { at: None, ..attempt(StepKind::FaceComparison, "10:10:00", "face_mismatch", true) },
    ]
}

fn checks() -> Checks {
    Checks {
        consent: Some(Consent {
            accepted: Some(true),
            created: event("10:00:05"),
            answered: event("10:00:10"),
            source: Some("signUpForm".to_owned()),
        }),
        information: Some(information()),
        email: Some(CodeCheck {
            id: Some("ev_1".to_owned()),
            state: StepState::Completed,
            raw_status: Some("validated".to_owned()),
            gateway: Some(Gateway::Mailgun),
            attempts: 2,
            max_attempts: Some(3),
            sends: 2,
            ip: Some("203.0.113.9".to_owned()),
            created: event("10:01:30"),
            last_sent: event("10:02:30"),
            validated: event("10:03:00"),
            expires_at: Some(at("10:12:30")),
        }),
        phone: Some(CodeCheck {
            id: Some("pv_1".to_owned()),
            raw_status: Some("sent".to_owned()),
            ..CodeCheck::default()
        }),
        document: Some(document()),
        liveness: Some(liveness()),
        face: Some(FaceCompare {
            id: Some("fc_1".to_owned()),
            score: Some(0.79),
            passed: Some(false),
            min_score: Some(0.85),
            compared: event("10:11:00"),
            aged_out: false,
        }),
        background: Some(BackgroundCheck {
            requested: event("10:08:00"),
            sources: vec![
                BackgroundSource::new("world_api_interpol", SourceStatus::Found),
                BackgroundSource {
                    kind: Some(ListKind::Sanctions),
                    score: Some(0.91),
                    matched_by: Some(MatchedBy::NameAndBirthDate),
                    entry: Some("NOOR EKSAMPLE".into()),
                    ..BackgroundSource::new("sanctions_list", SourceStatus::Found)
                },
                BackgroundSource::new("world_api_ofac", SourceStatus::Error),
            ],
        }),
        form: Some(FormSubmission {
            id: Some("fs_1".to_owned()),
            submitted: event("10:12:00"),
            answers: [("Source of funds".to_owned(), json!("Salary"))].into_iter().collect(),
        }),
        signature: Some(Signature { id: Some("sg_1".to_owned()), signed: event("10:13:00") }),
        basic_information: event("10:04:00"),
        instructions: event("10:03:30"),
    }
}

fn information() -> Information {
    Information {
        id: Some("iv_1".to_owned()),
        full_name: Some("Noor Example".into()),
        first_name: Some("Noor".into()),
        last_name: Some("Example".into()),
        birth_date: times::parse_date("1990-02-28"),
        gender: Some("F".to_owned()),
        nationality: Some("Colombiana".to_owned()),
        country: Some("Colombia".to_owned()),
        city: Some("Sampletown".to_owned()),
        address: Some("1 Example Plaza".into()),
        postal_code: Some("10001".into()),
        document_number: Some("X000222".into()),
        ip: Some("203.0.113.9".to_owned()),
        device_id: Some("dev-1".to_owned()),
        user_agent: Some("Example/1.0".to_owned()),
        created: event("10:00:20"),
        submitted: event("10:01:20"),
    }
}

fn document() -> DocumentCheck {
    DocumentCheck {
        id: Some("dv_1".to_owned()),
        state: StepState::Review,
        raw_status: Some("ACTIVE_BUT_UNVERIFIED".to_owned()),
        kind: Some(DocumentKind::Passport),
        number: Some("X000222".into()),
        country: Some("Colombia".to_owned()),
        nationality: Some("CO".to_owned()),
        full_name: Some("NOOR EXAMPLE".into()),
        birth_date: times::parse_date("1990-02-28"),
        issue_date: times::parse_date("2020-01-01"),
        expiry_date: times::parse_date("2030-01-01"),
        gender: Some("F".to_owned()),
        mrz: Some("P<COLEXAMPLE<<NOOR\nX000222<<4COL9002286F3001010".into()),
        confidence: Some(0.93),
        authenticity: Some(Outcome::Passed),
        anti_spoofing: Some(Outcome::Passed),
        data_consistency: Some(Outcome::Failed),
        image_validated: true,
        score_validated: true,
        names_match: Some(false),
        name_match: Some(61.0),
        registry_name: Some("NOOR OTHER".into()),
        registry_gender: Some("femenino".to_owned()),
        registry_nationality: Some("COL".to_owned()),
        registry_status: Some("vigente".to_owned()),
        registry_reason: Some("manual_review".to_owned()),
        name_review: Some("mismatch".to_owned()),
        failed_reason: Some("scan_failed".to_owned()),
        review_reason: Some("validation_timeout".to_owned()),
        face_reason: Some("document_face_not_provided".to_owned()),
        has_face: Some(false),
        is_live: Some(true),
        requires_back: true,
        has_back: true,
        input_method: Some("CAMERA".to_owned()),
        ip: Some("203.0.113.9".to_owned()),
        user_agent: Some("Example/1.0".to_owned()),
        created: event("10:05:30"),
        finished: event("10:07:00"),
    }
}

fn liveness() -> LivenessCheck {
    LivenessCheck {
        id: Some("bv_1".to_owned()),
        state: StepState::Completed,
        raw_status: Some("validated".to_owned()),
        score: Some(0.71),
        min_score: Some(0.65),
        anti_spoofing: Some(Outcome::Passed),
        failed_reason: None,
        person: Some("person_1".to_owned()),
        os: Some("ANDROID".to_owned()),
        ip: Some("203.0.113.9".to_owned()),
        user_agent: Some("Example/1.0".to_owned()),
        created: event("10:10:00"),
        finished: event("10:10:30"),
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{0,12}", "\\PC{0,8}", Just("completed".to_owned()), Just("\u{1b}[2J".to_owned())]
}

fn moment() -> impl Strategy<Value = Moment> {
    let basis = prop_oneof![Just(Basis::Event), Just(Basis::Field), Just(Basis::Updated), Just(Basis::Overview)];
    (timestamp(), basis).prop_map(|(at, basis)| Moment::new(at, basis))
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (1_400_000_000_000_i64..2_000_000_000_000).prop_filter_map("a time", chrono::DateTime::from_timestamp_millis)
}

fn step() -> impl Strategy<Value = Step> {
    (word(), word(), option::of(word()), option::of(moment()), option::of(moment()), any::<u32>(), any::<Option<u32>>())
        .prop_map(|(kind, state, requirement, started, finished, attempts, attempt_limit)| Step {
            kind: StepKind::parse(&kind),
            state: StepState::parse(&state),
            requirement: requirement.as_deref().map(Requirement::parse),
            started,
            finished,
            attempts,
            attempt_limit,
        })
}

fn attempt() -> impl Strategy<Value = Attempt> {
    (word(), option::of(moment()), option::of(word()), any::<bool>(), option::of(0.0..1.0), option::of(word()))
        .prop_map(|(step, at, reason, counts, score, number)| Attempt {
            step: StepKind::parse(&step),
            at,
            reason,
            counts,
            score,
            document_number: number.map(Personal::from),
        })
}

/// Any small JSON value without secrets in it.
pub(super) fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        Just(json!("69a80a10aa00bb11cc22dd33")),
        Just(json!("2026-03-04 10:00:00")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Names that mean something somewhere on the wire, and some that do not.
pub(super) fn key() -> impl Strategy<Value = String> {
    let known = super::keys::KNOWN.iter().chain(&[
        "result",
        "steps",
        "documents",
        "liveness",
        "onboardingSettings",
        "criminalData",
        "foundKeys",
        "livenessScore",
        "OCRExtraction",
        "scoreValidation",
        "entries",
        "attempts",
        "settings",
        "failedReason",
        "face",
        "data",
        "client",
    ]);
    prop_oneof![3 => proptest::sample::select(known.map(|key| (*key).to_owned()).collect::<Vec<_>>()), 1 => word()]
}

/// Arbitrary registrations, with odd words and foreign keys.
pub(super) fn registration() -> impl Strategy<Value = Registration> {
    let words = (word(), word(), option::of(word()), option::of(word()), option::of(word()));
    let lists = (vec(step(), 0..4), vec(attempt(), 0..3), vec((key(), json_value()), 0..4));
    let times = (timestamp(), timestamp(), option::of(moment()), option::of(timestamp()));
    (words, lists, times, option::of(0.0..1.0), any::<(u64, bool)>()).prop_map(
        |((id, status, user, name, current), (steps, attempts, extra), times, score, (version, is_full))| {
            let base = if is_full { full() } else { Registration::new(RegistrationId::new("x"), times.0) };
            let outcome = current.as_deref().map(Outcome::parse);
            let contact = Contact { full_name: name.clone().map(Personal::from), ..base.contact.clone() };
            Registration {
                id: RegistrationId::new(format!("r{id}")),
                user_id: user,
                status: Status::parse(&status),
                project: ProjectRef { id, name, allowed_countries: base.project.allowed_countries.clone() },
                current_step: current
                    .filter(|word| !matches!(word.trim(), "" | "1"))
                    .map(|word| StepKind::parse(&word)),
                contact,
                steps,
                results: Results { liveness_detection: outcome, ..base.results.clone() },
                scores: Scores { liveness: score, ..base.scores.clone() },
                failed_attempts: attempts,
                created_at: times.0,
                updated_at: times.1,
                completed_at: times.2,
                expires_at: times.3,
                version,
                extra: extra.into_iter().collect(),
                ..base
            }
        },
    )
}
