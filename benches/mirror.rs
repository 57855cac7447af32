//! How long it takes to mirror a remote, beside a loop that only downloads the same pages with the same concurrency.

#![allow(clippy::expect_used, reason = "a bench that cannot begin has nothing to measure")]

mod allocator;

use std::{hint::black_box, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::header,
    routing::get,
};
use chrono::{DateTime, TimeDelta};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use futures_util::{StreamExt, stream};
use regdesk::{
    backend::{Backend, Clock, ListRequest},
    index::Index,
    model::Registration,
    remote::{MIRROR_HOURS, Mirror, Remote, RemoteConfig, Timeouts, TokenSource},
};
use secrecy::SecretString;
use serde_json::{Value, json};

/// Registrations of the remote.
const COUNTS: [usize; 2] = [2_000, 20_000];
/// Pages under way at once, as the console does it.
const AT_ONCE: usize = 4;
/// Rows of a page.
const PAGE: usize = ListRequest::MAX_LIMIT as usize;

/// A row with its checks, of the size that the service sends.
fn row(number: usize) -> Value {
    // One every few minutes, each with a number of its own: as a service is, and not one burst of one person.
    let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(29_500_000 - 3 * number.cast_signed() as i64);
    let at = at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    json!({
        "_id": format!("{number:024x}"), "client": "698af39062608e08adc29a8d", "status": "ONGOING",
        "project": { "_id": "project-1", "name": "Harbour Bank" },
        "projectFlow": { "_id": "flow-1", "name": "Full", "type": "onboarding", "status": "active" },
        "email": format!("person{number}@example.com"), "phone": format!("202{number:07}"),
        "countryCode": "+1", "currentStep": "document", "language": "en", "createdAt": at, "updatedAt": at,
        "informationValidation": { "_id": format!("i{number:023x}"), "fullName": format!("Person {number}"), "createdAt": at },
        "emailValidation": { "_id": format!("e{number:023x}"), "status": "validated", "type": "onboarding",
            "validationMethod": "verificationCode", "createdAt": at, "updatedAt": at, "redirectUrl": "https://example.com" },
        "documentValidation": { "_id": format!("d{number:023x}"), "status": "ACTIVE", "documentType": "CC",
            "documentNumber": format!("{}", 1_000_000 + number), "scorePrompt": 0.97, "country": "Colombia",
            "OCRExtraction": { "firstName": "Person", "lastName": format!("{number}"), "dateOfBirth": "1990-01-01" },
            "createdAt": at, "updatedAt": at },
        "biometricValidation": { "_id": format!("b{number:023x}"), "status": "validated", "livenessScore": 0.91,
            "createdAt": at, "updatedAt": at },
    })
}

type Pages = Arc<Vec<Bytes>>;

/// Every page as it goes over the wire.
fn pages(count: usize) -> Pages {
    let rows: Vec<Value> = (0..count).map(row).collect();
    let pages = rows.chunks(PAGE).enumerate().map(|(place, rows)| {
        let pages = count.div_ceil(PAGE);
        json!({ "data": rows, "total": count, "limit": PAGE, "page": place + 1, "pages": pages }).to_string().into()
    });
    Arc::new(pages.collect())
}

#[derive(serde::Deserialize)]
struct Asked {
    page: usize,
}

async fn answer(
    State(pages): State<Pages>,
    Query(asked): Query<Asked>,
) -> ([(header::HeaderName, &'static str); 1], Bytes) {
    ([(header::CONTENT_TYPE, "application/json")], pages[asked.page - 1].clone())
}

async fn serve(pages: Pages) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().route("/v2/app-registrations", get(answer)).with_state(pages);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn remote(address: SocketAddr) -> Remote {
    let config = RemoteConfig {
        base_url: format!("http://{address}"),
        dialect: None,
        token: TokenSource::Value(SecretString::from("token")),
        allow_plain_http: false,
        timeouts: Timeouts::default(),
        mirror: Mirror::Memory,
        mirror_hours: MIRROR_HOURS,
        annotations: None,
    };
    Remote::new(config, Clock::system()).expect("a loopback address is allowed")
}

async fn download(client: &reqwest::Client, address: SocketAddr, pages: usize) -> usize {
    let page = |number: usize| async move {
        let url = format!("http://{address}/v2/app-registrations?page={number}");
        client.get(url).send().await.expect("it answers").bytes().await.expect("the whole page").len()
    };
    stream::iter(1..=pages).map(page).buffer_unordered(AT_ONCE).fold(0, async |sum, length| sum + length).await
}

/// The least that anyone does who reads the pages: the same, and the JSON of each.
async fn parse(client: &reqwest::Client, address: SocketAddr, pages: usize) -> usize {
    let page = |number: usize| async move {
        let url = format!("http://{address}/v2/app-registrations?page={number}");
        let body = client.get(url).send().await.expect("it answers").bytes().await.expect("the whole page");
        serde_json::from_slice::<Value>(&body).expect("it is JSON")["data"].as_array().map_or(0, Vec::len)
    };
    stream::iter(1..=pages).map(page).buffer_unordered(AT_ONCE).fold(0, async |sum, rows| sum + rows).await
}

/// A page as the console reads it: in a task of its own.
async fn rows(remote: &Arc<Remote>, number: usize) -> Vec<Registration> {
    let remote = Arc::clone(remote);
    let request = ListRequest::page(u32::try_from(number).unwrap_or(u32::MAX), ListRequest::MAX_LIMIT);
    let read = tokio::spawn(async move { remote.list(request).await });
    read.await.expect("it does not panic").expect("it answers").registrations
}

/// All pages, read.
async fn read(remote: &Arc<Remote>, pages: usize) -> usize {
    let page = |number: usize| rows(remote, number);
    stream::iter(1..=pages).map(page).buffer_unordered(AT_ONCE).fold(0, async |sum, rows| sum + rows.len()).await
}

async fn mirror(remote: &Arc<Remote>, pages: usize) -> Index {
    let page = |number: usize| rows(remote, number);
    let mut index = Index::default();
    let mut read = stream::iter(1..=pages).map(page).buffer_unordered(AT_ONCE);
    while let Some(rows) = read.next().await {
        index.upsert(rows.into_iter().map(Arc::new).collect(), Clock::system().now());
    }
    index
}

fn mirroring(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("threads can be had");
    let mut group = criterion.benchmark_group("mirror");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for count in COUNTS {
        let pages = pages(count);
        let many = pages.len();
        let address = runtime.block_on(serve(pages));
        // The remote's client goes first: it brings the provider of TLS.
        let remote = Arc::new(remote(address));
        let client = reqwest::Client::new();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("only download", count), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(download(&client, address, many))));
        });
        group.bench_function(BenchmarkId::new("download and parse", count), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(parse(&client, address, many))));
        });
        group.bench_function(BenchmarkId::new("read", count), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(read(&remote, many))));
        });
        group.bench_function(BenchmarkId::new("read and index", count), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(mirror(&remote, many)).len()));
        });
    }
    group.finish();
}

criterion_group!(benches, mirroring);
criterion_main!(benches);
