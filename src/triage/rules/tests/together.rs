//! Rules about those who come from one place, at one time, or in a series.
#![allow(clippy::unwrap_used)]

use chrono::TimeDelta;

use super::{RuleOutcome, Severity, outcome_at, severity};
use crate::{
    model::{CodeCheck, Registration},
    triage::testing::{at, finished, information, named, stranger},
};

/// The rules that are told here.
pub const TOLD: &[&str] = &["VEL-01", "VEL-03", "VEL-04"];

const DAY: i64 = 24 * 3_600;
const WEEK: i64 = 7 * DAY;

/// What a rule says of the first one among all.
fn first_of(rule: &str, known: &[Registration]) -> RuleOutcome {
    outcome_at(1_000, rule, known)
}

fn seen(outcome: &RuleOutcome) -> (String, String) {
    match outcome {
        RuleOutcome::Fires(finding) => (finding.path.to_string(), finding.seen.clone()),
        _ => (String::new(), String::new()),
    }
}

fn created(mut registration: Registration, seconds: i64) -> Registration {
    registration.created_at = at(seconds);
    registration
}

/// Different people behind the address of the clean registration, that many seconds after it.
fn from_its_address(seconds: &[i64]) -> Vec<Registration> {
    let names = ["Carlos Prueba", "Wilhelmina Zander", "Oleksandr Testenko", "Ngozi Ejemplo", "Ulf Övning"];
    let others = seconds.iter().zip(names).zip(["b", "c", "d", "e", "f"]).map(|((seconds, name), id)| {
        let mut other = created(stranger(id), *seconds);
        other.contact.full_name = Some(name.into());
        information(&mut other).ip = Some("203.0.113.7".to_owned());
        other
    });
    std::iter::once(finished()).chain(others).collect()
}

#[test]
fn three_people_at_one_address_within_a_day_are_worth_a_look_and_five_are_grave() {
    let said = |seconds: &[i64]| first_of("VEL-01", &from_its_address(seconds));
    assert_eq!(said(&[60]), RuleOutcome::Clear, "two people");
    assert_eq!(severity(&said(&[DAY, -DAY])), Some(Severity::Medium));
    assert_eq!(said(&[DAY + 1, -DAY]), RuleOutcome::Clear, "one of them came later");
    assert_eq!(severity(&said(&[1, 2, 3])), Some(Severity::Medium));
    assert_eq!(severity(&said(&[1, 2, 3, 4])), Some(Severity::High));
    assert_eq!(seen(&said(&[60, 120])).1, "also b, c");
}

#[test]
fn whoever_starts_again_from_one_address_stays_one_person() {
    let mut known = from_its_address(&[60]);
    for again in ["x", "y", "z"] {
        let mut person = finished();
        person.id = again.into();
        known.push(person);
    }
    assert_eq!(first_of("VEL-01", &known), RuleOutcome::Clear);
    // Nothing is known of these but the address they can be reached at.
    let nameless = |id: &str, email: &str| {
        let mut person = named(id);
        person.contact.email = Some(email.into());
        information(&mut person).ip = Some("203.0.113.7".to_owned());
        person
    };
    let one = [nameless("a", "u@example.com"), nameless("b", "U@example.com"), nameless("c", "u+2@example.com")];
    assert_eq!(first_of("VEL-01", &one), RuleOutcome::Clear);
    let three = [nameless("a", "u@example.com"), nameless("b", "v@example.com"), nameless("c", "w@example.com")];
    assert_eq!(severity(&first_of("VEL-01", &three)), Some(Severity::Medium));
}

#[test]
fn an_address_of_any_step_counts_and_a_private_one_does_not() {
    let mut known = from_its_address(&[60, 120]);
    for person in &mut known {
        let ip = information(person).ip.take();
        person.checks.phone = Some(CodeCheck { ip, ..CodeCheck::default() });
    }
    assert_eq!(severity(&first_of("VEL-01", &known)), Some(Severity::Medium));
    for person in &mut known {
        person.checks.phone = Some(CodeCheck { ip: Some("172.17.0.1".to_owned()), ..CodeCheck::default() });
    }
    assert_eq!(first_of("VEL-01", &known), RuleOutcome::NotMeasured);
}

#[test]
fn of_a_crowd_at_one_address_the_first_who_differ_are_told() {
    let mut known = from_its_address(&[60, 120, 180, 240]);
    known.extend((0..300).map(|number| {
        let mut other = created(stranger(&format!("r{number:03}")), 300 + number);
        information(&mut other).ip = Some("203.0.113.7".to_owned());
        other
    }));
    let said = first_of("VEL-01", &known);
    assert_eq!(severity(&said), Some(Severity::High));
    assert_eq!(seen(&said).1, "also b, c, d and 1 more");
}

/// One arrival in each of the ten minutes of the same hour in so many weeks before, and so many now.
fn arrivals(weeks: i64, now: i64) -> Vec<Registration> {
    // The first ten minutes of an hour begin 800 seconds before the start of the stories plus an hour.
    let hour = 3_600 - 1_600;
    let now = (0..now).map(|number| created(named(&format!("n{number}")), hour + number));
    let before = (1..=weeks).flat_map(|week| {
        (0..6).map(move |slot| created(named(&format!("w{week}-{slot}")), hour + slot * 600 - week * WEEK))
    });
    now.chain(before).collect()
}

#[test]
fn more_arrivals_than_usual_in_ten_minutes_are_a_burst() {
    assert_eq!(at(3_600 - 1_600).timestamp() % 3_600, 0, "the hour of the stories");
    let said = first_of("VEL-03", &arrivals(2, 5));
    assert_eq!(severity(&said), Some(Severity::Medium));
    assert_eq!(seen(&said), ("createdAt".to_owned(), "5 in ten minutes".to_owned()));
    assert_eq!(first_of("VEL-03", &arrivals(2, 4)), RuleOutcome::Clear, "fewer than five");
    assert_eq!(seen(&first_of("VEL-03", &arrivals(2, 27))).1, "20 or more in ten minutes");
}

#[test]
fn what_is_usual_is_told_by_mean_and_deviation_of_the_same_hour_of_the_week() {
    // Two weeks with 0 and 4 in alternating ten minutes: mean 2, deviation 2, so up to 8 are usual.
    let hour = 3_600 - 1_600;
    let with = |now: i64, offset: i64| {
        let before = (1..=2).flat_map(|week| {
            (0..12).map(move |number| {
                let at = hour + number / 4 * 1_200 + number % 4 - week * WEEK + offset;
                created(named(&format!("w{week}-{number}")), at)
            })
        });
        arrivals(0, now).into_iter().chain(before).collect::<Vec<_>>()
    };
    assert_eq!(first_of("VEL-03", &with(8, 0)), RuleOutcome::Clear);
    let said = first_of("VEL-03", &with(9, 0));
    assert_eq!(severity(&said), Some(Severity::Medium));
    let RuleOutcome::Fires(finding) = said else { return };
    assert_eq!(finding.threshold.unwrap().0, "at most 8 in ten minutes");
    assert_eq!(severity(&first_of("VEL-03", &with(8, -DAY))), Some(Severity::Medium), "another hour of the week");
}

#[test]
fn a_project_too_young_to_know_what_is_usual_has_no_bursts_and_projects_are_apart() {
    assert_eq!(first_of("VEL-03", &arrivals(1, 50)), RuleOutcome::NotMeasured);
    let mut elsewhere = arrivals(3, 5);
    for (number, person) in elsewhere.iter_mut().enumerate() {
        person.project.id = if number == 1 { "banco" } else { "aldea" }.to_owned();
    }
    assert_eq!(first_of("VEL-03", &elsewhere), RuleOutcome::Clear, "four in one project, one in another");
}

fn with_contacts(contacts: &[(&str, &str, i64)]) -> Vec<Registration> {
    let person = |(number, (email, phone, seconds)): (usize, &(&str, &str, i64))| {
        let mut person = created(named(&format!("r{number}")), *seconds);
        person.contact.email = Some((*email).into());
        person.contact.phone = Some((*phone).into());
        person
    };
    contacts.iter().enumerate().map(person).collect()
}

#[test]
fn three_addresses_that_count_on_within_a_day_are_a_series() {
    let said = |third: &str, seconds: i64| {
        let contacts = [("alba07@example.com", "", 0), ("ALBA9@example.com", "", 0), (third, "", seconds)];
        first_of("VEL-04", &with_contacts(&contacts))
    };
    let fires = said("alba17@example.com", DAY);
    assert_eq!(severity(&fires), Some(Severity::High));
    assert_eq!(seen(&fires), ("contact.email".to_owned(), "one of 3: also r1, r2".to_owned()));
    assert_eq!(said("alba18@example.com", DAY), RuleOutcome::Clear, "too far apart");
    assert_eq!(said("alba17@example.com", DAY + 1), RuleOutcome::Clear, "too late");
    assert_eq!(said("alba17@example.org", 0), RuleOutcome::Clear, "another provider");
    assert_eq!(said("alba09@example.com", 0), RuleOutcome::Clear, "the same number twice");
    assert_eq!(said("bea17@example.com", 0), RuleOutcome::Clear, "another name");
}

#[test]
fn three_phones_close_to_one_another_are_a_series() {
    let said = |third: &str| {
        let contacts =
            [("", "+1 202-555-0199", 0), ("", "+12025550201", 0), ("", third, TimeDelta::hours(3).num_seconds())];
        first_of("VEL-04", &with_contacts(&contacts))
    };
    let fires = said("+1 (202) 555-0189");
    assert_eq!(severity(&fires), Some(Severity::High));
    assert_eq!(seen(&fires).0, "contact.phone");
    assert_eq!(said("+1 (202) 555-0188"), RuleOutcome::Clear);
    assert_eq!(said("+44 (202) 555-0189"), RuleOutcome::Clear);
}

#[test]
fn who_has_no_number_to_count_on_from_is_not_measured() {
    let contacts = [("alba@example.com", "", 0), ("alba1@example.com", "", 0), ("alba2@example.com", "", 0)];
    assert_eq!(first_of("VEL-04", &with_contacts(&contacts)), RuleOutcome::NotMeasured);
    assert_eq!(outcome_at(0, "VEL-04", &[named("a")]), RuleOutcome::NotMeasured);
}
