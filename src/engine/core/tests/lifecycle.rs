use super::super::{Access, Command, Create, Digest, Sync, advance, run};
use super::{Desk, code_of, flow, minute, opening};
use crate::backend::{Annotation, Caller, CallerKind, SyncStep};
use crate::model::{Claim, Evidence, Status, StepKind};

/// The flow of the tests gives seven days.
const AFTER_LIFETIME: i64 = 7 * 24 * 60;

fn resend() -> Command {
    Command::Resend { token: Digest::of_token("link"), send_email: false }
}

fn enrollee() -> Caller {
    Caller { ip: Some("192.0.2.7".into()), ..Caller::of(CallerKind::Enrollee) }
}

#[test]
fn a_registration_expires_at_the_end_of_its_lifetime_and_not_before() {
    let mut desk = Desk::open(&[]);
    assert_eq!(code_of(desk.run(&Command::Expire, minute(AFTER_LIFETIME - 1))), "not_expired");
    desk.run(&Command::Expire, minute(AFTER_LIFETIME)).unwrap();
    assert_eq!(desk.status(), &Status::Expired);
    assert_eq!(code_of(desk.record(Evidence::Signature {}, AFTER_LIFETIME + 1)), "registration_has_expired");
}

#[test]
fn whoever_comes_after_the_lifetime_first_makes_it_expire() {
    let desk = Desk::open(&[]);
    let sign = Command::Record { evidence: Evidence::Signature {}, origin: super::Origin::default() };
    let run = run(Some(desk.state), &sign, &enrollee(), minute(AFTER_LIFETIME)).unwrap();
    assert_eq!(run.state.registration.status, Status::Expired);
    assert_eq!(run.refusal.unwrap().code, "registration_has_expired");
    let noted = run.state.registration.access_log.last().unwrap();
    assert_eq!((noted.outcome.as_str(), noted.ip.as_deref()), ("denied", Some("192.0.2.7")));
}

#[test]
fn a_fresh_link_reopens_what_expired_for_a_full_lifetime() {
    let mut desk = Desk::open(&[]);
    desk.run(&Command::Expire, minute(AFTER_LIFETIME)).unwrap();
    desk.run(&resend(), minute(AFTER_LIFETIME + 10)).unwrap();
    let registration = &desk.state.registration;
    assert_eq!((&registration.status, registration.link_resends), (&Status::Ongoing, 1));
    assert_eq!(registration.expires_at, Some(minute(2 * AFTER_LIFETIME + 10)));
    assert_eq!(registration.completed_at, None);
}

#[test]
fn no_link_goes_out_for_what_is_closed() {
    for status in [Status::Completed, Status::CompletedWithoutKyc, Status::Failed] {
        let mut desk = Desk::open(&[]);
        desk.decide(status, 1).unwrap();
        assert_eq!(code_of(desk.run(&resend(), minute(2))), "cannot_resend_link_for_this_status");
    }
}

#[test]
fn a_link_by_mail_needs_an_address() {
    let mut desk = Desk::open(&[]);
    desk.state.registration.contact.email = None;
    let command = Command::Resend { token: Digest::of_token("link"), send_email: true };
    assert_eq!(code_of(desk.run(&command, minute(1))), "MissingParameter");
}

#[test]
fn tokens_live_as_long_as_their_kind_and_the_oldest_give_way() {
    let token = Some(Digest::of_token("t"));
    let create = Command::Create(Box::new(Create { token, ..opening(flow(&[])) }));
    let (state, events) = advance(None, &create, minute(0)).unwrap();
    let mut desk = Desk { state, events };
    let resend = |token: &str| Command::Resend { token: Digest::of_token(token), send_email: false };
    desk.run(&resend("t"), minute(0)).unwrap();
    let end = Sync::report(SyncStep::Flow(StepKind::End), Status::Completed, CallerKind::Enrollee);
    desk.run(&Command::Sync(Sync { token, ..end }), minute(0)).unwrap();
    let lifetimes: Vec<_> = desk.state.tokens.iter().map(|issued| issued.expires_at).collect();
    assert_eq!(lifetimes, [minute(120), minute(30), minute(30)], "of creation, of a link, of the end");
    desk.decide(Status::Ongoing, 1).unwrap();
    for number in 0..20 {
        desk.run(&resend(&number.to_string()), minute(1)).unwrap();
    }
    assert_eq!(desk.state.tokens.len(), 16);
    assert!(desk.state.tokens.iter().all(|issued| issued.token != Digest::of_token("t")));
}

#[test]
fn being_looked_at_changes_neither_version_nor_last_change_and_the_log_stays_bounded() {
    let mut desk = Desk::open(&[StepKind::DocumentVerification]);
    let before = desk.state.registration.clone();
    for minutes in 1..=250 {
        let note = Access { actor: CallerKind::Client, ip: None, action: "retrieve".into(), denied: None };
        desk.run(&Command::NoteAccess(note), minute(minutes)).unwrap();
    }
    let after = &desk.state.registration;
    assert_eq!((after.version, after.updated_at), (before.version, before.updated_at));
    assert_eq!(after.access_log.len(), 200);
    assert_eq!(after.access_log[0].at, Some(minute(51)));
}

#[test]
fn a_clock_that_goes_back_does_not_take_events_with_it() {
    let mut desk = Desk::open(&[]);
    desk.record(Evidence::Instructions {}, 10).unwrap();
    desk.record(Evidence::Signature {}, 5).unwrap();
    assert_eq!(desk.state.registration.updated_at, minute(10));
}

#[test]
fn what_the_desk_says_is_a_version_but_no_change_whatever_the_status() {
    let mut desk = Desk::open(&[]);
    let before = desk.state.registration.clone();
    let claim = |name: &str| Command::Annotate { annotation: Annotation::Claim, by: Caller::operator().named(name) };
    desk.run(&claim("alba"), minute(5)).unwrap();
    let after = &desk.state.registration;
    assert_eq!((after.version, after.updated_at), (before.version + 1, before.updated_at));
    assert_eq!(after.desk.claim, Some(Claim { by: "alba".into(), at: minute(5) }));
    desk.run(&claim("alba"), minute(6)).unwrap();
    assert_eq!(desk.state.registration.version, before.version + 1, "the same again is no news");
    desk.decide(Status::Failed, 7).unwrap();
    assert_eq!(code_of(desk.run(&claim("bruno"), minute(8))), "already_claimed");
    let release = Command::Annotate { annotation: Annotation::Release, by: Caller::operator().named("bruno") };
    desk.run(&release, minute(9)).unwrap();
    assert_eq!((&desk.state.registration.desk.claim, desk.status()), (&None, &Status::Failed));
}

#[test]
fn the_person_who_registers_says_nothing_for_the_desk() {
    let desk = Desk::open(&[]);
    let claim = Command::Annotate { annotation: Annotation::Claim, by: enrollee() };
    let ran = run(Some(desk.state), &claim, &enrollee(), minute(1)).unwrap();
    assert_eq!(ran.refusal.unwrap().code, "access_denied");
    assert_eq!(ran.state.registration.desk.claim, None);
    let noted = ran.state.registration.access_log.last().unwrap();
    assert_eq!((noted.action.as_str(), noted.outcome.as_str()), ("claim", "denied"));
}
