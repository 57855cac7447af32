//! What the desk costs on 10,000 registrations, a hundred thousand and a million: searching, sorting, counting, taking
//! changes in, and drawing each screen.
//!
//! `REGDESK_BENCH_COUNT` says up to how many; 10,000 without it. A million takes six minutes to get ready.

#![allow(clippy::expect_used, reason = "a bench that cannot begin has nothing to measure")]

mod allocator;

use std::{env, hint::black_box, sync::Arc, time::Duration};

use chrono::DateTime;
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use ratatui::{Terminal, backend::TestBackend};
use regdesk::{
    app::{Message, Model, model::Profile, update},
    backend::{Backend, Clock, ListRequest},
    demo,
    engine::Engine,
    index::{Index, Query, Sort, SortField},
    keys::Key,
    model::{Registration, Role, Timestamp},
    remote::Mirror,
    ui::{Theme, view},
};
use tokio::runtime::Runtime;

/// Ten times as many should take no more than ten times as long.
const COUNTS: [u64; 3] = [10_000, 100_000, 1_000_000];
/// What is seen of a list at a time.
const SEEN: std::ops::Range<usize> = 0..40;

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

/// Those of [`COUNTS`] that were asked for.
fn counts() -> impl Iterator<Item = u64> {
    let most = env::var("REGDESK_BENCH_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(COUNTS[0]);
    COUNTS.into_iter().filter(move |count| *count <= most)
}

/// Invented people, through a store as the console gets them; and the last page of them.
async fn index(count: u64) -> (Index, Vec<Registration>) {
    let directory = tempfile::tempdir().expect("there is room");
    let engine = Engine::open(directory.path(), Clock::fixed(now())).expect("the directory is writable");
    demo::generate_into(&engine, count, 1, now(), |_| {}).await.expect("nobody is there yet");
    let mut index = Index::default();
    for number in 1.. {
        let page = engine.list(ListRequest::page(number, ListRequest::MAX_LIMIT)).await.expect("it can be read");
        let is_last = page.is_last(number, page.registrations.len());
        let last = if is_last { page.registrations.clone() } else { Vec::new() };
        index.fill(page.registrations, now());
        if is_last {
            index.judge_all(now());
            return (index, last);
        }
    }
    unreachable!("pages end")
}

/// Queries by what they are slow for: a text that one has, one that most have, letters in order, terms.
fn queries(person: &Registration) -> Vec<(&'static str, String)> {
    let email = person.contact.email.as_ref().map_or("", |email| email.reveal());
    vec![
        ("one e-mail address", format!("\"{email}\"")),
        ("one id", person.id.to_string()),
        ("a text that most have", "example".to_owned()),
        ("a text that nobody has", "qzxqzx".to_owned()),
        ("letters in order", "~mrtnz".to_owned()),
        ("a status", "status:failed".to_owned()),
        ("terms", "status:ongoing flag:high age:>2d".to_owned()),
    ]
}

fn search(criterion: &mut Criterion, index: &Index, count: u64, person: &Registration) {
    let mut group = criterion.benchmark_group("search to the first forty, by urgency");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(2));
    for (name, text) in queries(person) {
        let query = Query::parse(&text).expect("it is one");
        group.bench_function(BenchmarkId::new(name, count), |bencher| {
            bencher.iter(|| {
                let mut listing = index.list(black_box(&query), now());
                index.sort(&mut listing, Sort::by(SortField::Urgency), SEEN);
                listing
            });
        });
    }
}

fn sort(criterion: &mut Criterion, index: &Index, count: u64) {
    let mut group = criterion.benchmark_group("everybody sorted to the first forty");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(1));
    for field in SortField::ALL {
        group.bench_function(BenchmarkId::new(field.as_str(), count), |bencher| {
            bencher.iter(|| {
                let mut listing = index.list(&Query::default(), now());
                index.sort(&mut listing, Sort::by(field), SEEN);
                listing
            });
        });
    }
}

fn counting(criterion: &mut Criterion, index: &Index, count: u64) {
    let mut group = criterion.benchmark_group("counts");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(2));
    let everybody = index.list(&Query::default(), now());
    group.bench_function(BenchmarkId::new("all facets", count), |bencher| {
        bencher.iter(|| index.values(black_box(everybody.rows())));
    });
    group.bench_function(BenchmarkId::new("flag rates", count), |bencher| {
        bencher.iter(|| index.flag_rates(black_box(everybody.rows())));
    });
    group.bench_function(BenchmarkId::new("by status", count), |bencher| bencher.iter(|| index.totals()));
}

/// A hundred changed registrations, taken in one by one.
fn changes(criterion: &mut Criterion, index: &mut Index, count: u64, people: &[Registration]) {
    let mut group = criterion.benchmark_group("taken in");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(2));
    let mut version = people.iter().map(|person| person.version).max().unwrap_or(0);
    group.bench_function(BenchmarkId::new("one change", count), |bencher| {
        let mut people = people.iter().cycle();
        bencher.iter(|| {
            let mut person = people.next().expect("it goes round").clone();
            version += 1;
            person.version = version;
            index.upsert(vec![Arc::new(person)], now());
        });
    });
}

/// A console over an index, and its terminal.
struct Desk {
    model: Model,
    theme: Theme,
    terminal: Terminal<TestBackend>,
}

impl Desk {
    fn over(index: Index) -> Self {
        let profile = Profile {
            name: "bench".to_owned(),
            backend: "embedded".to_owned(),
            role: Role::default(),
            read_only: false,
            production: false,
            mirror: Mirror::default(),
            announces_changes: true,
            at_hand: true,
        };
        let model = Model::new(profile, &[], now()).expect("the built-in keys are right");
        let terminal = Terminal::new(TestBackend::new(120, 40)).expect("it is in memory");
        let theme = Theme::named("dark", true).expect("it is built in");
        let mut desk = Self { model, theme, terminal };
        desk.send(Message::Recalled(Box::new(index), now()));
        desk.draw();
        desk
    }

    /// What the loop does with a message. What would be asked of a backend is not: here there is none.
    fn send(&mut self, message: Message) {
        drop(update(&mut self.model, message, now()));
    }

    /// Keys by their names, with spaces between them.
    fn keys(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(Message::Key(Key::parse(key).expect("it is a key")));
        }
    }

    fn draw(&mut self) {
        let (model, theme) = (&self.model, &self.theme);
        self.terminal.draw(|frame| drop(view(model, theme, frame))).expect("it is in memory");
    }
}

fn screens(criterion: &mut Criterion, index: Index, count: u64) {
    let mut group = criterion.benchmark_group("a key and its frame");
    group.sampling_mode(SamplingMode::Flat).sample_size(20).measurement_time(Duration::from_secs(2));
    let mut desk = Desk::over(index);
    // The keys that open each screen, those that are pressed on it, and those that leave it.
    let screens = [
        ("queue, down and up", "", "j k", ""),
        ("queue, end and beginning", "", "G g", ""),
        ("filter, a letter and back", "/ m a r t", "i backspace", "esc"),
        ("registration, next and previous", "enter", "n p", "esc"),
        ("flags", "f", "j k", "esc"),
        ("facets", "F", "j k", "esc"),
        ("insights", "i", "j k", "esc"),
    ];
    for (name, open, keys, leave) in screens {
        desk.keys(open);
        desk.draw();
        group.bench_function(BenchmarkId::new(name, count), |bencher| {
            bencher.iter(|| {
                desk.keys(keys);
                desk.draw();
            });
        });
        desk.keys(leave);
    }
}

fn desk(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be had");
    for count in counts() {
        let (mut index, people) = runtime.block_on(index(count));
        search(criterion, &index, count, &people[0]);
        sort(criterion, &index, count);
        counting(criterion, &index, count);
        changes(criterion, &mut index, count, &people);
        screens(criterion, index, count);
    }
}

criterion_group!(benches, desk);
criterion_main!(benches);
