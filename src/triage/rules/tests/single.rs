//! Rules that look at one registration alone.

use super::{
    RULES, RuleOutcome, Severity, origins, outcome, papers, severity,
    stories::{self, Change, Story, earlier_document},
};
use crate::{
    model::{Outcome, Registration, Requirement, Review, Status, StepKind, StepState},
    triage::testing::{day, document, email, face, failure, finished, information, moment, settings},
};

/// Every story.
fn stories() -> impl Iterator<Item = &'static Story> {
    stories::STORIES.iter().chain(papers::STORIES).chain(origins::STORIES)
}

pub fn changed(change: Change) -> Registration {
    let mut registration = finished();
    change(&mut registration);
    registration
}

#[test]
fn each_rule_fires_on_one_side_of_its_line_and_not_on_the_other() {
    for story in stories() {
        let fires = outcome(story.rule, changed(story.fires));
        assert_eq!(severity(&fires), Some(story.severity), "{} should fire: {fires:?}", story.rule);
        let clear = outcome(story.rule, changed(story.clear));
        assert!(matches!(clear, RuleOutcome::Clear | RuleOutcome::NotApplicable), "{}: {clear:?}", story.rule);
    }
}

#[test]
fn what_was_not_measured_is_neither_a_flag_nor_clear() {
    for story in stories() {
        let Some(change) = story.not_measured else { continue };
        assert_eq!(outcome(story.rule, changed(change)), RuleOutcome::NotMeasured, "{}", story.rule);
    }
}

#[test]
fn every_rule_has_its_story() {
    let told = |id: &str| {
        stories().any(|story| story.rule == id)
            || super::linked::TOLD.contains(&id)
            || super::together::TOLD.contains(&id)
    };
    let untold: Vec<&str> = RULES.iter().map(|rule| rule.id).filter(|id| !told(id)).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn severity_grows_and_shrinks_with_what_was_seen() {
    let cases: &[(&str, Change, Severity)] = &[
        ("BIO-01", |r| face(r).score = Some(0.64), Severity::Critical),
        (
            "BIO-06",
            |r| r.failed_attempts.push(failure(StepKind::BiometricVerification, "low", Some(0.5))),
            Severity::Low,
        ),
        (
            "BIO-07",
            |r| r.failed_attempts = vec![failure(StepKind::BiometricVerification, "low", None); 3],
            Severity::High,
        ),
        ("BIO-09", |r| document(r).anti_spoofing = Some(Outcome::Review), Severity::High),
        (
            "DOC-03",
            |r| (document(r).issue_date, document(r).expiry_date) = (day("2030-01-01"), day("2020-01-01")),
            Severity::Low,
        ),
        ("DOC-03", |r| document(r).expiry_date = day("2041-01-01"), Severity::High),
        ("DOC-03", |r| document(r).birth_date = day("2021-01-01"), Severity::High),
        ("DOC-04", |r| document(r).confidence = Some(0.69), Severity::High),
        ("DOC-13", |r| earlier_document(r, Some("AB123457")), Severity::Low),
        ("IDN-01", |r| document(r).full_name = Some("Alva Nuestro".into()), Severity::Medium),
        (
            "IDN-03",
            |r| {
                document(r).registry_reason = Some("document_not_supported".to_owned());
                settings(r).verify_names = None;
            },
            Severity::Info,
        ),
        ("IDN-04", |r| information(r).birth_date = day("1990-12-04"), Severity::Medium),
        ("IDN-05", |r| document(r).birth_date = day("1890-01-01"), Severity::Medium),
        ("IDN-07", |r| information(r).document_number = Some("AB123465".into()), Severity::Medium),
        (
            "CON-07",
            |r| {
                settings(r).steps.iter_mut().for_each(|step| step.attempt_limit = Some(5));
                (email(r).attempts, email(r).state) = (3, StepState::Pending);
            },
            Severity::Medium,
        ),
        ("BEH-01", |r| r.completed_at = moment(29), Severity::High),
        (
            "BEH-02",
            |r| {
                r.checks.liveness = None;
                r.reviews.push(Review::noted(Status::Ongoing, Status::Completed, None));
            },
            Severity::Low,
        ),
    ];
    for (rule, change, expected) in cases {
        let seen = outcome(rule, changed(*change));
        assert_eq!(severity(&seen), Some(*expected), "{rule}: {seen:?}");
    }
}

#[test]
fn a_threshold_tells_nothing_about_the_person() {
    for story in stories() {
        let mut registration = changed(story.fires);
        let RuleOutcome::Fires(finding) = outcome(story.rule, registration.clone()) else { continue };
        let Some((threshold, _)) = finding.threshold else { continue };
        let births = [document(&mut registration).birth_date, information(&mut registration).birth_date];
        let texts = [
            document(&mut registration).number.clone(),
            document(&mut registration).full_name.clone(),
            registration.contact.email.clone(),
            registration.contact.phone.clone(),
        ];
        let births = births.into_iter().flatten().map(|date| date.to_string());
        let personal = texts.into_iter().flatten().map(|text| text.reveal().to_owned()).chain(births);
        for secret in personal.filter(|secret| !secret.is_empty()) {
            assert!(!threshold.contains(&secret), "{}: {threshold}", story.rule);
        }
    }
}

#[test]
fn a_step_the_flow_skips_is_not_applicable() {
    let mut registration = finished();
    registration.checks.liveness = None;
    registration.checks.face = None;
    let skipped = [StepKind::BiometricVerification, StepKind::FaceComparison];
    let steps = &mut settings(&mut registration).steps;
    steps.iter_mut().filter(|step| skipped.contains(&step.kind)).for_each(|step| step.requirement = Requirement::Skip);
    for rule in ["BIO-01", "BIO-02", "BIO-04", "BIO-05"] {
        assert_eq!(outcome(rule, registration.clone()), RuleOutcome::NotApplicable, "{rule}");
    }
}

#[test]
fn a_reviewers_word_settles_the_names() {
    let registration = changed(|r| {
        document(r).full_name = Some("Carlos Prueba".into());
        document(r).name_match = Some(10.0);
        document(r).name_review = Some("match".to_owned());
    });
    assert_eq!(outcome("IDN-01", registration.clone()), RuleOutcome::Clear);
    assert_eq!(outcome("IDN-02", registration), RuleOutcome::Clear);
}

#[test]
fn a_document_that_never_expires_is_not_valid_for_too_long() {
    let registration = changed(|r| document(r).expiry_date = day("9999-12-31"));
    assert_eq!(outcome("DOC-01", registration.clone()), RuleOutcome::NotApplicable);
    assert_eq!(outcome("DOC-03", registration), RuleOutcome::Clear);
}

#[test]
fn a_plain_verdict_of_the_source_is_enough_for_liveness_and_records() {
    let mut registration = crate::triage::testing::named("a");
    registration.results.liveness_detection = Some(Outcome::Failed);
    registration.results.criminal_history = Some(Outcome::Failed);
    for rule in ["BIO-09", "WL-01"] {
        let seen = super::outcome_at(0, rule, std::slice::from_ref(&registration));
        assert_eq!(severity(&seen), Some(Severity::Critical), "{rule}: {seen:?}");
    }
}
