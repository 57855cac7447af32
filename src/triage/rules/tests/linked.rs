//! Rules that look at others who share something.

use super::{RuleOutcome, Severity, outcome_at, severity};
use crate::{
    model::{Outcome, Registration, Status},
    triage::testing::{day, document, finished, information, liveness, moment, named, stranger},
};

/// The rules that are told here.
pub const TOLD: &[&str] = &["BIO-08", "DOC-08", "CON-06", "VEL-02", "VEL-05", "BEH-05"];

/// What a rule says of a clean registration among others.
fn among(rule: &str, others: impl IntoIterator<Item = Registration>) -> RuleOutcome {
    let known: Vec<Registration> = std::iter::once(finished()).chain(others).collect();
    outcome_at(1_000, rule, &known)
}

fn with_document(mut registration: Registration) -> Registration {
    document(&mut registration).number = Some("ab 123456".into());
    registration
}

fn with_email(mut registration: Registration) -> Registration {
    registration.contact.email = Some("ALBA+2@example.com".into());
    registration
}

fn with_device(mut registration: Registration) -> Registration {
    information(&mut registration).device_id = Some("device-1".to_owned());
    registration
}

fn with_person(mut registration: Registration) -> Registration {
    liveness(&mut registration).person = Some("person-1".to_owned());
    registration
}

/// Not the person of the clean registration, and not one another.
fn strangers() -> [Registration; 4] {
    let names = ["Carlos Prueba", "Wilhelmina Zander", "Oleksandr Testenko", "Ngozi Ejemplo"];
    let mut people = ["b", "c", "d", "e"].map(stranger);
    for (person, name) in people.iter_mut().zip(names) {
        person.contact.full_name = Some(name.into());
    }
    people
}

/// The person of the clean registration, starting again.
fn again(id: &str) -> Registration {
    let mut registration = finished();
    registration.id = id.into();
    registration
}

#[test]
fn no_rule_fires_on_strangers_who_share_nothing() {
    for rule in TOLD {
        assert_eq!(among(rule, strangers()), RuleOutcome::Clear, "{rule}");
    }
}

#[test]
fn a_document_number_used_by_someone_else_is_critical() {
    let seen = among("DOC-08", [with_document(stranger("b"))]);
    assert_eq!(severity(&seen), Some(Severity::Critical));
    let RuleOutcome::Fires(finding) = seen else { return };
    assert_eq!((finding.path.as_ref(), finding.seen.as_str()), ("evidence.document.number", "also b"));
}

#[test]
fn the_same_person_starting_twice_is_only_a_duplicate() {
    assert_eq!(severity(&among("DOC-08", [again("b")])), Some(Severity::Medium));
    let mut other_birth = again("b");
    document(&mut other_birth).birth_date = day("1971-01-01");
    assert_eq!(severity(&among("DOC-08", [other_birth])), Some(Severity::Critical));
}

#[test]
fn one_face_with_another_document_is_critical_and_with_the_same_one_is_not() {
    assert_eq!(severity(&among("BIO-08", [with_person(stranger("b"))])), Some(Severity::Critical));
    assert_eq!(among("BIO-08", [again("b")]), RuleOutcome::Clear);
}

#[test]
fn a_contact_is_shared_by_other_people_only() {
    let [carlos, wilhelmina, oleksandr, ngozi] = strangers().map(with_email);
    assert_eq!(among("CON-06", [again("b"), again("c")]), RuleOutcome::Clear);
    assert_eq!(severity(&among("CON-06", [carlos.clone()])), Some(Severity::High));
    assert_eq!(
        severity(&among("CON-06", [carlos, wilhelmina, oleksandr, ngozi])),
        Some(Severity::Critical),
        "five people with one address"
    );
}

#[test]
fn someone_unknown_with_the_same_contact_counts_as_someone_else() {
    assert_eq!(severity(&among("CON-06", [with_email(named("b"))])), Some(Severity::High));
}

#[test]
fn one_device_for_two_is_high_and_for_three_critical() {
    let [carlos, wilhelmina, ..] = strangers().map(with_device);
    assert_eq!(among("VEL-02", [again("b")]), RuleOutcome::Clear);
    assert_eq!(severity(&among("VEL-02", [carlos.clone()])), Some(Severity::High));
    assert_eq!(severity(&among("VEL-02", [carlos, wilhelmina])), Some(Severity::Critical));
}

#[test]
fn three_people_in_a_chain_are_a_ring() {
    let [carlos, wilhelmina, ..] = strangers();
    let middle = with_email(carlos);
    let mut end = wilhelmina;
    liveness(&mut end).person = Some("person-b".to_owned());
    assert_eq!(among("VEL-05", [middle.clone(), again("z")]), RuleOutcome::Clear, "two people");
    assert_eq!(severity(&among("VEL-05", [middle, end])), Some(Severity::Critical));
}

#[test]
fn an_earlier_rejection_of_the_same_person_counts_for_ninety_days() {
    let rejected = |days: i64| {
        let mut registration = again("b");
        registration.status = Status::Failed;
        registration.completed_at = moment(-days * 86_400);
        registration
    };
    assert_eq!(severity(&among("BEH-05", [rejected(90)])), Some(Severity::Medium));
    assert_eq!(among("BEH-05", [rejected(91)]), RuleOutcome::Clear);
    assert_eq!(among("BEH-05", [rejected(-1)]), RuleOutcome::Clear, "rejected later");
    let mut forged = rejected(5);
    document(&mut forged).authenticity = Some(Outcome::Failed);
    assert_eq!(severity(&among("BEH-05", [forged])), Some(Severity::High));
}

#[test]
fn without_anything_to_share_nothing_was_measured() {
    for rule in ["BIO-08", "CON-06", "VEL-02", "BEH-05", "DOC-08"] {
        assert_eq!(outcome_at(0, rule, &[named("a")]), RuleOutcome::NotMeasured, "{rule}");
    }
}

#[test]
fn a_number_the_source_refused_as_taken_counts_although_the_other_is_not_known_here() {
    let mut registration = named("a");
    let reason = "existing_document_validation_with_document_number";
    registration.failed_attempts =
        vec![crate::triage::testing::failure(crate::model::StepKind::DocumentVerification, reason, None)];
    let seen = outcome_at(0, "DOC-08", &[registration]);
    assert_eq!(severity(&seen), Some(Severity::Critical));
}
