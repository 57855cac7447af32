#![allow(clippy::unwrap_used, clippy::panic)]
use chrono::TimeDelta;

use super::{STANDSTILL, Stuck, Turn, WAYS};
use crate::{
    model::{
        Basis, CodeCheck, DocumentCheck, DocumentKind, FlowStep, Gateway, LivenessCheck, Moment, Registration,
        Requirement, Review, Status, StepKind, StepState, Timestamp,
    },
    triage::{
        Context, LinkIndex,
        testing::{
            at, begun, derived, document, email, failure, finished, information, liveness, minutes, moment, phone,
            settings,
        },
    },
};

type Change = fn(&mut Registration);

/// One way of being stuck: what leads there, and how many minutes it takes (`None`: at once).
struct Story {
    way: &'static str,
    change: Change,
    minutes: Option<i64>,
}

/// A clean registration that went no further than before the document.
fn up_to_the_document(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::BasicInformation);
    r.completed_at = None;
    (r.checks.document, r.checks.liveness, r.checks.face) = (None, None, None);
}

fn up_to_the_selfie(r: &mut Registration) {
    r.status = Status::Ongoing;
    r.current_step = Some(StepKind::DocumentVerification);
    r.completed_at = None;
    (r.checks.liveness, r.checks.face) = (None, None);
}

/// A clean registration that went no further than the sign-up form.
fn up_to_the_form(r: &mut Registration) {
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

fn in_review(r: &mut Registration) {
    r.status = Status::NeedsManualVerification;
    r.current_step = Some(StepKind::BiometricVerification);
    r.completed_at = None;
}

fn sent_back(r: &mut Registration, at_seconds: i64) {
    in_review(r);
    r.status = Status::Ongoing;
    r.reviews.push(Review {
        at: Some(at(at_seconds)),
        by: Some("operator".to_owned()),
        ..Review::noted(Status::NeedsManualVerification, Status::Ongoing, None)
    });
}

/// All done but one more step that the flow insists on.
fn owes(r: &mut Registration, kind: StepKind) {
    (r.status, r.completed_at) = (Status::Ongoing, None);
    r.current_step = Some(StepKind::BiometricVerification);
    settings(r).steps.push(FlowStep { kind, requirement: Requirement::Mandatory, attempt_limit: None });
}

const STORIES: &[Story] = &[
    Story { way: "X-04", change: |r| r.status = Status::Unknown("frozen".to_owned()), minutes: None },
    Story { way: "X-01", change: |r| r.status = Status::Expired, minutes: None },
    Story { way: "M-04", change: |r| sent_back(r, 100), minutes: None },
    Story { way: "M-03", change: |r| sent_back(r, 500), minutes: Some(72 * 60) },
    Story {
        way: "D-03",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 3];
        },
        minutes: None,
    },
    Story {
        way: "L-03",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", Some(0.5)); 3];
        },
        minutes: None,
    },
    Story { way: "E-03", change: |r| with_email_code(r, |code| code.attempts = 3), minutes: None },
    Story { way: "P-03", change: |r| with_phone_code(r, |code| code.state = StepState::Failed), minutes: None },
    Story {
        way: "P-04",
        change: |r| {
            with_phone_code(r, |_| {});
            r.failed_attempts = vec![failure(StepKind::PhoneVerification, "phone_is_registered_already", None)];
        },
        minutes: None,
    },
    Story {
        way: "L-04",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "collection_not_set", None)];
        },
        minutes: None,
    },
    Story {
        way: "D-06",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "prompt_template_not_found", None)];
        },
        minutes: None,
    },
    Story {
        way: "D-07",
        change: |r| {
            up_to_the_document(r);
            r.failed_attempts = vec![failure(StepKind::DocumentVerification, "already_exists", None)];
        },
        minutes: None,
    },
    Story {
        way: "S-02",
        change: |r| {
            up_to_the_form(r);
            information(r).submitted = None;
            r.failed_attempts = vec![failure(StepKind::PersonalInfo, "email_domain_not_allowed", None)];
        },
        minutes: None,
    },
    Story {
        way: "N-02",
        change: |r| {
            in_review(r);
            r.current_step = Some(StepKind::End);
            r.checks.phone = None;
        },
        minutes: None,
    },
    Story {
        way: "D-02",
        change: |r| {
            up_to_the_selfie(r);
            *document(r) = DocumentCheck { created: moment(150), ..DocumentCheck::default() };
        },
        minutes: Some(5),
    },
    Story {
        way: "D-04",
        change: |r| {
            in_review(r);
            document(r).kind = Some(DocumentKind::Undetected);
            document(r).state = StepState::Review;
        },
        minutes: Some(240),
    },
    Story {
        way: "D-05",
        change: |r| {
            in_review(r);
            document(r).registry_reason = Some("validation_not_available".to_owned());
        },
        minutes: Some(240),
    },
    Story {
        way: "L-05",
        change: |r| {
            in_review(r);
            r.checks.face = None;
        },
        minutes: Some(60),
    },
    Story { way: "C-01", change: |r| owes(r, StepKind::CriminalHistory), minutes: Some(15) },
    Story { way: "M-01", change: in_review, minutes: Some(240) },
    Story {
        way: "X-02",
        change: |r| {
            up_to_the_document(r);
            r.link_resent = moment(600);
        },
        minutes: Some(30),
    },
    Story { way: "N-01", change: |r| (r.status, r.completed_at) = (Status::Ongoing, None), minutes: Some(15) },
    Story { way: "E-04", change: |r| with_email_code(r, |code| code.sends = 3), minutes: Some(20) },
    Story { way: "E-02", change: |r| with_email_code(r, |code| code.state = StepState::Expired), minutes: Some(10) },
    Story { way: "E-01", change: |r| with_email_code(r, |_| {}), minutes: Some(10) },
    Story { way: "P-02", change: |r| with_phone_code(r, |code| code.sends = 3), minutes: Some(10) },
    Story { way: "P-01", change: |r| with_phone_code(r, |code| code.expires_at = Some(at(200))), minutes: Some(10) },
    Story {
        way: "S-00",
        change: |r| {
            let untouched = begun();
            (r.status, r.current_step, r.completed_at) = (Status::Started, None, None);
            r.checks = untouched.checks;
        },
        minutes: Some(120),
    },
    Story {
        way: "S-01",
        change: |r| {
            up_to_the_form(r);
            information(r).submitted = None;
        },
        minutes: Some(120),
    },
    Story {
        way: "P-05",
        change: |r| {
            with_phone_code(r, |_| {});
            r.checks.phone = None;
        },
        minutes: Some(120),
    },
    Story {
        way: "T-01",
        change: |r| {
            up_to_the_document(r);
            r.current_step = Some(StepKind::PersonalInfo);
            (r.checks.instructions, r.checks.basic_information) = (None, None);
        },
        minutes: Some(120),
    },
    Story {
        way: "B-01",
        change: |r| {
            up_to_the_document(r);
            r.current_step = Some(StepKind::Instructions);
            r.checks.basic_information = None;
        },
        minutes: Some(120),
    },
    Story { way: "D-01", change: up_to_the_document, minutes: Some(120) },
    Story {
        way: "L-02",
        change: |r| {
            up_to_the_selfie(r);
            r.failed_attempts = vec![failure(StepKind::BiometricVerification, "poor_lighting", None); 3];
            r.failed_attempts.iter_mut().for_each(|attempt| attempt.counts = false);
        },
        minutes: Some(15),
    },
    Story { way: "L-01", change: up_to_the_selfie, minutes: Some(120) },
    Story { way: "F-01", change: |r| owes(r, StepKind::Form), minutes: Some(120) },
];

fn told(change: Change) -> Registration {
    let mut registration = finished();
    change(&mut registration);
    derived(registration)
}

/// What blocks it, with nobody else known.
fn blocker(registration: &Registration, now: Timestamp) -> Option<Stuck> {
    super::blocker(registration, Context::new(&LinkIndex::default(), now))
}

#[test]
fn each_way_is_found_and_counts_from_its_limit_on() {
    for story in STORIES {
        let registration = told(story.change);
        // Nothing moved after ten minutes into the story.
        let since = at(600);
        let look =
            |age: TimeDelta| blocker(&registration, since + age).unwrap_or_else(|| panic!("{} is not seen", story.way));
        let limit = minutes(story.minutes.unwrap_or(0));
        let late = look(limit);
        assert_eq!(late.reason, story.way);
        assert_eq!(late.limit_seconds, limit.num_seconds(), "{}", story.way);
        assert!(late.is_over_its_limit(), "{}: {late:?}", story.way);
        assert_eq!((late.since, late.age_seconds), (since, limit.num_seconds()), "{}", story.way);
        if story.minutes.is_some() && story.way != "X-02" {
            let early = look(limit - TimeDelta::seconds(1));
            assert!(early.reason == story.way && !early.is_over_its_limit(), "{}: {early:?}", story.way);
        }
    }
}

#[test]
fn every_way_has_its_story_and_is_described() {
    for way in WAYS {
        let told = way.id == STANDSTILL || STORIES.iter().any(|story| story.way == way.id);
        assert!(told, "{}; the story of X-06 stands with the incidents", way.id);
        assert!(!way.name.is_empty() && !way.next_action.is_empty(), "{}", way.id);
    }
    assert_eq!(WAYS.len(), STORIES.len() + 1);
}

#[test]
fn whatever_is_owed_next_blocks() {
    let kinds = StepKind::ALL.iter().filter(|kind| **kind != StepKind::End).cloned();
    for kind in kinds.chain([StepKind::Other("hologram".to_owned())]) {
        let mut registration = finished();
        owes(&mut registration, kind.clone());
        let mut registration = derived(registration);
        for step in &mut registration.steps {
            step.state = if step.kind == kind { StepState::Pending } else { StepState::Completed };
        }
        let stuck = blocker(&registration, at(5_000));
        assert!(stuck.is_some(), "{kind} blocks nothing");
    }
}

#[test]
fn what_is_over_is_not_stuck_and_old_expiries_are_let_go() {
    for status in [Status::Completed, Status::CompletedWithoutKyc, Status::Failed] {
        let mut registration = finished();
        registration.status = status;
        assert_eq!(blocker(&derived(registration), at(0) + TimeDelta::days(9)), None);
    }
    let mut expired = begun();
    expired.status = Status::Expired;
    expired.completed_at = Some(Moment::new(at(0), Basis::Field));
    let days = |days: i64| blocker(&expired, at(0) + TimeDelta::days(days)).map(|stuck| stuck.reason);
    assert_eq!(days(6), Some("X-01"));
    assert_eq!(days(7), None);
}

#[test]
fn a_fresh_link_restarts_the_wait_before_it_counts_as_dead() {
    let registration = told(|r| {
        up_to_the_document(r);
        r.link_resent = moment(600);
    });
    let reason = |age: i64| blocker(&registration, at(600) + minutes(age)).unwrap().reason;
    assert_eq!(reason(29), "D-01");
    assert_eq!(reason(30), "X-02");
}

#[test]
fn the_flows_lifetimes_are_the_limits() {
    let mut registration = begun();
    settings(&mut registration).token_minutes = Some(15);
    assert_eq!(blocker(&registration, at(0)).unwrap().limit_seconds, 15 * 60);
}

#[test]
fn what_cannot_wait_grows_by_one_for_every_hour() {
    let mut registration = begun();
    registration.status = Status::Unknown("frozen".to_owned());
    let stuck = blocker(&registration, at(0) + minutes(90)).unwrap();
    assert_eq!(stuck.turn, Turn::System);
    assert!((stuck.ratio - 2.5).abs() < 1e-9);
}

#[test]
fn a_time_in_the_future_is_no_age() {
    let stuck = blocker(&begun(), at(0) - minutes(5)).unwrap();
    assert_eq!(stuck.age_seconds, 0);
}

#[test]
fn an_attempt_limit_that_was_passed_in_the_end_blocks_nothing() {
    let mut registration = finished();
    registration.status = Status::NeedsManualVerification;
    registration.failed_attempts = vec![failure(StepKind::BiometricVerification, "low_score", Some(0.5)); 3];
    *liveness(&mut registration) =
        LivenessCheck { state: StepState::Completed, score: Some(0.9), ..LivenessCheck::default() };
    assert_eq!(blocker(&derived(registration), at(5_000)).unwrap().reason, "M-01");
}
