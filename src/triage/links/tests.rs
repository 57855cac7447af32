#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{CROWDED_ADDRESS, Link, LinkIndex, LinkKind};
use crate::{
    model::{Registration, RegistrationId},
    triage::{
        Context, Judgement, judge,
        testing::{at, document, information, liveness, named, stranger},
    },
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
    assert!(touched.contains(&RegistrationId::new("a")), "the one left behind is judged anew");
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

/// Very many with one e-mail address, a second apart.
fn crowd() -> Vec<Registration> {
    let person = |number: i64| Registration {
        created_at: at(number),
        ..with_email(&format!("r{number:04}"), "shared@example.com")
    };
    (0..1_500).map(person).collect()
}

#[test]
fn a_value_held_by_very_many_stays_cheap_to_read() {
    let people = crowd();
    let index = index_of(&people);
    assert_eq!(index.links_of(&"r0700".into()).len(), 50, "25 on each side");
    assert_eq!(index.links_of(&"r1499".into()).len(), 25);
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
fn a_ring_of_many_is_counted_roughly_and_a_crowd_of_one_person_is_none() {
    let ring = |people: &[Registration]| {
        let ring = index_of(people).ring_size(&"r0000".into());
        ring.map(|ring| (ring.people, ring.registrations.to_string()))
    };
    let crowd: Vec<Registration> =
        (0..300).map(|number| with_email(&format!("r{number:04}"), "shared@example.com")).collect();
    assert_eq!(ring(&crowd), None, "nobody knows who they are");
    let names = ["Alba Muestra", "Carlos Prueba", "Ngozi Ejemplo", "Wilhelmina Zander"];
    let of = |count: usize| {
        let mut people = crowd[..count].to_vec();
        for (person, name) in people.iter_mut().zip(names.iter().cycle()) {
            person.contact.full_name = Some((*name).into());
        }
        people
    };
    assert_eq!(ring(&of(3)), Some((3, "3".to_owned())));
    assert_eq!(ring(&of(300)), Some((4, "200 or more".to_owned())));
}

#[test]
fn a_ring_falls_apart_when_the_one_who_joins_it_leaves() {
    let mut bridge = with_email("b", "left@example.com");
    liveness(&mut bridge).person = Some("right".into());
    let mut right = named("c");
    liveness(&mut right).person = Some("right".into());
    let mut index = index_of(&[with_email("a", "left@example.com"), bridge.clone(), right]);
    assert_eq!(index.ring_of(&"a".into()), ids(&["a", "b", "c"]));
    bridge.contact.email = None;
    index.update(&bridge);
    assert_eq!(index.ring_of(&"a".into()), ids(&["a"]));
    assert_eq!(index.ring_of(&"c".into()), ids(&["b", "c"]));
    index.remove(&"b".into());
    assert_eq!(index.ring_of(&"c".into()), ids(&["c"]));
}

#[test]
fn a_newcomer_in_a_crowd_touches_no_more_than_the_nearest() {
    let people = crowd();
    let mut index = index_of(&people);
    let mut newcomer = with_email("new", "shared@example.com");
    newcomer.created_at = at(700);
    let touched = index.update(&newcomer);
    assert_eq!(touched.len(), 50);
    assert!(touched.contains(&RegistrationId::new("r0700")) && !touched.contains(&RegistrationId::new("r0000")));
}

#[test]
fn a_burst_that_grows_is_told_to_all_of_it_now_and_then() {
    let person = |id: &str, second: i64| {
        let mut person = named(id);
        person.created_at = at(second);
        person
    };
    let mut index = index_of(&[person("first", -30 * 86_400)]);
    let told: Vec<usize> =
        (0..30).map(|number| index.update(&person(&format!("r{number:02}"), number)).len()).collect();
    let expected: Vec<usize> = (0..30).map(|size| if matches!(size, 4..10 | 19) { size } else { 0 }).collect();
    assert_eq!(told, expected);
    let earlier = person("earlier", 5 - 7 * 86_400);
    assert_eq!(index.update(&earlier).len(), 0, "one more earlier does not make the burst another one");
    assert_eq!(index.remove(&"first".into()).len(), 30, "nothing is usual any longer");
}

#[test]
fn nothing_personal_shows_in_debug_output() {
    let mut registration = with_email("a", "alba@example.com");
    registration.contact.full_name = Some("Alba Muestra".into());
    let printed = format!("{:?}", index_of(&[registration]));
    assert!(!printed.to_lowercase().contains("alba"), "{printed}");
}

/// A registration with a few values of which many are shared.
fn anybody(id: u8, (email, device, number, second): (u8, u8, u8, i64)) -> Registration {
    let mut person = stranger(&format!("r{id}"));
    person.contact.email = Some(format!("p{email}@example.com").into());
    person.contact.phone = Some(format!("+1202555010{number}").into());
    person.contact.full_name = Some(["Alba Muestra", "Carlos Prueba", "Ngozi Ejemplo"][usize::from(email) % 3].into());
    information(&mut person).device_id = (device < 4).then(|| format!("device-{device}"));
    document(&mut person).number = Some(format!("NR-{}", u32::from(number) * 123_457).into());
    person.created_at = at(second);
    person
}

fn values() -> impl Strategy<Value = (u8, u8, u8, i64)> {
    (0u8..12, 0u8..8, 0u8..9, prop_oneof![0i64..600, -2_000_000i64..0])
}

/// All that the index tells of someone.
fn told(index: &LinkIndex, id: &RegistrationId) -> impl PartialEq + std::fmt::Debug + use<> {
    let addresses: Vec<Vec<_>> = index
        .at_its_addresses(id)
        .into_iter()
        .map(|others| others.into_iter().map(|other| other.id).collect())
        .collect();
    let series: Vec<_> =
        index.series(id).into_iter().map(|(kind, ids)| (kind, ids.into_iter().cloned().collect::<Vec<_>>())).collect();
    (index.links_of(id), index.ring_of(id), index.ring_size(id), index.pace(id), series, addresses)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_told_after_changes_and_removals_is_what_is_told_of_those_who_are_left(
        steps in prop::collection::vec((0u8..10, prop::option::weighted(0.85, values())), 1..30),
    ) {
        let mut index = LinkIndex::default();
        let mut left: BTreeMap<RegistrationId, Registration> = BTreeMap::new();
        let mut judgements: BTreeMap<RegistrationId, Judgement> = BTreeMap::new();
        for (id, values) in steps {
            let touched = if let Some(person) = values.map(|values| anybody(id, values)) {
                left.insert(person.id.clone(), person.clone());
                index.update(&person)
            } else {
                left.remove(&RegistrationId::new(format!("r{id}")));
                index.remove(&format!("r{id}").as_str().into())
            };
            let now = left.values().map(|person| (person.id.clone(), judge(person, Context::new(&index, at(1_000)))));
            let now: BTreeMap<_, _> = now.collect();
            for (other, before) in judgements.iter().filter(|(other, _)| **other != RegistrationId::new(format!("r{id}"))) {
                prop_assert!(now[other] == *before || touched.contains(other), "{other} is judged differently, untold");
            }
            judgements = now;
        }
        let fresh = index_of(&left.values().rev().cloned().collect::<Vec<_>>());
        for id in left.keys() {
            prop_assert_eq!(told(&index, id), told(&fresh, id));
        }
    }

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
