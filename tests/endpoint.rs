//! The endpoint as plain HTTP: the document's object field for field, tokens, limits, errors, stopping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "contract/desk.rs"]
mod desk;
#[path = "contract/endpoint.rs"]
mod endpoint;
#[path = "contract/evidence.rs"]
mod evidence;

use std::sync::Arc;

use regdesk::{
    backend::{Backend, BackendError, Caller, CreateRequest, ErrorKind, SyncRequest, SyncStep, fake::Operation},
    model::{Contact, RegistrationId, Status, StepKind},
    server::{Dialect, TOKEN_HEADER},
};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use desk::Desk;
use endpoint::{Endpoint, TOKEN, read};

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

#[tokio::test]
async fn the_documents_four_routes_answer_the_documents_object() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Overview).await;
    let response =
        endpoint.request(Method::POST, "/v2/app-registrations").json(&person(&desk, "alba")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert!(response.headers().contains_key(TOKEN_HEADER));
    let (_, created) = read(response).await;
    let id = created["id"].as_str().unwrap();
    assert_eq!(created["projectId"], desk.project);
    assert_eq!(created["flowId"], desk.flow);
    assert_eq!(created["status"], "started");
    assert!(created["userId"].is_string());
    assert!(created["completedAt"].is_null());

    complete(&endpoint, &desk, id).await;
    let response = endpoint.request(Method::POST, &format!("/v2/app-registrations/{id}/sync")).send().await.unwrap();
    let (status, synced) = read(response).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(synced["status"], "completed", "{}", synced["sync"]);

    let (status, retrieved) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    for object in [&retrieved, &synced] {
        assert_documented_shape(object);
    }
    let (status, list) = endpoint.get("/v2/app-registrations").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&list), ["data", "total", "limit", "page", "pages"]);
    assert_eq!(
        (&list["total"], &list["limit"], &list["page"], &list["pages"]),
        (&json!(1), &json!(10), &json!(1), &json!(1))
    );
    assert_eq!(list["data"][0]["id"], retrieved["id"]);
    assert_documented_shape(&list["data"][0]);
}

fn assert_documented_shape(object: &Value) {
    let documented =
        ["id", "userId", "projectId", "flowId", "status", "steps", "verificationResults", "createdAt", "completedAt"];
    for key in documented {
        assert!(!object[key].is_null(), "{key} is missing in {object}");
    }
    assert_eq!(object["status"], "completed");
    let steps = object["steps"].as_array().unwrap();
    for kind in ["personal_info", "document_verification", "biometric_verification"] {
        let step = steps.iter().find(|step| step["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {object}"));
        assert_eq!(step["status"], "completed");
        assert!(is_utc_time(&step["timestamp"]), "{step}");
    }
    for result in ["documentVerification", "biometricVerification", "livenessDetection"] {
        assert_eq!(object["verificationResults"][result], "passed", "{result}");
    }
    assert!(is_utc_time(&object["createdAt"]) && is_utc_time(&object["completedAt"]));
}

fn is_utc_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok())
}

#[tokio::test]
async fn the_live_dialect_wraps_and_names_as_the_deployed_service_does() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let body = json!({ "project": desk.project, "projectFlow": desk.flow, "email": "Live@Example.com", "firstName": "Alba", "lastName": "Muestra" });
    let (status, created) = endpoint.post("/v2/app-registrations", &body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&created["data"]), ["appRegistration", "informationValidation", "token"]);
    let registration = &created["data"]["appRegistration"];
    assert_eq!((&registration["status"], &registration["currentStep"]), (&json!("STARTED"), &json!("1")));
    assert_eq!(registration["project"], desk.project);
    assert_eq!(created["data"]["informationValidation"]["fullName"], "Alba Muestra");
    let id = registration["_id"].as_str().unwrap();

    let path = format!("/v2/app-registrations/{id}?populates[]=project&populates=projectFlow");
    let (_, retrieved) = endpoint.get(&path).await;
    assert_eq!(retrieved["data"]["project"]["_id"], desk.project);
    assert_eq!(retrieved["data"]["projectFlow"]["_id"], desk.flow);

    let (status, synced) = endpoint
        .put(&format!("/v2/app-registrations/{id}/sync"), &json!({ "step": "instructions", "status": "ONGOING" }))
        .await;
    assert_eq!(status, StatusCode::OK, "{synced}");
    assert_eq!(synced["data"]["appRegistrationId"], id);
    assert_eq!((&synced["data"]["status"], &synced["data"]["step"]), (&json!("ONGOING"), &json!("instructions")));
    assert_eq!(synced["data"]["steps"]["document"], "mandatory");

    let decision = json!({ "step": "adminOverride", "status": "FAILED", "note": "looks forged" });
    let (status, decided) = endpoint.put(&format!("/v2/app-registrations/{id}/sync"), &decision).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&decided["data"]["_id"], &decided["data"]["status"]), (&json!(id), &json!("FAILED")));
    assert_eq!(decided["data"]["manualReviewLog"][0]["note"], "looks forged");
}

#[tokio::test]
async fn in_the_live_dialect_a_person_gets_through_the_validations_with_their_own_token() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let body = json!({ "project": desk.project, "projectFlow": desk.flow, "email": "walk@example.com" });
    let (_, created) = endpoint.post("/v2/app-registrations", &body).await;
    let token = created["data"]["token"].as_str().unwrap();
    let ask = async |method: Method, path: &str, body: Value| {
        read(endpoint.bare(method, path).bearer_auth(token).json(&body).send().await.unwrap()).await
    };

    let (status, sent) = ask(
        Method::POST,
        "/v2/email-validations/app-registration",
        json!({ "project": desk.project, "email": "walk@example.com", "type": "onboarding", "validationMethod": "verificationCode" }),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    assert_eq!((&sent["data"]["status"], &sent["data"]["existing"]), (&json!("sent"), &json!(false)));
    assert!(sent["data"]["otp"].is_null(), "the code never leaves by this way");
    let validation = sent["data"]["_id"].as_str().unwrap();

    let path = format!("/v2/email-validations/{validation}");
    let (status, wrong) = ask(Method::PUT, &path, json!({ "email": "walk@example.com", "otp": "not-it" })).await;
    assert_eq!((status, wrong["code"].as_str()), (StatusCode::FORBIDDEN, Some("otp_does_not_match")));
    assert_eq!(wrong["message"], "403:otp_does_not_match");
    let code = desk.last_code("walk@example.com");
    let (status, right) = ask(Method::PUT, &path, json!({ "email": "walk@example.com", "otp": code })).await;
    assert_eq!((status, &right["data"]["status"]), (StatusCode::OK, &json!("validated")), "{right}");

    let scan = json!({ "status": "ACTIVE", "documentType": "passport", "documentNumber": "TEST000143", "imageValidated": true });
    let (status, document) = ask(Method::POST, "/v2/document-validations/app-registration", scan).await;
    assert_eq!(status, StatusCode::OK, "{document}");
    assert_eq!(document["data"]["documentValidation"]["documentNumber"], "TEST000143");
    assert_eq!(document["data"]["documentValidation"]["status"], "ACTIVE");

    let selfie = json!({ "image": "data:image/png;base64,AAAA", "os": "IOS", "livenessScore": 0.21 });
    let (status, failed) = ask(Method::POST, "/v2/biometric-validations/app-registration", selfie).await;
    assert_eq!((status, failed["code"].as_str()), (StatusCode::CONFLICT, Some("liveness_failed")), "{failed}");
    assert_eq!(failed["message"], "409:liveness_failed@0.21");
    assert!(failed["remainingAttempts"].is_u64());
    let selfie = json!({ "image": "data:image/png;base64,AAAA", "os": "IOS", "livenessScore": 0.95 });
    let (status, passed) = ask(Method::POST, "/v2/biometric-validations/app-registration", selfie).await;
    assert_eq!(status, StatusCode::OK, "{passed}");

    let (status, compared) =
        ask(Method::POST, "/v2/face-recognition/compare/app-registration", json!({ "score": 0.93 })).await;
    assert_eq!(status, StatusCode::OK, "{compared}");
    assert_eq!(compared["data"]["compareFaceVerification"]["result"]["passed"], true);

    let (status, me) = ask(Method::POST, "/v2/app-registrations/me", json!({ "populates": ["emailValidation"] })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(me["data"]["emailValidation"]["status"], "validated");
    let information = me["data"]["informationValidation"].as_str().unwrap();
    let lists = json!({ "criminalData": { "foundKeys": [], "world_api_interpol": { "status": "clear" } } });
    let path = format!("/v2/information-validations/{information}/background-check");
    let (status, checked) = ask(Method::PUT, &path, lists).await;
    assert_eq!(status, StatusCode::OK, "{checked}");

    let (status, list) = endpoint.get("/v2/email-validations?status=validated&limit=5").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(list["pagination"]["total"], 1);
    assert_eq!(list["data"][0]["_id"], validation);
    let (status, _) = endpoint.get("/v2/email-validations/nobody-has-this").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_photo_alone_begins_a_check_and_nothing_at_all_is_refused() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, _) = create_live(&endpoint, &desk, "photo").await;
    let path = "/v2/document-validations/app-registration";
    let (status, begun) =
        endpoint.post(path, &json!({ "appRegistration": id, "image": "data:image/png;base64,AAAA" })).await;
    assert_eq!(status, StatusCode::OK, "{begun}");
    assert_eq!(begun["data"]["documentValidation"]["status"], "ASSESSING");
    assert!(!begun.to_string().contains("base64"), "photos are not kept");
    let (status, refused) = endpoint.post(path, &json!({ "appRegistration": id })).await;
    assert_eq!((status, refused["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("MissingParameter")));
}

async fn create_live(endpoint: &Endpoint, desk: &Desk, name: &str) -> (String, String) {
    let (status, created) = endpoint.post("/v2/app-registrations", &person(desk, name)).await;
    assert_eq!(status, StatusCode::OK, "{created}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&created["data"]["appRegistration"]["_id"]), text(&created["data"]["token"]))
}

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
        let token = created.token.unwrap();
        let as_person = endpoint.bare(Method::GET, "/v2/app-registrations/me").bearer_auth(token.expose_secret());
        let (status, own) = read(as_person.send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let (_, as_client) = endpoint.get(&format!("/v2/app-registrations/{id}")).await;
        assert!(as_client.to_string().contains("looks forged"), "{dialect:?}");
        for hint in ["looks forged", "127.0.0.1"] {
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
async fn of_many_wrong_codes_at_once_exactly_the_limit_is_tried() {
    let (desk, endpoint) = Desk::engine().await.served(Dialect::Live).await;
    let (id, token) = create_live(&endpoint, &desk, "hasty").await;
    let send = endpoint.bare(Method::POST, "/v2/email-validations/app-registration").bearer_auth(&token);
    let (status, sent) = read(send.json(&json!({})).send().await.unwrap()).await;
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
        (ErrorKind::TooMany { retry_after: Some(std::time::Duration::from_secs(7)) }, 429, "TooManyRequests"),
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
async fn an_empty_token_does_not_open_an_endpoint_to_everybody() {
    let desk = Desk::engine().await;
    let config = regdesk::server::ServerConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        dialect: Dialect::Overview,
        client_token: secrecy::SecretString::from("  "),
    };
    let backend: Arc<dyn Backend> = Arc::clone(&desk.backend);
    assert!(regdesk::server::Server::bind(config, backend, desk.watch.clock()).await.is_err());
}
