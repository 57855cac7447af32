//! The endpoint as plain HTTP against a real engine: the document's object, tokens, limits, errors, stopping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../contract/desk.rs"]
mod desk;
mod dialects;
#[path = "../contract/endpoint.rs"]
mod endpoint;
#[path = "../contract/evidence.rs"]
mod evidence;
mod health;
mod requests;
mod serving;
mod tokens;
mod withheld;

use regdesk::server::TOKEN_HEADER;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use desk::Desk;
use endpoint::{Endpoint, read};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn person(desk: &Desk, name: &str) -> Value {
    json!({ "projectId": desk.project, "flowId": desk.flow, "email": format!("{name}@example.com"), "fullName": "Alba Muestra" })
}

/// Creates a registration in the overview dialect: its id and its person's token.
async fn create(endpoint: &Endpoint, desk: &Desk, name: &str) -> (String, String) {
    let response =
        endpoint.request(Method::POST, "/v2/app-registrations").json(&person(desk, name)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let token = response.headers()[TOKEN_HEADER].to_str().unwrap().to_owned();
    (read(response).await.1["id"].as_str().unwrap().to_owned(), token)
}

/// Hands in everything a flow asks for.
async fn complete(endpoint: &Endpoint, desk: &Desk, id: &str) {
    let flows = desk.backend.flows().await.unwrap();
    let flow = flows.iter().find(|flow| flow.id == desk.flow).unwrap();
    for evidence in evidence::passing(&flow.settings) {
        let body = serde_json::to_value(&evidence).unwrap();
        let (status, answer) = endpoint.post(&format!("/v2/app-registrations/{id}/evidence"), &body).await;
        assert_eq!(status, StatusCode::OK, "{:?}: {answer}", evidence.step());
    }
}

async fn create_live(endpoint: &Endpoint, desk: &Desk, name: &str) -> (String, String) {
    let (status, created) = endpoint.post("/v2/app-registrations", &person(desk, name)).await;
    assert_eq!(status, StatusCode::OK, "{created}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&created["data"]["appRegistration"]["_id"]), text(&created["data"]["token"]))
}
