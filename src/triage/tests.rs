#![allow(clippy::unwrap_used)]
use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use proptest::{option, prelude::*};
use serde_json::json;

use super::{
    Context, Judgement, LinkIndex, REPORTED, Severity, ThresholdFrom, Turn, judge,
    testing::{at, begun, derived, document, face, finished, information, liveness, minutes, named, settings},
};
use crate::model::{Attempt, Moment, Outcome, Registration, ReportedFlag, Status, StepKind, StepState, Timestamp};

fn judge_alone(registration: &Registration, now: Timestamp) -> Judgement {
    let mut links = LinkIndex::default();
    links.insert(registration);
    judge(registration, Context::new(&links, now))
}

fn reported(code: &str) -> ReportedFlag {
    ReportedFlag { code: code.to_owned(), detail: json!({"score": 3}) }
}

#[test]
fn flags_stand_worst_first_and_carry_path_value_and_threshold() {
    let mut registration = finished();
    face(&mut registration).score = Some(0.7);
    document(&mut registration).has_back = false;
    document(&mut registration).authenticity = Some(Outcome::Failed);
    let registration = derived(registration);
    let judgement = judge_alone(&registration, at(1_000));
    let rules: Vec<_> = judgement.flags.iter().map(|flag| (flag.rule.as_ref(), flag.severity)).collect();
    let expected = [("DOC-05", Severity::Critical), ("BIO-01", Severity::High), ("DOC-14", Severity::Low)];
    assert_eq!(rules, expected);
    let flag = &judgement.flags[1];
    assert_eq!((flag.path.as_str(), flag.seen.as_str()), ("evidence.face.score", "0.7"));
    assert_eq!((flag.threshold.as_deref(), flag.threshold_from), (Some("at least 0.85"), Some(ThresholdFrom::Flow)));
    assert_eq!(flag.at, Some(at(215)));
    assert_eq!((judgement.risk.score, judgement.risk.band()), (94, "critical"));
}

#[test]
fn a_flag_the_source_reports_is_kept_unless_a_rule_of_that_id_fires() {
    let mut registration = finished();
    registration.reported_flags = vec![reported("velocity_ip"), reported("BIO-05")];
    liveness(&mut registration).score = Some(0.2);
    let judgement = judge_alone(&registration, at(1_000));
    let flags: Vec<_> = judgement.flags.iter().map(|flag| (flag.rule.as_ref(), flag.category, flag.severity)).collect();
    assert_eq!(flags, [("BIO-05", "biometric", Severity::High), ("velocity_ip", REPORTED, Severity::Medium)]);
    assert_eq!(judgement.flags[1].seen, r#"{"score":3}"#);
    assert!(judgement.flags[1].reported && !judgement.flags[0].reported);
}

#[test]
fn whose_turn_it_is_is_told_before_anyone_is_stuck() {
    let registration = begun();
    let fresh = judge_alone(&registration, at(60));
    assert_eq!((fresh.turn, fresh.stuck), (Some(Turn::User), None));
    let late = judge_alone(&registration, at(0) + minutes(120));
    assert_eq!(late.stuck.map(|stuck| stuck.reason), Some("S-00"));
    let over = finished();
    assert_eq!(judge_alone(&over, at(1_000)).turn, None);
}

#[test]
fn someone_the_index_does_not_know_is_judged_on_their_own_evidence() {
    let mut registration = finished();
    face(&mut registration).score = Some(0.1);
    let judgement = judge(&registration, Context::new(&LinkIndex::default(), at(1_000)));
    assert_eq!(judgement.flags[0].rule, "BIO-01");
    assert!(judgement.links.is_empty());
}

/// Anything between usual and absurd.
fn score() -> impl Strategy<Value = Option<f64>> {
    option::of(prop_oneof![4 => 0.0..1.2f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(-1e300)])
}

fn day() -> impl Strategy<Value = Option<NaiveDate>> {
    option::of(prop_oneof![
        4 => (0u64..40_000).prop_map(|days| NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + Days::new(days)),
        1 => Just(NaiveDate::MAX),
        1 => Just(NaiveDate::MIN),
    ])
}

fn time() -> impl Strategy<Value = Option<Moment>> {
    option::of((-10_000_000i64..10_000_000).prop_map(|seconds| Moment::event(at(seconds))))
}

fn state() -> impl Strategy<Value = StepState> {
    prop::sample::select(
        StepState::ALL.iter().cloned().chain([StepState::Unknown("odd".to_owned())]).collect::<Vec<_>>(),
    )
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let kinds = prop::sample::select(StepKind::ALL.to_vec());
    let attempt = (kinds, time(), option::of("[a-z_]{0,12}"), any::<bool>(), score(), option::of("\\PC{0,10}"));
    prop::collection::vec(
        attempt.prop_map(|(step, at, reason, counts, score, number)| Attempt {
            step,
            at,
            reason,
            counts,
            score,
            document_number: number.map(Into::into),
        }),
        0..6,
    )
}

/// Texts few enough to be shared, hostile enough to matter.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[ab]{1,2}@example\\.com", 1 => "[0-9]{4}", 1 => "203\\.0\\.113\\.[12]", 1 => "\\PC{0,12}"]
}

pub(super) fn registration() -> impl Strategy<Value = Registration> {
    let who = (0..12u8, option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    let status = prop::sample::select(
        Status::ALL.iter().cloned().chain([Status::Unknown("odd".to_owned())]).collect::<Vec<_>>(),
    );
    let step = option::of(prop::sample::select(StepKind::ALL.to_vec()));
    let scan = (state(), day(), day(), day(), score(), time(), option::of(text()));
    let selfie = (state(), score(), score(), option::of(text()), time());
    let compare = (score(), score(), time());
    let flow = (any::<bool>(), score(), option::of(any::<u32>()), option::of(any::<u32>()));
    (who, status, step, scan, selfie, compare, flow, attempts(), time()).prop_map(
        |((id, name, email, device, ip), status, step, scan, selfie, compare, flow, attempts, completed)| {
            let mut registration = if flow.0 { begun() } else { named("a") };
            registration.id = format!("r{id}").as_str().into();
            registration.status = status;
            registration.current_step = step;
            registration.completed_at = completed;
            registration.failed_attempts = attempts;
            registration.contact.full_name = name.map(Into::into);
            registration.contact.email = email.map(Into::into);
            (information(&mut registration).device_id, information(&mut registration).ip) = (device, ip);
            let document = document(&mut registration);
            (document.state, document.birth_date, document.issue_date, document.expiry_date) =
                (scan.0, scan.1, scan.2, scan.3);
            (document.confidence, document.created, document.number) = (scan.4, scan.5, scan.6.map(Into::into));
            let liveness = liveness(&mut registration);
            (liveness.state, liveness.score, liveness.min_score) = (selfie.0, selfie.1, selfie.2);
            (liveness.person, liveness.finished) = (selfie.3, selfie.4);
            let face = face(&mut registration);
            (face.score, face.min_score, face.compared) = compare;
            if flow.0 {
                let settings = settings(&mut registration);
                (settings.compare_min, settings.token_minutes, settings.link_minutes) = (flow.1, flow.2, flow.3);
            }
            derived(registration)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn judging_is_total_repeatable_and_blind_to_the_order_of_arrival(
        people in prop::collection::vec(registration(), 1..8),
        turn in 0..8usize,
        later in 0..400i64,
    ) {
        // One registration an id: the last one wins, whatever the order.
        let mut people: Vec<Arc<Registration>> = people.into_iter().map(Arc::new).collect();
        people.sort_by(|left, right| left.id.cmp(&right.id));
        people.dedup_by(|left, right| left.id == right.id);
        let now = at(0) + TimeDelta::days(later);
        let mut forward = LinkIndex::default();
        for person in &people {
            forward.insert(person);
        }
        let mut turned = LinkIndex::default();
        let middle = turn % people.len();
        people.rotate_left(middle);
        for person in people.iter().rev() {
            turned.insert(person);
        }
        for person in &people {
            let judgement = judge(person, Context::new(&forward, now));
            prop_assert_eq!(&judgement, &judge(person, Context::new(&turned, now)));
            prop_assert!(judgement.flags.is_sorted_by(|left, right| left.severity >= right.severity));
            prop_assert!(judgement.risk.score <= 100);
            prop_assert!(judgement.stuck.as_ref().is_none_or(|stuck| stuck.ratio.is_finite() && stuck.ratio >= 1.0));
        }
    }
}
