use std::time::Duration;

use super::super::{Command, Digest, Fact, Origin, replay};
use super::{Desk, code_of, minute};
use crate::backend::{Channel, ErrorKind};
use crate::model::{CodeOutcome, Evidence, Gateway, StepKind, StepState};

const EMAIL: StepKind = StepKind::EmailVerification;

impl Desk {
    fn send(&mut self, code: &str, minutes: i64) -> Result<(), super::Refusal> {
        let code = Digest::of_code(&self.state.registration.id, Channel::Email, code);
        self.run(&Command::SendCode { channel: Channel::Email, code, origin: Origin::default() }, minute(minutes))
    }

    fn enter(&mut self, code: &str, minutes: i64) -> Result<(), super::Refusal> {
        let code = Digest::of_code(&self.state.registration.id, Channel::Email, code);
        self.run(&Command::EnterCode { channel: Channel::Email, code }, minute(minutes))
    }

    fn counted(&self) -> u32 {
        self.state.registration.counted_failures(&EMAIL)
    }
}

#[test]
fn the_right_code_validates_and_only_the_wrong_ones_before_it_are_failures() {
    let mut desk = Desk::open(&[EMAIL]);
    desk.send("123456", 1).unwrap();
    desk.enter("111111", 2).unwrap();
    desk.enter(" 123456 ", 3).unwrap();
    let check = desk.state.registration.checks.email.as_ref().unwrap();
    assert_eq!((check.attempts, check.sends), (2, 1));
    let step = desk.state.registration.step(&EMAIL).unwrap();
    assert_eq!((&step.state, step.attempts), (&StepState::Completed, 1));
    assert_eq!(step.finished.unwrap().at, minute(3));
    assert_eq!(code_of(desk.enter("123456", 4)), "already_validated");
}

#[test]
fn wrong_codes_count_on_over_every_code_that_is_sent_until_somebody_sends_the_link_again() {
    let mut desk = Desk::open(&[EMAIL]);
    for minute in 1..=3 {
        desk.send("123456", minute).unwrap();
        desk.enter("000000", minute).unwrap();
    }
    assert_eq!((desk.step(&EMAIL), desk.counted()), (StepState::Failed, 3));
    assert_eq!(code_of(desk.enter("123456", 4)), "MAX_ATTEMPTS_EXCEEDED");
    assert_eq!(code_of(desk.send("654321", 4)), "MAX_ATTEMPTS_EXCEEDED");
    desk.run(&Command::Resend { token: Digest::of_token("fresh"), send_email: false }, minute(5)).unwrap();
    assert_eq!(code_of(desk.enter("123456", 6)), "email_validation_not_found", "the old code stays dead");
    desk.send("654321", 6).unwrap();
    assert_eq!((desk.step(&EMAIL), desk.counted()), (StepState::InProgress, 0));
    assert_eq!(desk.state.registration.failed_attempts.len(), 3, "history is kept");
    desk.enter("654321", 7).unwrap();
    assert_eq!(desk.step(&EMAIL), StepState::Completed);
}

#[test]
fn only_so_many_codes_go_out_within_an_hour_whoever_asks() {
    let mut desk = Desk::open(&[EMAIL]);
    for minute in 0..5 {
        desk.send("123456", minute).unwrap();
    }
    desk.run(&Command::Resend { token: Digest::of_token("fresh"), send_email: false }, minute(6)).unwrap();
    let refused = desk.send("123456", 30).unwrap_err();
    assert_eq!(refused.code, "too_many_codes");
    assert_eq!(refused.kind, ErrorKind::TooMany { retry_after: Some(Duration::from_mins(30)) });
    desk.send("123456", 61).unwrap();
    desk.send("123456", 61).unwrap();
    assert_eq!(code_of(desk.send("123456", 61)), "too_many_codes", "two have left the hour, the rest not");
}

#[test]
fn codes_of_a_time_when_each_had_its_own_limit_are_read_as_they_were() {
    let mut desk = Desk::open(&[EMAIL]);
    desk.send("123456", 1).unwrap();
    desk.enter("000000", 2).unwrap();
    desk.send("123456", 3).unwrap();
    let mut stored = serde_json::to_value(desk.events.last().unwrap()).unwrap();
    assert_eq!(stored.as_object_mut().unwrap().remove("spent"), Some(1.into()));
    *desk.events.last_mut().unwrap() = serde_json::from_value(stored).unwrap();
    let state = replay(&desk.events).unwrap();
    assert_eq!(state.registration.counted_failures(&EMAIL), 0);
}

#[test]
fn a_code_entered_after_its_time_is_dead_and_spends_nothing() {
    let mut desk = Desk::open(&[EMAIL]);
    desk.send("123456", 1).unwrap();
    desk.enter("123456", 11).unwrap();
    assert!(matches!(desk.events.last().unwrap().fact, Fact::CodeDied { .. }));
    assert_eq!((desk.step(&EMAIL), desk.counted()), (StepState::Expired, 0));
    assert_eq!(code_of(desk.enter("123456", 12)), "emailValidation_has_expired");
}

#[test]
fn without_a_code_or_an_address_there_is_nothing_to_try() {
    let mut desk = Desk::open(&[EMAIL]);
    assert_eq!(code_of(desk.enter("123456", 1)), "email_validation_not_found");
    desk.state.registration.contact.email = None;
    assert_eq!(code_of(desk.send("123456", 1)), "MissingParameter");
}

#[test]
fn a_channel_without_gateway_sends_no_code() {
    let mut desk = Desk::open(&[EMAIL]);
    desk.state.registration.flow.settings.as_mut().unwrap().email_gateway = Some(Gateway::None);
    assert_eq!(code_of(desk.send("123456", 1)), "gateway_not_set");
}

#[test]
fn codes_checked_elsewhere_count_the_same() {
    let mut desk = Desk::open(&[EMAIL]);
    let outcome = |outcome| Evidence::EmailVerification { outcome };
    desk.record(outcome(CodeOutcome::Sent), 1).unwrap();
    for _ in 0..3 {
        desk.record(outcome(CodeOutcome::Failed), 2).unwrap();
    }
    assert_eq!(code_of(desk.record(outcome(CodeOutcome::Passed), 3)), "MAX_ATTEMPTS_EXCEEDED");
    assert_eq!(code_of(desk.record(outcome(CodeOutcome::Sent), 4)), "MAX_ATTEMPTS_EXCEEDED");
    desk.run(&Command::Resend { token: Digest::of_token("fresh"), send_email: false }, minute(5)).unwrap();
    desk.record(outcome(CodeOutcome::Sent), 6).unwrap();
    desk.record(outcome(CodeOutcome::Passed), 7).unwrap();
    assert_eq!(desk.step(&EMAIL), StepState::Completed);
}

#[test]
fn wrong_codes_before_a_fresh_link_count_no_more_beside_those_after_it() {
    let mut desk = Desk::open(&[EMAIL]);
    desk.send("123456", 1).unwrap();
    desk.enter("000000", 2).unwrap();
    desk.enter("000000", 2).unwrap();
    desk.run(&Command::Resend { token: Digest::of_token("fresh"), send_email: false }, minute(3)).unwrap();
    assert_eq!(desk.counted(), 0);
    for tried in 1..=3 {
        desk.enter("000000", 4).unwrap();
        assert_eq!(desk.counted(), tried, "of the code that was sent before the link");
    }
    assert_eq!(desk.state.registration.checks.email.as_ref().unwrap().attempts, 3);
    assert_eq!((desk.step(&EMAIL), desk.state.registration.failed_attempts.len()), (StepState::Failed, 5));
    assert_eq!(code_of(desk.send("654321", 5)), "MAX_ATTEMPTS_EXCEEDED");
}
