#![allow(clippy::unwrap_used, clippy::large_stack_arrays)]
use std::collections::HashSet;

use chrono::TimeDelta;
use proptest::{option, prelude::*};

use super::{Flips, Insights, Knob, Population, Setting, WhatIf};
use crate::{
    model::{
        Claim, CodeCheck, FlagVerdict, Gateway, Moment, Registration, Review, Status, StepKind, StepState, Timestamp,
        Verdict,
    },
    triage::{
        Context, Judgement, LinkIndex, Share, Turn, judge,
        testing::{at, begun, derived, document, face, failure, liveness, minutes, moment, phone, stranger},
        tests::registration,
    },
};

fn what_if(people: &[Registration], knob: Knob, threshold: f64) -> WhatIf {
    let nothing = Judgement::default();
    let people = people.iter().map(|person| (person, &nothing));
    Population::of(people, &HashSet::new()).what_if(Setting { knob, threshold })
}

fn judged(people: &[Registration], now: Timestamp) -> Vec<Judgement> {
    let mut links = LinkIndex::default();
    for person in people {
        links.insert(person);
    }
    people.iter().map(|person| judge(person, Context::new(&links, now))).collect()
}

fn over(people: &[Registration], now: Timestamp) -> Insights {
    Population::of(people.iter().zip(&judged(people, now)), &HashSet::new()).insights(now)
}

/// Someone of their own who went through everything.
fn person(id: &str) -> Registration {
    stranger(id)
}

/// Someone who went as far as the document and then this happened.
fn at_the_document(id: &str, status: Status) -> Registration {
    let mut registration = person(id);
    registration.status = status;
    registration.completed_at = None;
    let checks = &mut registration.checks;
    (checks.document, checks.liveness, checks.face) = (None, None, None);
    registration.current_step = Some(StepKind::DocumentVerification);
    derived(registration)
}

fn with_face(id: &str, score: f64) -> Registration {
    let mut registration = person(id);
    face(&mut registration).score = Some(score);
    face(&mut registration).passed = None;
    derived(registration)
}

fn refused(mut registration: Registration, reason: &str) -> Registration {
    registration.status = Status::Failed;
    let review = Review {
        at: Some(at(900)),
        reason: Some(reason.to_owned()),
        ..Review::noted(Status::NeedsManualVerification, Status::Failed, None)
    };
    registration.reviews.push(review);
    derived(registration)
}

#[test]
fn the_funnel_tells_for_each_step_who_came_went_on_waits_and_was_lost() {
    let people = [
        person("a"),
        at_the_document("b", Status::Expired),
        at_the_document("c", Status::Ongoing),
        begun(),
        Registration::new("bare".into(), at(0)),
    ];
    let funnel = over(&people, at(1_000)).funnel;
    let step = |kind: StepKind| funnel.steps.iter().find(|step| step.step == kind).unwrap();
    let document = step(StepKind::DocumentVerification);
    assert_eq!((document.reached, document.passed, document.waiting, document.lost), (3, 1, 1, 1));
    assert_eq!((document.conversion, document.drop_off), (Share::new(1, 3), Share::new(1, 1)));
    let first = step(StepKind::Consent);
    assert_eq!((first.reached, first.passed, first.waiting), (4, 3, 1));
    assert_eq!(step(StepKind::End).passed, 1);
    assert!(funnel.steps.iter().all(|step| step.step != StepKind::Form), "nobody's flow asks for it");
    assert_eq!((funnel.lost, funnel.unknown), (1, 1), "no step is known of the bare one");
}

#[test]
fn a_step_that_the_flow_leaves_out_is_no_part_of_that_registrations_funnel() {
    let mut without = at_the_document("b", Status::Expired);
    without.flow.settings.as_mut().unwrap().steps.retain(|step| step.kind != StepKind::EmailVerification);
    without.checks.email = None;
    let funnel = over(&[person("a"), derived(without)], at(1_000)).funnel;
    let reached = |kind: &StepKind| funnel.steps.iter().find(|step| step.step == *kind).map(|step| step.reached);
    assert_eq!((reached(&StepKind::EmailVerification), reached(&StepKind::PhoneVerification)), (Some(1), Some(2)));
}

#[test]
fn rates_carry_what_they_are_taken_over() {
    let mut looked_at = person("b");
    looked_at.reviews.push(Review::noted(Status::NeedsManualVerification, Status::Completed, None));
    let people = [person("a"), looked_at, refused(person("c"), "other"), begun()];
    let outcomes = over(&people, at(1_000)).outcomes;
    assert_eq!(outcomes.started, Share::new(3, 4));
    assert_eq!((outcomes.completed, outcomes.approved), (Share::new(2, 4), Share::new(2, 3)));
    assert_eq!((outcomes.straight_through, outcomes.reviewed), (Share::new(1, 3), Share::new(2, 3)));
}

#[test]
fn a_check_is_passed_at_first_at_last_or_never() {
    let document = StepKind::DocumentVerification;
    let mut second = person("b");
    second.failed_attempts = vec![failure(document.clone(), "glare", None)];
    let mut never = at_the_document("c", Status::Failed);
    never.failed_attempts = vec![failure(document.clone(), "glare", None); 3];
    let mut untold = person("d");
    untold.checks.document = None;
    let people = [person("a"), derived(second), derived(never), untold];
    let checks = over(&people, at(1_000)).checks;
    let found = checks.iter().find(|check| check.step == document).unwrap();
    assert_eq!(
        (found.passed, found.first_pass, found.exhausted),
        (Share::new(2, 3), Share::new(1, 3), Share::new(1, 3))
    );
    assert_eq!((found.attempts_to_pass, found.unknown), (Some(1.5), 1));
}

#[test]
fn selfies_rejected_for_their_quality_are_told_from_attacks() {
    let mut clumsy = begun();
    let poor = failure(StepKind::BiometricVerification, "blurred", None);
    clumsy.failed_attempts = vec![poor.clone(), poor];
    clumsy.failed_attempts[0].counts = false;
    assert_eq!(over(&[clumsy], at(1_000)).quality_rejects, Share::new(1, 2));
}

#[test]
fn a_code_that_can_still_be_entered_is_neither_confirmed_nor_lost() {
    let coded = |id: &str, state: StepState, dies: i64| {
        let mut registration = person(id);
        registration.status = Status::Ongoing;
        let validated = (state == StepState::Completed).then(|| moment(90)).flatten();
        let gateway = Some(Gateway::Whatsapp);
        let code = CodeCheck { state, gateway, created: moment(60), validated, ..CodeCheck::default() };
        *phone(&mut registration) = CodeCheck { expires_at: Some(at(dies)), ..code };
        derived(registration)
    };
    let pending = StepState::Pending;
    let people = [coded("a", StepState::Completed, 600), coded("b", pending.clone(), 600), coded("c", pending, 2_000)];
    let channels = over(&people, at(1_000)).codes;
    let channel = channels.iter().find(|channel| channel.gateway == "whatsapp").unwrap();
    assert_eq!((channel.confirmed, channel.alive, channel.time.p50), (Share::new(1, 2), 1, Some(30)));
}

#[test]
fn time_in_a_step_runs_from_the_end_of_the_one_before() {
    let mut vague = person("b");
    document(&mut vague).finished = Some(Moment::new(at(5_000), crate::model::Basis::Updated));
    vague.completed_at = None;
    let times = over(&[person("a"), derived(vague)], at(10_000)).times;
    let step = times.steps.iter().find(|step| step.step == StepKind::DocumentVerification).unwrap();
    // Basic information was done after 120 s, the document after 170.
    assert_eq!((step.time.p50, step.time.count, step.time.unknown), (Some(50), 1, 1));
    assert_eq!((times.to_completion.p95, times.to_completion.unknown), (Some(600), 1));
}

#[test]
fn who_is_stuck_is_counted_by_reason_and_by_whose_move_it_is() {
    let now = at(0) + minutes(180);
    let waiting = over(&[begun(), person("a")], now).waiting;
    assert_eq!(waiting.stuck, Share::new(1, 1), "who is through does not wait");
    assert_eq!((waiting.reasons[0].reason, waiting.reasons[0].count), ("S-00", 1));
    assert_eq!(waiting.reasons[0].longest, 180 * 60);
    let user = waiting.turns.iter().find(|count| count.turn == Turn::User).unwrap();
    assert_eq!((waiting.turns.len(), user.stuck), (4, Share::new(1, 1)));
}

#[test]
fn the_backlog_is_cut_by_age_and_held_against_what_leaves_it() {
    let old = |id: &str, days: i64, status: Status| {
        let mut registration = at_the_document(id, status);
        registration.created_at = at(0) - TimeDelta::days(days);
        registration
    };
    let people = [
        old("a", 0, Status::Ongoing),
        old("b", 2, Status::NeedsManualVerification),
        old("c", 3, Status::Ongoing),
        old("d", 40, Status::NeedsManualVerification),
        refused(person("e"), "other"),
    ];
    let backlog = over(&people, at(1_000)).backlog;
    let ages: Vec<_> =
        backlog.ages.iter().map(|bracket| (bracket.from_days, bracket.open, bracket.in_review)).collect();
    assert_eq!(ages, [(0, 2, 1), (3, 1, 0), (11, 0, 0), (31, 1, 1)]);
    assert_eq!((backlog.created, backlog.closed, backlog.net_flow), (4, 1, 3));
    assert_eq!((backlog.decisions, backlog.days_of_review), (1, Some(14.0)));
}

#[test]
fn a_review_waits_from_the_last_evidence_till_somebody_takes_it() {
    let mut waiting = person("a");
    waiting.status = Status::NeedsManualVerification;
    waiting.completed_at = None;
    waiting.desk.claim = Some(Claim { by: "ana".to_owned(), at: at(815) });
    let reviews = over(&[derived(waiting), refused(person("b"), "other")], at(1_215)).reviews;
    // The faces were compared after 215 seconds, the refusal came after 900.
    assert_eq!(
        (reviews.waiting.p50, reviews.to_claim.p50, reviews.to_decision.p50),
        (Some(1_000), Some(600), Some(685))
    );
}

#[test]
fn a_resent_link_helped_if_the_person_moved_while_it_lived() {
    let resent = |mut registration: Registration, seconds: i64| {
        (registration.link_resends, registration.link_resent) = (1, moment(seconds));
        registration
    };
    let people = [resent(person("a"), 140), resent(at_the_document("b", Status::Expired), 2_000), begun()];
    let nudges = over(&people, at(0) + minutes(90)).nudges;
    assert_eq!((nudges.resent, nudges.moved), (Share::new(2, 3), Share::new(1, 2)));
    assert_eq!((nudges.recovered, nudges.too_early), (Share::new(1, 2), 0));
    let open = resent(at_the_document("c", Status::Ongoing), 2_000);
    assert_eq!(over(&[open], at(2_500)).nudges.too_early, 1);
}

#[test]
fn scores_lie_in_hundredths_around_the_threshold_in_force() {
    let mut unmeasured = person("d");
    face(&mut unmeasured).score = None;
    let people = [with_face("a", 0.29), with_face("b", 0.81), with_face("c", 1.0), derived(unmeasured)];
    let histogram = over(&people, at(1_000)).face;
    assert_eq!((histogram.bins[29], histogram.bins[81], histogram.bins[99]), (1, 1, 1));
    assert_eq!((histogram.measured, histogram.unmeasured), (3, 1));
    assert_eq!((histogram.passing, histogram.near), (Share::new(1, 3), Share::new(1, 3)));
    assert!((histogram.thresholds[0].value - 0.85).abs() < 1e-9);
}

#[test]
fn a_lower_threshold_lets_in_whom_it_lets_in_and_says_who_of_them_was_fraud() {
    let fraud = refused(with_face("c", 0.82), "document_forged");
    let people = [with_face("a", 0.79), with_face("b", 0.80), fraud, with_face("d", 0.85), with_face("e", 0.95)];
    let lower = what_if(&people, Knob::Face, 0.80);
    let ids = |flips: &Flips| flips.ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids(&lower.newly_passing), ["b", "c"]);
    assert_eq!((lower.newly_passing.fraud, lower.newly_passing.genuine), (1, 1));
    assert_eq!((lower.passing_now, lower.passing_then, lower.newly_failing.count()), (2, 4, 0));
    let higher = what_if(&people, Knob::Face, 0.90);
    assert_eq!((ids(&higher.newly_failing), higher.newly_failing.genuine), (vec!["d".to_owned()], 1));
}

#[test]
fn liveness_has_to_be_above_its_threshold_and_the_best_rejected_selfie_counts() {
    let mut rejected = at_the_document("a", Status::Failed);
    let selfie = |score: f64| failure(StepKind::BiometricVerification, "low_score", Some(score));
    rejected.failed_attempts = vec![selfie(0.40), selfie(0.55)];
    let mut exact = person("b");
    liveness(&mut exact).score = Some(0.65);
    let people = [derived(rejected), derived(exact)];
    assert_eq!(what_if(&people, Knob::Liveness, 0.54).newly_passing.count(), 1);
    assert_eq!(what_if(&people, Knob::Liveness, 0.55).newly_passing.count(), 0);
    assert_eq!(what_if(&people, Knob::Liveness, 0.65).newly_failing.count(), 1);
}

#[test]
fn a_grave_flag_found_right_is_fraud_until_somebody_approves_after_all() {
    let verdict =
        |rule: &str| FlagVerdict { rule: rule.to_owned(), verdict: Verdict::Right, by: "ana".to_owned(), at: at(950) };
    let mut caught = with_face("a", 0.82);
    caught.desk.verdicts = vec![verdict("DOC-05")];
    let mut mild = with_face("b", 0.82);
    mild.desk.verdicts = vec![verdict("DOC-14")];
    let mut approved = caught.clone();
    approved.id = "c".into();
    approved.reviews = vec![Review { at: Some(at(960)), ..Review::noted(Status::Failed, Status::Completed, None) }];
    let flips = what_if(&[caught, mild, approved], Knob::Face, 0.8).newly_passing;
    assert_eq!((flips.fraud, flips.genuine), (1, 2));
}

#[test]
fn countries_are_one_whatever_their_spelling_and_carry_an_interval() {
    let from = |id: &str, country: &str| {
        let mut registration = person(id);
        document(&mut registration).country = Some(country.to_owned());
        derived(registration)
    };
    let people = [from("a", "CO"), refused(from("b", "Colombia"), "other"), from("c", "PE"), person("d")];
    let found = over(&people, at(1_000)).countries;
    assert_eq!((found.countries[0].country.as_str(), found.countries[0].approved), ("CO", Share::new(1, 2)));
    assert!(found.countries[0].approved.wilson().unwrap().high > 0.9, "two say little");
    assert_eq!((found.countries[1].first_pass, found.unknown), (Share::new(1, 1), 1));
}

#[test]
fn test_traffic_is_left_out_unless_it_is_all_there_is() {
    let mut test = person("b");
    test.project.id = "playground".to_owned();
    let people = [person("a"), test];
    let judgements = judged(&people, at(1_000));
    let demo = HashSet::from(["playground"]);
    let both = Population::of(people.iter().zip(&judgements), &demo).insights(at(1_000));
    assert_eq!((both.registrations, both.demo_left_out), (1, 1));
    let alone = Population::of([(&people[1], &judgements[1])], &demo).insights(at(1_000));
    assert_eq!((alone.registrations, alone.demo_left_out), (1, 0));
}

/// What the general strategy leaves alone: decisions, codes, resent links, absurd times.
fn any_registration() -> impl Strategy<Value = Registration> {
    let time = || {
        option::of(
            prop_oneof![3 => -9_000_000i64..9_000_000, 1 => Just(-9_000_000_000_000), 1 => Just(100_000_000_000)],
        )
    };
    let statuses = || prop::sample::select(Status::ALL.to_vec());
    let reviews = prop::collection::vec((time(), statuses(), statuses()), 0..3);
    (registration(), reviews, time(), time(), any::<u32>(), 0..4u32).prop_map(
        |(mut registration, reviews, created, resent, attempts, resends)| {
            let moment = |seconds: Option<i64>| seconds.and_then(self::moment);
            registration.created_at = moment(created).map_or(Timestamp::MIN_UTC, |moment| moment.at);
            let review =
                |(time, from, to)| Review { at: moment(time).map(|moment| moment.at), ..Review::noted(from, to, None) };
            registration.reviews = reviews.into_iter().map(review).collect();
            (registration.link_resends, registration.link_resent) = (resends, moment(resent));
            *phone(&mut registration) =
                CodeCheck { attempts, created: moment(created), validated: moment(resent), ..CodeCheck::default() };
            derived(registration)
        },
    )
}

/// Every number in a JSON value.
fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value {
        serde_json::Value::Number(number) => number.as_f64().into_iter().collect(),
        serde_json::Value::Array(values) => values.iter().flat_map(numbers).collect(),
        serde_json::Value::Object(values) => values.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn measuring_is_total_and_blind_to_order(
        people in prop::collection::vec(any_registration(), 0..8),
        later in prop_oneof![0..400i64, Just(-90_000_000)],
        knob in prop::sample::select(Knob::ALL.to_vec()),
        threshold in prop_oneof![3 => 0.0..1.0f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)],
    ) {
        let now = at(0) + TimeDelta::days(later);
        let judgements: Vec<Judgement> = people.iter().map(|person| judged(std::slice::from_ref(person), at(0)).remove(0)).collect();
        let cases: Vec<_> = people.iter().zip(&judgements).collect();
        let forward = Population::of(cases.iter().copied(), &HashSet::new()).insights(now);
        let backward = Population::of(cases.iter().rev().copied(), &HashSet::new()).insights(now);
        prop_assert_eq!(&forward, &backward);
        let json = serde_json::to_value(&forward).unwrap();
        prop_assert!(numbers(&json).into_iter().all(f64::is_finite));
        let lost: usize = forward.funnel.steps.iter().map(|step| step.lost).sum();
        prop_assert_eq!(lost, forward.funnel.lost);
        prop_assert_eq!(forward.face.bins.iter().sum::<usize>(), forward.face.measured);
        let moved = what_if(&people, knob, threshold);
        let then = moved.passing_now + moved.newly_passing.count() - moved.newly_failing.count();
        prop_assert_eq!(then, moved.passing_then);
    }
}
