//! Who may do what.

use std::sync::Arc;

use regdesk::{
    backend::{Annotation, Caller, CreateRequest, SyncRequest, SyncStep},
    model::{Contact, Status},
    server::{Dialect, Server, ServerConfig, Webhooks},
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::create;
use crate::{
    desk::Desk,
    endpoint::{TOKEN, read},
};

const ROUTES: &[(Method, &str)] = &[
    (Method::GET, "/v2/app-registrations"),
    (Method::POST, "/v2/app-registrations"),
    (Method::GET, "/v2/app-registrations/me"),
    (Method::GET, "/v2/app-registrations/statistics"),
    (Method::GET, "/v2/app-registrations/x"),
    (Method::POST, "/v2/app-registrations/x/sync"),
    (Method::PUT, "/v2/app-registrations/x/sync"),
    (Method::POST, "/v2/app-registrations/x/resend-link"),
    (Method::POST, "/v2/app-registrations/x/evidence"),
    (Method::GET, "/v2/email-validations"),
    (Method::PUT, "/v2/email-validations/x"),
    (Method::POST, "/v2/phone-validations/app-registration"),
    (Method::POST, "/v2/document-validations/app-registration"),
    (Method::POST, "/v2/biometric-validations/app-registration"),
    (Method::POST, "/v2/face-recognition/compare/app-registration"),
    (Method::PUT, "/v2/information-validations/x/background-check"),
    (Method::GET, "/v3/projects"),
    (Method::GET, "/v2/projects"),
    (Method::GET, "/v2/project-flows"),
    (Method::GET, "/v2/project-flows/x"),
];

#[tokio::test]
async fn no_route_works_without_a_token_or_with_an_unknown_one() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    for (method, path) in ROUTES {
        for token in [None, Some("Bearer guessed"), Some("Basic Y2xpZW50"), Some(""), Some("Bearer ")] {
            let mut request = endpoint.bare(method.clone(), path);
            if let Some(token) = token {
                request = request.header("authorization", token);
            }
            let (status, body) = read(request.send().await.unwrap()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} with {token:?}");
            assert_eq!(body, json!({ "message": "Authentication required", "code": "UNAUTHORIZED" }));
        }
    }
}

#[tokio::test]
async fn the_clients_token_is_taken_with_and_without_bearer() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    for value in [format!("Bearer {TOKEN}"), format!("bearer {TOKEN}"), TOKEN.to_owned()] {
        let request = endpoint.bare(Method::GET, "/v2/app-registrations").header("authorization", &value);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_persons_token_opens_their_own_registration_and_nothing_else() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (own, token) = create(&endpoint, &desk, "own").await;
    let (other, _) = create(&endpoint, &desk, "other").await;
    let ask = async |method: Method, path: String| {
        read(endpoint.bare(method, &path).bearer_auth(&token).json(&json!({})).send().await.unwrap()).await
    };
    for (method, path) in [
        (Method::GET, "/v2/app-registrations/me".to_owned()),
        (Method::GET, format!("/v2/app-registrations/{own}")),
        (Method::POST, format!("/v2/app-registrations/{own}/sync")),
    ] {
        let (status, body) = ask(method, path).await;
        assert_eq!((status, body["id"].as_str()), (StatusCode::OK, Some(own.as_str())), "{body}");
    }
    let decide = json!({ "step": "adminOverride", "status": "completed" });
    let denied = [
        ask(Method::GET, format!("/v2/app-registrations/{other}")).await,
        ask(Method::POST, format!("/v2/app-registrations/{other}/sync")).await,
        ask(Method::POST, format!("/v2/app-registrations/{other}/evidence")).await,
        ask(Method::GET, "/v2/app-registrations".to_owned()).await,
        ask(Method::POST, "/v2/app-registrations".to_owned()).await,
        ask(Method::POST, format!("/v2/app-registrations/{own}/resend-link")).await,
        ask(Method::POST, format!("/v2/app-registrations/{own}/annotations")).await,
        ask(Method::GET, "/v3/projects".to_owned()).await,
        ask(Method::GET, "/v2/email-validations".to_owned()).await,
        read(
            endpoint
                .bare(Method::PUT, &format!("/v2/app-registrations/{own}/sync"))
                .bearer_auth(&token)
                .json(&decide)
                .send()
                .await
                .unwrap(),
        )
        .await,
    ];
    for (status, body) in denied {
        assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
        assert_eq!((&body["code"], &body["message"]), (&json!("access_denied"), &json!("403:access_denied")));
    }
    let (status, body) = endpoint.get("/v2/app-registrations/me").await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::FORBIDDEN, &json!("access_denied")),
        "the client has no own record"
    );
}

#[tokio::test]
async fn a_person_does_not_read_what_was_concluded_about_them() {
    for dialect in [Dialect::Overview, Dialect::Live] {
        let (desk, endpoint) = Desk::engine().await.served(dialect).await;
        let operator = Caller::operator();
        let contact = Contact { email: Some("curious@example.com".into()), ..Contact::default() };
        let request = CreateRequest { project: desk.project.clone(), flow: desk.flow.clone(), user_id: None, contact };
        let created = desk.backend.create(request, &operator).await.unwrap();
        let id = created.registration.id;
        let decision = SyncRequest {
            step: Some((SyncStep::AdminOverride, Status::Failed)),
            note: Some("looks forged".to_owned()),
            seen_version: None,
        };
        desk.backend.sync(&id, decision, &operator).await.unwrap();
        desk.backend.annotate(&id, Annotation::Claim, &Caller::operator().named("officer-7")).await.unwrap();
        let token = created.token.unwrap();
        let as_person = endpoint.bare(Method::GET, "/v2/app-registrations/me").bearer_auth(token.expose_secret());
        let (status, own) = read(as_person.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let (_, as_client) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
        assert!(as_client.to_string().contains("looks forged"), "{dialect:?}");
        for hint in ["looks forged", "officer-7", "127.0.0.1"] {
            assert!(!own.to_string().contains(hint), "{dialect:?}: {own}");
        }
        assert!(own["redFlags"].is_null() && own["links"].is_null() && own["risk"].is_null());
    }
}

#[tokio::test]
async fn a_persons_token_runs_out() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (_, token) = create(&endpoint, &desk, "late").await;
    desk.watch.advance(chrono::Duration::minutes(121));
    let request = endpoint.bare(Method::GET, "/v2/app-registrations/me").bearer_auth(&token);
    let (status, body) = read(request.send().await.unwrap()).await;
    assert_eq!((status, body), (StatusCode::FORBIDDEN, json!({ "message": "token_expired", "code": "FORBIDDEN" })));
}

#[tokio::test]
async fn who_asked_from_where_is_in_the_access_log() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (id, token) = create(&endpoint, &desk, "logged").await;
    endpoint.bare(Method::GET, "/v2/app-registrations/me").bearer_auth(&token).send().await.unwrap();
    let (_, registration) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
    let log = registration["accessLog"].as_array().unwrap();
    let by = |actor: &str| log.iter().any(|entry| entry["actor"] == actor && entry["ip"] == "127.0.0.1");
    assert!(by("enrollee") && by("client"), "{log:?}");
}

#[tokio::test]
async fn an_empty_token_does_not_open_an_endpoint_to_everybody() {
    let desk = Desk::engine().await;
    let config = ServerConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        dialect: Dialect::Overview,
        client_token: SecretString::from("  "),
        policy: Arc::default(),
        webhooks: Webhooks::default(),
    };
    let backend = Arc::clone(&desk.backend);
    assert!(Server::bind(config, backend, desk.watch.clock()).await.is_err());
}
