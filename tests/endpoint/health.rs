//! What whoever runs an endpoint asks of it.

use regdesk::server::Dialect;
use reqwest::{Method, StatusCode};

use crate::{desk::Desk, endpoint::Endpoint};

async fn text(endpoint: &Endpoint, path: &str, with_token: bool) -> (StatusCode, String) {
    let request = if with_token { endpoint.request(Method::GET, path) } else { endpoint.bare(Method::GET, path) };
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn an_endpoint_says_without_a_token_that_it_lives_and_is_ready() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    assert_eq!(text(&endpoint, "/healthz", false).await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(text(&endpoint, "/readyz", false).await, (StatusCode::OK, "ready\n".to_owned()));
}

#[tokio::test]
async fn what_cannot_read_its_registrations_lives_and_is_not_ready() {
    let (fake, desk) = Desk::fake().await;
    let endpoint = Endpoint::open(desk.backend.clone(), Dialect::Live, desk.clock()).await;
    let _never_let_go = fake.hold(regdesk::backend::fake::Operation::List);
    assert_eq!(text(&endpoint, "/healthz", false).await.0, StatusCode::OK);
    assert_eq!(text(&endpoint, "/readyz", false).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_was_answered_is_counted_for_the_client_and_names_nobody() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let person = serde_json::json!({ "project": desk.project, "projectFlow": desk.flow, "email": "ana@example.com" });
    assert!(endpoint.post("/v2/app-registrations", &person).await.0.is_success());
    assert_eq!(endpoint.get("/v2/nowhere").await.0, StatusCode::NOT_FOUND);
    assert_eq!(text(&endpoint, "/metrics", false).await.0, StatusCode::UNAUTHORIZED);
    let (status, metrics) = text(&endpoint, "/metrics", true).await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "regdesk_requests_total{method=\"POST\",status=\"2xx\"} 1",
        "regdesk_requests_total{method=\"GET\",status=\"4xx\"} 2",
        "regdesk_requests_under_way 1",
        "regdesk_request_seconds_count 3",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing:\n{metrics}");
    }
    assert!(!metrics.contains("ana@example.com"));
}
