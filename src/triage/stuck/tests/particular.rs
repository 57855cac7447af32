//! What is particular about single ways, and about limits.

use chrono::TimeDelta;

use super::{
    Act, Stage, Turn, blocker,
    people::{access, in_review, turned_away, up_to_the_document, up_to_the_form},
    stories::DAY,
    told,
};
use crate::{
    model::{
        Attempt, Basis, Claim, Delivery, LivenessCheck, Moment, Registration, Status, StepKind, StepState, Timestamp,
    },
    triage::{
        Adjustments, Context, LimitAdjustment, LinkIndex, Policy,
        testing::{at, begun, derived, failure, finished, information, liveness, minutes, moment, settings},
    },
};

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

/// Two registrations of one mailbox and one project: the first two hours older, and whoever came later at its form.
fn twice(change: fn(&mut Registration)) -> (Registration, LinkIndex) {
    let mut first = told(up_to_the_document);
    first.id = "reg_0".into();
    first.created_at = at(0) - TimeDelta::hours(2);
    let mut later = told(|r| {
        up_to_the_form(r);
        information(r).submitted = None;
    });
    change(&mut later);
    let mut links = LinkIndex::default();
    links.insert(&first);
    links.insert(&later);
    (later, links)
}

#[test]
fn who_begins_twice_is_told_so_and_the_operator_is_told_the_first_one() {
    let (later, links) = twice(|_| {});
    let stuck = super::super::blocker(&later, Context::new(&links, at(700))).unwrap();
    assert_eq!((stuck.reason, stuck.turn, stuck.act), ("S-03", Turn::Operator, Act::Resend));
    assert_eq!(stuck.about, Some("reg_0".into()));
    assert!(stuck.next_action.contains("reg_0"), "{}", stuck.next_action);
    assert_eq!(stuck.command_line(&later.id).as_deref(), Some("regdesk resend reg_0"));
}

#[test]
fn whoever_can_still_use_the_first_link_or_is_elsewhere_is_not_sent_there() {
    let reason = |change: fn(&mut Registration), now: Timestamp| {
        let (later, links) = twice(change);
        super::super::blocker(&later, Context::new(&links, now)).unwrap().reason
    };
    assert_eq!(reason(|_| {}, at(-1)), "S-01", "the first link lives for another second");
    assert_eq!(reason(|_| {}, at(0)), "S-03");
    assert_eq!(reason(|r| r.project.id = "another".to_owned(), at(700)), "S-01");
    assert_eq!(reason(|r| r.contact.email = Some("carlos@example.com".into()), at(700)), "S-01");
    assert_eq!(reason(|r| r.created_at = at(0) - TimeDelta::hours(3), at(700)), "S-01", "it is the first one itself");
}

#[test]
fn of_whom_others_are_not_known_nothing_is_said_about_them() {
    let (later, _) = twice(|_| {});
    assert_eq!(blocker(&later, at(700)).unwrap().reason, "S-01");
}

#[test]
fn a_refused_second_beginning_shows_at_the_first_one_until_it_moves() {
    let mut first = told(|r| turned_away(r, 5));
    let stuck = blocker(&first, at(700)).unwrap();
    assert_eq!((stuck.reason, stuck.about), ("S-03", Some(first.id.clone())));
    first.link_resent = moment(650);
    assert_ne!(blocker(&first, at(700)).unwrap().reason, "S-03", "a link was sent again");
}

#[test]
fn an_account_that_cannot_pay_halts_whoever_was_refused_for_it() {
    let mut registration = told(up_to_the_document);
    registration.access_log = vec![access(650, "enrollee", "record document_verification", Some("PaymentRequired"))];
    let stuck = blocker(&registration, at(700)).unwrap();
    assert_eq!((stuck.reason, stuck.turn, stuck.since), ("S-04", Turn::Integrator, at(650)));
    registration.access_log.push(access(660, "enrollee", "record document_verification", None));
    assert_eq!(blocker(&registration, at(700)).unwrap().reason, "D-01", "it went through later");
    registration.access_log.clear();
    registration.failed_attempts =
        vec![Attempt { at: moment(650), ..failure(StepKind::DocumentVerification, "insufficient_credits", None) }];
    assert_eq!(blocker(&registration, at(700)).unwrap().reason, "S-04");
}

#[test]
fn who_has_it_is_named_and_the_clock_starts_anew_with_the_claim_or_a_decision() {
    let mut registration = told(in_review);
    registration.desk.claim = Some(Claim { by: "ines".to_owned(), at: at(10_000) });
    let stuck = blocker(&registration, at(10_060)).unwrap();
    assert_eq!((stuck.reason, stuck.since, stuck.stage), ("M-02", at(10_000), Stage::InTime));
    assert!(stuck.next_action.contains("ines has it"), "{}", stuck.next_action);
    registration.desk.claim = None;
    assert_eq!(blocker(&registration, at(10_060)).unwrap().reason, "M-01");
}

#[test]
fn an_event_that_was_delivered_in_the_end_is_forgotten_and_a_silent_log_says_nothing() {
    let delivery = |event: &str, code: Option<u16>, seconds: i64| Delivery {
        event: event.to_owned(),
        at: Some(at(seconds)),
        code,
        delivered: None,
    };
    let reason = |deliveries: Vec<Delivery>| {
        let registration = Registration { deliveries, ..finished() };
        blocker(&registration, at(2_000)).map(|stuck| stuck.reason)
    };
    assert_eq!(reason(vec![delivery("completed", Some(500), 600), delivery("compared", Some(200), 601)]), Some("X-03"));
    assert_eq!(reason(vec![delivery("completed", Some(500), 600), delivery("completed", Some(200), 900)]), None);
    assert_eq!(reason(vec![delivery("completed", None, 600)]), None);
}

#[test]
fn only_the_person_is_shut_out_and_only_until_they_get_in() {
    let reason = |log: &[(i64, &str, Option<&str>)]| {
        let mut registration = finished();
        registration.access_log =
            log.iter().map(|(seconds, actor, denied)| access(*seconds, actor, "retrieve", *denied)).collect();
        blocker(&registration, at(2_000)).map(|stuck| (stuck.reason, stuck.since))
    };
    let denied = Some("access_denied");
    assert_eq!(reason(&[(700, "enrollee", denied), (800, "enrollee", denied)]), Some(("X-05", at(700))));
    assert_eq!(reason(&[(700, "client", denied)]), None);
    assert_eq!(reason(&[(700, "enrollee", denied), (800, "enrollee", None)]), None);
    assert_eq!(reason(&[(600, "enrollee", denied)]), None, "that was before the end");
}

/// What is judged under a policy.
fn under(everywhere: Adjustments, registration: &Registration, now: Timestamp) -> super::Stuck {
    let policy = Policy { everywhere, ..Policy::default() };
    let links = LinkIndex::default();
    super::super::blocker(registration, Context { policy: &policy, ..Context::new(&links, now) }).unwrap()
}

fn limits(warn: Option<i64>, stuck: Option<i64>, give_up: Option<i64>) -> LimitAdjustment {
    LimitAdjustment { warn, stuck, give_up }
}

#[test]
fn a_house_sets_limits_of_its_own_for_a_way_or_a_step() {
    let registration = told(up_to_the_document);
    let ways = [("D-01".to_owned(), limits(Some(10), Some(60), Some(90)))].into();
    let adjusted = Adjustments { ways, ..Adjustments::default() };
    let stage = |seconds: i64| under(adjusted.clone(), &registration, at(600 + seconds)).stage;
    assert_eq!([9, 10, 60, 90].map(stage), [Stage::InTime, Stage::Warn, Stage::Stuck, Stage::GivenUp]);

    let steps = [(StepKind::DocumentVerification, limits(None, Some(100), None))].into();
    let stuck = under(Adjustments { steps, ..Adjustments::default() }, &registration, at(650));
    assert_eq!((stuck.warn_seconds, stuck.limit_seconds, stuck.give_up_seconds), (Some(100), 100, Some(7 * 86_400)));
    assert!((stuck.ratio - 0.5).abs() < 1e-9);
}

#[test]
fn limits_that_contradict_each_other_never_make_stuck_what_is_not() {
    let registration = told(up_to_the_document);
    let ways = [("D-01".to_owned(), limits(Some(-5), Some(600), Some(60)))].into();
    let adjusted = Adjustments { ways, ..Adjustments::default() };
    let early = under(adjusted.clone(), &registration, at(600 + 599));
    assert_eq!((early.stage, early.give_up_seconds), (Stage::Warn, Some(600)));
    assert_eq!(under(adjusted, &registration, at(600 + 600)).stage, Stage::GivenUp);
}

#[test]
fn a_house_may_give_up_what_is_never_given_up_and_keep_the_expired_longer() {
    let review = told(in_review);
    let give_up = |way: &str, days: i64| Adjustments {
        ways: [(way.to_owned(), limits(None, None, Some(days * DAY * 60)))].into(),
        ..Adjustments::default()
    };
    assert_eq!(under(give_up("M-01", 2), &review, at(600) + TimeDelta::days(2)).stage, Stage::GivenUp);
    let mut expired = begun();
    expired.status = Status::Expired;
    assert_eq!(blocker(&expired, at(0) + TimeDelta::days(8)), None);
    assert_eq!(under(give_up("X-01", 30), &expired, at(0) + TimeDelta::days(8)).stage, Stage::Stuck);
}
