//! Requests that are refused, and lists that are narrowed.

use std::time::Duration;

use regdesk::{
    backend::{BackendError, ErrorKind, fake::Operation},
    server::Dialect,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{create, keys, person};
use crate::{desk::Desk, endpoint::read};

#[tokio::test]
async fn unknown_routes_and_methods_are_told_in_json() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    for path in ["/", "/v2", "/v2/app-registrations/x/y/z", "/v1/app-registrations", "/v2//app-registrations"] {
        let (status, body) = endpoint.get(path).await;
        assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("NotFound")), "{path}");
        assert_eq!(keys(&body), ["message", "code"]);
    }
    let response = endpoint.request(Method::DELETE, "/v2/app-registrations").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET,HEAD,POST");
    let (status, body) = read(response).await;
    assert_eq!((status, &body["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("MethodNotAllowed")));
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused_with_its_place() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    for (body, hint) in [
        ("{\"projectId\": \"secret-value\", oops}", "line 1 column 31"),
        ("{\n\"projectId\": ", "line 2"),
        ("[1, 2]", "object"),
        ("\u{feff}{}", "line 1"),
        ("<html></html>", "line 1 column 1"),
    ] {
        let request = endpoint.request(Method::POST, "/v2/app-registrations").body(body);
        let (status, answer) = read(request.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(hint), "{body:?}: {message}");
        assert!(!message.contains("secret-value"));
    }
    let request = endpoint.request(Method::POST, "/v2/app-registrations").body(vec![0xff, 0xfe, b'{']);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn fields_of_a_wrong_kind_or_missing_are_named() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let with = |field: &str, value: Value| {
        let mut body = person(&desk, "wrong");
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("projectId", Value::Null), "project"),
        (with("flowId", json!("")), "flow"),
        (with("email", json!(["a@example.com"])), "email"),
        (with("email", json!("not an address")), "email"),
        (with("email", Value::Null), "email"),
        (with("phone", json!("2025550123")), "country_code"),
    ] {
        let (status, answer) = endpoint.post("/v2/app-registrations", &body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{answer}");
        assert_eq!((&answer["code"], &answer["status"]), (&json!("MissingParameter"), &json!(409)));
        assert_eq!(answer["details"][0]["field"], field, "{answer}");
    }
}

#[tokio::test]
async fn pages_are_counted_from_one_and_limited_to_a_hundred() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    for name in ["one", "two", "three"] {
        create(&endpoint, &desk, name).await;
    }
    let (_, page) = endpoint.get("/v2/app-registrations?page=2&limit=2").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&page["total"], &page["limit"], &page["page"], &page["pages"]),
        (&json!(3), &json!(2), &json!(2), &json!(2))
    );
    for query in ["limit=0", "limit=101", "limit=-1", "limit=ten", "perPage=1000", "limit=99999999999999999999"] {
        let (status, answer) = endpoint.get(&format!("/v2/app-registrations?{query}")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{query}");
        assert_eq!(answer["message"], "Invalid parameter: limit must be between 1 and 100");
        assert_eq!(answer["code"], "MissingParameter");
    }
    for query in ["page=0", "page=-1", "page=x"] {
        let (status, answer) = endpoint.get(&format!("/v2/app-registrations?{query}")).await;
        assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("MissingParameter")), "{query}");
    }
    let (status, beyond) = endpoint.get("/v2/app-registrations?page=4294967295&limit=100").await;
    assert_eq!((status, beyond["data"].as_array().unwrap().len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn filters_go_by_the_names_of_both_dialects() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (id, _) = create(&endpoint, &desk, "filtered").await;
    let project = &desk.project;
    let flow = &desk.flow;
    for query in [
        "status=started".to_owned(),
        "where_status=STARTED".to_owned(),
        "in_status[]=FAILED&in_status[]=STARTED".to_owned(),
        "in_status=%5B%22FAILED%22%2C%22STARTED%22%5D".to_owned(),
        format!("projectId={project}&flowId={flow}"),
        format!("project={project}&projectFlow={flow}"),
        format!("where_project={project}&where_projectFlow={flow}"),
        "sort=-createdAt&whatever=ignored".to_owned(),
    ] {
        let (status, page) = endpoint.get(&format!("/v2/app-registrations?{query}")).await;
        assert_eq!((status, page["data"][0]["id"].as_str()), (StatusCode::OK, Some(id.as_str())), "{query}: {page}");
    }
    for query in ["status=failed", "projectId=other", "flowId=other", "in_status[]=FAILED&in_status[]=EXPIRED"] {
        let (_, page) = endpoint.get(&format!("/v2/app-registrations?{query}")).await;
        assert_eq!(page["total"], 0, "{query}");
    }
}

#[tokio::test]
async fn unknown_things_are_not_found_in_the_documented_words() {
    let (_desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (status, read) = endpoint.get("/v2/app-registrations/nobody").await;
    assert_eq!(
        (status, &read["message"], &read["code"]),
        (StatusCode::NOT_FOUND, &json!("AppRegistration_not_found"), &json!("NotFound"))
    );
    let (status, synced) = endpoint.post("/v2/app-registrations/nobody/sync", &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        (&synced["code"], &synced["message"]),
        (&json!("AppRegistration_not_found"), &json!("404:AppRegistration_not_found"))
    );
    for path in ["/v3/projects/nothing", "/v2/project-flows/nothing", "/v2/document-validations/nothing"] {
        assert_eq!(endpoint.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn sync_refuses_what_the_table_of_steps_does_not_know() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let (id, _) = create(&endpoint, &desk, "odd").await;
    let path = format!("/v2/app-registrations/{id}/sync");
    let (status, unknown) = endpoint.put(&path, &json!({ "step": "palmReading", "status": "ONGOING" })).await;
    assert_eq!((status, &unknown["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("step_not_supported")));
    assert_eq!(unknown["message"], "500:step_not_supported");
    for body in
        [json!({ "step": "end" }), json!({ "status": "completed" }), json!({ "step": 7, "status": "completed" })]
    {
        let (status, answer) = endpoint.post(&path, &body).await;
        assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("MissingParameter")), "{body}");
    }
    let (status, early) = endpoint.put(&path, &json!({ "step": "signUpForm", "status": "ONGOING" })).await;
    assert_eq!((status, &early["code"]), (StatusCode::CONFLICT, &json!("Conflict")));
    assert_eq!(early["message"], "signUpForm_validation_not_passed");
}

#[tokio::test]
async fn a_backends_errors_have_their_documented_status_and_no_inner_detail() {
    let (fake, desk) = Desk::fake().await;
    let (_desk, endpoint) = desk.served(Dialect::Live).await;
    let cases = [
        (ErrorKind::Storage, 500, "InternalServerError"),
        (ErrorKind::Server, 500, "InternalServerError"),
        (ErrorKind::Unreachable, 502, "BadGateway"),
        (ErrorKind::TimedOut, 504, "Timeout"),
        (ErrorKind::NoCredits, 402, "PaymentRequired"),
        (ErrorKind::ReadOnly, 403, "insufficient_permissions"),
        (ErrorKind::Unsupported, 501, "NotImplemented"),
        (ErrorKind::TooMany { retry_after: Some(Duration::from_secs(7)) }, 429, "TooManyRequests"),
    ];
    for (kind, status, code) in cases {
        let inner = "cannot read /home/someone/engine.redb";
        fake.fail(Operation::List, BackendError::new(kind.clone(), inner));
        let response = endpoint.request(Method::GET, "/v2/app-registrations").send().await.unwrap();
        let wait = response.headers().get("retry-after").cloned();
        let (answered, body) = read(response).await;
        assert_eq!((answered.as_u16(), &body["code"]), (status, &json!(code)), "{kind:?}");
        if matches!(kind, ErrorKind::Storage | ErrorKind::Server | ErrorKind::Unreachable) {
            assert!(!body.to_string().contains("/home"), "{body}");
        }
        assert_eq!(wait.is_some(), status == 429);
    }
}

#[tokio::test]
async fn a_list_that_is_asked_for_again_shows_at_once_what_was_written_and_what_time_has_brought() {
    for (dialect, [started, expired]) in
        [(Dialect::Overview, ["started", "expired"]), (Dialect::Live, ["STARTED", "EXPIRED"])]
    {
        let (desk, endpoint) = Desk::engine().await.served(dialect).await;
        let list = async || endpoint.get("/v2/app-registrations?page=1&limit=10").await.1;
        let (nobody, again) = (list().await, list().await);
        assert_eq!((&nobody["total"], &nobody), (&json!(0), &again));
        endpoint.post("/v2/app-registrations", &person(&desk, "first")).await;
        let first = list().await;
        assert_eq!((&first["total"], &first["data"][0]["status"]), (&json!(1), &json!(started)));
        assert_eq!(first, list().await, "asking for the list leaves nothing in it");
        desk.watch.advance(chrono::Duration::days(400));
        assert_eq!(list().await["data"][0]["status"], json!(expired));
    }
}
