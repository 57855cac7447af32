//! Stories about contacts, devices and places: where people say they are, and where they come from.

use super::{
    RuleOutcome, Severity, evaluate, outcome, outcome_at, rule, severity,
    single::changed,
    stories::{Change, Story},
};
use crate::{
    model::{Basis, Moment, Registration},
    triage::{
        Context, LinkIndex, ListName, Policy,
        testing::{at, derived, document, email, finished, information, liveness, moment, phone, stranger},
    },
};

/// Documentation networks with a country, and one that hides where it is.
const COLOMBIA: &str = "2001:db8:434f::7";
const MEXICO: &str = "2001:db8:4d58::7";
const HIDDEN: &str = "2001:db8:4e4c:ffff::7";
/// An address of which no list knows anything.
const UNKNOWN: &str = "192.88.99.7";

const DESKTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36";
const PIXEL: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile";
const GALAXY: &str = "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 Chrome/136.0.0.0 Mobile";

fn writes_from(registration: &mut Registration, address: &str) {
    registration.contact.email = Some(address.into());
}

fn is_called(registration: &mut Registration, code: &str, phone: &str) {
    registration.contact.country_code = Some(code.to_owned());
    registration.contact.phone = Some(phone.into());
}

/// The countries of phone, document and address.
fn is_from(registration: &mut Registration, code: Option<&str>, country: &str, ip: &str) {
    registration.contact.country_code = code.map(str::to_owned);
    document(registration).country = Some(country.to_owned());
    information(registration).ip = Some(ip.to_owned());
}

/// The devices of form and selfie.
fn uses(registration: &mut Registration, first: &str, then: &str) {
    information(registration).user_agent = Some(first.to_owned());
    liveness(registration).user_agent = Some(then.to_owned());
}

/// The addresses of form and selfie.
fn moves(registration: &mut Registration, first: &str, then: &str) {
    information(registration).ip = Some(first.to_owned());
    liveness(registration).ip = Some(then.to_owned());
}

/// The selfie so many seconds after the form, from another device.
fn resumes(registration: &mut Registration, pause: i64) {
    uses(registration, DESKTOP, PIXEL);
    information(registration).submitted = moment(60);
    liveness(registration).created = moment(60 + pause);
}

pub const STORIES: &[Story] = &[
    Story {
        rule: "CON-01",
        fires: |r| writes_from(r, "Alba@sub.Desechable.example"),
        severity: Severity::Medium,
        clear: |r| writes_from(r, "k3x9@privaterelay.appleid.com"),
        not_measured: Some(|r| r.contact.email = None),
    },
    Story {
        rule: "CON-02",
        fires: |r| writes_from(r, "zq90417@example.com"),
        severity: Severity::Low,
        clear: |r| writes_from(r, "zq9041@example.com"),
        not_measured: Some(|r| {
            writes_from(r, "zq90417@example.com");
            r.contact.full_name = Some("王小明".into());
        }),
    },
    Story {
        rule: "CON-03",
        fires: |r| writes_from(r, "alba@coreo.example"),
        severity: Severity::Low,
        clear: |r| writes_from(r, "alba@core.example"),
        not_measured: Some(|r| writes_from(r, "alba")),
    },
    Story {
        rule: "CON-04",
        fires: |r| is_from(r, Some("+57"), "Colombia", MEXICO),
        severity: Severity::Low,
        clear: |r| is_from(r, Some("+57"), "REPÚBLICA DE COLOMBIA", COLOMBIA),
        not_measured: Some(|r| is_from(r, None, "Colombia", UNKNOWN)),
    },
    Story {
        rule: "CON-05",
        fires: |r| is_called(r, "+57", "300123456"),
        severity: Severity::Medium,
        clear: |r| is_called(r, "+57", "300 123-4567"),
        not_measured: Some(|r| is_called(r, "+57", "300****567")),
    },
    Story {
        rule: "DEV-03",
        fires: |r| is_from(r, None, "Colombia", MEXICO),
        severity: Severity::Low,
        clear: |r| is_from(r, None, "Colombia", COLOMBIA),
        not_measured: Some(|r| is_from(r, None, "Colombia", UNKNOWN)),
    },
    Story {
        rule: "DEV-04",
        fires: |r| uses(r, PIXEL, GALAXY),
        severity: Severity::Low,
        clear: |r| {
            uses(r, DESKTOP, PIXEL);
            moves(r, "203.0.113.7", "198.51.100.4");
        },
        not_measured: Some(|r| information(r).user_agent = None),
    },
    Story {
        rule: "DEV-05",
        fires: |r| moves(r, "203.0.113.7", HIDDEN),
        severity: Severity::Low,
        clear: |r| moves(r, "203.0.113.7", "2001:db8:4e4c:fffe::7"),
        not_measured: Some(|r| moves(r, "203.0.113.7", UNKNOWN)),
    },
    Story {
        rule: "DEV-06",
        fires: |r| {
            r.contact.language = Some("de".to_owned());
            document(r).country = Some("Colombia".to_owned());
        },
        severity: Severity::Low,
        clear: |r| {
            r.contact.language = Some("de".to_owned());
            information(r).country = Some("Suiza".to_owned());
            document(r).country = Some("Colombia".to_owned());
        },
        not_measured: Some(|r| {
            r.contact.language = Some("en-US".to_owned());
            document(r).country = Some("Colombia".to_owned());
        }),
    },
    Story {
        rule: "BEH-03",
        fires: |r| resumes(r, 86_401),
        severity: Severity::Medium,
        clear: |r| resumes(r, 86_400),
        not_measured: Some(|r| {
            resumes(r, 86_401);
            liveness(r).created = Some(Moment::new(at(90_000), Basis::Updated));
        }),
    },
];

#[test]
fn severity_grows_with_what_else_is_seen() {
    let cases: &[(&str, Change, Severity)] = &[
        ("CON-04", |r| is_from(r, Some("+34"), "Colombia", MEXICO), Severity::Medium),
        ("DEV-03", |r| is_from(r, None, "Colombia", HIDDEN), Severity::Medium),
        ("DEV-04", |r| moves(r, COLOMBIA, MEXICO), Severity::Medium),
        (
            "DEV-04",
            |r| {
                uses(r, DESKTOP, PIXEL);
                moves(r, COLOMBIA, MEXICO);
            },
            Severity::Medium,
        ),
        (
            "DEV-05",
            |r| {
                moves(r, HIDDEN, HIDDEN);
                information(r).user_agent = Some("curl/8.4".to_owned());
            },
            Severity::Medium,
        ),
    ];
    for (rule, change, expected) in cases {
        let seen = outcome(rule, changed(*change));
        assert_eq!(severity(&seen), Some(*expected), "{rule}: {seen:?}");
    }
}

/// Cases that a rule must not fire on.
fn assert_silent(rule: &str, expected: &RuleOutcome, cases: &[Change]) {
    for (case, change) in cases.iter().enumerate() {
        assert_eq!(outcome(rule, changed(*change)), *expected, "{rule}, case {case}");
    }
}

#[test]
fn someone_who_came_with_a_phone_has_no_mailbox_to_judge_and_the_other_way_round() {
    for rule in ["CON-01", "CON-02", "CON-03"] {
        let by_phone: Change = |r| {
            r.contact.email = None;
            is_called(r, "+1", "2025550143");
        };
        assert_silent(rule, &RuleOutcome::NotApplicable, &[by_phone]);
    }
    assert_silent("CON-05", &RuleOutcome::NotApplicable, &[|_| {}]);
}

#[test]
fn an_address_by_chance_is_machine_like_without_digits_too() {
    let seen = outcome("CON-02", changed(|r| writes_from(r, "xqzvkwpyjthgdf@example.com")));
    assert_eq!(severity(&seen), Some(Severity::Low), "{seen:?}");
    assert_silent("CON-02", &RuleOutcome::Clear, &[|r| writes_from(r, "alba19900412@example.com")]);
}

#[test]
fn a_machine_like_address_within_a_series_is_worse() {
    let mut known = [finished(), stranger("b"), stranger("c")];
    for (person, address) in known.iter_mut().zip(["zq90417", "zq90418", "zq90419"]) {
        writes_from(person, &format!("{address}@example.com"));
    }
    assert_eq!(severity(&outcome_at(1_000, "CON-02", &known)), Some(Severity::Medium));
    assert_eq!(severity(&outcome_at(1_000, "CON-02", &known[..2])), Some(Severity::Low), "two are no series");
}

#[test]
fn numbers_kept_for_fiction_are_possible_and_what_nobody_can_have_is_not() {
    assert_silent(
        "CON-05",
        &RuleOutcome::Clear,
        &[
            |r| is_called(r, "+1", "2025550143"),
            |r| is_called(r, "44", "07700900123"),
            |r| is_called(r, "+33", "639980123"),
            |r| is_called(r, "+49", "17604069012"),
            |r| is_called(r, "+61", "491570006"),
            |r| is_called(r, "+1809", "5550143"),
            |r| r.contact.phone = Some("+57 300 123 4567".into()),
        ],
    );
    let impossible: &[(Change, &str)] = &[
        (|r| is_called(r, "+999", "3001234567"), "contact.countryCode"),
        (|r| is_called(r, "+1", "0025550143"), "contact.phone"),
        (|r| is_called(r, "+57", "3OO1234567"), "contact.phone"),
        (|r| r.contact.phone = Some("+57 300 123".into()), "contact.phone"),
    ];
    for (change, path) in impossible {
        match outcome("CON-05", changed(*change)) {
            RuleOutcome::Fires(finding) => assert_eq!(finding.path, *path),
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[test]
fn a_calling_code_of_many_countries_fits_each_of_them() {
    assert_silent(
        "CON-04",
        &RuleOutcome::Clear,
        &[
            |r| is_from(r, Some("+1"), "República Dominicana", UNKNOWN),
            |r| is_from(r, Some("+1"), "CAN", UNKNOWN),
            |r| is_from(r, Some("+7"), "Kazajistán", UNKNOWN),
        ],
    );
    assert_silent("CON-04", &RuleOutcome::NotMeasured, &[|r| is_from(r, Some("+57"), "Ruritania", UNKNOWN)]);
}

#[test]
fn one_handoff_to_the_phone_is_normal_and_going_back_is_not() {
    assert_silent(
        "DEV-04",
        &RuleOutcome::Clear,
        &[
            |r| uses(r, DESKTOP, PIXEL),
            |r| uses(r, PIXEL, &PIXEL.replace("Chrome/137", "Chrome/140")),
            |r| moves(r, "2001:db8:1:2::7", "2001:db8:1:2:aaaa::8"),
            |r| {
                information(r).user_agent = Some(DESKTOP.to_owned());
                liveness(r).os = Some("ANDROID".to_owned());
            },
        ],
    );
    // A home has addresses of both families at once.
    assert_silent("DEV-04", &RuleOutcome::NotMeasured, &[|r| moves(r, "203.0.113.7", "2001:db8:1:2::7")]);
    let changes: &[Change] = &[
        |r| uses(r, PIXEL, DESKTOP),
        |r| moves(r, "203.0.113.7", "203.0.113.8"),
        |r| {
            uses(r, DESKTOP, PIXEL);
            document(r).user_agent = Some(GALAXY.to_owned());
        },
        |r| {
            moves(r, "203.0.113.7", "203.0.113.7");
            (email(r).ip, phone(r).ip) = (Some("198.51.100.4".to_owned()), None);
        },
    ];
    for change in changes {
        let seen = outcome("DEV-04", changed(*change));
        assert_eq!(severity(&seen), Some(Severity::Low), "{seen:?}");
    }
}

#[test]
fn a_pause_on_one_device_or_on_another_network_is_no_forwarded_link() {
    assert_silent(
        "BEH-03",
        &RuleOutcome::Clear,
        &[|r| {
            resumes(r, 200_000);
            liveness(r).user_agent = Some(DESKTOP.to_owned());
            moves(r, "203.0.113.7", "198.51.100.4");
        }],
    );
}

#[test]
fn the_language_of_an_old_client_counts_too() {
    let seen = outcome(
        "DEV-06",
        changed(|r| {
            document(r).country = Some("CO".to_owned());
            information(r).user_agent = Some("Mozilla/5.0 (Linux; U; Android 4.4; zh_CN; K)".to_owned());
        }),
    );
    match seen {
        RuleOutcome::Fires(finding) => assert_eq!(finding.path, "evidence.information.userAgent"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_and_numbers_of_the_house_count() {
    let mut policy = Policy::default();
    policy.lists.extend(ListName::DisposableMail, "fugaz.example").unwrap();
    policy.lists.extend(ListName::AutomatedClients, "botkit").unwrap();
    policy.lists.extend(ListName::AnonymousNetworks, "192.88.99.0/28").unwrap();
    policy.lists.extend(ListName::NetworkCountries, "192.88.99.0/24 MX").unwrap();
    let adjustment = crate::triage::RuleAdjustment {
        numbers: [("changes".to_owned(), 2.0)].into(),
        ..crate::triage::RuleAdjustment::default()
    };
    policy.everywhere.rules.insert("DEV-04".to_owned(), adjustment);
    let says = |id: &str, change: Change| {
        let registration = derived(changed(change));
        let mut links = LinkIndex::default();
        links.insert(&registration);
        let context = Context { policy: &policy, ..Context::new(&links, at(1_000)) };
        evaluate(rule(id).unwrap(), &registration, context)
    };
    assert_eq!(severity(&says("CON-01", |r| writes_from(r, "alba@fugaz.example"))), Some(Severity::Medium));
    assert_eq!(severity(&says("DEV-01", |r| uses(r, PIXEL, "BotKit/2"))), Some(Severity::High));
    assert_eq!(severity(&says("DEV-03", |r| is_from(r, None, "CO", UNKNOWN))), Some(Severity::Medium));
    assert_eq!(says("DEV-05", |r| information(r).ip = Some("192.88.99.200".to_owned())), RuleOutcome::Clear);
    assert_eq!(says("DEV-04", |r| uses(r, PIXEL, GALAXY)), RuleOutcome::Clear);
}
