use super::*;
use crate::backend::Channel;
use crate::engine::core::{Digest, Fact, announcements};
use crate::model::Delivery;

/// What everything that happened was announced as, in order.
fn announced(desk: &Desk) -> Vec<String> {
    let mut state = None;
    let mut names = Vec::new();
    for event in &desk.events {
        let after = apply(state.clone(), event).unwrap();
        names.extend(announcements(state.as_ref(), event, &after));
        state = Some(after);
    }
    names
}

#[test]
fn an_opening_a_report_and_a_decision_are_told_by_their_names() {
    let mut desk = Desk::open(&[]);
    desk.report(StepKind::Instructions, Status::Ongoing, 1).unwrap();
    desk.decide(Status::Failed, 2).unwrap();
    let names = announced(&desk);
    assert_eq!(names.first().map(String::as_str), Some("app_registration_created"));
    assert!(names.contains(&"app_registration_sync_instructions".to_owned()), "{names:?}");
    assert_eq!(names.last().map(String::as_str), Some("app_registration_failed"));
}

#[test]
fn the_first_code_is_created_and_the_next_one_resent() {
    let mut desk = Desk::open(&[]);
    let id = desk.state.registration.id.clone();
    for minutes in [1, 2] {
        let code = Digest::of_code(&id, Channel::Email, "123456");
        let send = Command::SendCode { channel: Channel::Email, code, origin: Origin::default() };
        desk.run(&send, minute(minutes)).unwrap();
    }
    let wrong = Command::EnterCode { channel: Channel::Email, code: Digest::of_code(&id, Channel::Email, "000000") };
    desk.run(&wrong, minute(3)).unwrap();
    let names = announced(&desk);
    let of_codes: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("email_validation_")).collect();
    assert_eq!(of_codes, ["created", "resend", "otp_incorect"]);
}

#[test]
fn a_document_in_review_is_told_twice_as_the_service_does() {
    let mut desk = Desk::open(&[StepKind::DocumentVerification]);
    desk.record(document(StepState::Review), 1).unwrap();
    let names = announced(&desk);
    assert!(names.contains(&"document_validation_created".to_owned()), "{names:?}");
    assert!(names.contains(&"document_validation_manual_verification_required".to_owned()), "{names:?}");
}

#[test]
fn what_a_webhook_was_told_outdates_nothing_and_is_announced_to_nobody() {
    let desk = Desk::open(&[]);
    let delivery = Delivery { event: "onboarding_app_registration_created".into(), ..Delivery::default() };
    let event = Event { at: minute(5), fact: Fact::Announced { delivery } };
    let after = apply(Some(desk.state.clone()), &event).unwrap();
    assert_eq!(after.registration.version, desk.state.registration.version);
    assert_eq!(after.registration.updated_at, desk.state.registration.updated_at);
    assert_eq!(after.registration.deliveries.len(), 1);
    assert_eq!(announcements(Some(&desk.state), &event, &after), Vec::<String>::new());
}
