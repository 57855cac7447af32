use super::super::{Command, Origin, State, advance};
use super::{code_of, minute};
use crate::backend::ErrorKind;
use crate::model::{Evidence, Outcome, Registration, Status, Step, StepKind, StepState};

/// As the plain object of another system tells it: steps and verdicts, no evidence.
fn elsewhere() -> Registration {
    let mut registration = Registration::new("from-elsewhere".into(), minute(0));
    registration.status = Status::Unknown("frozen".to_owned());
    registration.updated_at = minute(5);
    registration.version = 41;
    registration.steps = vec![Step { state: StepState::Completed, ..Step::pending(StepKind::DocumentVerification) }];
    registration.results.document_verification = Some(Outcome::Passed);
    registration
}

fn imported() -> State {
    advance(None, &Command::Import(Box::new(elsewhere())), minute(60)).expect("it is taken over").0
}

#[test]
fn what_is_imported_stays_as_it_was_told_times_and_unknown_words_included() {
    let registration = imported().registration;
    assert_eq!(registration.status, Status::Unknown("frozen".to_owned()));
    assert_eq!((registration.created_at, registration.updated_at), (minute(0), minute(5)));
    assert_eq!(registration.results.document_verification, Some(Outcome::Passed));
    assert_eq!(registration.version, 1);
}

#[test]
fn what_was_told_survives_the_store_and_further_events() {
    let state = imported();
    let stored = State::from_stored(&state.to_stored().unwrap()).unwrap();
    assert_eq!(stored, state);
    let sign = Command::Record { evidence: Evidence::Signature {}, origin: Origin::default() };
    let registration = advance(Some(stored), &sign, minute(61)).unwrap().0.registration;
    let state_of = |kind: StepKind| registration.step(&kind).map(|step| step.state.clone());
    assert_eq!(state_of(StepKind::Signature), Some(StepState::Completed));
    assert_eq!(state_of(StepKind::DocumentVerification), Some(StepState::Completed), "told, not shown");
}

#[test]
fn nothing_is_imported_twice_without_an_id_or_from_the_future() {
    let import = |registration: Registration| Command::Import(Box::new(registration));
    let again = advance(Some(imported()), &import(elsewhere()), minute(61));
    assert_eq!(code_of(again.map(|_| ())), "Conflict");
    let nameless = Registration { id: " ".into(), ..elsewhere() };
    let refused = advance(None, &import(nameless), minute(60)).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Invalid { field: Some("id".to_owned()) });
    assert!(advance(None, &import(elsewhere()), minute(-1)).is_err());
}
