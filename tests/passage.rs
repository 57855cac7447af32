//! What a service sent passes through this program unchanged: read by the client, held as the model, served by the
//! endpoint in either dialect, and read by a client again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "contract/endpoint.rs"]
mod endpoint;

use std::{net::Ipv4Addr, path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use regdesk::{
    backend::{
        Backend, Caller, Clock, ErrorKind, ListRequest, ResendRequest,
        fake::{Fake, Operation},
    },
    model::{Flow, Project, Registration, RegistrationId},
    remote::{Mirror, Remote, RemoteConfig, Timeouts, TokenSource},
    server::Dialect,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use endpoint::{Endpoint, TOKEN};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn id_of(document: &Value) -> RegistrationId {
    let object = document.get("data").unwrap_or(document);
    let id = object.get("_id").or_else(|| object.get("id")).and_then(Value::as_str);
    RegistrationId::new(id.expect("a registration has an id"))
}

/// A client of the service at this address, which finds out by itself what is spoken there.
fn client(base_url: String) -> Remote {
    let config = RemoteConfig {
        base_url,
        dialect: None,
        token: TokenSource::Value(SecretString::from(TOKEN)),
        allow_plain_http: false,
        timeouts: Timeouts::default(),
        annotations: None,
        mirror: Mirror::default(),
        mirror_hours: 24,
    };
    Remote::new(config, Clock::fixed(NOW)).unwrap()
}

/// A service that answers every request with one document; its address.
async fn service_saying(document: &Value) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = document.to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            say(stream, &body).await;
        }
    });
    url
}

async fn say(mut stream: TcpStream, body: &str) {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await.unwrap() {
            0 => return,
            read => head.extend_from_slice(&chunk[..read]),
        }
    }
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
}

async fn read_from(url: String, id: &RegistrationId) -> Registration {
    client(url).retrieve(id, &Caller::operator()).await.unwrap()
}

/// What a registration is after it was served in this dialect and read again.
async fn served_and_read(registration: &Registration, dialect: Dialect) -> Registration {
    let fake = Fake::new(Vec::new(), Vec::new(), Clock::fixed(NOW));
    fake.put(registration.clone());
    let endpoint = Endpoint::open(Arc::new(fake), dialect, Clock::fixed(NOW)).await;
    read_from(endpoint.url.clone(), &registration.id).await
}

/// The basis of a time has no place in the live dialect, whose fields have one each.
fn without_bases(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("at") && map.contains_key("basis") {
                map.insert("basis".to_owned(), json!("any"));
            }
            map.values_mut().for_each(without_bases);
        }
        Value::Array(items) => items.iter_mut().for_each(without_bases),
        _ => {}
    }
}

fn comparable(registration: &Registration, dialect: Dialect) -> Value {
    let mut value = serde_json::to_value(registration).unwrap();
    if dialect == Dialect::Live {
        without_bases(&mut value);
    }
    value
}

/// Where two values differ, and how.
fn differences(path: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
                let (old, new) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}.{key}"), old, new, found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                differences(&format!("{path}[{place}]"), old, new, found);
            }
        }
        _ if before != after => found.push(format!("{path}: {before} became {after}")),
        _ => {}
    }
}

async fn changed_on_the_way(names: &[&str], dialect: Dialect) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        let document = fixture(name);
        let first = read_from(service_saying(&document).await, &id_of(&document)).await;
        let again = served_and_read(&first, dialect).await;
        differences(name, &comparable(&first, dialect), &comparable(&again, dialect), &mut found);
    }
    found
}

const LIVE: [&str; 5] = ["live-abandoned", "live-completed", "live-mismatch", "live-review", "live-unpopulated"];

const WITH_STEPS_OF_ITS_OWN: [&str; 3] = ["mixed", "overview-completed", "overview-in-progress"];

#[tokio::test]
async fn every_document_passes_through_the_overview_dialect_unchanged() {
    let every = [LIVE.as_slice(), &WITH_STEPS_OF_ITS_OWN].concat();
    assert_eq!(changed_on_the_way(&every, Dialect::Overview).await, Vec::<String>::new());
}

// Steps and results that a document states itself have no place in the live dialect, which derives them from checks:
// documents that do so pass through the other one only.
#[tokio::test]
async fn every_live_document_passes_through_the_live_dialect_unchanged_but_for_the_basis_of_its_times() {
    assert_eq!(changed_on_the_way(&LIVE, Dialect::Live).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_list_passes_through_the_overview_dialect_unchanged_row_by_row() {
    let everything = ListRequest::page(1, ListRequest::MAX_LIMIT);
    let mut found = Vec::new();
    for name in ["live-list-populated", "live-list-unpopulated", "overview-list"] {
        let first = client(service_saying(&fixture(name)).await).list(everything.clone()).await.unwrap();
        let fake = Fake::new(Vec::new(), Vec::new(), Clock::fixed(NOW));
        first.registrations.iter().cloned().for_each(|row| fake.put(row));
        let endpoint = Endpoint::open(Arc::new(fake), Dialect::Overview, Clock::fixed(NOW)).await;
        let again = client(endpoint.url.clone()).list(everything.clone()).await.unwrap();
        assert!(!first.registrations.is_empty(), "{name} holds rows");
        assert_eq!(again.registrations.len(), first.registrations.len(), "{name}");
        for row in &first.registrations {
            let served = again.registrations.iter().find(|served| served.id == row.id).unwrap();
            let [old, new] = [row, served].map(|row| comparable(row, Dialect::Overview));
            differences(name, &old, &new, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// Projects and flows as they are read of a service and of an endpoint that has them from there.
async fn catalogues(document: &Value) -> [(Vec<Project>, Vec<Flow>); 2] {
    let service = client(service_saying(document).await);
    let first = (service.projects().await.unwrap(), service.flows().await.unwrap());
    let fake = Fake::new(first.0.clone(), first.1.clone(), Clock::fixed(NOW));
    let endpoint = Endpoint::open(Arc::new(fake), Dialect::Live, Clock::fixed(NOW)).await;
    let endpoint = client(endpoint.url.clone());
    [first, (endpoint.projects().await.unwrap(), endpoint.flows().await.unwrap())]
}

#[tokio::test]
async fn every_project_passes_unchanged() {
    for name in ["projects-v2", "projects-v3"] {
        let [(first, _), (again, _)] = catalogues(&fixture(name)).await;
        assert!(!first.is_empty(), "{name} holds projects");
        assert_eq!(first, again, "{name}");
    }
}

#[tokio::test]
async fn every_flow_passes_unchanged_whatever_its_shape() {
    for name in ["flow-configuration", "flow-flat", "flow-onboarding-settings", "flow-overview"] {
        let document = fixture(name);
        let flow = document.get("data").unwrap_or(&document).clone();
        let [(_, first), (_, again)] = catalogues(&json!({ "data": [flow], "pages": 1 })).await;
        assert_eq!(first.len(), 1, "{name} is one flow");
        assert_eq!(first, again, "{name}");
    }
}

#[tokio::test]
async fn every_refusal_arrives_as_what_it_was() {
    let id = RegistrationId::new("reg_1");
    let mut changed = Vec::new();
    for case in fixture("errors").as_array().unwrap() {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let body = case["body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let first = regdesk::wire::decode_error(status, body.as_bytes(), None);
        if matches!(first.kind, ErrorKind::NotSignedIn | ErrorKind::Server | ErrorKind::Unreachable) {
            // Not about the registration, but about us and the service: an endpoint does not hand that on.
            continue;
        }
        let fake = Fake::new(Vec::new(), Vec::new(), Clock::fixed(NOW));
        fake.fail(Operation::Resend, first.clone());
        let endpoint = Endpoint::open(Arc::new(fake), Dialect::Live, Clock::fixed(NOW)).await;
        let request = ResendRequest { send_email: false };
        let again = client(endpoint.url.clone()).resend(&id, request, &Caller::operator()).await.unwrap_err();
        // An endpoint has one word for each kind of refusal, where the service has several.
        if again.kind != first.kind {
            changed.push(format!("{:?} became {:?}", first.kind, again.kind));
        }
    }
    assert_eq!(changed, Vec::<String>::new());
}
