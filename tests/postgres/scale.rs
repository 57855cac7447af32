//! A store with very many people. `REGDESK_ROWS` sets how many; 100,000 without it.

use std::time::{Duration, Instant};

use regdesk::{
    backend::{
        Annotation, Backend, Caller, Clock, Feed, HookFilter, HookQueue, HookedProjects, ListRequest, Order,
        SyncRequest, SyncStep,
    },
    engine::Engine,
    model::{Delivery, Registration, Status},
};
use tempfile::TempDir;

use crate::{
    desks::{note, someone},
    program::{FLOW, PROJECT},
    server::{self, Server},
};

/// Everything that grows with the people.
const BIG: [&str; 5] = ["states", "history", "contacts", "tokens", "hooks"];

/// Fills the tables with copies of one person, who is there already.
fn fill(server: &Server, database: &str, rows: usize) {
    let spread = "md5(n::text)";
    for statement in [
        format!(
            "insert into regdesk_states select left({spread}, 24), events, (array['started', 'ongoing', 'completed', \
             'failed'])[1 + n % 4], project, flow, created + n, changed + n * 7 % 1000003, expiry + n, n % 64, \
             1000000 + n, snapshot from regdesk_states, generate_series(1, {rows}) n"
        ),
        format!(
            "insert into regdesk_history select left({spread}, 24), 0, events from (select events from regdesk_history \
             limit 1) h, generate_series(1, {rows}) n"
        ),
        format!(
            "insert into regdesk_contacts select project, sha256(n::text::bytea), left({spread}, 24) from (select \
             project from regdesk_contacts limit 1) c, generate_series(1, {rows}) n"
        ),
        format!(
            "insert into regdesk_tokens select sha256(n::text::bytea), left({spread}, 24) from generate_series(1, {rows}) n"
        ),
        format!(
            "insert into regdesk_hooks select n, registration, n % 2 = 0, null, 0, hook from (select registration, hook \
             from regdesk_hooks limit 1) h, generate_series(1, {rows}) n"
        ),
        format!("update regdesk_counts set count = count + {rows}"),
        format!("update regdesk_changes set number = {}", 1_000_001 + rows),
        "vacuum analyze".to_owned(),
    ] {
        server.sql(database, &statement);
    }
}

async fn timed<T>(what: &str, doing: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = doing.await;
    println!("{what}: {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
    done
}

/// Every list that is asked for.
async fn lists(engine: &Engine) {
    let first = ListRequest::page(1, 100);
    for (what, request) in [
        ("the first page", first.clone()),
        ("the page after it", ListRequest::page(2, 100)),
        ("page 50", ListRequest::page(50, 100)),
        ("the latest changed", ListRequest { order: Order::Changed, ..first.clone() }),
        ("of a project", ListRequest { project: Some(PROJECT.to_owned()), ..first.clone() }),
        ("of a project that has none", ListRequest { project: Some("none".to_owned()), ..first.clone() }),
        ("of a flow", ListRequest { flow: Some(FLOW.to_owned()), ..first.clone() }),
        ("of a flow that has none", ListRequest { flow: Some("none".to_owned()), ..first.clone() }),
        ("of two statuses", ListRequest { statuses: vec![Status::Failed, Status::Ongoing], ..first.clone() }),
        ("of a status that none has", ListRequest { statuses: vec![Status::Expired], ..first.clone() }),
    ] {
        timed(what, engine.list(request)).await.unwrap();
    }
}

/// What is done to one registration, and to its events.
async fn works(engine: &Engine, person: &Registration) {
    let operator = Caller::operator();
    let made = timed("create", engine.create(someone("another"), &operator)).await.unwrap();
    timed("retrieve", engine.retrieve(&person.id, &operator)).await.unwrap();
    timed("note", note(engine, &person.id, "Called.")).await.unwrap();
    timed("token", engine.token_scope(&made.token.unwrap())).await.unwrap().unwrap();
    let step = Some((SyncStep::AdminOverride, Status::Failed));
    let request = SyncRequest { step, note: Some("seen by a person".to_owned()), seen_version: None };
    timed("decide", engine.sync(&made.registration.id, request, &operator)).await.unwrap();
    let (due, _) = timed("due for webhooks", engine.due(10)).await.unwrap();
    let told = Delivery { event: due[0].name.clone(), at: None, code: Some(200), delivered: Some(true) };
    timed("told to a webhook", engine.tried(due[0].number, told, None)).await.unwrap();
    for filter in [HookFilter::default(), HookFilter { registration: Some(made.registration.id), heard: None }] {
        timed("events of webhooks", HookQueue::hooks(engine, filter, 0, 20)).await.unwrap();
    }
    let leasing = engine.lease_claims(Duration::from_mins(1)).unwrap().unwrap();
    timed("claim", engine.annotate(&person.id, Annotation::Claim, &operator)).await.unwrap();
    timed("what is claimed given back", leasing.end()).await.unwrap();
    let place = timed("end of the feed", engine.position()).await.unwrap();
    note(engine, &person.id, "Called again.").await.unwrap();
    timed("changed since", engine.since(place, 100)).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_desk_asks_reads_a_whole_table() {
    let Some(server) = server::shared() else { return };
    let rows = std::env::var("REGDESK_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let (login, outbox) = (server.database(), TempDir::new().unwrap());
    let hooked = HookedProjects { others: true, ..HookedProjects::default() };
    let open = || Engine::connect(&login, outbox.path(), Clock::system(), hooked.clone()).unwrap();
    let engine = open();
    let person = engine.create(someone("first"), &Caller::operator()).await.unwrap().registration;
    drop(engine);
    tokio::task::block_in_place(|| fill(server, &login.name, rows));
    server.sql(&login.name, "select pg_stat_reset()");
    let engine = timed("opening", async { open() }).await;
    lists(&engine).await;
    works(&engine, &person).await;
    drop(engine);
    let narrowed = Engine::connect_for(Some(PROJECT), &login, outbox.path(), Clock::system(), hooked.clone()).unwrap();
    timed("the first page of a desk of one project", narrowed.list(ListRequest::page(1, 100))).await.unwrap();
    let place = narrowed.position().await.unwrap();
    note(&narrowed, &person.id, "Called once more.").await.unwrap();
    let (changed, _) = timed("changed since, there", narrowed.since(place, 100)).await.unwrap().unwrap();
    assert!(changed.contains(&person.id));
    drop(narrowed);
    // What a connection has done is counted at the latest when it is gone.
    let others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let began = Instant::now();
    while server.sql(&login.name, others) != "0" {
        assert!(began.elapsed() < Duration::from_secs(20), "a connection stays");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for table in BIG {
        let of = format!("from pg_stat_user_tables where relname = 'regdesk_{table}'");
        let read = server.sql(&login.name, &format!("select seq_scan, n_tup_ins + n_tup_upd + idx_scan > 0 {of}"));
        assert_eq!(read, "0|t", "regdesk_{table} was read from end to end");
    }
    let size = server.sql(&login.name, "select pg_size_pretty(pg_database_size(current_database()))");
    println!("{rows} people, {size}: nothing was read from end to end");
}
