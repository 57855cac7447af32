//! How each way of being stuck comes about.

use crate::{
    model::{
        AccessEntry, Claim, CodeCheck, Delivery, DocumentCheck, DocumentKind, FlowStep, Gateway, Registration,
        Requirement, Review, Status, StepKind, StepState,
    },
    triage::testing::{at, begun, document, email, failure, information, moment, phone, settings},
};

pub type Change = fn(&mut Registration);

pub const HOUR: i64 = 60;
pub const DAY: i64 = 24 * HOUR;

/// One way of being stuck.
pub struct Story {
    pub way: &'static str,
    /// What leads there, ten minutes after the beginning.
    pub change: Change,
    /// What comes close to it and does not; where there is none, it is one second before the limit.
    pub almost: Option<Change>,
    /// When it warns, is stuck and is given up, in minutes.
    pub limits: (Option<i64>, i64, Option<i64>),
}

/// A clean registration that went no further than before the document.
pub fn up_to_the_document(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::BasicInformation);
    r.completed_at = None;
    (r.checks.document, r.checks.liveness, r.checks.face) = (None, None, None);
}

pub fn up_to_the_selfie(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::DocumentVerification);
    r.completed_at = None;
    (r.checks.liveness, r.checks.face) = (None, None);
}

/// A clean registration that went no further than the sign-up form.
pub fn up_to_the_form(r: &mut Registration) {
    up_to_the_document(r);
    r.current_step = Some(StepKind::PersonalInfo);
    (r.checks.email, r.checks.phone, r.checks.instructions, r.checks.basic_information) = (None, None, None, None);
}

fn with_email_code(r: &mut Registration, change: fn(&mut CodeCheck)) {
    up_to_the_form(r);
    *email(r) = CodeCheck { sends: 1, created: moment(70), ..CodeCheck::default() };
    change(email(r));
}

fn with_phone_code(r: &mut Registration, change: fn(&mut CodeCheck)) {
    let confirmed = r.checks.email.clone();
    up_to_the_form(r);
    r.checks.email = confirmed;
    *phone(r) = CodeCheck { sends: 1, gateway: Some(Gateway::Whatsapp), created: moment(95), ..CodeCheck::default() };
    change(phone(r));
}

pub fn in_review(r: &mut Registration) {
    r.status = Status::NeedsManualVerification;
    r.current_step = Some(StepKind::BiometricVerification);
    r.completed_at = None;
}

pub fn sent_back(r: &mut Registration, at_seconds: i64) {
    in_review(r);
    r.status = Status::Ongoing;
    r.reviews.push(Review {
        at: Some(at(at_seconds)),
        by: Some("operator".to_owned()),
        ..Review::noted(Status::NeedsManualVerification, Status::Ongoing, None)
    });
}

/// All done but one more step that the flow insists on.
pub fn owes(r: &mut Registration, kind: StepKind) {
    (r.status, r.completed_at) = (Status::Ongoing, None);
    r.current_step = Some(StepKind::BiometricVerification);
    settings(r).steps.push(FlowStep { kind, requirement: Requirement::Mandatory, attempt_limit: None });
}

/// The person comes back after the end, so many seconds after the beginning, and is refused.
fn refused_after_the_end(r: &mut Registration, seconds: i64) {
    r.completed_at = moment(550);
    r.access_log = vec![access(seconds, "enrollee", "record document_verification", Some("registration_is_closed"))];
}

/// The webhook is told of the end, and answers with a code.
fn told(r: &mut Registration, code: Option<u16>) {
    let event = "onboarding_app_registration_completed".to_owned();
    r.deliveries = vec![Delivery { event, at: Some(at(600)), code, delivered: None }];
}

/// Halfway, in a flow of which this is known.
fn in_a_flow(r: &mut Registration, status: &str) {
    up_to_the_document(r);
    r.flow.status = Some(status.to_owned());
}

/// Somebody wanted to begin anew with the same contact, while the first link lives for so many minutes.
pub fn turned_away(r: &mut Registration, token_minutes: u32) {
    up_to_the_form(r);
    settings(r).token_minutes = Some(token_minutes);
    r.access_log = vec![access(600, "client", "create", Some("email_is_registered_already"))];
}

pub fn access(seconds: i64, actor: &str, action: &str, denied: Option<&str>) -> AccessEntry {
    AccessEntry {
        at: Some(at(seconds)),
        actor: actor.to_owned(),
        ip: None,
        action: action.to_owned(),
        outcome: if denied.is_some() { "denied" } else { "allowed" }.to_owned(),
        reason: denied.map(str::to_owned),
    }
}

pub const STORIES: &[Story] = &[
    Story {
        way: "X-04",
        change: |r| r.status = Status::Unknown("frozen".to_owned()),
        almost: Some(|r| r.status = Status::Ongoing),
        limits: (None, 0, None),
    },
    Story {
        way: "X-01",
        change: |r| r.status = Status::Expired,
        almost: Some(|r| r.status = Status::Failed),
        limits: (None, 0, Some(7 * DAY)),
    },
    Story { way: "M-04", change: |r| sent_back(r, 100), almost: Some(|r| sent_back(r, 500)), limits: (None, 0, None) },
    Story { way: "M-03", change: |r| sent_back(r, 500), almost: None, limits: (Some(1 * DAY), 3 * DAY, Some(7 * DAY)) },
    Story {
        way: "D-03",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 3];
        },
        almost: Some(|r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 2];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "L-03",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", Some(0.5)); 3];
        },
        almost: Some(|r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", Some(0.5)); 2];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "E-03",
        change: |r| with_email_code(r, |code| code.attempts = 3),
        almost: Some(|r| with_email_code(r, |code| code.attempts = 2)),
        limits: (None, 0, None),
    },
    Story {
        way: "P-03",
        change: |r| with_phone_code(r, |code| code.state = StepState::Failed),
        almost: Some(|r| with_phone_code(r, |code| code.attempts = 2)),
        limits: (None, 0, None),
    },
    Story {
        way: "P-04",
        change: |r| {
            with_phone_code(r, |_| {});
            r.failed_attempts = vec![failure(StepKind::PhoneVerification, "phone_is_registered_already", None)];
        },
        almost: Some(|r| {
            with_phone_code(r, |_| {});
            r.failed_attempts = vec![failure(StepKind::PhoneVerification, "otp_does_not_match", None)];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "L-04",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "collection_not_set", None)];
        },
        almost: Some(|r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", None)];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "D-06",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "prompt_template_not_found", None)];
        },
        almost: Some(|r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None)];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "D-07",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "already_exists", None)];
        },
        almost: Some(|r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None)];
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "S-02",
        change: |r| {
            up_to_the_form(r);
            information(r).submitted = None;
            r.failed_attempts = vec![failure(StepKind::PersonalInfo, "email_domain_not_allowed", None)];
        },
        almost: Some(|r| {
            up_to_the_form(r);
            information(r).submitted = None;
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "N-02",
        change: |r| {
            in_review(r);
            r.current_step = Some(StepKind::End);
            r.checks.phone = None;
        },
        almost: Some(|r| {
            in_review(r);
            r.current_step = Some(StepKind::End);
        }),
        limits: (None, 0, None),
    },
    Story {
        way: "D-02",
        change: |r| {
            up_to_the_selfie(r);
            *document(r) = DocumentCheck { created: moment(150), ..DocumentCheck::default() };
        },
        almost: None,
        limits: (Some(1), 5, None),
    },
    Story {
        way: "D-04",
        change: |r| {
            in_review(r);
            document(r).kind = Some(DocumentKind::Undetected);
            document(r).state = StepState::Review;
        },
        almost: None,
        limits: (Some(15), 4 * HOUR, None),
    },
    Story {
        way: "D-05",
        change: |r| {
            in_review(r);
            document(r).registry_reason = Some("validation_not_available".to_owned());
        },
        almost: None,
        limits: (Some(30), 4 * HOUR, None),
    },
    Story {
        way: "L-05",
        change: |r| {
            in_review(r);
            r.checks.face = None;
        },
        almost: None,
        limits: (Some(5), HOUR, None),
    },
    Story { way: "C-01", change: |r| owes(r, StepKind::CriminalHistory), almost: None, limits: (Some(5), 15, None) },
    Story { way: "M-01", change: in_review, almost: None, limits: (Some(HOUR), 4 * HOUR, None) },
    Story {
        way: "X-02",
        change: |r| {
            up_to_the_document(r);
            r.link_resent = moment(600);
        },
        almost: None,
        limits: (None, 30, Some(7 * DAY)),
    },
    Story {
        way: "N-01",
        change: |r| (r.status, r.completed_at) = (Status::Ongoing, None),
        almost: None,
        limits: (Some(5), 15, None),
    },
    Story {
        way: "E-04",
        change: |r| with_email_code(r, |code| code.sends = 3),
        almost: None,
        limits: (None, 20, Some(7 * DAY)),
    },
    Story {
        way: "E-02",
        change: |r| with_email_code(r, |code| code.state = StepState::Expired),
        almost: None,
        limits: (None, 10, Some(1 * DAY)),
    },
    Story { way: "E-01", change: |r| with_email_code(r, |_| {}), almost: None, limits: (Some(3), 10, Some(1 * DAY)) },
    Story {
        way: "P-02",
        change: |r| with_phone_code(r, |code| code.sends = 3),
        almost: None,
        limits: (None, 10, Some(1 * DAY)),
    },
    Story {
        way: "P-01",
        change: |r| with_phone_code(r, |code| code.expires_at = Some(at(200))),
        almost: None,
        limits: (None, 10, Some(1 * DAY)),
    },
    Story {
        way: "S-00",
        change: |r| {
            let untouched = begun();
            (r.status, r.current_step, r.completed_at) = (Status::Started, None, None);
            r.checks = untouched.checks;
        },
        almost: None,
        limits: (Some(30), 2 * HOUR, Some(7 * DAY)),
    },
    Story {
        way: "S-01",
        change: |r| {
            up_to_the_form(r);
            information(r).submitted = None;
        },
        almost: None,
        limits: (Some(15), 2 * HOUR, Some(7 * DAY)),
    },
    Story {
        way: "P-05",
        change: |r| {
            with_phone_code(r, |_| {});
            r.checks.phone = None;
        },
        almost: None,
        limits: (Some(15), 2 * HOUR, Some(7 * DAY)),
    },
    Story {
        way: "T-01",
        change: |r| {
            up_to_the_document(r);
            r.current_step = Some(StepKind::PersonalInfo);
            (r.checks.instructions, r.checks.basic_information) = (None, None);
        },
        almost: None,
        limits: (Some(15), 2 * HOUR, Some(7 * DAY)),
    },
    Story {
        way: "B-01",
        change: |r| {
            up_to_the_document(r);
            r.current_step = Some(StepKind::Instructions);
            r.checks.basic_information = None;
        },
        almost: None,
        limits: (Some(15), 2 * HOUR, Some(7 * DAY)),
    },
    Story { way: "D-01", change: up_to_the_document, almost: None, limits: (Some(20), 2 * HOUR, Some(7 * DAY)) },
    Story {
        way: "L-02",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "poor_lighting", None); 3];
            r.failed_attempts.iter_mut().for_each(|attempt| attempt.counts = false);
        },
        almost: None,
        limits: (None, 15, Some(7 * DAY)),
    },
    Story { way: "L-01", change: up_to_the_selfie, almost: None, limits: (Some(20), 2 * HOUR, Some(7 * DAY)) },
    Story {
        way: "F-01",
        change: |r| owes(r, StepKind::Form),
        almost: None,
        limits: (Some(30), 2 * HOUR, Some(7 * DAY)),
    },
    Story {
        way: "X-05",
        change: |r| refused_after_the_end(r, 600),
        almost: Some(|r| refused_after_the_end(r, 500)),
        limits: (None, 0, Some(7 * DAY)),
    },
    Story {
        way: "X-03",
        change: |r| told(r, Some(503)),
        almost: Some(|r| told(r, Some(200))),
        limits: (None, 5, Some(30 * DAY)),
    },
    Story {
        way: "S-04",
        change: |r| in_a_flow(r, "paused"),
        almost: Some(|r| in_a_flow(r, "active")),
        limits: (None, 0, None),
    },
    Story {
        way: "S-03",
        change: |r| turned_away(r, 5),
        // The link lives still, so the person can go on.
        almost: Some(|r| turned_away(r, 100 * DAY as u32)),
        limits: (None, 0, Some(7 * DAY)),
    },
    Story {
        way: "M-02",
        change: |r| {
            in_review(r);
            r.desk.claim = Some(Claim { by: "ines".to_owned(), at: at(600) });
        },
        almost: None,
        limits: (Some(30), 2 * HOUR, None),
    },
];
