//! The endpoint as a server: methods, caches, limits, load, garbage, stopping.

use std::sync::Arc;

use regdesk::{
    backend::{Caller, Clock, fake::Operation},
    model::{RegistrationId, StepKind},
    server::Dialect,
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{create_live, person};
use crate::{
    desk::Desk,
    endpoint::{Endpoint, read},
};

#[tokio::test]
async fn head_and_options_answer_without_a_body() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let head = endpoint.request(Method::HEAD, "/v2/app-registrations").send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.text().await.unwrap(), "");
    let options = endpoint.bare(Method::OPTIONS, "/v2/app-registrations").send().await.unwrap();
    assert_eq!(options.status(), StatusCode::NO_CONTENT);
    assert_eq!(options.headers()["allow"], "GET,HEAD,POST");
}

#[tokio::test]
async fn answers_are_not_kept_by_caches() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    for path in ["/v2/app-registrations", "/nowhere"] {
        let response = endpoint.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn stopping_lets_a_request_under_way_finish_and_takes_no_new_ones() {
    let (fake, desk) = Desk::fake().await;
    let (_desk, endpoint) = desk.served(Dialect::Live).await;
    let held = fake.hold(Operation::List);
    let url = endpoint.url.clone();
    let slow = tokio::spawn(endpoint.request(Method::GET, "/v2/app-registrations").send());
    while fake.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    let stopping = endpoint.stop();
    let address = url.strip_prefix("http://").unwrap().to_owned();
    // The listener closes at once; the request under way is still waiting.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    held.release();
    assert_eq!(slow.await.unwrap().unwrap().status(), StatusCode::OK);
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_breaks_inside_is_answered_and_the_endpoint_lives_on() {
    let desk = Desk::engine().await;
    let broken = Clock::new(|| panic!("a clock that stopped"));
    let endpoint = Endpoint::open(Arc::clone(&desk.backend), Dialect::Overview, broken).await;
    let (status, answer) = endpoint.post("/v2/app-registrations", &person(&desk, "unlucky")).await;
    assert_eq!((status, &answer["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("InternalServerError")));
    assert!(!answer.to_string().contains("stopped"), "{answer}");
    assert_eq!(endpoint.get("/v3/projects").await.0, StatusCode::OK);
}

#[tokio::test]
async fn garbage_on_the_wire_does_not_bring_the_endpoint_down() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let address = endpoint.url.strip_prefix("http://").unwrap().to_owned();
    for garbage in [
        &b"\x16\x03\x01\x02\x00hello"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
    }
    let path = "/v2/app-registrations/%ff%fe";
    assert_eq!(endpoint.get(path).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(endpoint.get("/v2/app-registrations").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_endpoint_lives_on() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let oversized = |bytes: usize| format!("{{\"note\": \"{}\"}}", "x".repeat(bytes));
    let mebibyte = 1024 * 1024;
    let request = endpoint.request(Method::POST, "/v2/app-registrations").body(oversized(mebibyte));
    let (status, answer) = read(request.send().await.unwrap()).await;
    assert_eq!((status, &answer["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("PayloadTooLarge")));

    let (id, _) = create_live(&endpoint, &desk, "photographer").await;
    let photo = json!({ "appRegistration": id, "image": "A".repeat(8 * mebibyte) });
    let (status, answer) = endpoint.post("/v2/document-validations/app-registration", &photo).await;
    assert_eq!(status, StatusCode::OK, "photos may be larger: {answer}");
    let (status, _) = endpoint.get("/v2/app-registrations").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_megabyte_of_headers_is_refused_before_it_has_all_come_and_the_endpoint_lives_on() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let address = endpoint.url.strip_prefix("http://").unwrap().to_owned();
    let (mut reading, mut writing) = TcpStream::connect(&address).await.unwrap().into_split();
    let sending = tokio::spawn(async move {
        let line = format!("x-note: {}\r\n", "y".repeat(1000));
        writing.write_all(b"GET /v2/app-registrations HTTP/1.1\r\nhost: x\r\n").await?;
        for _ in 0..1024 {
            writing.write_all(line.as_bytes()).await?;
            tokio::task::yield_now().await;
        }
        // No blank line: whoever waits for the end of the headers never answers.
        std::io::Result::Ok(writing)
    });
    let mut answer = Vec::new();
    // Cut off or told: either way the connection is over.
    let _ = reading.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{:?}", String::from_utf8_lossy(&answer));
    drop(sending.await);
    assert_eq!(endpoint.get("/v2/app-registrations").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_head_over_the_limit_is_refused_in_json_and_the_endpoint_lives_on() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let list = "/v2/app-registrations";
    for (bytes, status, code) in [(30_000, 200, json!(null)), (40_000, 431, json!("HeadersTooLarge"))] {
        let request = endpoint.request(Method::GET, list).header("x-note", "y".repeat(bytes));
        let (answered, answer) = read(request.send().await.unwrap()).await;
        assert_eq!((answered.as_u16(), &answer["code"]), (status, &code), "{bytes}");
    }
    let many = (0..90).fold(endpoint.request(Method::GET, list), |request, number| {
        request.header(format!("x-note-{number}"), "y".repeat(400))
    });
    assert_eq!(many.send().await.unwrap().status().as_u16(), 431, "many small ones count together");
    for (bytes, status, code) in [(7_000, 200, json!(null)), (9_000, 414, json!("UriTooLong"))] {
        let (answered, answer) = endpoint.get(&format!("{list}?note={}", "y".repeat(bytes))).await;
        assert_eq!((answered.as_u16(), &answer["code"]), (status, &code), "{bytes}");
    }
    assert_eq!(endpoint.get(list).await.0, StatusCode::OK);
}

#[tokio::test]
async fn of_many_wrong_codes_at_once_exactly_the_limit_is_tried() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, token) = create_live(&endpoint, &desk, "hasty").await;
    let asking = endpoint.bare(Method::POST, "/v2/email-validations/app-registration").bearer_auth(&token);
    let (status, sent) = read(asking.json(&json!({})).send().await.unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    let limit = sent["data"]["maxAttempts"].as_u64().unwrap() as usize;
    let path = format!("/v2/email-validations/{}", sent["data"]["_id"].as_str().unwrap());
    let tries = (0..30).map(|number| {
        let request =
            endpoint.bare(Method::PUT, &path).bearer_auth(&token).json(&json!({ "otp": format!("x{number}") }));
        tokio::spawn(async move { request.send().await.unwrap().status() })
    });
    let tries: Vec<_> = tries.collect();
    let mut statuses = Vec::new();
    for one in tries {
        statuses.push(one.await.unwrap());
    }
    let of = |status: StatusCode| statuses.iter().filter(|answer| **answer == status).count();
    assert_eq!(of(StatusCode::FORBIDDEN), limit, "{statuses:?}");
    assert_eq!(of(StatusCode::GONE), 30 - limit, "{statuses:?}");
    let after = desk.backend.retrieve(&RegistrationId::new(id), &Caller::system()).await.unwrap();
    assert_eq!(after.counted_failures(&StepKind::EmailVerification) as usize, limit);
}

#[tokio::test]
async fn asking_for_codes_while_guessing_gives_no_more_guesses() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, token) = create_live(&endpoint, &desk, "patient").await;
    let requests = (0..60).map(|number| {
        let (path, body) = match number % 4 {
            0 => ("/v2/email-validations/app-registration", json!({})),
            _ => ("/v2/email-validations/validate", json!({ "otp": format!("x{number}") })),
        };
        let request = endpoint.bare(Method::POST, path).bearer_auth(&token).json(&body);
        tokio::spawn(async move { request.send().await.unwrap().status() })
    });
    let requests: Vec<_> = requests.collect();
    let mut wrong = 0;
    for request in requests {
        wrong += usize::from(request.await.unwrap() == StatusCode::FORBIDDEN);
    }
    // However they fell, what is left is spent one after the other.
    for number in 0..5 {
        endpoint.bare(Method::POST, "/v2/email-validations/app-registration").bearer_auth(&token).send().await.unwrap();
        let guess = json!({ "otp": format!("y{number}") });
        let request = endpoint.bare(Method::POST, "/v2/email-validations/validate").bearer_auth(&token).json(&guess);
        wrong += usize::from(request.send().await.unwrap().status() == StatusCode::FORBIDDEN);
    }
    let after = desk.backend.retrieve(&RegistrationId::new(id), &Caller::system()).await.unwrap();
    let limit = after.checks.email.as_ref().unwrap().max_attempts.unwrap() as usize;
    assert_eq!(wrong, limit);
    let codes = std::fs::read_to_string(desk.directory().join("outbox.ndjson")).unwrap().lines().count();
    assert!(codes <= 5, "{codes} codes went out");
}

#[tokio::test]
async fn whoever_guesses_tokens_is_made_to_wait_and_told_how_long() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let guess = async |number: u32| {
        let request = endpoint.bare(Method::GET, "/v2/app-registrations").bearer_auth(format!("guess{number}"));
        request.send().await.unwrap()
    };
    let mut tried = 0;
    let refused = loop {
        let answer = guess(tried).await;
        if answer.status() != StatusCode::UNAUTHORIZED {
            break answer;
        }
        tried += 1;
        assert!(tried < 100, "nobody stops the guessing");
    };
    assert_eq!((refused.status(), tried), (StatusCode::TOO_MANY_REQUESTS, 30));
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}
