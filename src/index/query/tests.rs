#![allow(clippy::unwrap_used, clippy::panic)]
use std::sync::Arc;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::Query;
use crate::{
    index::{Index, SortField},
    model::{FlowStep, Moment, Registration, Requirement, Review, Status, StepKind, StepState},
    triage::testing::{at, begun, derived, document, face, failure, finished, information, named, settings, stranger},
};

/// Whether a query finds a registration, ten days after the stories of the tests began.
fn finds(query: &str, registration: &Registration) -> bool {
    let mut index = Index::default();
    let now = at(0) + TimeDelta::days(10);
    index.upsert(vec![Arc::new(registration.clone())], now);
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    index.matching(&query, now).count() == 1
}

#[track_caller]
fn check(registration: &Registration, found: &[&str], missed: &[&str]) {
    for query in found {
        assert!(finds(query, registration), "`{query}` should find it");
        assert!(!finds(&format!("-{query}"), registration), "`-{query}` should miss it");
    }
    for query in missed {
        assert!(!finds(query, registration), "`{query}` should miss it");
        assert!(finds(&format!("-{query}"), registration), "`-{query}` should find it");
    }
}

fn mistake(query: &str) -> (String, String) {
    let error = Query::parse(query).unwrap_err();
    (query[error.at.clone()].to_owned(), error.message)
}

#[test]
fn who_would_be_on_the_other_side_of_another_threshold_is_found() {
    let mut registration = finished();
    face(&mut registration).score = Some(0.87);
    let found = ["flips:face=0.9", "flips:FACE=0.95", "flips:face=0.85,liveness=0.95"];
    check(&derived(registration), &found, &["flips:face=0.85", "flips:face=0.5", "flips:liveness=0.9"]);
    assert_eq!(mistake("flips:face=85").0, "face=85");
    assert!(mistake("flips:smile=0.8").1.contains("known: face, liveness"));
    assert_eq!(Query::parse("flips:face=0.90").unwrap().to_string(), "flips:face=0.9");
}

#[test]
fn words_find_names_mail_phone_document_and_id_without_accents_or_separators() {
    let mut registration = finished();
    registration.contact.full_name = Some("Núñez Ríos, Álvaro".into());
    registration.contact.phone = Some("202-555-0143".into());
    registration.contact.country_code = Some("+1".into());
    document(&mut registration).number = Some("AB-12.345 6".into());
    check(
        &registration,
        &[
            "nunez",
            "RIOS",
            "\"nunez rios\"",
            "alba@example",
            "555",
            "\"+1 202-555-0143\"",
            "ab123456",
            "\"AB-12.345 6\"",
            "reg_1",
            "bob,nunez",
            "~nzrs",
            "name:alvaro",
            "email:example.com",
            "phone:5550143",
            "id:reg",
        ],
        &["bob", "\"rios nunez\"", "12-34-99", "~zz", "name:alba", "id:other"],
    );
    assert!(finds("nunez alba@example reg_1", &registration), "blanks mean AND");
    assert!(!finds("nunez bob", &registration));
}

#[test]
fn status_and_step_are_read_in_any_spelling() {
    let mut registration = begun();
    registration.status = Status::Ongoing;
    registration.current_step = Some(StepKind::DocumentVerification);
    check(
        &registration,
        &["status:ongoing", "status:failed,in_progress", "step:document", "step:document_verification"],
        &["status:failed", "step:liveness"],
    );
    registration.status = Status::Unknown("Frozen By Law".to_owned());
    check(&registration, &["status:\"Frozen By Law\""], &["status:\"frozen\""]);
}

#[test]
fn project_and_flow_go_by_id_or_part_of_the_name() {
    let mut registration = begun();
    registration.project.id = "proj_1".to_owned();
    registration.project.name = Some("Crédito Río".to_owned());
    registration.flow.id = "flow_9".to_owned();
    check(
        &registration,
        &["project:proj_1", "project:credito", "project:\"Crédito Río\"", "flow:flow_9"],
        &["project:proj", "flow:flow", "project:banco"],
    );
}

#[test]
fn flags_go_by_rule_severity_or_worse_and_category() {
    let mut registration = finished();
    crate::triage::testing::face(&mut registration).score = Some(0.7);
    let registration = derived(registration);
    check(
        &registration,
        &["flag:BIO-01", "flag:bio-01", "flag:medium", "flag:high", "flag:biometric"],
        &["flag:critical", "flag:DOC-01", "flag:document", "flag:\"SOURCE_CODE\""],
    );
}

#[test]
fn numbers_are_compared_and_what_was_not_measured_matches_nothing() {
    let mut registration = finished();
    registration.failed_attempts = vec![failure(StepKind::DocumentVerification, "blurred", None); 2];
    let registration = derived(registration);
    check(
        &registration,
        &[
            "face:<0.96",
            "face:0.95",
            "face:0.9..1",
            "liveness:>=0.93",
            "attempts.document:>=2",
            "attempts:2",
            "linked:0",
            "risk:<40",
            "risk:<1,>=0",
        ],
        &["face:<0.95", "attempts.liveness:>=1", "linked:>=1", "risk:>=70"],
    );
    let bare = named("a");
    assert!(!finds("face:<0.85", &bare) && !finds("face:>=0.85", &bare));
}

#[test]
fn stuck_and_turn_go_by_the_judgement() {
    let waiting = begun();
    check(&waiting, &["stuck", "stuck:S-00", "stuck:d-03,s-00", "turn:user"], &["stuck:D-03", "turn:operator,system"]);
    check(&finished(), &["status:completed"], &["stuck", "turn:user"]);
}

#[test]
fn a_stage_is_asked_for_also_before_anyone_is_stuck() {
    check(&begun(), &["stage:given_up", "stage:warn,given_up", "stuck"], &["stage:stuck", "stage:warn"]);
    let mut review = begun();
    review.status = Status::NeedsManualVerification;
    let mut waits = |hours: i64| {
        review.updated_at = at(0) + TimeDelta::days(10) - TimeDelta::hours(hours);
        review.clone()
    };
    check(&waits(0), &["stage:in_time", "stage:IN-TIME"], &["stage:warn", "stuck"]);
    check(&waits(1), &["stage:warn"], &["stage:in_time", "stuck"]);
    check(&waits(4), &["stage:stuck", "stuck"], &["stage:warn", "stage:given_up"]);
    check(&finished(), &["status:completed"], &["stage:in_time", "stage:given_up"]);
}

#[test]
fn ages_and_days_are_told_apart() {
    let mut registration = begun();
    registration.created_at = "2026-05-28T20:26:40Z".parse().unwrap();
    registration.updated_at = "2026-05-31T23:59:59Z".parse().unwrap();
    check(
        &registration,
        &[
            "created:>9d",
            "age:>6d",
            "age:6d..8d",
            "updated:2026-05-31",
            "updated:2026-05-01..2026-05-31",
            "updated:>=2026-05-31",
        ],
        &["created:<7d", "age:<2h", "updated:<2026-05-31", "updated:2026-06-01..2026-06-02"],
    );
}

#[test]
fn the_country_is_that_of_the_document_else_that_of_the_phone() {
    let mut registration = begun();
    registration.contact.country_code = Some("+57".into());
    check(&registration, &["country:CO", "country:colombia"], &["country:MX"]);
    document(&mut registration).country = Some("Estados Unidos Mexicanos / México".into());
    information(&mut registration).country = Some("MEX".into());
    check(&registration, &["country:mexico", "country:US,MX"], &["country:CO"]);
}

#[test]
fn links_are_counted() {
    let mut index = Index::default();
    let (one, mut other) = (finished(), stranger("b"));
    other.contact.email = one.contact.email.clone();
    index.upsert(vec![Arc::new(one), Arc::new(other)], at(1_000));
    let query = Query::parse("linked:>=1").unwrap();
    assert_eq!(index.matching(&query, at(1_000)).count(), 2);
}

#[test]
fn a_mistake_is_told_at_its_place_with_the_nearest_right_name() {
    let cases = [
        ("alba stauts:ongoing", "stauts:", "`status:`"),
        ("status:ongoing,faild", "faild", "`failed`"),
        ("step:documnt", "documnt", "`document_verification`"),
        ("flag:BOI-01", "BOI-01", "BIO-01"),
        ("flag:hihg", "hihg", "`high`"),
        ("stuck:D03", "D03", "did you mean `D-03`"),
        ("stuck:nap", "nap", "known: X-04"),
        ("turn:me", "me", "operator"),
        ("stage:givenup", "givenup", "given_up"),
        ("risk:>=high", ">=high", "not a number"),
        ("age:2h", "2h", ">2h or <2h"),
        ("created:<yesterday", "<yesterday", "span of time"),
        ("updated:2026-13-01", "2026-13-01", "2026-01-31"),
        ("risk:", "risk:", "risk:>=70"),
        ("status:ongoing,", ",", "after the comma"),
        ("alba \"open", "\"open", "closing quote"),
        ("\"a\"b", "b", "closing quote"),
        ("attempts.nose:>1", "attempts.nose:", "nose"),
        ("risk.document:>1", "risk.document:", "has no parts"),
        ("ower:me", "ower:", "`owner:`"),
        ("owner:", "owner:", "owner:me"),
        ("http://example.com", "http:", "in quotes"),
        ("- alba", "-", "a value is missing"),
    ];
    for (query, place, hint) in cases {
        let (at, message) = mistake(query);
        assert_eq!(at, place, "{query}: {message}");
        assert!(message.contains(hint), "{query}: {message}");
    }
}

#[test]
fn the_canonical_form_is_short_and_spelled_out() {
    let printed = |query: &str| Query::parse(query).unwrap().to_string();
    assert_eq!(
        printed(
            "  STATUS:in_progress,rejected -step:document  age:>120m Núñez \"two words\" ~Alb attempts.liveness:>=2"
        ),
        "status:ongoing,failed -step:document_verification age:>2h nunez \"two words\" ~alb \
         attempts.biometric_verification:>=2"
    );
    assert_eq!(
        printed("stuck \"stuck\" country:Colombia flag:\"ODD code\" created:=2026-01-02"),
        "stuck \"stuck\" country:CO flag:\"ODD code\" created:2026-01-02"
    );
    assert_eq!(printed(""), "");
}

#[test]
fn spans_name_the_place_of_each_condition() {
    let text = "alba  -status:failed";
    let spans: Vec<&str> = Query::parse(text).unwrap().spans().map(|span| &text[span]).collect();
    assert_eq!(spans, ["alba", "-status:failed"]);
}

#[test]
fn a_step_of_an_optional_kind_is_found_where_it_was_reported() {
    let mut registration = named("a");
    settings(&mut registration).steps =
        vec![FlowStep { kind: StepKind::Form, requirement: Requirement::Mandatory, attempt_limit: None }];
    registration.checks.form = None;
    registration.checks.instructions = Some(Moment::event(at(5)));
    let mut registration = derived(registration);
    registration
        .steps
        .iter_mut()
        .filter(|step| step.kind != StepKind::Form)
        .for_each(|step| step.state = StepState::Completed);
    check(&registration, &["step:form"], &["step:end"]);
}

fn fragment() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "status:",
        "step:",
        "project:",
        "flow:",
        "flag:",
        "risk:",
        "stuck",
        "stuck:",
        "breached",
        "returned",
        "owner:",
        "me",
        "none",
        "today",
        "turn:",
        "stage:",
        "age:",
        "created:",
        "updated:",
        "country:",
        "attempts.document:",
        "attempts:",
        "face:",
        "linked:",
        "id:",
        "email:",
        "phone:",
        "ongoing",
        "failed",
        "document",
        "BIO-01",
        "high",
        "D-03",
        "operator",
        ">=",
        "<",
        "..",
        "2h",
        "90m",
        "0.85",
        "70",
        "2026-01-01",
        "CO",
        "Núñez",
        "\"",
        "\\",
        ",",
        "-",
        "~",
        " ",
        " ",
        "'",
        "´",
        "ß",
        "王",
        "\u{a0}",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => "\\PC{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_parses_prints_to_a_text_that_parses_to_the_same(fragments in prop::collection::vec(fragment(), 0..8)) {
        let text = fragments.concat();
        match Query::parse(&text) {
            Ok(query) => {
                let printed = query.to_string();
                let again = Query::parse(&printed);
                prop_assert_eq!(again.as_ref(), Ok(&query), "{} printed as {}", text, printed);
            }
            Err(error) => prop_assert!(text.get(error.at.clone()).is_some(), "{:?} is no part of {}", error.at, text),
        }
    }
}

#[test]
fn what_the_desk_put_aside_can_be_asked_for_until_it_is_back() {
    let mut registration = named("a");
    check(&registration, &[], &["snoozed"]);
    let until = at(0) + TimeDelta::days(11);
    let snooze = crate::model::Snooze { until, reason: None, by: "ana".to_owned(), at: at(0) };
    registration.desk.snooze = Some(snooze.clone());
    check(&registration, &["snoozed", "SNOOZED"], &["\"snoozed\""]);
    registration.desk.snooze = Some(crate::model::Snooze { until: at(0) + TimeDelta::days(10), ..snooze });
    check(&registration, &[], &["snoozed"]);
    assert_eq!(Query::parse("-Snoozed \"snoozed\"").unwrap().to_string(), "-snoozed \"snoozed\"");
}

#[test]
fn who_has_claimed_it_is_asked_by_name_or_as_me_and_nobody() {
    let mut claimed = named("a");
    claimed.desk.claim = Some(crate::model::Claim { by: "Ana Núñez".to_owned(), at: at(0) });
    check(&claimed, &["owner:ana", "owner:\"nunez\"", "owner:bob,ana"], &["owner:me", "owner:none", "owner:bob"]);
    check(&named("b"), &["owner:none", "owner:NONE"], &["owner:me", "owner:\"none\"", "owner:ana"]);
    let mut index = Index::default().asked_by(Some("Ana Núñez".to_owned()));
    index.upsert(vec![Arc::new(claimed), Arc::new(named("b"))], at(1_000));
    let mine = index.search(&Query::parse("owner:me").unwrap(), crate::index::Sort::by(SortField::Created), at(1_000));
    assert_eq!(mine, ["a".into()]);
    assert_eq!(Query::parse("owner:me,\"me\",NONE").unwrap().to_string(), "owner:me,\"me\",none");
}

#[test]
fn a_wait_of_ours_over_its_limit_is_a_breach_and_one_of_the_person_is_not() {
    check(&begun(), &["stuck", "turn:user"], &["breached"]);
    let mut review = begun();
    review.status = Status::NeedsManualVerification;
    review.updated_at = at(0) + TimeDelta::days(9);
    check(&review, &["stuck", "turn:operator", "breached", "BREACHED"], &["\"breached\""]);
}

#[test]
fn what_moved_since_its_last_decision_has_returned() {
    let mut registration = begun();
    check(&registration, &[], &["returned"]);
    let review = Review::noted(Status::NeedsManualVerification, Status::Ongoing, None);
    registration.reviews.push(Review { at: Some(at(10)), ..review });
    registration.status = Status::NeedsManualVerification;
    check(&registration, &["returned"], &["\"returned\""]);
}

#[test]
fn today_is_the_day_it_is_now() {
    let mut registration = begun();
    let now = at(0) + TimeDelta::days(10);
    registration.created_at = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    check(&registration, &["created:today", "created:TODAY"], &["created:<0s"]);
    registration.created_at -= TimeDelta::seconds(1);
    check(&registration, &[], &["created:today"]);
}
