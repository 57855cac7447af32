#![allow(clippy::unwrap_used)]
mod time;

use std::sync::Arc;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Index, Query, Sort, SortField};
use crate::{
    model::{Moment, Registration, RegistrationId, Status, StepKind},
    triage::testing::{
        at, begun, coded, derived, document, face, finished, hours_as_usual, minutes, named, settings, stranger,
    },
};

fn index_of(registrations: impl IntoIterator<Item = Registration>) -> Index {
    let mut index = Index::default();
    index.upsert(registrations.into_iter().map(Arc::new).collect(), at(1_000));
    index
}

fn order(index: &Index, sort: &str) -> Vec<String> {
    let found = index.search(&Query::default(), Sort::parse(sort).unwrap(), at(1_000));
    found.iter().map(ToString::to_string).collect()
}

fn flags(index: &Index, id: &str) -> Vec<String> {
    let entry = index.get(&id.into()).unwrap();
    entry.judgement.flags.iter().map(|flag| flag.rule.to_string()).collect()
}

#[test]
fn an_older_version_is_ignored_and_a_newer_one_replaces() {
    let with = |version: u64, updated: i64, status: Status| {
        let mut registration = named("a");
        (registration.version, registration.updated_at, registration.status) = (version, at(updated), status);
        registration
    };
    let mut index = index_of([with(3, 30, Status::Ongoing)]);
    let status = |index: &Index| index.get(&"a".into()).unwrap().registration.status.clone();
    index.upsert(vec![Arc::new(with(2, 99, Status::Failed))], at(1_000));
    assert_eq!(status(&index), Status::Ongoing, "an older version, however late its time");
    index.upsert(vec![Arc::new(with(0, 20, Status::Failed))], at(1_000));
    assert_eq!(status(&index), Status::Ongoing, "no version, and an earlier time");
    index.upsert(vec![Arc::new(with(4, 30, Status::Completed))], at(1_000));
    assert_eq!(status(&index), Status::Completed);
    assert_eq!(index.len(), 1);
}

#[test]
fn a_row_without_evidence_does_not_take_the_evidence_of_the_same_registration_away() {
    let full = finished();
    let mut row = full.clone();
    row.checks = crate::model::Checks::default();
    let mut index = index_of([full.clone()]);
    index.upsert(vec![Arc::new(row.clone())], at(1_000));
    assert_eq!(index.get(&full.id).unwrap().registration.checks, full.checks);
    row.updated_at += TimeDelta::seconds(1);
    row.version += u64::from(row.version > 0);
    index.upsert(vec![Arc::new(row)], at(1_000));
    assert_eq!(index.get(&full.id).unwrap().registration.checks, crate::model::Checks::default(), "it has changed");
}

#[test]
fn who_is_linked_is_judged_again_when_a_link_comes_and_goes() {
    let mut twin = stranger("b");
    document(&mut twin).number = Some("AB-123456".into());
    let mut index = index_of([finished()]);
    assert_eq!(flags(&index, "reg_1"), [] as [&str; 0]);
    index.upsert(vec![Arc::new(twin.clone())], at(1_000));
    assert_eq!(flags(&index, "reg_1"), ["DOC-08"]);
    assert_eq!(index.get(&"reg_1".into()).unwrap().judgement.links.len(), 1);
    document(&mut twin).number = Some("QQ-999111".into());
    twin.version = 9;
    index.upsert(vec![Arc::new(twin)], at(1_000));
    assert_eq!(flags(&index, "reg_1"), [] as [&str; 0]);
}

#[test]
fn removing_someone_judges_the_others_again() {
    let mut twin = stranger("b");
    document(&mut twin).number = Some("AB-123456".into());
    let mut index = index_of([named("0"), finished(), twin]);
    index.remove(&"b".into(), at(1_000));
    assert_eq!(flags(&index, "reg_1"), [] as [&str; 0]);
    index.remove(&"0".into(), at(1_000));
    assert_eq!(index.len(), 1);
    assert!(index.get(&"0".into()).is_none() && index.get(&"reg_1".into()).is_some());
}

#[test]
fn time_alone_makes_someone_stuck_after_rejudging() {
    let mut index = Index::default();
    index.upsert(vec![Arc::new(begun())], at(60));
    let is_stuck = |index: &Index| index.get(&"reg_1".into()).unwrap().judgement.stuck.is_some();
    assert!(!is_stuck(&index));
    index.rejudge(at(0) + minutes(121), usize::MAX);
    assert!(is_stuck(&index));
}

#[test]
fn urgency_puts_whose_turn_it_is_before_how_late_it_is() {
    let person = |id: &str, status: Status, late: i64| {
        let mut registration = begun();
        registration.id = id.into();
        registration.status = status;
        registration.updated_at = at(1_000) - TimeDelta::hours(late);
        registration
    };
    let index = index_of(vec![
        person("user", Status::Ongoing, 900),
        person("review-short", Status::NeedsManualVerification, 5),
        person("review-long", Status::NeedsManualVerification, 9),
        person("system", Status::Unknown("frozen".to_owned()), 1),
        person("fresh", Status::Ongoing, 0),
        person("over", Status::Completed, 0),
    ]);
    assert_eq!(order(&index, "urgency"), ["system", "review-long", "review-short", "user", "fresh", "over"]);
}

#[test]
fn of_those_equally_late_the_link_that_dies_first_comes_first_and_the_given_up_come_last() {
    let late = |id: &str, hours: i64, resent: Option<i64>| {
        let mut registration = begun();
        registration.id = id.into();
        registration.contact.email = Some(format!("{id}@example.com").into());
        registration.created_at = at(1_000) - TimeDelta::hours(hours);
        registration.updated_at = at(1_000) - TimeDelta::hours(hours);
        registration.status = Status::NeedsManualVerification;
        registration.link_resent = resent.map(|ago| Moment::event(at(1_000) - minutes(ago)));
        registration
    };
    let mut given_up = late("given-up", 24 * 8, None);
    given_up.status = Status::Started;
    let mut user = late("user", 3, None);
    user.status = Status::Started;
    let people = [late("dead", 5, None), late("long", 5, Some(300)), given_up, user];
    let mut people = Vec::from(people);
    for (id, left) in [("few", 5), ("many", 25)] {
        // Sent as long ago as all of them last moved, so that only the link tells them apart.
        let mut person = late(id, 5, Some(300));
        settings(&mut person).link_minutes = Some(300 + left);
        people.push(person);
    }
    assert_eq!(order(&index_of(people), "urgency"), ["few", "many", "dead", "long", "user", "given-up"]);
}

#[test]
fn what_is_worth_a_look_comes_before_what_is_in_time() {
    let waits = |id: &str, ago: i64| {
        let mut registration = begun();
        registration.id = id.into();
        (registration.created_at, registration.updated_at) = (at(1_000) - minutes(ago), at(1_000) - minutes(ago));
        registration
    };
    // One mailbox is no matter as long as nobody has come to the form.
    let index = index_of([waits("fresh", 5), waits("warned", 40), waits("stuck", 130)]);
    assert_eq!(order(&index, "urgency"), ["stuck", "warned", "fresh"]);
}

#[test]
fn one_line_of_an_incident_stands_for_those_stuck_in_it_after_the_others() {
    let mut index = Index::default();
    let lately = (0..12).map(|person| coded(16 + person, None));
    let mut review = begun();
    (review.id, review.status) = ("review".into(), Status::NeedsManualVerification);
    review.updated_at = at(0) - TimeDelta::hours(5);
    let people = hours_as_usual().into_iter().chain(lately).chain([coded(14, None), review]);
    index.upsert(people.map(Arc::new).collect(), at(0));
    let told: Vec<_> = index.incidents().map(|(incident, stuck)| (incident.step.clone(), stuck)).collect();
    assert_eq!(told, [(StepKind::PhoneVerification, 12)], "whoever waits for less than its limit is not stuck yet");
    let stuck = index.search(&Query::parse("stuck").unwrap(), Sort::by(SortField::Urgency), at(0));
    let members = index.search(&Query::parse("stuck:X-06").unwrap(), Sort::by(SortField::Urgency), at(0));
    assert_eq!(members.len(), 12);
    assert!(stuck.ends_with(&members) && stuck.first() == Some(&"review".into()), "{stuck:?}");

    index.remove(&members[0], at(0));
    assert_eq!(index.incidents().map(|(_, stuck)| stuck).collect::<Vec<_>>(), [11]);
    index.rejudge(at(0) + TimeDelta::hours(2), usize::MAX);
    assert_eq!(index.incidents().count(), 0, "nobody came for two hours");
    let members = index.search(&Query::parse("stuck:X-06").unwrap(), Sort::by(SortField::Urgency), at(7_200));
    assert_eq!(members, [], "and everyone has a reason of their own again");
}

#[test]
fn an_incident_is_noticed_while_registrations_come_in_one_by_one() {
    let mut index = Index::default();
    for person in hours_as_usual().into_iter().chain((0..30).map(|person| coded(15 + person, None))) {
        index.upsert(vec![Arc::new(person)], at(0));
    }
    assert_eq!(index.incidents().count(), 1);
    let found = |index: &Index| index.incidents().map(|(_, stuck)| stuck).sum::<usize>();
    let soon = found(&index);
    assert!((20..=30).contains(&soon), "{soon}");
    index.rejudge(at(0), usize::MAX);
    assert_eq!(found(&index), 30, "all of them with the next judgement of everything");
}

#[test]
fn every_order_is_total_and_ties_go_by_id_in_both_directions() {
    let index = index_of(["c", "a", "b"].map(named));
    for field in SortField::ALL.into_iter().filter(|field| *field != SortField::Id) {
        for descending in [false, true] {
            let found = index.search(&Query::default(), Sort { by: field, descending }, at(1_000));
            assert_eq!(found, ["a", "b", "c"].map(RegistrationId::new), "{field:?}");
        }
    }
}

#[test]
fn names_are_sorted_without_accents_and_statuses_by_life_cycle() {
    let person = |id: &str, name: &str, status: Status| {
        let mut registration = named(id);
        registration.contact.full_name = Some(name.into());
        registration.status = status;
        registration
    };
    let index = index_of([
        person("1", "Zoë", Status::Started),
        person("2", "Ángel", Status::Failed),
        person("3", "Bea", Status::Unknown("frozen".to_owned())),
    ]);
    assert_eq!(order(&index, "name"), ["2", "3", "1"]);
    assert_eq!(order(&index, "name:desc"), ["1", "3", "2"]);
    assert_eq!(order(&index, "status"), ["1", "2", "3"]);
}

#[test]
fn a_wrong_sort_field_or_direction_names_the_right_ones() {
    assert_eq!(Sort::parse("updated:desc"), Ok(Sort { by: SortField::Updated, descending: true }));
    assert_eq!(Sort::parse("Name"), Ok(Sort { by: SortField::Name, descending: false }));
    let message = Sort::parse("updatd").unwrap_err().to_string();
    assert!(message.contains("`updated`") && message.contains("urgency, updated"), "{message}");
    assert!(Sort::parse("name:down").unwrap_err().to_string().contains("`asc` or `desc`"));
}

#[test]
fn values_and_totals_count_in_display_order() {
    let mut bad = finished();
    bad.id = "bad".into();
    bad.project.name = Some("Banco".to_owned());
    bad.contact.email = None;
    face(&mut bad).score = Some(0.5);
    *document(&mut bad) = crate::model::DocumentCheck::default();
    let mut odd = named("odd");
    odd.project.id = "proj_7".to_owned();
    odd.status = Status::Unknown("frozen".to_owned());
    odd.current_step = Some(StepKind::Other("hologram".to_owned()));
    let index = index_of([odd, begun(), derived(bad)]);
    let rows = index.list(&Query::default(), at(0)).rows().to_vec();
    let totals: Vec<(String, usize)> = index.totals();
    assert_eq!(totals, [("started", 1), ("completed", 1), ("frozen", 1)].map(|(word, count)| (word.to_owned(), count)));
    let values = index.values(&rows);
    let of = |term: &str| values.iter().find(|(name, _)| *name == term).map_or(&[][..], |(_, values)| values);
    let words = |term: &str| of(term).iter().map(|value| value.text.clone()).collect::<Vec<_>>();
    assert_eq!(words("step"), ["consent", "end", "\"hologram\""]);
    assert!(of("flag").iter().any(|value| value.text == "BIO-01" && value.count == 1));
    assert!(index.values(&[]).is_empty());
}

#[test]
fn nothing_personal_shows_in_debug_output() {
    let printed = format!("{:?}", index_of([begun()])).to_lowercase();
    assert!(!printed.contains("alba") && !printed.contains("muestra"), "{printed}");
}

/// Few values, so that many share them.
pub(super) fn crowd() -> impl Strategy<Value = Vec<(u8, u8, u8, u8)>> {
    prop::collection::vec((0..6u8, 0..4u8, 0..4u8, 0..3u8), 1..24)
}

pub(super) fn member((id, email, number, status): (u8, u8, u8, u8), version: usize) -> Registration {
    let mut registration = stranger(&format!("r{id}"));
    registration.contact.email = Some(format!("p{email}@example.com").into());
    document(&mut registration).number = Some(format!("NR-{}", u32::from(number) * 123_457).into());
    registration.status = [Status::Failed, Status::Ongoing, Status::Completed][usize::from(status)].clone();
    registration.version = version as u64 + 1;
    registration
}

/// Someone at any point of waiting, with or without a fresh link.
pub(super) fn waiting() -> impl Strategy<Value = Registration> {
    let status = prop::sample::select(Status::ALL.to_vec());
    (status, 0..20_000i64, prop::option::of(0..200i64), any::<bool>()).prop_map(|(status, ago, resent, reviewed)| {
        let mut registration = if reviewed { finished() } else { begun() };
        registration.status = status;
        (registration.created_at, registration.updated_at) = (at(1_000) - minutes(ago), at(1_000) - minutes(ago));
        registration.completed_at = None;
        registration.link_resent = resent.map(|ago| Moment::event(at(1_000) - minutes(ago)));
        derived(registration)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_come_in_one_order_however_they_came_in(
        people in prop::collection::vec(waiting(), 3..12),
        by in prop::sample::select(SortField::ALL.to_vec()),
        descending in any::<bool>(),
    ) {
        let mut people: Vec<Registration> = people.into_iter().enumerate().map(|(place, mut person)| {
            person.id = RegistrationId::new(format!("r{place}"));
            person
        }).collect();
        let order = |people: &[Registration]| {
            index_of(people.iter().cloned()).search(&Query::default(), Sort { by, descending }, at(1_000))
        };
        let one = order(&people);
        people.reverse();
        prop_assert_eq!(one, order(&people));
    }

    #[test]
    fn judging_what_changed_gives_the_same_as_judging_everything(steps in crowd(), gone in 0..6u8) {
        let mut index = Index::default();
        for (version, step) in steps.into_iter().enumerate() {
            index.upsert(vec![Arc::new(member(step, version))], at(1_000));
        }
        index.remove(&RegistrationId::new(format!("r{gone}")), at(1_000));
        let mut fresh = Index::default();
        let mut all: Vec<_> = index.entries().map(|entry| Arc::clone(&entry.registration)).collect();
        all.reverse();
        fresh.upsert(all, at(1_000));
        for entry in index.entries() {
            let other = fresh.get(&entry.registration.id).unwrap();
            prop_assert_eq!(&entry.judgement, &other.judgement);
        }
    }
}

#[test]
fn what_is_snoozed_comes_last_in_the_operators_order_until_its_time_is_over() {
    let snoozed = |id: &str, until: i64| {
        let mut registration = named(id);
        registration.desk.snooze =
            Some(crate::model::Snooze { until: at(until), reason: None, by: "ana".to_owned(), at: at(900) });
        registration
    };
    let mut index = index_of([snoozed("a", 2_000), named("b"), snoozed("c", 1_000)]);
    assert_eq!(order(&index, "urgency"), ["b", "c", "a"], "one whose time is over stands among the others");
    assert_eq!(order(&index, "created:asc"), ["a", "b", "c"], "other orders know nothing of it");
    index.rejudge(at(2_000), usize::MAX);
    assert_eq!(order(&index, "urgency"), ["a", "b", "c"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_is_not_at_hand_is_told_as_if_it_were(people in prop::collection::vec(waiting(), 1..12), steps in crowd()) {
        let people = people.into_iter().enumerate().map(|(place, mut person)| {
            person.id = RegistrationId::new(format!("w{place}"));
            Arc::new(person)
        });
        let crowd = steps.into_iter().enumerate().map(|(version, step)| Arc::new(member(step, version)));
        let all: Vec<_> = people.chain(crowd).collect();
        let [mut kept, mut packed] = [Index::default(), Index::default().keeping_at_hand(1)];
        for registration in all {
            kept.upsert(vec![Arc::clone(&registration)], at(1_000));
            packed.upsert(vec![registration], at(1_000));
        }
        kept.rejudge(at(1_100), usize::MAX);
        while packed.rejudge(at(1_100), 2) {}
        for entry in kept.entries() {
            let other = packed.get(&entry.registration.id).unwrap();
            prop_assert_eq!(&entry.registration, &other.registration);
            prop_assert_eq!(&entry.judgement, &other.judgement);
        }
        let order = |index: &Index| index.search(&Query::default(), Sort::by(SortField::Urgency), at(1_100));
        prop_assert_eq!(order(&kept), order(&packed));
    }
}
