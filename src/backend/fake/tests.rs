//! The script, not the rules: those are held by the contract suite.
#![allow(clippy::unwrap_used)]

use chrono::DateTime;
use futures_util::FutureExt;

use super::*;
use crate::model::Contact;

fn fake() -> Fake {
    let project = Project { id: "p".to_owned(), ..Project::default() };
    let flow = Flow { id: "f".to_owned(), project_id: "p".to_owned(), ..Flow::default() };
    Fake::new(vec![project], vec![flow], Clock::fixed(DateTime::UNIX_EPOCH))
}

fn someone() -> CreateRequest {
    let contact = Contact { email: Some("alba@example.com".into()), ..Contact::default() };
    CreateRequest { project: "p".to_owned(), flow: "f".to_owned(), user_id: None, contact }
}

async fn total(fake: &Fake) -> Option<u64> {
    fake.list(ListRequest::page(1, 10)).await.unwrap().total
}

#[tokio::test]
async fn a_failure_happens_once_and_does_nothing() {
    let fake = fake();
    fake.fail(Operation::Create, BackendError::new(ErrorKind::Unreachable, "no route"));
    let error = fake.create(someone(), &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(total(&fake).await, Some(0));
    assert!(fake.create(someone(), &Caller::operator()).await.is_ok());
}

#[tokio::test]
async fn a_lost_answer_leaves_the_change_done() {
    let fake = fake();
    fake.lose_answer(Operation::Create, BackendError::new(ErrorKind::TimedOut, "no answer"));
    let error = fake.create(someone(), &Caller::operator()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    assert_eq!(total(&fake).await, Some(1));
}

#[tokio::test]
async fn answers_come_in_the_order_they_are_let_go_and_tell_what_was_true_when_asked() {
    let fake = fake();
    let (first, second) = (fake.hold(Operation::List), fake.hold(Operation::List));
    let ask = || fake.list(ListRequest::page(1, 10));
    // `list` gives a boxed future, so both can be polled by hand.
    let (mut early, mut late) = (ask(), ask());
    assert!((&mut early).now_or_never().is_none());
    fake.create(someone(), &Caller::operator()).await.unwrap();
    assert!((&mut late).now_or_never().is_none());
    second.release();
    assert_eq!(late.await.unwrap().total, Some(1));
    assert!((&mut early).now_or_never().is_none());
    first.release();
    assert_eq!(early.await.unwrap().total, Some(0));
    let asked: Vec<Operation> = fake.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(asked, [Operation::List, Operation::Create, Operation::List]);
}
