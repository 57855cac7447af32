#![allow(clippy::unwrap_used)]
use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Channels, Incident};
use crate::{
    model::{Basis, Gateway, Moment, Registration, Status, StepKind, Timestamp},
    triage::{
        Context, LinkIndex, STANDSTILL, Turn, blocker,
        testing::{at, coded, derived, hours_as_usual as usual, minutes, phone, settings},
    },
};

/// The incidents that last, of registrations.
fn incidents(registrations: &[Registration], now: Timestamp) -> Vec<Incident> {
    let mut channels = Channels::default();
    for one in registrations {
        let visits = channels.visits(one, now);
        channels.count(&one.project.id, &visits);
    }
    channels.incidents(now)
}

/// The time of all stories here.
fn now() -> Timestamp {
    at(0)
}

/// The beginning of the minute.
fn to_the_minute(at: Timestamp) -> Timestamp {
    at - TimeDelta::seconds(at.timestamp().rem_euclid(60))
}

/// What there is in an hour with so many arrivals of whom so many got through, after usual hours.
fn after(arrivals: i64, passed: i64) -> Vec<Incident> {
    let lately = (0..arrivals).map(|person| coded(16 + person, (person < passed).then_some(3)));
    incidents(&usual().into_iter().chain(lately).collect::<Vec<_>>(), now())
}

fn changed(people: Vec<Registration>, change: impl Fn(&mut Registration)) -> Vec<Registration> {
    people
        .into_iter()
        .map(|mut person| {
            change(&mut person);
            derived(person)
        })
        .collect()
}

#[test]
fn less_than_half_of_the_usual_share_is_an_incident_and_half_of_it_is_not() {
    let found = after(10, 3);
    let expected = Incident {
        step: StepKind::PhoneVerification,
        project: Some("aldea".to_owned()),
        through: Some("whatsapp".to_owned()),
        since: to_the_minute(now() - minutes(25)),
        arrivals: 10,
        passed: 3,
        usual: 0.8,
    };
    assert_eq!(found, [expected]);
    assert_eq!(after(10, 4), []);
}

#[test]
fn too_few_arrivals_or_too_short_a_past_tell_nothing() {
    assert_eq!(after(9, 0), []);
    let lately: Vec<_> = (0..20).map(|person| coded(16 + person, None)).collect();
    assert_eq!(incidents(&lately, now()), [], "nothing is usual yet");
    let short = usual().into_iter().take(29).chain(lately);
    assert_eq!(incidents(&short.collect::<Vec<_>>(), now()), [], "two samples and a bit");
}

#[test]
fn who_came_within_the_last_quarter_of_an_hour_is_waited_for() {
    let lately = (0..20).map(|person| coded(person % 15, None));
    assert_eq!(incidents(&usual().into_iter().chain(lately).collect::<Vec<_>>(), now()), []);
}

#[test]
fn passing_late_is_not_passing() {
    let with = |entered: i64| {
        let lately = (0..10).map(|person| coded(31 + person, Some(entered)));
        incidents(&usual().into_iter().chain(lately).collect::<Vec<_>>(), now()).len()
    };
    assert_eq!((with(15), with(16)), (0, 1));
}

#[test]
fn an_incident_is_over_once_an_hour_went_well() {
    let bad = (0..20).map(|person| coded(70 + person, None));
    let well = (0..20).map(|person| coded(16 + person, (person < 16).then_some(2)));
    let people: Vec<_> = usual().into_iter().chain(bad).chain(well).collect();
    assert_eq!(incidents(&people, now()), []);
    let before = incidents(&people, now() - TimeDelta::hours(1));
    assert_eq!(before.len(), 1, "an hour ago it lasted");
}

#[test]
fn an_incident_of_several_hours_began_with_its_first_hour() {
    let waiting = (0..150).map(|person| coded(16 + person, None));
    let usual =
        (6..11).flat_map(|hour| (0..10).map(move |person| coded(hour * 60 + person, (person < 8).then_some(3))));
    let found = incidents(&usual.chain(waiting).collect::<Vec<_>>(), now());
    assert_eq!(found.first().map(|incident| incident.since), Some(to_the_minute(now() - minutes(165))));
}

#[test]
fn a_gateway_stands_still_alone() {
    let by_message = |people: Vec<Registration>| changed(people, |person| phone(person).gateway = Some(Gateway::Sms));
    let messages = by_message((0..20).map(|person| coded(16 + person, Some(3))).collect());
    let lately = (0..10).map(|person| coded(16 + person, None));
    let people: Vec<_> = usual().into_iter().chain(by_message(usual())).chain(messages).chain(lately).collect();
    let found = incidents(&people, now());
    assert_eq!(found.iter().map(|incident| incident.through.as_deref()).collect::<Vec<_>>(), [Some("whatsapp")]);
    let by_flow = changed(people, |person| {
        settings(person).phone_gateway = phone(person).gateway.take();
    });
    assert_eq!(incidents(&by_flow, now()), found, "the flow names the gateway where the code does not");
}

#[test]
fn several_projects_that_stand_still_are_one_incident_and_one_alone_is_named() {
    let elsewhere = |people: Vec<Registration>| changed(people, |person| person.project.id = "banco".to_owned());
    let lately =
        |passed: i64| (0..12).map(|person| coded(16 + person, (person < passed).then_some(3))).collect::<Vec<_>>();
    let both = [usual(), elsewhere(usual()), lately(0), elsewhere(lately(0))].concat();
    let found = incidents(&both, now());
    assert_eq!(found.iter().map(|found| (found.project.as_deref(), found.arrivals)).collect::<Vec<_>>(), [(None, 24)]);
    let one = [usual(), elsewhere(usual()), lately(0), elsewhere(lately(10))].concat();
    let found = incidents(&one, now());
    assert_eq!(
        found.iter().map(|found| (found.project.as_deref(), found.arrivals)).collect::<Vec<_>>(),
        [(Some("aldea"), 12)]
    );
    let few = [usual(), elsewhere(usual()), lately(0)[..6].to_vec(), elsewhere(lately(0))[..6].to_vec()].concat();
    assert_eq!(incidents(&few, now()).len(), 1, "too few in each, enough in both");
}

#[test]
fn times_that_are_only_near_count_for_nobodys_arrival() {
    let near = |moment: Option<Moment>| moment.map(|moment| Moment::new(moment.at, Basis::Updated));
    let lately = (0..20).map(|person| coded(16 + person, None)).collect();
    let lately = changed(lately, |person| phone(person).created = near(phone(person).created));
    assert_eq!(incidents(&usual().into_iter().chain(lately).collect::<Vec<_>>(), now()), []);
}

#[test]
fn who_waits_because_of_it_is_told_so_in_place_of_what_else_blocks_them() {
    let found = after(10, 0);
    let links = LinkIndex::default();
    let context = Context { incidents: &found, ..Context::new(&links, now()) };
    let reason = |person: &Registration| blocker(person, context).map(|stuck| stuck.reason);
    let waiting = coded(20, None);
    let stuck = blocker(&waiting, context).unwrap();
    assert_eq!((stuck.reason, stuck.turn, stuck.limit_seconds), (STANDSTILL, Turn::System, 15 * 60));
    assert_eq!(stuck.step, StepKind::PhoneVerification);
    assert!(stuck.is_over_its_limit());
    assert!(!blocker(&coded(14, None), context).unwrap().is_over_its_limit(), "covered, and not for long enough");
    assert_ne!(reason(&coded(26, None)), Some(STANDSTILL), "before it began");
    assert_ne!(reason(&coded(20, Some(2))), Some(STANDSTILL), "through");
    let apart: [fn(&mut Registration); 3] = [
        |person| person.status = Status::Failed,
        |person| person.project.id = "banco".to_owned(),
        |person| phone(person).gateway = Some(Gateway::Sms),
    ];
    for change in apart {
        assert_ne!(reason(&changed(vec![coded(20, None)], change)[0]), Some(STANDSTILL));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn who_is_counted_and_no_longer_counted_leaves_what_was_counted_before(
        stay in prop::collection::vec((0i64..400, prop::option::of(0i64..30)), 0..40),
        leave in prop::collection::vec((0i64..400, prop::option::of(0i64..30)), 0..40),
    ) {
        let mut channels = Channels::default();
        let mut visits = |people: Vec<(i64, Option<i64>)>| -> Vec<_> {
            people.into_iter().map(|(ago, entered)| channels.visits(&coded(ago, entered), now())).collect()
        };
        let (stay, leave) = (visits(stay), visits(leave));
        let counted = |channels: &Channels| -> Vec<String> {
            let told = channels.traffic.values().flatten().map(|of_channel| format!("{of_channel:?}"));
            told.filter(|told| told.contains("Tally")).collect()
        };
        for visits in &stay {
            channels.count("aldea", visits);
        }
        let before = counted(&channels);
        for visits in &leave {
            channels.count("aldea", visits);
        }
        for visits in &leave {
            channels.discount("aldea", visits);
        }
        prop_assert_eq!(counted(&channels), before);
    }

    #[test]
    fn incidents_do_not_depend_on_the_order_of_registrations(
        people in prop::collection::vec((0i64..400, prop::option::of(0i64..30), any::<bool>()), 0..160),
        turn in 0usize..160,
    ) {
        let mut people: Vec<Registration> = people
            .into_iter()
            .map(|(ago, entered, elsewhere)| {
                let mut person = coded(ago, entered);
                if elsewhere {
                    person.project.id = "banco".to_owned();
                }
                person
            })
            .collect();
        let found = incidents(&people, now());
        people.reverse();
        let middle = turn.min(people.len());
        people.rotate_left(middle);
        prop_assert_eq!(incidents(&people, now()), found);
    }
}
