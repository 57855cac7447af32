//! The remote client against a server that misbehaves in every way a network knows: what is told, what is repeated,
//! and what never is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use regdesk::{
    backend::{
        Backend, BackendError, Caller, Channel, Clock, CreateRequest, ErrorKind, ListRequest, ResendRequest,
        SyncRequest, SyncStep,
    },
    model::{Contact, Evidence, RegistrationId, Status, StepKind, StepState},
    remote::{Dialect, Remote, RemoteConfig, Timeouts, TokenSource, renew},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
enum Reply {
    /// Answers with a status, headers and a body.
    Say(u16, &'static str, String),
    /// Promises more bytes than it sends.
    Cut(&'static str),
    /// Takes the request and hangs up.
    HangUp,
    /// Takes the request and never answers.
    Silence,
}

fn ok(body: &Value) -> Reply {
    Reply::Say(200, "content-type: application/json\r\n", body.to_string())
}

fn refuse(status: u16, body: &Value) -> Reply {
    Reply::Say(status, "content-type: application/json\r\n", body.to_string())
}

/// A request as it arrived: first line, token and body.
#[derive(Debug, Clone)]
struct Seen {
    line: String,
    token: String,
    /// What it said to know already.
    known: Option<String>,
    body: Value,
}

/// A server that plays a script, one reply a request, and notes what it was asked.
struct Script {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Script {
    async fn play(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (noted, mut replies) = (Arc::clone(&seen), VecDeque::from(replies));
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                noted.lock().unwrap().push(request);
                let reply = replies.pop_front().expect("one more request than the script has replies");
                match reply {
                    Reply::Say(status, headers, body) => {
                        let head = format!(
                            "HTTP/1.1 {status} Scripted\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
                            body.len()
                        );
                        stream.write_all(head.as_bytes()).await.unwrap();
                        stream.write_all(body.as_bytes()).await.unwrap();
                    }
                    Reply::Cut(body) => {
                        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 100);
                        stream.write_all(head.as_bytes()).await.unwrap();
                    }
                    Reply::HangUp => {}
                    Reply::Silence => kept.push(stream),
                }
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn remote(&self) -> Remote {
        remote(&format!("http://{}", self.address), None)
    }

    fn speaking(&self, dialect: Dialect) -> Remote {
        remote(&format!("http://{}", self.address), Some(dialect))
    }
}

async fn read_request(stream: &mut TcpStream) -> Seen {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            head.lines().find_map(|line| line.to_lowercase().strip_prefix(name).map(|value| value.trim().to_owned()))
        };
        let length = header("content-length:").map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return Seen {
                line: head.lines().next().unwrap().to_owned(),
                token: header("authorization:").unwrap_or_default().replace("bearer ", ""),
                known: header("if-none-match:"),
                body: serde_json::from_str(body).unwrap_or(Value::Null),
            };
        }
    }
}

fn config(base_url: &str, dialect: Option<Dialect>) -> RemoteConfig {
    RemoteConfig {
        base_url: base_url.to_owned(),
        dialect,
        token: TokenSource::Value(SecretString::from("client-token")),
        allow_plain_http: false,
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            request: Duration::from_millis(400),
            backoff: Duration::from_millis(1),
            per_second: None,
        },
        mirror: regdesk::remote::Mirror::default(),
        mirror_hours: 24,
        annotations: None,
    }
}

fn remote(base_url: &str, dialect: Option<Dialect>) -> Remote {
    Remote::new(config(base_url, dialect), Clock::fixed(NOW)).unwrap()
}

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

const ID: &str = "69a80a10aa00bb11cc22dd33";

fn id() -> RegistrationId {
    RegistrationId::new(ID)
}

fn live(status: &str, step: &str) -> Value {
    json!({ "data": {
        "_id": ID, "project": "p1", "projectFlow": "f1", "status": status, "currentStep": step,
        "email": "noor@example.com", "createdAt": "2026-03-04T10:00:00.000Z", "updatedAt": "2026-03-04T10:05:00.000Z",
        "emailValidation": { "_id": "ev1", "status": "sent" },
    } })
}

fn overview(status: &str) -> Value {
    json!({
        "id": ID, "userId": "u1", "projectId": "p1", "flowId": "f1", "status": status, "steps": [],
        "verificationResults": {}, "createdAt": "2026-03-04T10:00:00Z",
    })
}

fn person() -> CreateRequest {
    CreateRequest {
        project: "p1".to_owned(),
        flow: "f1".to_owned(),
        user_id: None,
        contact: Contact { email: Some("noor@example.com".into()), ..Contact::default() },
    }
}

async fn retrieve(remote: &Remote) -> Result<Status, BackendError> {
    remote.retrieve(&id(), &Caller::operator()).await.map(|registration| registration.status)
}

async fn retrieve_error(replies: Vec<Reply>) -> BackendError {
    let script = Script::play(replies).await;
    retrieve(&script.remote()).await.unwrap_err()
}

#[tokio::test]
async fn each_refusal_is_told_by_kind_with_what_to_do() {
    let expired = retrieve_error(vec![refuse(403, &json!({ "message": "token_expired", "code": "FORBIDDEN" }))]).await;
    assert_eq!(expired.kind, ErrorKind::NotSignedIn);
    assert!(expired.message.starts_with("The token has expired. Put a valid one into"), "{expired}");
    let unknown =
        retrieve_error(vec![refuse(401, &json!({ "code": "UNAUTHORIZED", "message": "Authentication required" }))])
            .await;
    assert_eq!((unknown.kind, unknown.http_status), (ErrorKind::NotSignedIn, Some(401)));
    let missing =
        retrieve_error(vec![refuse(404, &json!({ "code": "NotFound", "message": "AppRegistration_not_found" }))]).await;
    assert_eq!((missing.kind, missing.code.as_deref()), (ErrorKind::NotFound, Some("AppRegistration_not_found")));
    let conflict =
        retrieve_error(vec![refuse(409, &json!({ "code": "Conflict", "message": "person_already_set" }))]).await;
    assert_eq!(conflict.kind, ErrorKind::Conflict);
    let moved =
        retrieve_error(vec![Reply::Say(302, "location: https://elsewhere.example.com/\r\n", String::new())]).await;
    assert_eq!(moved.kind, ErrorKind::Server);
    assert!(moved.message.contains("redirects"), "{moved}");
}

#[tokio::test]
async fn a_page_instead_of_json_is_told_as_such() {
    let page = || Reply::Say(200, "content-type: text/html\r\n", "<html>Sign in</html>".to_owned());
    let error = retrieve_error(vec![page()]).await;
    assert_eq!(error.kind, ErrorKind::Server);
    assert!(error.message.contains("an HTML page instead of JSON (HTTP 200)"), "{error}");
}

#[tokio::test]
async fn a_read_is_repeated_at_most_three_times() {
    let down = || refuse(500, &json!({ "message": "boom", "code": "InternalServerError" }));
    let script = Script::play(vec![down(), down(), ok(&live("ONGOING", "document"))]).await;
    assert_eq!(retrieve(&script.remote()).await, Ok(Status::Ongoing));

    let script = Script::play(vec![down(), down(), down(), down()]).await;
    let error = retrieve(&script.remote()).await.unwrap_err();
    assert_eq!((error.kind, error.http_status), (ErrorKind::Server, Some(500)));
    assert_eq!(script.seen().len(), 4);
}

#[tokio::test]
async fn a_cut_answer_is_read_again_and_told_if_it_stays_cut() {
    let script = Script::play(vec![Reply::Cut("{\"data\":"), ok(&live("FAILED", "end"))]).await;
    assert_eq!(retrieve(&script.remote()).await, Ok(Status::Failed));
    let cut = || Reply::Cut("{\"data\":");
    let error = retrieve_error(vec![cut(), cut(), cut(), cut()]).await;
    assert_eq!(error.kind, ErrorKind::Server);
    assert!(error.message.contains("broke off in the middle"), "{error}");
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept_unless_it_is_too_long() {
    let busy = |headers| Reply::Say(429, headers, json!({ "code": "TooManyRequests" }).to_string());
    let script = Script::play(vec![busy("retry-after: 1\r\n"), ok(&live("ONGOING", "1"))]).await;
    let begun = Instant::now();
    assert_eq!(retrieve(&script.remote()).await, Ok(Status::Ongoing));
    assert!(begun.elapsed() >= Duration::from_secs(1));

    let error = retrieve_error(vec![busy("retry-after: 3600\r\n")]).await;
    assert_eq!(error.kind, ErrorKind::TooMany { retry_after: Some(Duration::from_hours(1)) });
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable_and_silence_is_a_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = retrieve(&remote(&format!("http://{address}"), None)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains(&address.to_string()) && error.message.contains("refused"), "{error}");

    let error = retrieve_error(vec![Reply::Silence]).await;
    assert_eq!(error.kind, ErrorKind::TimedOut);
    assert!(error.message.contains("did not answer within 0.4 s"), "{error}");
}

#[tokio::test]
async fn a_write_is_never_repeated_and_its_outcome_is_told_as_unknown() {
    for lost in [Reply::Silence, Reply::HangUp, Reply::Cut("{"), Reply::Say(504, "", String::new())] {
        let script = Script::play(vec![lost]).await;
        let error = script.speaking(Dialect::Live).create(person(), &Caller::operator()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        assert!(error.message.contains("it is unknown whether it did create the registration"), "{error}");
        assert!(error.message.contains("Refresh"), "{error}");
        assert_eq!(script.seen().len(), 1);
    }
    let script = Script::play(vec![refuse(500, &json!({ "message": "boom" }))]).await;
    let error = script.remote().create(person(), &Caller::operator()).await.unwrap_err();
    assert!(error.message.contains("it may have been done"), "{error}");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn a_refused_field_is_named_as_the_model_names_it() {
    let body = json!({ "message": "missing countryCode", "code": "MissingParameter", "status": 409 });
    let script = Script::play(vec![refuse(409, &body)]).await;
    let error = script.remote().create(person(), &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid { field: Some("country_code".to_owned()) });
}

#[tokio::test]
async fn creating_uses_the_clients_token_and_later_steps_the_persons() {
    let created = json!({ "data": {
        "appRegistration": live("STARTED", "1")["data"], "token": "person-token",
        "informationValidation": { "_id": "iv1", "fullName": "Noor Example" },
    } });
    let replies = vec![
        ok(&created),
        ok(&live("STARTED", "1")),
        ok(&json!({ "data": { "status": "ONGOING", "step": "document", "appRegistrationId": ID } })),
        ok(&live("ONGOING", "document")),
        ok(&live("COMPLETED", "end")),
        ok(&live("COMPLETED", "end")),
    ];
    let script = Script::play(replies).await;
    let remote = script.remote();
    let created = remote.create(person(), &Caller::operator()).await.unwrap();
    assert_eq!(created.token.unwrap().expose_secret(), "person-token");
    let step = (SyncStep::Flow(StepKind::DocumentVerification), Status::Ongoing);
    let synced =
        remote.sync(&id(), SyncRequest { step: Some(step), ..SyncRequest::default() }, &Caller::operator()).await;
    assert_eq!(synced.unwrap().registration.current_step, Some(StepKind::DocumentVerification));
    let decision = SyncRequest {
        step: Some((SyncStep::AdminOverride, Status::Completed)),
        note: Some("checked".to_owned()),
        seen_version: Some(4),
    };
    let decided = remote.sync(&id(), decision, &Caller::operator()).await.unwrap();
    assert_eq!((decided.asked, decided.registration.status), (Some(Status::Completed), Status::Completed));

    let seen = script.seen();
    let tokens: Vec<&str> = seen.iter().map(|request| request.token.as_str()).collect();
    assert_eq!(
        tokens,
        ["client-token", "client-token", "person-token", "client-token", "client-token", "client-token"]
    );
    // The dialect showed in the answer to create, so sync is a PUT with the live names.
    assert_eq!(seen[2].line, format!("PUT /v2/app-registrations/{ID}/sync HTTP/1.1"));
    assert_eq!(seen[2].body, json!({ "step": "document", "status": "ONGOING" }));
    assert_eq!(
        seen[4].body,
        json!({ "step": "adminOverride", "status": "COMPLETED", "note": "checked", "seenVersion": 4 })
    );
}

#[tokio::test]
async fn a_persons_token_that_died_gives_way_to_the_clients() {
    let created = json!({ "data": { "appRegistration": live("STARTED", "1")["data"], "token": "person-token" } });
    let replies = vec![
        ok(&created),
        ok(&live("STARTED", "1")),
        refuse(403, &json!({ "message": "token_expired", "code": "FORBIDDEN" })),
        ok(&live("ONGOING", "document")),
        ok(&live("ONGOING", "document")),
    ];
    let script = Script::play(replies).await;
    let remote = script.remote();
    remote.create(person(), &Caller::operator()).await.unwrap();
    let request = SyncRequest {
        step: Some((SyncStep::Flow(StepKind::DocumentVerification), Status::Ongoing)),
        ..SyncRequest::default()
    };
    remote.sync(&id(), request, &Caller::operator()).await.unwrap();
    assert_eq!((script.seen()[2].token.as_str(), script.seen()[3].token.as_str()), ("person-token", "client-token"));
}

#[tokio::test]
async fn the_method_that_a_remote_takes_for_sync_is_found_once_and_remembered() {
    let no_such_method = || refuse(405, &json!({ "code": "MethodNotAllowed", "message": "no" }));
    let replies = vec![
        ok(&overview("ongoing")),
        no_such_method(),
        ok(&overview("completed")),
        ok(&overview("completed")),
        ok(&overview("completed")),
        ok(&overview("completed")),
    ];
    let script = Script::play(replies).await;
    let remote = script.remote();
    for _ in 0..2 {
        let outcome = remote.sync(&id(), SyncRequest::default(), &Caller::operator()).await.unwrap();
        assert_eq!((outcome.asked, outcome.registration.status), (None, Status::Completed));
    }
    let methods: Vec<String> =
        script.seen().iter().map(|request| request.line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(methods, ["GET", "POST", "PUT", "GET", "PUT", "GET"]);
}

#[tokio::test]
async fn a_service_that_insists_on_a_step_is_told_the_last_one_again() {
    let insists = refuse(409, &json!({ "message": "missing step\n. missing status", "code": "MissingParameter" }));
    let replies = vec![
        insists,
        ok(&live("ONGOING", "document")),
        ok(&json!({ "data": { "status": "ONGOING" } })),
        ok(&live("ONGOING", "document")),
    ];
    let script = Script::play(replies).await;
    script.speaking(Dialect::Live).sync(&id(), SyncRequest::default(), &Caller::operator()).await.unwrap();
    assert_eq!(script.seen()[2].body, json!({ "step": "document", "status": "ONGOING" }));
}

#[tokio::test]
async fn a_list_asks_in_the_dialect_it_learnt_and_drops_rows_that_were_not_asked_for() {
    let row = |status: &str, id: &str| json!({ "_id": id, "project": "p1", "status": status, "createdAt": "2026-03-04T10:00:00Z" });
    let page = json!({ "data": [row("ONGOING", "a"), row("FAILED", "b"), { "no": "identity" }], "total": 3, "page": 1, "pages": 1 });
    let script = Script::play(vec![ok(&page), ok(&page)]).await;
    let remote = script.remote();
    let all = remote.list(ListRequest::page(1, 50)).await.unwrap();
    assert_eq!((all.registrations.len(), all.total, all.refused.len()), (2, Some(3), 1));
    assert!(all.refused[0].starts_with("row 3: $.id"), "{:?}", all.refused);
    let failed = ListRequest { statuses: vec![Status::Failed], ..ListRequest::page(1, 50) };
    let failed = remote.list(failed).await.unwrap();
    assert_eq!((failed.registrations.len(), failed.total), (1, None));
    let line = &script.seen()[1].line;
    assert!(line.contains("page=1&limit=50&perPage=50&where_status=FAILED"), "{line}");
    assert!(!line.contains("&status="), "{line}");
}

#[tokio::test]
async fn evidence_goes_to_its_route_and_a_service_without_one_says_so() {
    let no_route = || refuse(404, &json!({ "code": "NotFound", "message": "There is no such route." }));
    let no_record = || refuse(404, &json!({ "error": "Registration not found", "code": "NOT_FOUND" }));
    let read = || ok(&overview("ongoing"));
    let replies = vec![read(), read(), no_record(), no_record(), no_route(), read()];
    let script = Script::play(replies).await;
    let remote = script.speaking(Dialect::Overview);
    let evidence = || Evidence::FaceComparison { score: 0.91, min_score: None };
    remote.record(&id(), evidence(), &Caller::operator()).await.unwrap();
    assert_eq!(script.seen()[0].line, format!("POST /v2/app-registrations/{ID}/evidence HTTP/1.1"));
    let body = &script.seen()[0].body;
    assert_eq!((body["step"].as_str(), body["score"].as_f64()), (Some("face_comparison"), Some(0.91)));
    let missing = remote.record(&id(), evidence(), &Caller::operator()).await.unwrap_err();
    assert_eq!(missing.kind, ErrorKind::NotFound);
    assert!(remote.capabilities().record);
    let error = remote.record(&id(), evidence(), &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(!remote.capabilities().record);
}

#[tokio::test]
async fn codes_and_links_use_the_services_own_routes() {
    let link = json!({ "data": {
        "token": "again-token", "link": "https://access.example.com/sign-up/p1?token=again-token",
        "expiresAt": "2026-03-04 10:30:00", "emailSent": null,
    } });
    let replies = vec![
        ok(&live("ONGOING", "1")),
        ok(&json!({ "data": { "_id": "ev1", "status": "sent" } })),
        ok(&live("ONGOING", "1")),
        ok(&live("ONGOING", "1")),
        refuse(403, &json!({ "code": "otp_does_not_match", "message": "403:otp_does_not_match" })),
        ok(&link),
        ok(&live("ONGOING", "1")),
    ];
    let script = Script::play(replies).await;
    let remote = script.remote();
    remote.send_code(&id(), Channel::Email, &Caller::operator()).await.unwrap();
    let code = SecretString::from("123456");
    let wrong = remote.enter_code(&id(), Channel::Email, code, &Caller::operator()).await.unwrap_err();
    assert_eq!(wrong.kind, ErrorKind::WrongCode);
    let resent = remote.resend(&id(), ResendRequest::default(), &Caller::operator()).await.unwrap();
    assert_eq!(resent.expires_at.unwrap().to_rfc3339(), "2026-03-04T10:30:00+00:00");
    assert_eq!((resent.email_sent, resent.token.unwrap().expose_secret()), (None, "again-token"));
    let lines: Vec<String> = script.seen().into_iter().map(|request| request.line).collect();
    assert_eq!(lines[1], "POST /v2/email-validations/app-registration HTTP/1.1");
    assert_eq!(lines[4], "PUT /v2/email-validations/ev1 HTTP/1.1");
    assert_eq!(lines[5], format!("POST /v2/app-registrations/{ID}/resend-link HTTP/1.1"));
}

#[tokio::test]
async fn projects_and_flows_fall_back_to_what_older_services_offer() {
    let gone = || refuse(404, &json!({ "code": "NotFound", "message": "no such route" }));
    let projects = json!({ "success": true, "pagination": { "page": 1, "pages": 1 }, "data": [{
        "_id": "p1", "name": "Harbour Bank", "status": "active",
        "projectFlows": [{ "_id": "f1", "name": "Standard", "steps": { "document": "mandatory" } }],
    }] });
    let script = Script::play(vec![gone(), ok(&projects), gone(), gone(), ok(&projects)]).await;
    let remote = script.remote();
    assert_eq!(remote.projects().await.unwrap()[0].name, "Harbour Bank");
    let flows = remote.flows().await.unwrap();
    assert_eq!((flows[0].id.as_str(), flows[0].project_id.as_str()), ("f1", "p1"));
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let script = Script::play(vec![Reply::Say(200, "", format!("[\"{}\"]", "x".repeat(33 * 1024 * 1024)))]).await;
    let mut config = config(&format!("http://{}", script.address), None);
    config.timeouts.request = Duration::from_secs(20);
    let error = Remote::new(config, Clock::fixed(NOW)).unwrap().list(ListRequest::page(1, 10)).await.unwrap_err();
    assert!(error.message.contains("larger than 32 MiB"), "{error}");
}

#[test]
fn a_missing_token_and_a_bad_address_are_found_before_anything_is_sent() {
    let mut without = config("http://127.0.0.1:9", None);
    without.token = TokenSource::Variable("REGDESK_TEST_NO_SUCH_VARIABLE".to_owned());
    assert!(
        Remote::new(without, Clock::fixed(NOW))
            .unwrap_err()
            .to_string()
            .contains("REGDESK_TEST_NO_SUCH_VARIABLE is not set")
    );
    assert!(Remote::new(config("http://api.example.com", None), Clock::fixed(NOW)).is_err());
}

#[tokio::test]
async fn a_page_that_the_remote_vouches_for_is_asked_for_with_its_mark_and_not_sent_again() {
    let page = json!({ "data": [{ "_id": "a", "status": "ONGOING" }], "total": 1, "page": 1, "pages": 1 });
    let marked = "content-type: application/json\r\netag: \"v7\"\r\n";
    let script = Script::play(vec![
        Reply::Say(200, marked, page.to_string()),
        Reply::Say(304, "etag: \"v7\"\r\n", String::new()),
        Reply::Say(304, "", String::new()),
    ])
    .await;
    let remote = script.speaking(Dialect::Live);
    let first = remote.list(ListRequest::page(1, 10)).await.unwrap();
    let second = remote.list(ListRequest::page(1, 10)).await.unwrap();
    assert_eq!(first, second);
    let seen = script.seen();
    assert_eq!((seen[0].known.as_deref(), seen[1].known.as_deref()), (None, Some("\"v7\"")));
    let other = remote.list(ListRequest::page(2, 10)).await;
    assert!(other.is_err(), "not changed since nothing is no answer");
}

#[tokio::test]
async fn checks_that_come_as_ids_are_read_by_their_own_routes_and_a_missing_one_stays_unknown() {
    let thin =
        json!({ "data": { "_id": "a", "status": "ONGOING", "emailValidation": "e1", "documentValidation": "d1" } });
    let email = json!({ "success": true, "data": { "_id": "e1", "status": "validated", "email": "a@example.com" } });
    let script = Script::play(vec![ok(&thin), ok(&email), refuse(404, &json!({ "code": "NotFound" }))]).await;
    let read = script.remote().retrieve(&RegistrationId::new("a"), &Caller::operator()).await.unwrap();
    let lines: Vec<String> = script.seen().into_iter().skip(1).map(|seen| seen.line).collect();
    assert!(lines[0].starts_with("GET /v2/email-validations/e1"), "{lines:?}");
    assert!(lines[1].starts_with("GET /v2/document-validations/d1"), "{lines:?}");
    assert_eq!(read.checks.email.as_ref().map(|check| check.state.clone()), Some(StepState::Completed));
    assert!(read.has_unloaded(), "of the document only the id is known");
}

#[tokio::test]
async fn a_token_is_renewed_with_the_one_that_holds_and_an_expired_one_is_not() {
    let script = Script::play(vec![
        ok(&json!({ "accessToken": "fresh-token", "tokenType": "bearer" })),
        refuse(403, &json!({ "message": "token_expired", "code": "FORBIDDEN" })),
        refuse(404, &json!({ "message": "Not Found" })),
        ok(&json!({ "tokenType": "bearer" })),
    ])
    .await;
    let config = config(&format!("http://{}", script.address), None);
    assert_eq!(renew(&config, 2).await.unwrap().expose_secret(), "fresh-token");
    let first = &script.seen()[0];
    assert!(first.line.starts_with("GET /v2/auth/session?origin=refresh&expiresIn=2 "), "{}", first.line);
    let said = async || renew(&config, 1).await.unwrap_err().message;
    assert!(said().await.contains("Sign in at the service"));
    assert!(said().await.contains("offers no renewal"));
    assert!(said().await.contains("holds no token"));
}
