//! One suite of behaviours for every backend: the embedded engine, the same over a shared store, the client over the
//! real endpoint in both dialects, and the scripted fake.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "contract/annotations.rs"]
mod annotations;
#[path = "contract/desk.rs"]
mod desk;
#[path = "contract/endpoint.rs"]
mod endpoint;
#[path = "contract/evidence.rs"]
mod evidence;
#[path = "postgres/server.rs"]
mod server;
#[path = "contract/stand.rs"]
mod stand;

use std::collections::BTreeSet;

use regdesk::{
    backend::{
        BackendError, Caller, Channel, CreateRequest, ErrorKind, ListRequest, Order, ResendRequest, SyncRequest,
        SyncStep,
    },
    model::{Contact, Outcome, Registration, RegistrationId, Status, StepKind, StepState},
};
use secrecy::{ExposeSecret, SecretString};

use annotations::{
    a_caller_without_a_name_goes_by_their_role,
    a_snooze_lasts_until_somebody_wakes_it_and_notes_until_they_are_taken_back, an_annotation_is_no_move_of_the_person,
    an_annotation_that_makes_no_sense_is_refused, the_latest_verdict_on_a_flag_is_kept_until_it_is_taken_back,
    what_somebody_claimed_is_theirs_until_it_is_released,
};
use stand::Stand;

/// Runs each behaviour against each backend.
macro_rules! held_by_every_backend {
    ($($behaviour:ident,)+) => {
        held_by_every_backend! { @each engine => Stand::engine, [$($behaviour)+] }
        held_by_every_backend! { @each postgres => Stand::shared, [$($behaviour)+] }
        held_by_every_backend! { @each overview => Stand::overview, [$($behaviour)+] }
        held_by_every_backend! { @each live => Stand::live, [$($behaviour)+] }
        held_by_every_backend! { @each fake => Stand::fake, [$($behaviour)+] }
    };
    (@each $name:ident => $stand:path, [$($behaviour:ident)+]) => {
        mod $name {
            use super::stand::Stand;
            $(
                #[tokio::test]
                async fn $behaviour() {
                    if let Some(stand) = $stand().await {
                        super::$behaviour(stand).await;
                    }
                }
            )+
        }
    };
}

held_by_every_backend! {
    what_is_created_can_be_retrieved_listed_and_synced,
    paging_covers_every_registration_once,
    a_list_goes_by_the_last_change_if_asked_to,
    a_list_is_narrowed_by_status_project_and_flow,
    an_unknown_id_is_not_found,
    a_registration_without_contact_is_refused_at_the_email,
    a_phone_without_country_code_is_refused_there,
    a_contact_that_is_registered_already_is_a_conflict,
    a_page_outside_the_limits_is_refused,
    a_sync_says_what_stands_in_the_way,
    an_override_decides_and_is_remembered,
    a_stale_view_is_a_conflict_and_changes_nothing,
    an_unknown_step_is_refused_and_changes_nothing,
    a_link_is_sent_again_while_it_is_open_and_not_after,
    hostile_text_in_a_name_survives_as_data,
    projects_and_flows_are_told,
    evidence_for_every_step_leads_to_completed,
    wrong_codes_count_until_none_is_left,
    a_selfie_below_the_minimum_spends_an_attempt,
    a_change_is_announced,
    what_is_read_is_what_the_source_holds,
    what_somebody_claimed_is_theirs_until_it_is_released,
    the_latest_verdict_on_a_flag_is_kept_until_it_is_taken_back,
    an_annotation_is_no_move_of_the_person,
    an_annotation_that_makes_no_sense_is_refused,
    a_caller_without_a_name_goes_by_their_role,
    a_snooze_lasts_until_somebody_wakes_it_and_notes_until_they_are_taken_back,
}

fn someone(stand: &Stand, name: &str) -> CreateRequest {
    CreateRequest {
        project: stand.project.clone(),
        flow: stand.flow.clone(),
        user_id: None,
        contact: Contact {
            email: Some(format!("{name}@example.com").into()),
            full_name: Some("Alba Muestra".into()),
            language: Some("es".to_owned()),
            ..Contact::default()
        },
    }
}

async fn create(stand: &Stand, name: &str) -> Registration {
    stand.backend.create(someone(stand, name), &Caller::operator()).await.unwrap().registration
}

async fn retrieve(stand: &Stand, id: &RegistrationId) -> Registration {
    stand.backend.retrieve(id, &Caller::operator()).await.unwrap()
}

async fn decide(stand: &Stand, id: &RegistrationId, status: Status) -> Registration {
    let request = SyncRequest {
        step: Some((SyncStep::AdminOverride, status)),
        note: Some("seen by a person".to_owned()),
        seen_version: None,
    };
    stand.backend.sync(id, request, &Caller::operator()).await.unwrap().registration
}

fn field_of(error: &BackendError) -> Option<&str> {
    match &error.kind {
        ErrorKind::Invalid { field } => field.as_deref(),
        other => panic!("{other:?} is not about a field: {error}"),
    }
}

async fn what_is_created_can_be_retrieved_listed_and_synced(stand: Stand) {
    let created = stand.backend.create(someone(&stand, "alba"), &Caller::operator()).await.unwrap();
    assert!(created.token.is_some_and(|token| !token.expose_secret().is_empty()), "the person's token is handed out");
    let new = created.registration;
    assert_eq!(new.status, Status::Started);
    assert_eq!(new.project.id, stand.project);
    assert_eq!(new.flow.id, stand.flow);
    assert_eq!(new.contact.email.as_ref().unwrap().reveal(), "alba@example.com");

    let read = retrieve(&stand, &new.id).await;
    assert_eq!((&read.id, &read.status, &read.contact), (&new.id, &new.status, &new.contact));
    assert_eq!(read.created_at.timestamp_millis(), new.created_at.timestamp_millis());
    assert!(read.step(&StepKind::DocumentVerification).is_some(), "{:?}", read.steps);

    let page = stand.backend.list(ListRequest::page(1, 10)).await.unwrap();
    assert_eq!(page.total, Some(1));
    assert_eq!(page.registrations[0].id, new.id);
    assert_eq!(page.refused, Vec::<String>::new());

    let synced = stand.backend.sync(&new.id, SyncRequest::default(), &Caller::operator()).await.unwrap();
    assert_eq!(synced.registration.id, new.id);
    assert_eq!(synced.asked, None);
    assert!(synced.registration.status.is_open());
}

async fn paging_covers_every_registration_once(stand: Stand) {
    let mut made = BTreeSet::new();
    for number in 0..23 {
        made.insert(create(&stand, &format!("person{number}")).await.id);
    }
    let mut seen = Vec::new();
    for page in 1..=5 {
        let answer = stand.backend.list(ListRequest::page(page, 5)).await.unwrap();
        assert_eq!((answer.page, answer.total, answer.pages), (page, Some(23), Some(5)));
        seen.extend(answer.registrations);
    }
    assert_eq!(seen.len(), 23);
    assert!(seen.is_sorted_by(|one, next| one.created_at >= next.created_at), "newest first");
    assert_eq!(seen.into_iter().map(|registration| registration.id).collect::<BTreeSet<_>>(), made);
    let beyond = stand.backend.list(ListRequest::page(6, 5)).await.unwrap();
    assert!(beyond.registrations.is_empty());
}

async fn a_list_goes_by_the_last_change_if_asked_to(stand: Stand) {
    let oldest = create(&stand, "oldest").await;
    for number in 0..4 {
        create(&stand, &format!("later{number}")).await;
    }
    decide(&stand, &oldest.id, Status::Failed).await;
    let by_change = ListRequest { order: Order::Changed, ..ListRequest::page(1, 3) };
    let page = stand.backend.list(by_change.clone()).await.unwrap();
    assert_eq!(page.registrations[0].id, oldest.id, "it has changed last");
    assert!(page.is_by_change());
    let rest = stand.backend.list(ListRequest { page: 2, ..by_change }).await.unwrap();
    let ids: BTreeSet<_> = page.registrations.iter().chain(&rest.registrations).map(|row| &row.id).collect();
    assert_eq!((ids.len(), page.total), (5, Some(5)), "each is on one page");
    let by_creation = stand.backend.list(ListRequest::page(1, 5)).await.unwrap();
    assert_eq!(by_creation.registrations[4].id, oldest.id);
    assert!(!by_creation.is_by_change());
}

async fn a_list_is_narrowed_by_status_project_and_flow(stand: Stand) {
    let open = create(&stand, "open").await;
    let failed = create(&stand, "failed").await;
    decide(&stand, &failed.id, Status::Failed).await;
    let ids = async |request: ListRequest| {
        let page = stand.backend.list(request).await.unwrap();
        page.registrations.into_iter().map(|registration| registration.id).collect::<Vec<_>>()
    };
    let everything = ListRequest::page(1, 10);
    let of_status = |statuses: &[Status]| ListRequest { statuses: statuses.to_vec(), ..everything.clone() };
    assert_eq!(ids(of_status(&[Status::Failed])).await, std::slice::from_ref(&failed.id));
    assert_eq!(ids(of_status(&[Status::Failed, Status::Started])).await.len(), 2);
    assert_eq!(ids(of_status(&[Status::Completed])).await, []);
    let of_project = |project: &str| ListRequest { project: Some(project.to_owned()), ..everything.clone() };
    assert_eq!(ids(of_project(&stand.project)).await.len(), 2);
    assert_eq!(ids(of_project("no such project")).await, []);
    let of_flow = ListRequest { flow: Some(stand.flow.clone()), ..of_status(&[Status::Started]) };
    assert_eq!(ids(of_flow).await, [open.id]);
}

async fn an_unknown_id_is_not_found(stand: Stand) {
    // Also one that would mean something in a path or a terminal.
    for id in ["000000000000000000000000", "../projects", "a b?c#d%\u{1b}[31m"] {
        let id = RegistrationId::new(id);
        let operator = Caller::operator();
        let read = stand.backend.retrieve(&id, &operator).await.unwrap_err();
        assert_eq!(read.kind, ErrorKind::NotFound, "retrieve {id:?}: {read:?}");
        let sync = stand.backend.sync(&id, SyncRequest::default(), &operator).await.unwrap_err();
        assert_eq!(sync.kind, ErrorKind::NotFound, "sync {id:?}: {sync:?}");
        let resend = stand.backend.resend(&id, ResendRequest::default(), &operator).await.unwrap_err();
        assert_eq!(resend.kind, ErrorKind::NotFound, "resend {id:?}: {resend:?}");
    }
}

async fn a_registration_without_contact_is_refused_at_the_email(stand: Stand) {
    let mut request = someone(&stand, "nobody");
    request.contact.email = None;
    let error = stand.backend.create(request, &Caller::operator()).await.unwrap_err();
    assert_eq!(field_of(&error), Some("email"), "{error:?}");
    assert_eq!(stand.backend.list(ListRequest::page(1, 10)).await.unwrap().total, Some(0));
}

async fn a_phone_without_country_code_is_refused_there(stand: Stand) {
    let mut request = someone(&stand, "nobody");
    request.contact.phone = Some("2025550123".into());
    let error = stand.backend.create(request, &Caller::operator()).await.unwrap_err();
    assert_eq!(field_of(&error), Some("country_code"), "{error:?}");
}

async fn a_contact_that_is_registered_already_is_a_conflict(stand: Stand) {
    create(&stand, "twice").await;
    let error = stand.backend.create(someone(&stand, "twice"), &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}");
    assert_eq!(error.code.as_deref(), Some("email_is_registered_already"));
    assert_eq!(stand.backend.list(ListRequest::page(1, 10)).await.unwrap().total, Some(1));
}

async fn a_page_outside_the_limits_is_refused(stand: Stand) {
    for request in [ListRequest::page(1, 0), ListRequest::page(1, 101), ListRequest::page(0, 10)] {
        let error = stand.backend.list(request.clone()).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Invalid { .. }), "{request:?}: {error:?}");
    }
}

async fn a_sync_says_what_stands_in_the_way(stand: Stand) {
    let id = create(&stand, "early").await.id;
    let request =
        SyncRequest { step: Some((SyncStep::Flow(StepKind::End), Status::Completed)), ..SyncRequest::default() };
    let outcome = stand.backend.sync(&id, request, &Caller::operator()).await.unwrap();
    assert_eq!(outcome.asked, Some(Status::Completed));
    assert_ne!(outcome.registration.status, Status::Completed, "nothing has been checked yet");
    let owed: Vec<&StepKind> = outcome.blockers.iter().map(|blocker| &blocker.step).collect();
    assert!(owed.contains(&&StepKind::DocumentVerification), "{owed:?}");
    assert!(outcome.blockers.iter().all(|blocker| !blocker.code.is_empty() && !blocker.message.is_empty()));
}

async fn an_override_decides_and_is_remembered(stand: Stand) {
    let id = create(&stand, "judged").await.id;
    let decided = decide(&stand, &id, Status::Failed).await;
    assert_eq!(decided.status, Status::Failed);
    let read = retrieve(&stand, &id).await;
    assert_eq!(read.status, Status::Failed);
    assert!(read.completed_at.is_some());
    let review = read.reviews.last().expect("the decision is on record");
    assert_eq!((&review.from, &review.to), (&Status::Started, &Status::Failed));
    assert_eq!(review.note.as_deref(), Some("seen by a person"));
}

async fn a_stale_view_is_a_conflict_and_changes_nothing(stand: Stand) {
    let seen = create(&stand, "moving").await;
    let id = seen.id;
    let moved = decide(&stand, &id, Status::NeedsManualVerification).await;
    assert!(moved.version > seen.version, "{} then {}", seen.version, moved.version);
    let request = |version| SyncRequest {
        step: Some((SyncStep::AdminOverride, Status::Failed)),
        note: None,
        seen_version: Some(version),
    };
    let stale = stand.backend.sync(&id, request(seen.version), &Caller::operator()).await.unwrap_err();
    assert_eq!(stale.kind, ErrorKind::Conflict, "{stale:?}");
    assert_eq!(retrieve(&stand, &id).await.status, Status::NeedsManualVerification);
    let fresh = stand.backend.sync(&id, request(moved.version), &Caller::operator()).await.unwrap();
    assert_eq!(fresh.registration.status, Status::Failed);
}

async fn an_unknown_step_is_refused_and_changes_nothing(stand: Stand) {
    let before = create(&stand, "puzzled").await;
    let step = SyncStep::Flow(StepKind::Other("palmReading".to_owned()));
    let request = SyncRequest { step: Some((step, Status::Ongoing)), ..SyncRequest::default() };
    let error = stand.backend.sync(&before.id, request, &Caller::operator()).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("step_not_supported"), "{error:?}");
    assert_eq!(retrieve(&stand, &before.id).await.version, before.version);
}

async fn a_link_is_sent_again_while_it_is_open_and_not_after(stand: Stand) {
    let id = create(&stand, "lost").await.id;
    let request = ResendRequest { send_email: false };
    let link = stand.backend.resend(&id, request.clone(), &Caller::operator()).await.unwrap();
    assert!(link.token.is_some());
    assert_eq!(link.email_sent, None, "no e-mail was asked for");
    assert_eq!(retrieve(&stand, &id).await.link_resends, 1);
    decide(&stand, &id, Status::Completed).await;
    let error = stand.backend.resend(&id, request, &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}");
    assert_eq!(error.code.as_deref(), Some("cannot_resend_link_for_this_status"));
}

async fn hostile_text_in_a_name_survives_as_data(stand: Stand) {
    let name = "\u{1b}[31mEve\u{7} \"'; DROP TABLE</script>\\ \u{202e}\u{200f} Ñandú 田中 مريم";
    let mut request = someone(&stand, "eve");
    request.contact.full_name = Some(name.into());
    let id = stand.backend.create(request, &Caller::operator()).await.unwrap().registration.id;
    let read = retrieve(&stand, &id).await;
    assert_eq!(read.name().unwrap().reveal(), name);
}

async fn projects_and_flows_are_told(stand: Stand) {
    let projects = stand.backend.projects().await.unwrap();
    let project = projects.iter().find(|project| project.id == stand.project).unwrap();
    assert!(!project.name.is_empty());
    let flows = stand.backend.flows().await.unwrap();
    let flow = flows.iter().find(|flow| flow.id == stand.flow).unwrap();
    assert_eq!(flow.project_id, stand.project);
    assert!(flow.settings.is_mandatory(&StepKind::DocumentVerification), "{:?}", flow.settings);
    assert!(flow.settings.liveness_min.is_some() && flow.settings.compare_min.is_some(), "{:?}", flow.settings);
}

/// Says so, instead of pretending.
async fn assert_it_takes_no_evidence(stand: &Stand) {
    let id = create(stand, "unsupported").await.id;
    let operator = Caller::operator();
    let record = stand.backend.record(&id, evidence::selfie(0.9), &operator).await.unwrap_err();
    let send = stand.backend.send_code(&id, Channel::Email, &operator).await.unwrap_err();
    let enter =
        stand.backend.enter_code(&id, Channel::Email, SecretString::from("123456"), &operator).await.unwrap_err();
    assert!([record, send, enter].iter().all(|error| error.kind == ErrorKind::Unsupported));
}

async fn evidence_for_every_step_leads_to_completed(stand: Stand) {
    if !stand.backend.capabilities().record {
        return assert_it_takes_no_evidence(&stand).await;
    }
    let id = create(&stand, "thorough").await.id;
    let flows = stand.backend.flows().await.unwrap();
    let flow = flows.iter().find(|flow| flow.id == stand.flow).unwrap();
    for evidence in evidence::passing(&flow.settings) {
        stand.backend.record(&id, evidence.clone(), &Caller::operator()).await.unwrap_or_else(|error| {
            panic!("{:?} was refused: {error:?}", evidence.step());
        });
    }
    let request =
        SyncRequest { step: Some((SyncStep::Flow(StepKind::End), Status::Completed)), ..SyncRequest::default() };
    let outcome = stand.backend.sync(&id, request, &Caller::operator()).await.unwrap();
    assert_eq!(outcome.registration.status, Status::Completed, "{:?}", outcome.blockers);
    let read = retrieve(&stand, &id).await;
    assert_eq!(read.status, Status::Completed);
    assert_eq!(read.results.document_verification, Some(Outcome::Passed));
    assert_eq!(read.results.liveness_detection, Some(Outcome::Passed));
    assert_eq!(read.step(&StepKind::DocumentVerification).unwrap().state, StepState::Completed);
    assert!(read.completed_at.is_some());
}

async fn wrong_codes_count_until_none_is_left(stand: Stand) {
    if !stand.backend.capabilities().record {
        return assert_it_takes_no_evidence(&stand).await;
    }
    let id = create(&stand, "mistyping").await.id;
    let operator = Caller::operator();
    let sent = stand.backend.send_code(&id, Channel::Email, &operator).await.unwrap();
    let limit = sent.checks.email.as_ref().and_then(|code| code.max_attempts).expect("a code has a limit");
    for tried in 1..=limit {
        let wrong = SecretString::from("not-it");
        let error = stand.backend.enter_code(&id, Channel::Email, wrong, &operator).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::WrongCode, "{error:?}");
        assert_eq!(retrieve(&stand, &id).await.checks.email.unwrap().attempts, tried);
    }
    let after =
        stand.backend.enter_code(&id, Channel::Email, SecretString::from("not-it"), &operator).await.unwrap_err();
    assert!(matches!(after.kind, ErrorKind::TooMany { .. }), "{after:?}");
    assert_eq!(retrieve(&stand, &id).await.checks.email.unwrap().attempts, limit);
}

async fn a_selfie_below_the_minimum_spends_an_attempt(stand: Stand) {
    if !stand.backend.capabilities().record {
        return assert_it_takes_no_evidence(&stand).await;
    }
    let id = create(&stand, "printed").await.id;
    stand.backend.record(&id, evidence::selfie(0.11), &Caller::operator()).await.unwrap();
    let after = retrieve(&stand, &id).await;
    let step = after.step(&StepKind::BiometricVerification).unwrap();
    assert_eq!((&step.state, step.attempts), (&StepState::Failed, 1));
    let attempt = after.failed_attempts.last().unwrap();
    assert_eq!((attempt.step.clone(), attempt.counts), (StepKind::BiometricVerification, true));
}

async fn a_change_is_announced(stand: Stand) {
    if !stand.backend.capabilities().changes {
        return;
    }
    let mut changes = stand.backend.changes().unwrap();
    let id = create(&stand, "noticed").await.id;
    assert_eq!(changes.recv().await.unwrap(), id);
}

async fn what_is_read_is_what_the_source_holds(stand: Stand) {
    let id = create(&stand, "same").await.id;
    decide(&stand, &id, Status::NeedsManualVerification).await;
    if stand.backend.capabilities().record {
        let flows = stand.backend.flows().await.unwrap();
        let flow = flows.iter().find(|flow| flow.id == stand.flow).unwrap();
        stand.backend.record(&id, evidence::selfie(0.11), &Caller::operator()).await.unwrap();
        for evidence in evidence::passing(&flow.settings) {
            let after = stand.backend.record(&id, evidence, &Caller::operator()).await.unwrap();
            assert_eq!(after.reviews.len(), 1, "the answer to a record is the whole registration");
        }
    }
    let read = retrieve(&stand, &id).await;
    let held = stand.source.retrieve(&id, &Caller::system()).await.unwrap();
    let facts = |registration: &Registration| {
        let steps = registration.steps.iter().map(|step| {
            let times = [step.started, step.finished].map(|moment| moment.map(|moment| moment.at));
            (step.kind.clone(), step.state.clone(), step.requirement.clone(), step.attempts, step.attempt_limit, times)
        });
        (steps.collect::<Vec<_>>(), registration.results.clone(), registration.scores.clone())
    };
    assert_eq!(facts(&read), facts(&held));
    assert_eq!((&read.status, &read.contact, read.version), (&held.status, &held.contact, held.version));
    assert_eq!((&read.project, &read.flow), (&held.project, &held.flow));
    assert_eq!(read.failed_attempts.len(), held.failed_attempts.len());
    assert_eq!(read.reviews.len(), held.reviews.len());
    assert_eq!(
        read.checks.document.map(|document| document.number),
        held.checks.document.map(|document| document.number)
    );
}
