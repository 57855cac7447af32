#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::{CROWDED_ADDRESS, Link, LinkIndex, LinkKind};
use crate::{
    model::{Registration, RegistrationId},
    triage::testing::{document, information, liveness, named},
};

fn index_of(registrations: &[Registration]) -> LinkIndex {
    let mut index = LinkIndex::default();
    for registration in registrations {
        index.insert(registration);
    }
    index
}

fn ids(names: &[&str]) -> Vec<RegistrationId> {
    names.iter().map(|name| RegistrationId::new(*name)).collect()
}

fn with_email(id: &str, email: &str) -> Registration {
    let mut registration = named(id);
    registration.contact.email = Some(email.into());
    registration
}

#[test]
fn a_link_names_all_that_is_shared_strongest_first() {
    let mut left = with_email("a", "alba+one@example.com");
    let mut right = with_email("b", "ALBA@example.com");
    document(&mut left).number = Some("AB-123456".into());
    document(&mut right).number = Some("ab 123 456".into());
    let index = index_of(&[left, right]);
    let expected = Link { id: RegistrationId::new("b"), via: vec![LinkKind::Document, LinkKind::Email] };
    assert_eq!(index.links_of(&"a".into()), [expected]);
}

#[test]
fn strong_ties_stand_before_weak_ones() {
    let mut center = with_email("a", "alba@example.com");
    information(&mut center).ip = Some("203.0.113.9".into());
    let mut neighbour = named("b");
    information(&mut neighbour).ip = Some("203.0.113.9".into());
    let index = index_of(&[center, neighbour, with_email("c", "alba@example.com")]);
    let order: Vec<_> = index.links_of(&"a".into()).into_iter().map(|link| link.id).collect();
    assert_eq!(order, ids(&["c", "b"]));
}

#[test]
fn replacing_and_removing_forget_what_was_shared() {
    let mut index = index_of(&[with_email("a", "x@example.com"), with_email("b", "x@example.com")]);
    let touched = index.update(&with_email("b", "y@example.com"));
    assert!(touched.contains(&"a".into()), "the one left behind is judged anew");
    assert!(index.links_of(&"a".into()).is_empty());
    index.update(&with_email("b", "x@example.com"));
    index.remove(&"b".into());
    assert!(index.links_of(&"a".into()).is_empty());
    assert!(index.ring_of(&"b".into()).is_empty());
}

#[test]
fn an_update_that_shares_nothing_new_touches_nobody() {
    let mut index = index_of(&[with_email("a", "x@example.com"), with_email("b", "x@example.com")]);
    let mut again = with_email("b", "x@example.com");
    again.version = 7;
    assert!(index.update(&again).is_empty());
}

#[test]
fn a_crowded_address_links_nobody() {
    let people: Vec<Registration> = (0..=CROWDED_ADDRESS)
        .map(|number| {
            let mut registration = named(&format!("r{number:03}"));
            information(&mut registration).ip = Some("198.51.100.1".into());
            registration
        })
        .collect();
    let mut index = index_of(people.split_last().unwrap().1);
    assert_eq!(index.links_of(&"r000".into()).len(), CROWDED_ADDRESS - 1);
    let touched = index.update(people.last().unwrap());
    assert_eq!(touched.len(), CROWDED_ADDRESS, "all lose their links and are judged anew");
    assert!(index.links_of(&"r000".into()).is_empty());
}

#[test]
fn a_value_held_by_very_many_stays_cheap_to_read() {
    let people: Vec<Registration> =
        (0..1_500).map(|number| with_email(&format!("r{number:04}"), "shared@example.com")).collect();
    let index = index_of(&people);
    assert_eq!(index.links_of(&"r1499".into()).len(), 100);
    assert_eq!(index.ring_of(&"r1499".into()).len(), 500);
}

#[test]
fn a_ring_follows_strong_ties_over_others_but_not_addresses() {
    let mut first = with_email("a", "x@example.com");
    information(&mut first).ip = Some("203.0.113.5".into());
    let mut second = with_email("b", "x@example.com");
    liveness(&mut second).person = Some("person-1".into());
    let mut third = named("c");
    liveness(&mut third).person = Some("person-1".into());
    let mut outsider = named("d");
    information(&mut outsider).ip = Some("203.0.113.5".into());
    let index = index_of(&[third, outsider, first, second]);
    assert_eq!(index.ring_of(&"a".into()), ids(&["a", "b", "c"]));
}

#[test]
fn nothing_personal_shows_in_debug_output() {
    let mut registration = with_email("a", "alba@example.com");
    registration.contact.full_name = Some("Alba Muestra".into());
    let printed = format!("{:?}", index_of(&[registration]));
    assert!(!printed.to_lowercase().contains("alba"), "{printed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn links_do_not_depend_on_the_order_of_insertion(emails in prop::collection::vec(0u8..6, 2..16), rotation in 0usize..16) {
        let people: Vec<Registration> = emails
            .iter()
            .enumerate()
            .map(|(number, email)| with_email(&format!("r{number}"), &format!("p{email}@example.com")))
            .collect();
        let mut turned = people.clone();
        turned.rotate_left(rotation % people.len());
        turned.reverse();
        let (left, right) = (index_of(&people), index_of(&turned));
        for person in &people {
            prop_assert_eq!(left.links_of(&person.id), right.links_of(&person.id));
            prop_assert_eq!(left.ring_of(&person.id), right.ring_of(&person.id));
        }
    }
}
