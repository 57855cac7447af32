//! What time alone changes.

use std::sync::Arc;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::{at, crowd, index_of, member, waiting};
use crate::{
    index::{Entry, FACETS, Index, Query, Sort, SortField},
    model::{Registration, RegistrationId, Snooze},
    triage::testing::{document, email, minutes, named},
};

/// Someone waiting, with one more thing that a clock runs for.
fn clocked() -> impl Strategy<Value = Registration> {
    (waiting(), 0..6_u8, -30_000..30_000_i64).prop_map(|(mut person, what, ahead)| {
        let moment = at(1_000) + minutes(ahead);
        match what {
            0 => {
                let (until, by, at) = (moment, "ana".to_owned(), at(900));
                person.desk.snooze = Some(Snooze { until, reason: None, by, at });
            }
            1 => document(&mut person).expiry_date = Some(moment.date_naive()),
            2 => document(&mut person).issue_date = Some(moment.date_naive()),
            3 => {
                let born = moment.date_naive().checked_sub_months(chrono::Months::new(18 * 12));
                document(&mut person).birth_date = born;
            }
            4 => email(&mut person).expires_at = Some(moment),
            _ => {}
        }
        person
    })
}

/// All that is counted and sorted by.
fn told(index: &Index) -> (Vec<(String, usize)>, Vec<RegistrationId>) {
    let everybody = index.list(&Query::default(), at(0));
    let values = index.values(everybody.rows()).into_iter();
    let mut counts: Vec<(String, usize)> = values
        .flat_map(|(term, values)| values.into_iter().map(move |value| (format!("{term}:{}", value.text), value.count)))
        .collect();
    assert!(counts.iter().all(|(text, _)| FACETS.iter().any(|term| text.starts_with(term))));
    for query in ["stuck", "breached", "snoozed", "stage:warn", "stage:stuck", "stage:given_up"] {
        counts.push((query.to_owned(), index.count(&Query::parse(query).unwrap_or_default(), at(0))));
    }
    (counts, index.search(&Query::default(), Sort::by(SortField::Urgency), at(0)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn judging_those_whose_time_has_come_gives_the_same_as_judging_everybody(
        people in prop::collection::vec(clocked(), 1..10),
        crowd in crowd(),
        steps in prop::collection::vec(prop_oneof![0..90_i64, 0..5_000_i64, 0..60_000_i64], 1..6),
    ) {
        let people = people.into_iter().enumerate().map(|(place, mut person)| {
            person.id = RegistrationId::new(format!("w{place}"));
            person
        });
        let crowd = crowd.into_iter().enumerate().map(|(version, step)| member(step, version));
        let all: Vec<Registration> = people.chain(crowd).collect();
        let mut index = index_of(all.iter().cloned());
        let mut now = at(1_000);
        for step in steps {
            now += minutes(step);
            index.rejudge(now, usize::MAX);
            let mut anew = Index::default();
            for person in &all {
                anew.upsert(vec![Arc::new(person.clone())], now);
            }
            anew.rejudge(now, usize::MAX);
            prop_assert_eq!(told(&index), told(&anew));
        }
    }
}

#[test]
fn a_judgement_holds_for_a_second_unless_its_time_is_over() {
    let mut put_aside = named("a");
    let until = at(1_000) + TimeDelta::milliseconds(500);
    put_aside.desk.snooze = Some(Snooze { until, reason: None, by: "ana".to_owned(), at: at(900) });
    let mut index = index_of([put_aside, named("b")]);
    let entries = |index: &Index| ["a", "b"].map(|id| index.get(&id.into()).unwrap());
    let mut at_time = |millis| {
        index.rejudge(at(1_000) + TimeDelta::milliseconds(millis), 0);
        entries(&index)
    };
    let [first, later, over, next] = [0, 400, 600, 1_100].map(&mut at_time);
    let is_same =
        |one: &[Arc<Entry>; 2], other: &[Arc<Entry>; 2]| [0, 1].map(|place| Arc::ptr_eq(&one[place], &other[place]));
    assert_eq!((is_same(&first, &later), first[0].is_snoozed()), ([true, true], true));
    assert_eq!((is_same(&later, &over), over[0].is_snoozed()), ([false, true], false));
    assert_eq!(is_same(&over, &next), [false, false], "ages are told in seconds");
}
