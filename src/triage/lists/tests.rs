#![allow(clippy::unwrap_used)]
use super::{ListName, Lists, PhoneFault, entry, phones};

fn lists(list: ListName, text: &str) -> Lists {
    let mut lists = Lists::default();
    lists.extend(list, text).unwrap();
    lists
}

#[test]
fn every_line_of_the_built_in_lists_is_read() {
    for list in ListName::ALL {
        assert_eq!(Lists(std::sync::Arc::default()).extend(*list, list.built_in()), Ok(()), "{}", list.as_str());
        assert!(Lists::default().count(*list) > 0, "{}", list.as_str());
    }
}

#[test]
fn no_domain_is_both_thrown_away_and_kept() {
    let lists = Lists::default();
    for provider in entry::read_all(ListName::MailProviders.built_in(), entry::domain).unwrap() {
        assert!(!lists.is_disposable(&provider), "{provider}");
        assert_eq!(lists.mistyped(&provider, 1), None, "{provider}");
    }
    for relay in entry::read_all(ListName::MailRelays.built_in(), entry::domain).unwrap() {
        assert!(!lists.0.disposable.covers(&relay), "{relay}");
    }
}

#[test]
fn every_country_has_its_phone_numbers() {
    let lists = Lists::default();
    for line in include_str!("../../../assets/countries.txt").lines().filter(|line| !line.starts_with('#')) {
        let code = line.split_whitespace().nth(2).unwrap();
        assert_ne!(lists.phone_fault(code, "1"), Some(PhoneFault::UnknownCode), "{line}");
    }
}

#[test]
fn a_list_that_is_added_stands_beside_the_built_in_one() {
    let mine = lists(ListName::DisposableMail, "# mine\n\nFugaz.example  # seen in May\n");
    assert!(mine.is_disposable("fugaz.example") && mine.is_disposable("desechable.example"));
    assert!(!Lists::default().is_disposable("fugaz.example"), "the built-in ones stay what they are");
    assert_ne!(mine, Lists::default());
}

#[test]
fn a_relay_is_never_disposable() {
    assert!(!lists(ListName::MailRelays, "desechable.example").is_disposable("desechable.example"));
}

#[test]
fn a_domain_that_is_named_well_known_is_no_slip_any_more() {
    assert_eq!(Lists::default().mistyped("coreo.example", 5), Some("correo.example"));
    assert_eq!(lists(ListName::MailProviders, "coreo.example").mistyped("coreo.example", 5), None);
    assert_eq!(lists(ListName::DisposableMail, "coreo.example").mistyped("coreo.example", 5), None);
}

#[test]
fn whether_an_address_is_anonymous_is_only_known_with_a_list_of_real_networks() {
    let known = |lists: &Lists, address: &str| lists.is_anonymous(address.parse().unwrap());
    let (built_in, mine) = (Lists::default(), lists(ListName::AnonymousNetworks, "192.88.99.0/24"));
    assert_eq!(known(&built_in, "192.88.99.1"), None);
    assert_eq!(known(&built_in, "203.0.113.1"), Some(false), "invented people are known");
    assert_eq!(known(&built_in, "2001:db8:4e4c:ffff::1"), Some(true));
    assert_eq!(known(&mine, "192.88.99.1"), Some(true));
    assert_eq!(known(&mine, "192.88.98.1"), Some(false));
}

#[test]
fn countries_of_networks_are_read_with_blanks_or_commas() {
    let mine = lists(ListName::NetworkCountries, "192.88.99.0/24,co\n192.88.99.7\tMX\r\n");
    assert_eq!(mine.country_of("192.88.99.1".parse().unwrap()), Some("CO"));
    assert_eq!(mine.country_of("192.88.99.7".parse().unwrap()), Some("MX"));
    assert_eq!(mine.country_of("192.88.98.1".parse().unwrap()), None);
}

#[test]
fn lines_that_cannot_be_read_are_told_and_nothing_is_added() {
    let cases: &[(ListName, &str)] = &[
        (ListName::DisposableMail, "someone@mail.example"),
        (ListName::MailRelays, "example"),
        (ListName::MailProviders, "mail..example"),
        (ListName::AutomatedClients, "moz"),
        (ListName::NetworkCountries, "203.0.113.0/24"),
        (ListName::NetworkCountries, "203.0.113.0/24 COL"),
        (ListName::NetworkCountries, "203.0.113.0/24 QQ"),
        (ListName::NetworkCountries, "203.0.113.0/33 CO"),
        (ListName::AnonymousNetworks, "0.0.0.0/0"),
        (ListName::AnonymousNetworks, "exit.example"),
        (ListName::PhoneNumbers, "57"),
        (ListName::PhoneNumbers, "57 10-7"),
        (ListName::PhoneNumbers, "57 14"),
        (ListName::PhoneNumbers, "5700 8"),
        (ListName::PhoneNumbers, "57 10 a-z"),
    ];
    for (list, line) in cases {
        let mut lists = Lists::default();
        let mistakes = lists.extend(*list, &format!("# one\n\n{line}\n")).unwrap_err();
        assert_eq!(mistakes.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3], "{line}");
        assert_eq!(lists, Lists::default(), "{line}");
    }
}

#[test]
fn a_phone_number_is_as_long_as_its_country_has_them() {
    let fault = |code: &str, number: &str| Lists::default().phone_fault(code, number);
    assert_eq!(fault("57", "3001234567"), None);
    assert_eq!(fault("57", "300123456"), Some(PhoneFault::Length(10..=10)));
    assert_eq!(fault("1", "2025550143"), None, "reserved for fiction, but possible");
    assert_eq!(fault("1", "1025550143"), Some(PhoneFault::FirstDigit('2'..='9')));
    assert_eq!(fault("44", "07700900123"), None, "with the zero that is dialled at home");
    assert_eq!(fault("999", "12345678"), Some(PhoneFault::UnknownCode));
}

#[test]
fn a_line_of_the_house_replaces_the_lengths_of_a_calling_code() {
    assert_eq!(lists(ListName::PhoneNumbers, "+57 9-10").phone_fault("57", "300123456"), None);
    assert!(phones::entry("1 10 2-9").is_ok());
}
