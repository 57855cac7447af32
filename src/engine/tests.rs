//! The engine as its callers see it, on a real disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::core::{self, Command, Create, Origin};
use super::{Engine, Script};
use crate::backend::{
    Annotation, Backend as _, BackendError, Caller, CallerKind, Channel, Clock, CreateRequest, Created, ErrorKind,
    Feed as _, FeedPosition, ListRequest, Order, ResendRequest, SyncRequest, SyncStep, TokenKind,
};
use crate::model::{
    Contact, DocumentCheck, Evidence, Flow, Registration, RegistrationId, Status, StepKind, StepState, Timestamp,
    Verdict,
};

fn start() -> Timestamp {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap()
}

/// An engine whose clock the test sets.
struct Desk {
    engine: Engine,
    now: Arc<Mutex<Timestamp>>,
    directory: TempDir,
}

impl Desk {
    fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let now = Arc::new(Mutex::new(start()));
        let engine = Engine::open(directory.path(), clock(&now)).unwrap();
        Self { engine, now, directory }
    }

    fn reopen(self) -> Self {
        drop(self.engine);
        let engine = Engine::open(self.directory.path(), clock(&self.now)).unwrap();
        Self { engine, ..self }
    }

    fn wait(&self, time: TimeDelta) {
        *self.now.lock().unwrap() += time;
    }

    async fn flow(&self, name: &str) -> Flow {
        self.engine.flows().await.unwrap().into_iter().find(|flow| flow.name.starts_with(name)).unwrap()
    }

    async fn request(&self, flow: &str, email: &str) -> CreateRequest {
        let flow = self.flow(flow).await;
        let contact = Contact { email: Some(email.into()), ..Contact::default() };
        CreateRequest { project: flow.project_id, flow: flow.id, user_id: None, contact }
    }

    async fn create(&self, flow: &str, email: &str) -> Result<Created, BackendError> {
        self.engine.create(self.request(flow, email).await, &client()).await
    }

    async fn new_id(&self, flow: &str) -> RegistrationId {
        self.create(flow, "alba@example.com").await.unwrap().registration.id
    }

    fn last_code(&self) -> SecretString {
        let text = std::fs::read_to_string(self.directory.path().join("outbox.ndjson")).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        line["secret"].as_str().unwrap().into()
    }
}

fn clock(now: &Arc<Mutex<Timestamp>>) -> Clock {
    let now = Arc::clone(now);
    Clock::new(move || *now.lock().unwrap())
}

fn client() -> Caller {
    Caller { ip: Some("192.0.2.1".into()), user_agent: Some("curl".into()), ..Caller::of(CallerKind::Client) }
}

fn enrollee() -> Caller {
    Caller { kind: CallerKind::Enrollee, ..client() }
}

fn code_of<T>(outcome: Result<T, BackendError>) -> String {
    outcome.err().expect("was not refused").code.unwrap_or_default()
}

#[tokio::test]
async fn a_new_registration_has_an_id_with_its_second_and_a_token_that_only_its_digest_remembers() {
    let desk = Desk::open();
    let created = desk.create("Seller", "alba@example.com").await.unwrap();
    let id = created.registration.id.as_str();
    assert_eq!((id.len(), &id[..8]), (24, format!("{:08x}", start().timestamp()).as_str()));
    let token = created.token.unwrap();
    let scope = desk.engine.token_scope(&token).await.unwrap().unwrap();
    assert_eq!((scope.registration, scope.kind, scope.expired), (created.registration.id, TokenKind::Enrollee, false));
    assert_eq!(scope.expires_at, start() + TimeDelta::minutes(120));
    desk.wait(TimeDelta::minutes(120));
    assert!(desk.engine.token_scope(&token).await.unwrap().unwrap().expired);
    assert_eq!(desk.engine.token_scope(&"0".repeat(64).into()).await.unwrap(), None);
    let file = std::fs::read(desk.directory.path().join("engine.redb")).unwrap();
    let secret = token.expose_secret().as_bytes();
    assert!(!file.windows(secret.len()).any(|window| window == secret), "the token is in the file");
}

#[tokio::test]
async fn create_refuses_unknown_places_paused_flows_and_taken_contacts() {
    let desk = Desk::open();
    let request = desk.request("Seller", "alba@example.com").await;
    let elsewhere = |project: &str, flow: &str| CreateRequest {
        project: project.to_owned(),
        flow: flow.to_owned(),
        ..request.clone()
    };
    let refused = |request| async { code_of(desk.engine.create(request, &client()).await) };
    assert_eq!(refused(elsewhere("nowhere", &request.flow)).await, "project_not_found");
    assert_eq!(refused(elsewhere(&request.project, "nowhere")).await, "projectFlow_not_found");
    assert_eq!(refused(elsewhere("", &request.flow)).await, "MissingParameter");
    assert_eq!(code_of(desk.create("Verified wallet, first", "alba@example.com").await), "PreconditionFailed");
    desk.create("Seller", "alba@example.com").await.unwrap();
    assert_eq!(code_of(desk.create("Buyer", "ALBA@example.com").await), "email_is_registered_already");
    desk.create("Savings", "alba@example.com").await.unwrap();
}

#[tokio::test]
async fn who_asks_for_a_taken_contact_is_noted_at_the_one_that_holds_it() {
    let desk = Desk::open();
    let holder = desk.new_id("Seller").await;
    let before = desk.engine.retrieve(&holder, &Caller::operator()).await.unwrap();
    let mut changes = desk.engine.changes().unwrap();
    desk.wait(TimeDelta::minutes(5));
    assert_eq!(code_of(desk.create("Seller", "alba@example.com").await), "email_is_registered_already");
    assert_eq!(changes.try_recv().unwrap(), holder, "whoever looks at it is told");
    let registration = desk.engine.retrieve(&holder, &Caller::operator()).await.unwrap();
    let entry = registration.access_log.last().unwrap();
    assert_eq!((entry.actor.as_str(), entry.action.as_str(), entry.outcome.as_str()), ("client", "create", "denied"));
    assert_eq!(entry.reason.as_deref(), Some("email_is_registered_already"));
    let state = |registration: &Registration| (registration.version, registration.updated_at);
    assert_eq!(state(&registration), state(&before), "it has not moved for that");
}

#[tokio::test]
async fn a_registration_tells_the_status_that_its_flow_has_in_the_catalogue() {
    let desk = Desk::open();
    let created = desk.create("Seller", "alba@example.com").await.unwrap().registration;
    let listed = desk.engine.list(ListRequest::page(1, 10)).await.unwrap().registrations.remove(0);
    let read = desk.engine.retrieve(&created.id, &Caller::operator()).await.unwrap();
    for registration in [created, listed, read] {
        assert_eq!(registration.flow.status.as_deref(), Some("active"));
    }
}

#[tokio::test]
async fn of_many_who_take_one_contact_at_once_exactly_one_gets_it() {
    let desk = Desk::open();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (engine, request) = (desk.engine.clone(), desk.request("Seller", "alba@example.com").await);
        tasks.spawn(async move { engine.create(request, &client()).await.is_ok() });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.into_iter().filter(|created| *created).count(), 1);
}

#[tokio::test]
async fn of_many_wrong_codes_at_once_exactly_the_limit_is_tried() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    desk.engine.send_code(&id, Channel::Email, &enrollee()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (engine, id) = (desk.engine.clone(), id.clone());
        tasks.spawn(async move { engine.enter_code(&id, Channel::Email, "wrong!".into(), &enrollee()).await });
    }
    let refused = tasks.join_all().await.into_iter().map(|outcome| outcome.unwrap_err().kind);
    assert_eq!(refused.filter(|kind| *kind == ErrorKind::WrongCode).count(), 3);
    let registration = desk.engine.retrieve(&id, &Caller::operator()).await.unwrap();
    assert_eq!(registration.checks.email.unwrap().attempts, 3);
    assert_eq!(registration.failed_attempts.len(), 3);
}

#[tokio::test]
async fn the_code_in_the_outbox_opens_and_its_file_is_private() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    desk.engine.send_code(&id, Channel::Email, &enrollee()).await.unwrap();
    let code = desk.last_code();
    assert_eq!(code.expose_secret().len(), 6);
    let registration = desk.engine.enter_code(&id, Channel::Email, code, &enrollee()).await.unwrap();
    assert_eq!(registration.step(&StepKind::EmailVerification).unwrap().state, StepState::Completed);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::fs::metadata(desk.directory.path().join("outbox.ndjson")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_code_that_came_too_late_is_an_expired_thing() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    desk.engine.send_code(&id, Channel::Email, &enrollee()).await.unwrap();
    desk.wait(TimeDelta::minutes(10));
    let refused = desk.engine.enter_code(&id, Channel::Email, desk.last_code(), &enrollee()).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::ExpiredThing);
}

#[tokio::test]
async fn everything_acknowledged_is_there_after_reopening() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    let sign = Evidence::Instructions {};
    let before = desk.engine.record(&id, sign, &enrollee()).await.unwrap();
    let desk = desk.reopen();
    assert_eq!(desk.engine.retrieve(&id, &Caller::operator()).await.unwrap(), before);
    let events = desk.engine.events(&id).await.unwrap();
    assert_eq!(*core::replay(&events).unwrap().registration, before);
}

#[tokio::test]
async fn what_ran_out_while_nobody_looked_has_expired_once_the_engine_is_open_again() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    desk.wait(TimeDelta::days(5));
    let desk = desk.reopen();
    let expired = ListRequest { statuses: vec![Status::Expired], ..ListRequest::page(1, 10) };
    let page = desk.engine.list(expired).await.unwrap();
    assert_eq!(page.registrations[0].id, id);
    assert_eq!(page.registrations[0].access_log.last().unwrap().outcome, "allowed");
}

#[tokio::test]
async fn what_ran_out_is_expired_for_whoever_looks_next() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    desk.wait(TimeDelta::days(5));
    assert_eq!(desk.engine.retrieve(&id, &Caller::operator()).await.unwrap().status, Status::Expired);
}

#[tokio::test]
async fn a_list_says_of_what_ran_out_the_same_as_reading_it() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    desk.wait(TimeDelta::days(5));
    let mut changes = desk.engine.changes().unwrap();
    let page = desk.engine.list(ListRequest::page(1, 10)).await.unwrap();
    assert_eq!(page.registrations[0].status, Status::Expired);
    assert_eq!(changes.recv().await.unwrap(), id);
    let ongoing = ListRequest { statuses: vec![Status::Started, Status::Ongoing], ..ListRequest::page(1, 10) };
    assert_eq!(desk.engine.list(ongoing).await.unwrap().total, Some(0));
}

#[tokio::test]
async fn a_page_ends_what_ran_out_of_its_own_rows_and_whoever_asks_for_changes_ends_all() {
    let desk = Desk::open();
    for number in 0..3 {
        desk.create("Buyer", &format!("alba{number}@example.com")).await.unwrap();
        desk.wait(TimeDelta::seconds(1));
    }
    desk.wait(TimeDelta::days(5));
    let desk = desk.reopen();
    let position = desk.engine.position().await.unwrap();
    let page = desk.engine.list(ListRequest::page(1, 2)).await.unwrap();
    assert!(page.registrations.iter().all(|row| row.status == Status::Expired), "the rows that are looked at");
    // Asked for its place only, the feed looks at nobody.
    let number = |position: FeedPosition| position.number;
    assert_eq!(number(desk.engine.position().await.unwrap()), number(position) + 2);
    let (changed, _) = desk.engine.since(position, usize::MAX).await.unwrap().unwrap();
    assert_eq!(changed.len(), 3);
    let by_change = ListRequest { order: Order::Changed, ..ListRequest::page(1, 3) };
    let page = desk.engine.list(by_change).await.unwrap();
    assert!(page.registrations.iter().all(|row| row.status == Status::Expired));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_who_reads_what_just_ran_out_at_the_same_time_gets_it() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    desk.wait(TimeDelta::days(5));
    let look = || {
        let (engine, id) = (desk.engine.clone(), id.clone());
        tokio::spawn(async move { engine.retrieve(&id, &Caller::operator()).await })
    };
    let lookers: Vec<_> = (0..16).map(|_| look()).collect();
    for looker in lookers {
        assert_eq!(looker.await.unwrap().unwrap().status, Status::Expired);
    }
    let ended = desk.engine.events(&id).await.unwrap();
    let is_end = |event: &&core::Event| matches!(event.fact, core::Fact::StatusChanged { to: Status::Expired, .. });
    assert_eq!(ended.iter().filter(is_end).count(), 1);
}

#[tokio::test]
async fn an_outsiders_look_is_noted_and_an_operators_is_not() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    let before = desk.engine.retrieve(&id, &Caller::operator()).await.unwrap();
    assert_eq!(desk.engine.retrieve(&id, &Caller::operator()).await.unwrap(), before);
    let after = desk.engine.retrieve(&id, &client()).await.unwrap();
    assert_eq!(after.access_log.len(), before.access_log.len() + 1);
    let entry = after.access_log.last().unwrap();
    assert_eq!(
        (entry.actor.as_str(), entry.action.as_str(), entry.outcome.as_str()),
        ("client", "retrieve", "allowed")
    );
    assert_eq!(entry.ip.as_deref(), Some("192.0.2.1"));
}

#[tokio::test]
async fn a_denied_attempt_is_noted_with_its_reason() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    let request = SyncRequest { step: Some((SyncStep::AdminOverride, Status::Completed)), ..SyncRequest::default() };
    assert_eq!(code_of(desk.engine.sync(&id, request, &enrollee()).await), "access_denied");
    let registration = desk.engine.retrieve(&id, &Caller::operator()).await.unwrap();
    let entry = registration.access_log.last().unwrap();
    assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("sync adminOverride", "denied"));
    assert_eq!((entry.reason.as_deref(), registration.status), (Some("access_denied"), Status::Started));
}

#[tokio::test]
async fn the_end_hands_out_a_login_token_and_says_what_was_asked_and_what_stands_in_the_way() {
    let desk = Desk::open();
    let id = desk.new_id("Savings").await;
    let request =
        SyncRequest { step: Some((SyncStep::Flow(StepKind::End), Status::Completed)), ..SyncRequest::default() };
    let outcome = desk.engine.sync(&id, request, &enrollee()).await.unwrap();
    assert_eq!(outcome.asked, Some(Status::Completed));
    assert_eq!(outcome.registration.status, Status::NeedsManualVerification);
    assert!(outcome.blockers.iter().any(|blocker| blocker.code == "document_verification_missing"));
    let scope = desk.engine.token_scope(&outcome.token.unwrap()).await.unwrap().unwrap();
    assert_eq!(scope.kind, TokenKind::Login);
    let recomputed = desk.engine.sync(&id, SyncRequest::default(), &Caller::operator()).await.unwrap();
    assert!(recomputed.token.is_none());
}

#[tokio::test]
async fn of_two_decisions_on_the_same_version_one_is_a_conflict() {
    let desk = Desk::open();
    let id = desk.new_id("Savings").await;
    let seen = desk.engine.retrieve(&id, &Caller::operator()).await.unwrap().version;
    let decide = |status| {
        let (engine, id) = (desk.engine.clone(), id.clone());
        let request =
            SyncRequest { step: Some((SyncStep::AdminOverride, status)), note: None, seen_version: Some(seen) };
        async move { engine.sync(&id, request, &Caller::operator()).await }
    };
    let (one, other) = tokio::join!(decide(Status::Completed), decide(Status::Failed));
    let conflicts = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].kind, ErrorKind::Conflict);
}

#[tokio::test]
async fn a_fresh_link_holds_its_token_and_goes_to_the_outbox_if_asked() {
    let desk = Desk::open();
    let id = desk.new_id("Buyer").await;
    let quiet = desk.engine.resend(&id, ResendRequest::default(), &client()).await.unwrap();
    assert_eq!((quiet.email_sent, quiet.expires_at), (None, Some(start() + TimeDelta::minutes(30))));
    let mailed = desk.engine.resend(&id, ResendRequest { send_email: true }, &client()).await.unwrap();
    let link = mailed.link.unwrap();
    assert_eq!(mailed.email_sent, Some(true));
    assert_eq!(desk.last_code().expose_secret(), link.expose_secret());
    assert!(link.expose_secret().ends_with(mailed.token.unwrap().expose_secret()));
}

#[tokio::test]
async fn a_page_outside_the_documented_range_is_refused_at_its_field() {
    let desk = Desk::open();
    for (page, limit, field) in [(0, 10, "page"), (1, 0, "limit"), (1, 101, "limit")] {
        let refused = desk.engine.list(ListRequest::page(page, limit)).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Invalid { field: Some(field.into()) });
    }
    let empty = desk.engine.list(ListRequest::page(7, 100)).await.unwrap();
    assert_eq!((empty.registrations.len(), empty.total, empty.pages), (0, Some(0), Some(0)));
}

#[tokio::test]
async fn an_unknown_id_is_named_in_the_answer() {
    let desk = Desk::open();
    let id = RegistrationId::new("nobody");
    let refused = desk.engine.sync(&id, SyncRequest::default(), &client()).await.unwrap_err();
    assert_eq!(refused, BackendError::no_registration(&id));
    assert_eq!(desk.engine.retrieve(&id, &client()).await.unwrap_err(), BackendError::no_registration(&id));
}

#[tokio::test]
async fn listeners_hear_of_every_change() {
    let desk = Desk::open();
    let mut changes = desk.engine.changes().unwrap();
    let id = desk.new_id("Buyer").await;
    assert_eq!(changes.recv().await.unwrap(), id);
    desk.engine.record(&id, Evidence::Instructions {}, &enrollee()).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), id);
}

fn script(flow: &Flow, projects: &[crate::model::Project], number: u32) -> Script {
    let create = Create {
        id: RegistrationId::new(format!("{number:024x}")),
        user_id: format!("user-{number}"),
        project: projects.iter().find(|project| project.id == flow.project_id).unwrap().clone(),
        flow: flow.clone(),
        contact: Contact { email: Some("shared@example.com".into()), ..Contact::default() },
        taken: None,
        token: None,
        origin: Origin::default(),
    };
    let document = DocumentCheck { state: StepState::Completed, ..DocumentCheck::default() };
    let scan = Evidence::DocumentVerification { document: Box::new(document) };
    let begun = start() - TimeDelta::hours(i64::from(number));
    vec![
        (begun, Command::Create(Box::new(create))),
        (begun + TimeDelta::minutes(2), Command::Record { evidence: scan, origin: Origin::default() }),
    ]
}

#[tokio::test]
async fn scripts_are_played_at_their_own_times_and_all_or_none() {
    let desk = Desk::open();
    let (flow, projects) = (desk.flow("Savings").await, desk.engine.projects().await.unwrap());
    let scripts: Vec<Script> = (1..=50).map(|number| script(&flow, &projects, number)).collect();
    assert_eq!(desk.engine.load_scripts(scripts).unwrap(), 50);
    let page = desk.engine.list(ListRequest::page(1, 100)).await.unwrap();
    assert_eq!(page.total, Some(50));
    let newest: &Registration = &page.registrations[0];
    let finished = newest.step(&StepKind::DocumentVerification).unwrap().finished.unwrap();
    assert_eq!(finished.at, start() - TimeDelta::minutes(58));

    let mut broken = script(&flow, &projects, 99);
    broken.push(broken[1].clone());
    let refused = desk.engine.load_scripts([script(&flow, &projects, 98), broken]).unwrap_err();
    assert!(refused.message.starts_with("Script 1 "), "{}", refused.message);
    assert_eq!(desk.engine.list(ListRequest::page(1, 1)).await.unwrap().total, Some(50));
}

#[tokio::test]
async fn a_command_can_come_at_a_time_of_ones_choosing() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    desk.engine.send_code(&id, Channel::Email, &enrollee()).await.unwrap();
    let code = core::Digest::of_code(&id, Channel::Email, desk.last_code().expose_secret());
    let later = start() + TimeDelta::minutes(3);
    let entered = Command::EnterCode { channel: Channel::Email, code };
    let registration = desk.engine.execute_at(&id, entered, &enrollee(), later).await.unwrap();
    assert_eq!(registration.step(&StepKind::EmailVerification).unwrap().finished.unwrap().at, later);
}

#[tokio::test]
async fn what_the_desk_says_is_announced_and_there_after_reopening() {
    let desk = Desk::open();
    let id = desk.new_id("Seller").await;
    let mut changes = desk.engine.changes().unwrap();
    let verdict = Annotation::Verdict { rule: "DOC-01".into(), verdict: Some(Verdict::Wrong) };
    let alba = Caller::operator().named("alba");
    let said = desk.engine.annotate(&id, verdict, &alba).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), id);
    assert_eq!(said.access_log.last().unwrap().action, "verdict DOC-01");
    let desk = desk.reopen();
    assert_eq!(desk.engine.retrieve(&id, &alba).await.unwrap(), said);
    let events = desk.engine.events(&id).await.unwrap();
    assert_eq!(*core::replay(&events).unwrap().registration, said);
}
