//! Stories of rules that hold papers, registries, lists and decisions against one another.
#![allow(clippy::unwrap_used)]

use super::{outcome, severity, stories::Story};
use crate::{
    model::{
        BackgroundCheck, BackgroundSource, FlagVerdict, ListKind, MatchedBy, Outcome, Registration, Review,
        SourceStatus, Status, Verdict,
    },
    triage::{
        RuleOutcome, Severity,
        mrz::tests::passport,
        testing::{at, document, face, finished, information, moment},
    },
};

pub const STORIES: &[Story] = &[
    Story {
        rule: "DOC-09",
        fires: |r| issued(r, "REPÚBLICA DE COLOMBIA", Some(&["Chile", "PER"])),
        severity: Severity::Medium,
        clear: |r| issued(r, "REPÚBLICA DE COLOMBIA", Some(&["Chile", "CO"])),
        not_measured: Some(|r| issued(r, "", Some(&["Chile"]))),
    },
    Story {
        rule: "IDN-06",
        fires: |r| (information(r).gender, document(r).gender) = (Some("M".into()), Some("Femenino".into())),
        severity: Severity::Low,
        clear: |r| (information(r).gender, document(r).gender) = (Some("M".into()), Some("Masculino".into())),
        not_measured: Some(|r| (information(r).gender, document(r).gender) = (Some("M".into()), Some("?".into()))),
    },
    Story {
        rule: "DOC-10",
        fires: |r| zone(r, |text| text.replace("900412", "910412")),
        severity: Severity::High,
        clear: |r| zone(r, |text| text),
        not_measured: Some(|r| zone(r, |text| text[1..].to_owned())),
    },
    Story {
        rule: "IDN-08",
        fires: |r| document(r).registry_status = Some("Cancelada por muerte".to_owned()),
        severity: Severity::Critical,
        clear: |r| document(r).registry_status = Some("VIGENTE".to_owned()),
        not_measured: Some(|r| document(r).registry_status = Some("code 7".to_owned())),
    },
    Story {
        rule: "WL-02",
        fires: |r| listed(r, &[source(ListKind::Sanctions, SourceStatus::Found, Some(0.8))]),
        severity: Severity::Medium,
        clear: |r| listed(r, &[source(ListKind::Sanctions, SourceStatus::Found, Some(0.799))]),
        not_measured: Some(|r| listed(r, &[source(ListKind::Pep, SourceStatus::Error, None)])),
    },
    Story {
        rule: "WL-03",
        fires: |r| listed(r, &[source(ListKind::Blacklist, SourceStatus::Found, None)]),
        severity: Severity::Critical,
        clear: |r| listed(r, &[source(ListKind::Blacklist, SourceStatus::Clear, None)]),
        not_measured: Some(|r| listed(r, &[source(ListKind::Criminal, SourceStatus::Found, None)])),
    },
    Story {
        rule: "BEH-04",
        fires: |r| {
            face(r).score = Some(0.5);
            approved(r, Some(215), None);
        },
        severity: Severity::High,
        clear: |r| {
            face(r).score = Some(0.5);
            approved(r, Some(214), None);
        },
        not_measured: Some(|r| {
            face(r).score = Some(0.5);
            approved(r, None, None);
        }),
    },
];

fn issued(registration: &mut Registration, country: &str, allowed: Option<&[&str]>) {
    document(registration).country = Some(country.to_owned());
    registration.project.allowed_countries = allowed.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
}

/// A zone that fits the print, changed.
fn zone(registration: &mut Registration, change: fn(String) -> String) {
    document(registration).mrz = Some(change(passport("AB123456", "900412", "300101", "")).into());
}

fn source(kind: ListKind, status: SourceStatus, score: Option<f64>) -> BackgroundSource {
    BackgroundSource { kind: Some(kind), score, ..BackgroundSource::new("a list", status) }
}

fn listed(registration: &mut Registration, sources: &[BackgroundSource]) {
    registration.checks.background = Some(BackgroundCheck { requested: moment(300), sources: sources.to_vec() });
}

fn approved(registration: &mut Registration, seconds: Option<i64>, note: Option<&str>) {
    let review = Review::noted(Status::NeedsManualVerification, Status::Completed, note);
    registration.reviews.push(Review { at: seconds.map(at), by: Some("reviewer-1".to_owned()), ..review });
}

fn severity_after(rule: &str, change: impl Fn(&mut Registration)) -> Option<Severity> {
    let mut registration = finished();
    change(&mut registration);
    severity(&outcome(rule, registration))
}

#[test]
fn an_allowed_country_unlike_the_phones_is_a_weak_hint() {
    let with_phone = |country: &str, allowed: Option<&[&str]>, code: &str| {
        severity_after("DOC-09", |r| {
            issued(r, country, allowed);
            r.contact.country_code = Some(code.to_owned());
        })
    };
    assert_eq!(with_phone("CO", Some(&["All"]), "+1"), Some(Severity::Low));
    assert_eq!(with_phone("CO", None, "+1"), Some(Severity::Low));
    assert_eq!(with_phone("CO", Some(&[]), "+57"), None);
    assert_eq!(with_phone("Ruritania", Some(&[]), "+57"), None, "nobody knows which code it has");
    assert_eq!(with_phone("Ruritania", Some(&["Chile"]), "+57"), Some(Severity::Medium));
}

#[test]
fn a_country_that_was_not_read_is_taken_from_the_zone() {
    let from_zone = severity_after("DOC-09", |r| {
        zone(r, |text| text.replace("P<UTO", "P<COL"));
        r.project.allowed_countries = Some(vec!["Chile".to_owned()]);
    });
    assert_eq!(from_zone, Some(Severity::Medium));
    let unnamed = severity_after("DOC-09", |r| issued(r, "RT", Some(&["Chile", "Ruritania"])));
    assert_eq!(unnamed, None, "the one may be the other's code");
    let unknown = severity_after("DOC-09", |r| issued(r, "CO", None));
    assert_eq!(unknown, None, "neither the project nor a phone tells anything");
}

#[test]
fn nationalities_are_compared_where_their_countries_are_known() {
    let of = |typed: &str, printed: &str, registered: &str| {
        severity_after("IDN-06", |r| {
            information(r).nationality = Some(typed.to_owned());
            document(r).nationality = Some(printed.to_owned());
            document(r).registry_nationality = Some(registered.to_owned());
        })
    };
    assert_eq!(of("Colombia", "COL", "co"), None);
    assert_eq!(of("Colombia", "COL", "Chile"), Some(Severity::Low));
    assert_eq!(of("paisa", "COL", "nobody knows"), None);
}

#[test]
fn a_zone_that_one_misread_letter_explains_is_a_weak_hint() {
    let of = |change: fn(String) -> String| severity_after("DOC-10", |r| zone(r, change));
    assert_eq!(of(|text| text.replace("300101", "3O0101")), Some(Severity::Low));
    assert_eq!(of(|text| text.replace("300101", "3OO101")), Some(Severity::High));
}

#[test]
fn a_zone_that_agrees_with_itself_and_not_with_the_print_is_caught() {
    let printed = |number: &str| {
        severity_after("DOC-10", |r| {
            zone(r, |text| text);
            document(r).number = Some(number.into());
        })
    };
    assert_eq!(printed("ab-123 456"), None, "separators and case aside");
    assert_eq!(printed("A8123456"), Some(Severity::Low), "B and 8 look alike");
    assert_eq!(printed("AB123457"), Some(Severity::High));
    let born = severity_after("DOC-10", |r| {
        zone(r, |text| text);
        document(r).birth_date = "1990-04-13".parse().ok();
    });
    assert_eq!(born, Some(Severity::High));
}

#[test]
fn the_holders_own_number_in_print_is_no_contradiction_if_the_zone_has_it_too() {
    let with_personal = |printed: &str| {
        severity_after("DOC-10", |r| {
            document(r).mrz = Some(passport("AB123456", "900412", "300101", "1020304050").into());
            document(r).number = Some(printed.into());
        })
    };
    assert_eq!(with_personal("10.203.040-50"), None);
    assert_eq!(with_personal("99.203.040-50"), Some(Severity::High));
}

#[test]
fn registries_are_understood_with_their_negations() {
    let of = |word: &str| severity_after("IDN-08", |r| document(r).registry_status = Some(word.to_owned()));
    for bad in ["Fallecido", "DECEASED", "cancelled", "No vigente", "Anulada", "document revoked"] {
        assert_eq!(of(bad), Some(Severity::Critical), "{bad}");
    }
    for good in ["Vigente con pérdida de derechos políticos", "active", "not cancelled", "alive", "pending"] {
        assert_eq!(of(good), None, "{good}");
    }
}

#[test]
fn a_match_weighs_by_what_it_rests_on() {
    let of = |status: SourceStatus, score: Option<f64>, by: Option<MatchedBy>| {
        let listed_by = BackgroundSource { matched_by: by, ..source(ListKind::Pep, status, score) };
        severity_after("WL-02", |r| listed(r, std::slice::from_ref(&listed_by)))
    };
    assert_eq!(of(SourceStatus::Found, Some(0.5), Some(MatchedBy::DocumentNumber)), Some(Severity::Critical));
    assert_eq!(of(SourceStatus::Found, Some(0.9), Some(MatchedBy::Name)), Some(Severity::High));
    assert_eq!(of(SourceStatus::Found, None, None), Some(Severity::High), "no score told");
    assert_eq!(of(SourceStatus::Clear, Some(0.85), None), Some(Severity::Medium), "the list draws its line elsewhere");
    assert_eq!(of(SourceStatus::Clear, None, None), None);
}

#[test]
fn each_kind_of_list_has_one_rule_and_a_record_found_by_name_alone_is_less_sure() {
    let sanctioned = |r: &mut Registration| listed(r, &[source(ListKind::Sanctions, SourceStatus::Found, None)]);
    assert_eq!(severity_after("WL-01", sanctioned), None);
    let by_name = |r: &mut Registration| {
        let namesake = BackgroundSource {
            matched_by: Some(MatchedBy::Name),
            ..source(ListKind::Criminal, SourceStatus::Found, None)
        };
        listed(r, &[namesake]);
    };
    assert_eq!(severity_after("WL-01", by_name), Some(Severity::High));
    let one_silent = |r: &mut Registration| {
        listed(
            r,
            &[source(ListKind::Pep, SourceStatus::Clear, None), source(ListKind::Pep, SourceStatus::Error, None)],
        );
    };
    let mut registration = finished();
    one_silent(&mut registration);
    assert_eq!(outcome("WL-02", registration), RuleOutcome::NotMeasured, "one list did not answer");
}

#[test]
fn an_approval_is_held_against_what_could_be_seen_then_and_a_written_reason_softens_it() {
    let over = |change: fn(&mut Registration)| {
        severity_after("BEH-04", |r| {
            face(r).score = Some(0.5);
            change(r);
        })
    };
    assert_eq!(over(|r| approved(r, Some(900), Some("[exception_approved]"))), Some(Severity::High), "a code alone");
    assert_eq!(over(|r| approved(r, Some(900), Some("[exception_approved] Seen in person."))), Some(Severity::Low));
    assert_eq!(over(|_| {}), None, "nobody decided");
    let taken_back = over(|r| {
        approved(r, Some(900), None);
        r.reviews.push(Review::noted(Status::Completed, Status::NeedsManualVerification, None));
        r.status = Status::NeedsManualVerification;
    });
    assert_eq!(taken_back, None);
    let mild = severity_after("BEH-04", |r| {
        face(r).score = Some(0.8);
        approved(r, Some(900), None);
    });
    assert_eq!(mild, None, "high is not critical");
}

#[test]
fn a_flag_that_was_called_a_false_alarm_before_the_approval_was_not_open() {
    let judged = |verdict: Verdict, seconds: i64| {
        severity_after("BEH-04", |r| {
            document(r).authenticity = Some(Outcome::Failed);
            approved(r, Some(900), None);
            let by = "reviewer-1".to_owned();
            r.desk.verdicts.push(FlagVerdict { rule: "DOC-05".to_owned(), verdict, by, at: at(seconds) });
        })
    };
    assert_eq!(judged(Verdict::Wrong, 899), None);
    assert_eq!(judged(Verdict::Wrong, 901), Some(Severity::High));
    assert_eq!(judged(Verdict::Right, 899), Some(Severity::High));
}
