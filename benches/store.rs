//! What the embedded store costs: opening, one durable sync beside a bare commit, many at once, and filling it.
//!
//! `REGDESK_BENCH_COUNT` says of how many registrations; 10,000 without it.

#![allow(clippy::expect_used, reason = "a bench that cannot begin has nothing to measure")]

mod allocator;

use std::{env, hint::black_box, path::Path, time::Duration};

use chrono::DateTime;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use futures_util::{StreamExt, stream};
use redb::{Database, TableDefinition};
use regdesk::{
    backend::{Backend, Caller, Clock, ListRequest, SyncRequest},
    demo,
    engine::Engine,
    model::{RegistrationId, Status, Timestamp},
};
use tokio::runtime::Runtime;

/// Requests under way at once when many come.
const AT_ONCE: usize = 256;
/// Requests of one sample: others each time, since each leaves a line in the access log of its registration.
const MANY: usize = 512;
/// Pages that are looked through for them.
const PAGES: u32 = 400;
/// What a sync writes: a packed snapshot and the events that came with it, bytes.
const WRITTEN: usize = 1_000;
const ROWS: TableDefinition<u64, &[u8]> = TableDefinition::new("rows");

fn count() -> u64 {
    env::var("REGDESK_BENCH_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000)
}

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

fn open(directory: &Path) -> Engine {
    Engine::open(directory, Clock::fixed(now())).expect("the directory is writable")
}

async fn fill(directory: &Path, count: u64) -> Engine {
    let engine = open(directory);
    demo::generate_into(&engine, count, 1, now(), |_| {}).await.expect("nobody is there yet");
    engine
}

/// Ids of registrations that somebody is still in, so that a report changes them; some ten thousand at most.
async fn ids(engine: &Engine) -> Vec<RegistrationId> {
    let mut ids = Vec::new();
    for page in 1..=PAGES {
        let rows = engine.list(ListRequest::page(page, ListRequest::MAX_LIMIT)).await.expect("it can be read");
        if rows.registrations.is_empty() {
            break;
        }
        let open = rows.registrations.into_iter().filter(|row| matches!(row.status, Status::Started | Status::Ongoing));
        ids.extend(open.map(|row| row.id));
    }
    ids
}

async fn sync(engine: Engine, id: RegistrationId) {
    engine.sync(&id, SyncRequest::default(), &Caller::operator()).await.expect("it is there");
}

/// Every one of them, so many at once.
async fn sync_all(engine: &Engine, ids: impl Iterator<Item = RegistrationId>) {
    let syncs = ids.map(|id| tokio::spawn(sync(engine.clone(), id)));
    stream::iter(syncs).buffer_unordered(AT_ONCE).for_each(|done| async { done.expect("it does not panic") }).await;
}

/// A store of the same size as ours that has nothing to think about.
fn bare(directory: &Path, count: u64) -> Database {
    let database = Database::create(directory.join("bare.redb")).expect("the directory is writable");
    let transaction = database.begin_write().expect("nobody else writes");
    {
        let mut rows = transaction.open_table(ROWS).expect("it is of this type");
        for number in 0..count {
            rows.insert(number, [1; WRITTEN].as_slice()).expect("there is room");
        }
    }
    transaction.commit().expect("there is room");
    database
}

fn commit(database: &Database, number: u64) {
    let transaction = database.begin_write().expect("nobody else writes");
    let row = [number as u8; WRITTEN];
    transaction
        .open_table(ROWS)
        .and_then(|mut rows| Ok(rows.insert(number, row.as_slice()).map(drop)?))
        .expect("there is room");
    transaction.commit().expect("there is room");
}

fn store(criterion: &mut Criterion) {
    let (runtime, count) = (Runtime::new().expect("threads can be had"), count());
    let directory = tempfile::tempdir().expect("there is room");
    let engine = runtime.block_on(fill(directory.path(), count));
    let ids = runtime.block_on(ids(&engine));
    let bare = bare(directory.path(), count);
    let mut group = criterion.benchmark_group("store");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(8));

    let mut numbers = (0..count).cycle().step_by(7);
    group.bench_function("a bare commit", |bencher| {
        bencher.iter(|| commit(&bare, numbers.next().unwrap_or_default()));
    });
    let mut chosen = ids.iter().cycle().cloned();
    group.bench_function("a durable sync", |bencher| {
        bencher.iter(|| runtime.block_on(sync(engine.clone(), chosen.next().expect("it goes round"))));
    });
    group.throughput(Throughput::Elements(MANY as u64));
    group.bench_function("syncs at once", |bencher| {
        bencher.iter(|| runtime.block_on(sync_all(&engine, chosen.by_ref().take(MANY))));
    });
    drop(engine);
    group.throughput(Throughput::Elements(1));
    group.bench_function("open and first page", |bencher| {
        let first = || runtime.block_on(open(directory.path()).list(ListRequest::page(1, ListRequest::MAX_LIMIT)));
        bencher.iter(|| black_box(first().expect("it can be read")));
    });
    group.throughput(Throughput::Elements(count));
    group.bench_function("generate", |bencher| {
        bencher.iter_with_large_drop(|| {
            let directory = tempfile::tempdir().expect("there is room");
            drop(runtime.block_on(fill(directory.path(), count)));
            directory
        });
    });
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
