//! How long judgement and search take on ten and on a hundred thousand registrations, and on crowds that share a value.

mod allocator;

use std::{collections::HashSet, hint::black_box, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta};
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use regdesk::{
    index::{Index, Query, Sort, SortField},
    model::{
        CodeCheck, DocumentCheck, FaceCompare, Gateway, Information, LivenessCheck, Moment, Registration, Status,
        StepState, Timestamp, timeline,
    },
    triage::{
        Context, LinkIndex,
        insights::{Knob, Population, Setting},
        judge,
    },
};

/// Ten times as many should take about ten times as long.
const COUNTS: [u64; 2] = [10_000, 100_000];
/// A remote is read by the page.
const PAGE: usize = 100;

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

/// A word of its own for each number, neighbours unlike one another.
fn word(number: u64) -> String {
    let mut rest = number.wrapping_mul(2_654_435_761) % 4_294_967_296;
    let mut word = String::new();
    while rest > 0 {
        word.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    word
}

/// One of many people, one a minute; every hundredth shares a document with the one before, every third an address.
fn person(number: u64) -> Registration {
    let created = now() - TimeDelta::minutes(number.cast_signed());
    let mut person = Registration::new(format!("reg_{number:06}").as_str().into(), created);
    let given = ["Álvaro", "Bea", "Chloé", "Dorota", "Emre"][number as usize % 5];
    let name = format!("{given} Muestra {}", word(number));
    person.project.id = format!("project-{}", number % 3);
    person.status = Status::ALL[number as usize % Status::ALL.len()].clone();
    person.contact.email = Some(format!("{}@example.com", word(number)).into());
    person.contact.phone = Some(format!("+1{:010}", number.wrapping_mul(2_654_435_761) % 10_000_000_000).into());
    person.contact.full_name = Some(name.as_str().into());
    person.checks.information =
        Some(Information { ip: Some(format!("2001:db8::{:x}", number / 3)), ..Information::default() });
    person.checks.phone = Some(CodeCheck {
        state: StepState::Completed,
        gateway: Some(Gateway::Sms),
        created: Some(Moment::event(created)),
        validated: Some(Moment::event(created + TimeDelta::minutes(2))),
        ..CodeCheck::default()
    });
    person.checks.document = Some(DocumentCheck {
        state: StepState::Completed,
        number: Some(format!("7{}", word(if number % 100 == 1 { number - 1 } else { number })).into()),
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

fn people(count: u64, change: impl Fn(u64, &mut Registration)) -> Vec<Arc<Registration>> {
    let one = |number| {
        let mut person = person(number);
        change(number, &mut person);
        Arc::new(person)
    };
    (0..count).map(one).collect()
}

/// Those who share what makes judging dear: all of them one phone, one address, the phones of a series, or one of
/// twenty devices.
fn crowds() -> [(&'static str, Vec<Arc<Registration>>); 5] {
    let phone = |person: &mut Registration, number: u64| person.contact.phone = Some(format!("+1{number:010}").into());
    [
        ("one phone", people(COUNTS[0], |_, person| phone(person, 2_025_550_143))),
        (
            "one person",
            people(COUNTS[0], |_, person| {
                phone(person, 2_025_550_143);
                if let Some(document) = &mut person.checks.document {
                    document.number = Some("AB123456".into());
                }
            }),
        ),
        (
            "one address",
            people(COUNTS[0], |_, person| {
                if let Some(information) = &mut person.checks.information {
                    information.ip = Some("203.0.113.7".to_owned());
                }
            }),
        ),
        ("a series", people(COUNTS[0], |number, person| phone(person, 2_025_550_000 + number))),
        (
            "rings of 500",
            people(COUNTS[0], |number, person| {
                if let Some(information) = &mut person.checks.information {
                    information.device_id = Some(format!("device-{}", number / 500));
                }
            }),
        ),
    ]
}

fn filled(people: Vec<Arc<Registration>>) -> Index {
    let mut index = Index::default();
    index.upsert(people, now());
    index
}

fn pages(people: &[Arc<Registration>]) -> Vec<Vec<Arc<Registration>>> {
    people.chunks(PAGE).map(<[_]>::to_vec).collect()
}

fn filled_by_the_page(pages: Vec<Vec<Arc<Registration>>>) -> Index {
    let mut index = Index::default();
    for page in pages {
        index.upsert(page, now());
    }
    index
}

fn one(criterion: &mut Criterion) {
    let people = people(COUNTS[0], |_, _| {});
    let mut links = LinkIndex::default();
    for person in &people {
        links.insert(person);
    }
    criterion.bench_function("judge one", |bencher| {
        bencher.iter(|| judge(black_box(&people[500]), Context::new(&links, now())));
    });
}

fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("all");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(1));
    for count in COUNTS {
        let people = people(count, |_, _| {});
        group.bench_function(BenchmarkId::new("fill", count), |bencher| {
            bencher.iter_batched(|| people.clone(), filled, BatchSize::PerIteration);
        });
        group.bench_function(BenchmarkId::new("fill by the page", count), |bencher| {
            bencher.iter_batched(|| pages(&people), filled_by_the_page, BatchSize::PerIteration);
        });
        let mut index = filled(people);
        group.bench_function(BenchmarkId::new("judge again", count), |bencher| {
            bencher.iter(|| index.rejudge(now(), usize::MAX));
        });
    }
    for (name, people) in crowds() {
        group.bench_function(BenchmarkId::new(name, COUNTS[0]), |bencher| {
            bencher.iter_batched(|| pages(&people), filled_by_the_page, BatchSize::PerIteration);
        });
    }
}

fn search(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("search 10000");
    let index = filled(people(COUNTS[0], |_, _| {}));
    let rare = format!("\"muestra {}\"", word(4_711));
    for (name, text) in
        [("rare word", rare.as_str()), ("common word", "muestra"), ("terms", "status:ongoing flag:high")]
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
    for count in COUNTS {
        let index = filled(people(count, |_, _| {}));
        let entries: Vec<_> = index.entries().collect();
        let population = || {
            Population::of(entries.iter().map(|entry| (entry.registration.as_ref(), &entry.judgement)), &HashSet::new())
        };
        group.bench_function(format!("of {count}"), |bencher| bencher.iter(|| population().insights(now())));
        let setting = Setting { knob: Knob::Face, threshold: 0.8 };
        group.bench_function(format!("what if, of {count}"), |bencher| bencher.iter(|| population().what_if(setting)));
    }
}

criterion_group!(benches, one, all, search, insights);
criterion_main!(benches);
