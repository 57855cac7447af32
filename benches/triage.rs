//! How long judgement and search take on ten thousand registrations.

use std::{collections::HashSet, hint::black_box, sync::Arc};

use chrono::{DateTime, TimeDelta};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use regdesk::{
    index::{Index, Query, Sort, SortField},
    model::{
        DocumentCheck, FaceCompare, Information, LivenessCheck, Moment, Registration, Status, StepState, Timestamp,
        timeline,
    },
    triage::{
        Context, LinkIndex,
        insights::{Knob, Population, Setting},
        judge,
    },
};

const COUNT: i64 = 10_000;

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

/// One of many people; every hundredth shares a document with the one before, every tenth an address.
fn person(number: i64) -> Registration {
    let created = now() - TimeDelta::minutes(number);
    let mut person = Registration::new(format!("reg_{number:06}").as_str().into(), created);
    let name = format!("{} Muestra {number}", ["Álvaro", "Bea", "Chloé", "Dorota", "Emre"][number as usize % 5]);
    person.status = Status::ALL[number as usize % Status::ALL.len()].clone();
    person.contact.email = Some(format!("p{number}@example.com").into());
    person.contact.full_name = Some(name.as_str().into());
    person.checks.information =
        Some(Information { ip: Some(format!("203.0.113.{}", number / 10 % 250)), ..Information::default() });
    person.checks.document = Some(DocumentCheck {
        state: StepState::Completed,
        number: Some(format!("NR{:08}", if number % 100 == 1 { number - 1 } else { number }).into()),
        full_name: Some(name.into()),
        confidence: Some(0.8),
        created: Some(Moment::event(created)),
        ..DocumentCheck::default()
    });
    person.checks.liveness =
        Some(LivenessCheck { state: StepState::Completed, score: Some(0.9), ..LivenessCheck::default() });
    person.checks.face =
        Some(FaceCompare { score: Some(0.7 + (number % 30) as f64 / 100.0), ..FaceCompare::default() });
    timeline::derive(&mut person);
    person
}

fn people() -> Vec<Arc<Registration>> {
    (0..COUNT).map(|number| Arc::new(person(number))).collect()
}

fn triage(criterion: &mut Criterion) {
    let people = people();
    let mut links = LinkIndex::default();
    for person in &people {
        links.insert(person);
    }
    criterion.bench_function("judge one", |bencher| {
        bencher.iter(|| judge(black_box(&people[500]), Context::new(&links, now())))
    });

    let mut group = criterion.benchmark_group("index of 10000");
    group.sample_size(10);
    group.bench_function("fill", |bencher| {
        bencher.iter_batched(
            || people.clone(),
            |people| {
                let mut index = Index::default();
                index.upsert(people, now());
                index
            },
            BatchSize::LargeInput,
        );
    });
    let mut index = Index::default();
    index.upsert(people, now());
    for (name, text) in
        [("rare word", "\"muestra 4711\""), ("common word", "muestra"), ("terms", "status:ongoing flag:high")]
    {
        let query = Query::parse(text).unwrap_or_default();
        let sort = Sort::by(SortField::Urgency);
        group.bench_function(name, |bencher| bencher.iter(|| index.search(black_box(&query), sort, now())));
    }
}

/// Everything measured at once, as the console does when its screen opens, and one move of a threshold.
fn insights(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("insights");
    group.sample_size(10);
    for count in [10_000, 100_000] {
        let mut index = Index::default();
        index.upsert((0..count).map(|number| Arc::new(person(number))).collect(), now());
        let population = || {
            let entries = index.entries().map(|entry| (entry.registration.as_ref(), &entry.judgement));
            Population::of(entries, &HashSet::new())
        };
        group.bench_function(format!("of {count}"), |bencher| bencher.iter(|| population().insights(now())));
        let setting = Setting { knob: Knob::Face, threshold: 0.8 };
        group.bench_function(format!("what if, of {count}"), |bencher| bencher.iter(|| population().what_if(setting)));
    }
}

criterion_group!(benches, triage, insights);
criterion_main!(benches);
