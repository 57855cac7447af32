//! The endpoint's list page beside an answer of the same bytes that is ready made: what reading the store, judging and
//! writing JSON cost on top of HTTP.
//!
//! `REGDESK_BENCH_COUNT` says over how many registrations; 10,000 without it.

#![allow(clippy::expect_used, reason = "a bench that cannot begin has nothing to measure")]

mod allocator;

use std::{env, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::header, routing::get};
use chrono::DateTime;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use futures_util::{StreamExt, stream};
use regdesk::{
    backend::Clock,
    demo,
    engine::Engine,
    model::Timestamp,
    server::{Dialect, Server, ServerConfig, Webhooks},
    triage::Policy,
};
use secrecy::SecretString;
use tokio::{net::TcpListener, runtime::Runtime};

/// Requests under way at once.
const AT_ONCE: usize = 16;
/// Requests of one sample.
const REQUESTS: usize = 256;
/// Rows of a page; what clients ask for by default is less, what they may ask for is 100.
const PATH: &str = "/v2/app-registrations?page=3&limit=20";
const TOKEN: &str = "token-of-the-bench";

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

/// An endpoint over invented people.
async fn endpoint(engine: Engine, dialect: Dialect) -> SocketAddr {
    let config = ServerConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        dialect,
        client_token: SecretString::from(TOKEN),
        policy: Arc::new(Policy::default()),
        webhooks: Webhooks::default(),
    };
    let server = Server::bind(config, Arc::new(engine), Clock::fixed(now())).await.expect("a loopback port is free");
    let address = server.local_addr();
    tokio::spawn(server.run(std::future::pending()));
    address
}

async fn answer(State(body): State<Bytes>) -> ([(header::HeaderName, &'static str); 1], Bytes) {
    ([(header::CONTENT_TYPE, "application/json")], body)
}

async fn ready_made(body: Bytes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().route("/v2/app-registrations", get(answer)).with_state(body);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn page(client: &reqwest::Client, address: SocketAddr) -> Bytes {
    let request = client.get(format!("http://{address}{PATH}")).bearer_auth(TOKEN);
    let answer = request.send().await.and_then(reqwest::Response::error_for_status).expect("it answers");
    answer.bytes().await.expect("the whole page")
}

async fn pages(client: &reqwest::Client, address: SocketAddr) -> usize {
    let all = stream::iter(0..REQUESTS).map(|_| page(client, address)).buffer_unordered(AT_ONCE);
    all.fold(0, async |sum, body| sum + body.len()).await
}

fn list_page(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be had");
    let count = env::var("REGDESK_BENCH_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let directory = tempfile::tempdir().expect("there is room");
    let engine = Engine::open(directory.path(), Clock::fixed(now())).expect("the directory is writable");
    runtime.block_on(demo::generate_into(&engine, count, 1, now(), |_| {})).expect("nobody is there yet");
    // Another provider can only have been there before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let mut group = criterion.benchmark_group(format!("a list page of twenty, among {count}"));
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(REQUESTS as u64));
    for (name, dialect) in [("live", Dialect::Live), ("overview", Dialect::Overview)] {
        let endpoint = runtime.block_on(endpoint(engine.clone(), dialect));
        let ready_made = runtime.block_on(async { ready_made(page(&client, endpoint).await).await });
        for (whose, address) in [("ready made", ready_made), ("endpoint", endpoint)] {
            group.bench_function(format!("{name}, {whose}"), |bencher| {
                bencher.iter(|| runtime.block_on(pages(&client, address)));
            });
        }
    }
}

criterion_group!(benches, list_page);
criterion_main!(benches);
