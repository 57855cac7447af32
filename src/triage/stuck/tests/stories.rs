//! How each way of being stuck comes about.

use super::people::{
    in_a_flow, in_review, owes, refused_after_the_end, sent_back, told, turned_away, up_to_the_document,
    up_to_the_form, up_to_the_selfie, with_email_code, with_phone_code,
};
use crate::{
    model::{Claim, DocumentCheck, DocumentKind, Registration, Status, StepKind, StepState},
    triage::testing::{at, begun, document, failure, information, moment},
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
    Story { way: "M-03", change: |r| sent_back(r, 500), almost: None, limits: (Some(DAY), 3 * DAY, Some(7 * DAY)) },
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
        limits: (None, 10, Some(DAY)),
    },
    Story { way: "E-01", change: |r| with_email_code(r, |_| {}), almost: None, limits: (Some(3), 10, Some(DAY)) },
    Story {
        way: "P-02",
        change: |r| with_phone_code(r, |code| code.sends = 3),
        almost: None,
        limits: (None, 10, Some(DAY)),
    },
    Story {
        way: "P-01",
        change: |r| with_phone_code(r, |code| code.expires_at = Some(at(200))),
        almost: None,
        limits: (None, 10, Some(DAY)),
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
