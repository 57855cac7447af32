//! Events into state. Total: whatever was stored can be applied, no rule is checked again.

use super::digest::object_id;
use super::state::{IssuedToken, State};
use super::{Digest, Event, Fact};
use crate::backend::Channel;
use crate::model::{
    AccessEntry, Attempt, BackgroundCheck, Checks, CodeCheck, Consent, Contact, DocumentCheck, FaceCompare,
    FormSubmission, Gateway, Information, LivenessCheck, Moment, Personal, Registration, Review, Signature, StepKind,
    StepState, Timestamp, Told, timeline,
};

/// Entries kept in the access log; the events keep them all.
pub(super) const ACCESS_LOG_LIMIT: usize = 200;

/// Tokens kept for a registration. Older ones stop working.
const TOKEN_LIMIT: usize = 16;

/// What a registration is after an event. `None` stands for "not there yet"; an event that is not a creation then
/// changes nothing.
pub fn apply(state: Option<State>, event: &Event) -> Option<State> {
    match state {
        None => created(event),
        Some(state) => Some(follow(state, event)),
    }
}

/// What a registration that exists is after an event.
pub(super) fn follow(mut state: State, event: &Event) -> State {
    state.events += 1;
    state.last_at = event.at;
    if let Fact::Accessed { entry } = &event.fact {
        note_access(&mut state.registration, AccessEntry { at: Some(event.at), ..entry.clone() });
        return state;
    }
    if let Fact::Announced { delivery } = &event.fact {
        state.registration.deliveries.push(delivery.clone());
        return state;
    }
    state.registration.version += 1;
    if let Fact::Annotated { by, annotation } = &event.fact {
        annotation.apply(&mut state.registration.desk, by, event.at);
        return state;
    }
    state.registration.updated_at = event.at;
    change(&mut state, event);
    state.derive();
    state
}

/// The snapshot that a list of events leads to.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<State> {
    events.into_iter().fold(None, apply)
}

fn created(event: &Event) -> Option<State> {
    let opening = match &event.fact {
        Fact::Created(opening) => opening,
        Fact::Imported(registration) => return Some(imported(registration, event.at)),
        _ => return None,
    };
    let mut registration = Registration::new(opening.id.clone(), event.at);
    registration.user_id = Some(opening.user_id.clone());
    registration.project = opening.project.clone();
    registration.flow = opening.flow.clone();
    registration.contact = opening.contact.clone();
    registration.expires_at = Some(opening.expires_at);
    registration.version = 1;
    registration.checks.information = Some(Information {
        id: Some(object_id(&opening.id, 0, event.at)),
        full_name: opening.contact.full_name.clone(),
        first_name: opening.contact.first_name.clone(),
        last_name: opening.contact.last_name.clone(),
        ip: opening.ip.clone(),
        user_agent: opening.user_agent.clone(),
        created: Some(Moment::event(event.at)),
        ..Information::default()
    });
    timeline::derive(&mut registration);
    Some(State::of(registration, None, event.at))
}

/// A registration as it stood elsewhere.
fn imported(registration: &Registration, at: Timestamp) -> State {
    let told = Told::beyond_the_evidence(registration);
    let mut state = State::of(Registration { version: 1, ..registration.clone() }, told, at);
    state.derive();
    state
}

fn change(state: &mut State, event: &Event) {
    let now = Moment::event(event.at);
    match &event.fact {
        Fact::CodeSent { .. }
        | Fact::CodeAccepted { .. }
        | Fact::CodeMistyped { .. }
        | Fact::CodeDied { .. }
        | Fact::WrongCodesForgiven => change_code(state, event),
        Fact::DocumentChecked { .. }
        | Fact::LivenessChecked { .. }
        | Fact::FacesCompared { .. }
        | Fact::BackgroundChecked { .. }
        | Fact::CustomFormSubmitted { .. }
        | Fact::Signed => change_check(state, event),
        Fact::ConsentAnswered { accepted } => answer_consent(&mut state.registration.checks, *accepted, now),
        Fact::FormSubmitted { information } => submit_form(&mut state.registration, information, now),
        Fact::InstructionsRead => {
            state.registration.checks.instructions.get_or_insert(now);
        }
        Fact::BasicInformationGiven { information } => {
            let checks = &mut state.registration.checks;
            merge_information(checks.information.get_or_insert_default(), information);
            checks.basic_information = Some(now);
        }
        Fact::AttemptFailed { attempt } => {
            state.registration.failed_attempts.push(Attempt { at: Some(now), ..attempt.clone() });
        }
        _ => progress(state, event),
    }
}

/// Facts about codes.
fn change_code(state: &mut State, event: &Event) {
    let now = Moment::event(event.at);
    let fresh_id = object_id(&state.registration.id, state.events, event.at);
    match &event.fact {
        Fact::CodeSent { channel, code, gateway, expires_at, ip, spent } => {
            state.set_code(*channel, *code);
            if code.is_some() {
                state.note_send(*channel, event.at);
            }
            if *spent == 0 {
                waive(&mut state.registration, Some(&channel.step()));
            }
            let limit = state.settings().attempt_limit(&channel.step());
            let check = state.code_check_mut(*channel);
            send_code(check, (gateway, *expires_at, ip.as_ref()), fresh_id, now);
            (check.attempts, check.max_attempts) = (*spent, Some(limit));
        }
        Fact::CodeAccepted { channel } => accept_code(state, *channel, fresh_id, now),
        Fact::CodeMistyped { channel } => mistype_code(state, *channel),
        Fact::CodeDied { channel } => {
            state.set_code(*channel, None);
            state.code_check_mut(*channel).state = StepState::Expired;
        }
        Fact::WrongCodesForgiven => forgive_codes(&mut state.registration),
        _ => {}
    }
}

/// Facts about checks that have an object of their own.
fn change_check(state: &mut State, event: &Event) {
    let now = Moment::event(event.at);
    let id = object_id(&state.registration.id, state.events, event.at);
    let checks = &mut state.registration.checks;
    match &event.fact {
        Fact::DocumentChecked { document } => {
            checks.document = Some(dated_document(checks.document.take(), document, id, now));
        }
        Fact::LivenessChecked { liveness } => {
            checks.liveness = Some(dated_liveness(checks.liveness.take(), liveness, id, now));
        }
        Fact::FacesCompared { score, min_score, passed } => {
            checks.face = Some(FaceCompare {
                id: Some(id),
                score: Some(*score),
                passed: Some(*passed),
                min_score: Some(*min_score),
                compared: Some(now),
                aged_out: false,
            });
        }
        Fact::BackgroundChecked { sources } => {
            checks.background = Some(BackgroundCheck { requested: Some(now), sources: sources.clone() });
        }
        Fact::CustomFormSubmitted { answers } => {
            checks.form = Some(FormSubmission { id: Some(id), submitted: Some(now), answers: answers.clone() });
        }
        Fact::Signed => checks.signature = Some(Signature { id: Some(id), signed: Some(now) }),
        _ => {}
    }
}

/// Facts about the registration as a whole.
fn progress(state: &mut State, event: &Event) {
    let at = event.at;
    let registration = &mut state.registration;
    match &event.fact {
        Fact::StepReported { step } => report_step(registration, step, Moment::event(at)),
        Fact::StatusChanged { to, .. } => {
            registration.completed_at = to.is_final().then(|| Moment::event(at));
            registration.status = to.clone();
        }
        Fact::Reviewed { review } => {
            registration.reviews.push(Review { at: Some(at), ..review.clone() });
        }
        Fact::AttemptsWaived => waive(registration, None),
        Fact::LifetimeExtended { until } => registration.expires_at = Some(*until),
        Fact::LinkResent => {
            registration.link_resent = Some(Moment::event(at));
            registration.link_resends += 1;
        }
        Fact::TokenIssued { token, kind, expires_at } => {
            state.tokens.push(IssuedToken { token: *token, kind: *kind, expires_at: *expires_at });
            let surplus = state.tokens.len().saturating_sub(TOKEN_LIMIT);
            state.tokens.drain(..surplus);
        }
        _ => {}
    }
}

fn note_access(registration: &mut Registration, entry: AccessEntry) {
    registration.access_log.push(entry);
    let surplus = registration.access_log.len().saturating_sub(ACCESS_LOG_LIMIT);
    registration.access_log.drain(..surplus);
}

/// Failures that were forgiven stay in the list but count no more.
fn waive(registration: &mut Registration, step: Option<&StepKind>) {
    for attempt in &mut registration.failed_attempts {
        if step.is_none_or(|step| &attempt.step == step) {
            attempt.counts = false;
        }
    }
}

/// Wrong codes of both channels are forgiven; what was validated stays as it came about.
fn forgive_codes(registration: &mut Registration) {
    for channel in [Channel::Email, Channel::Phone] {
        waive(registration, Some(&channel.step()));
    }
    let checks = &mut registration.checks;
    for check in [&mut checks.email, &mut checks.phone].into_iter().flatten() {
        if check.state != StepState::Completed {
            check.attempts = 0;
        }
    }
}

fn answer_consent(checks: &mut Checks, accepted: bool, now: Moment) {
    let created = checks.consent.as_ref().and_then(|consent| consent.created).unwrap_or(now);
    checks.consent = Some(Consent {
        accepted: Some(accepted),
        created: Some(created),
        answered: Some(now),
        source: Some("signUpForm".to_owned()),
    });
}

fn report_step(registration: &mut Registration, step: &StepKind, now: Moment) {
    let checks = &mut registration.checks;
    match step {
        StepKind::PersonalInfo => {
            let information = checks.information.get_or_insert_default();
            information.submitted.get_or_insert(now);
        }
        StepKind::Instructions => {
            checks.instructions.get_or_insert(now);
        }
        StepKind::BasicInformation => {
            checks.basic_information.get_or_insert(now);
        }
        _ => {}
    }
    registration.current_step = Some(step.clone());
}

fn submit_form(registration: &mut Registration, given: &Information, now: Moment) {
    let information = registration.checks.information.get_or_insert_default();
    merge_information(information, given);
    information.submitted = Some(now);
    name_contact(&mut registration.contact, given);
}

/// What the form says of the name is how the person wants to be addressed.
fn name_contact(contact: &mut Contact, given: &Information) {
    overlay(&mut contact.full_name, given.full_name.as_ref());
    overlay(&mut contact.first_name, given.first_name.as_ref());
    overlay(&mut contact.last_name, given.last_name.as_ref());
}

fn merge_information(into: &mut Information, given: &Information) {
    overlay(&mut into.id, given.id.as_ref());
    overlay(&mut into.full_name, given.full_name.as_ref());
    overlay(&mut into.first_name, given.first_name.as_ref());
    overlay(&mut into.last_name, given.last_name.as_ref());
    overlay(&mut into.birth_date, given.birth_date.as_ref());
    overlay(&mut into.gender, given.gender.as_ref());
    overlay(&mut into.nationality, given.nationality.as_ref());
    overlay(&mut into.country, given.country.as_ref());
    overlay(&mut into.city, given.city.as_ref());
    overlay(&mut into.address, given.address.as_ref());
    overlay(&mut into.postal_code, given.postal_code.as_ref());
    overlay(&mut into.document_number, given.document_number.as_ref());
    overlay(&mut into.ip, given.ip.as_ref());
    overlay(&mut into.device_id, given.device_id.as_ref());
    overlay(&mut into.user_agent, given.user_agent.as_ref());
}

/// A new value replaces an old one; silence does not.
fn overlay<T: Clone>(field: &mut Option<T>, given: Option<&T>) {
    if let Some(value) = given {
        *field = Some(value.clone());
    }
}

fn send_code(
    check: &mut CodeCheck,
    (gateway, expires_at, ip): (&Gateway, Timestamp, Option<&Personal>),
    fresh_id: String,
    now: Moment,
) {
    check.id.get_or_insert(fresh_id);
    check.state = StepState::Pending;
    check.gateway = Some(gateway.clone());
    check.sends += 1;
    overlay(&mut check.ip, ip.map(|ip| ip.reveal().to_owned()).as_ref());
    check.created.get_or_insert(now);
    check.last_sent = Some(now);
    check.expires_at = Some(expires_at);
}

fn accept_code(state: &mut State, channel: Channel, fresh_id: String, now: Moment) {
    state.set_code(channel, None::<Digest>);
    let check = state.code_check_mut(channel);
    check.id.get_or_insert(fresh_id);
    check.attempts += 1;
    check.state = StepState::Completed;
    check.created.get_or_insert(now);
    check.validated = Some(now);
}

fn mistype_code(state: &mut State, channel: Channel) {
    let limit = state.settings().attempt_limit(&channel.step());
    let check = state.code_check_mut(channel);
    check.attempts += 1;
    if check.attempts >= check.max_attempts.unwrap_or(limit) {
        check.state = StepState::Failed;
        state.set_code(channel, None);
    }
}

/// Whether a check in this state is still the same scan when its next verdict arrives.
fn is_open(state: &StepState) -> bool {
    matches!(state, StepState::Pending | StepState::InProgress | StepState::Review)
}

fn dated_document(previous: Option<DocumentCheck>, given: &DocumentCheck, id: String, now: Moment) -> DocumentCheck {
    let previous = previous.filter(|previous| is_open(&previous.state));
    let begun = previous.map(|previous| (previous.id, previous.created));
    let (old_id, old_created) = begun.unwrap_or_default();
    let has_outcome = !matches!(given.state, StepState::Pending | StepState::InProgress);
    DocumentCheck {
        id: given.id.clone().or(old_id).or(Some(id)),
        created: old_created.or(Some(now)),
        finished: has_outcome.then_some(now),
        ..given.clone()
    }
}

fn dated_liveness(previous: Option<LivenessCheck>, given: &LivenessCheck, id: String, now: Moment) -> LivenessCheck {
    let previous = previous.filter(|previous| is_open(&previous.state));
    let begun = previous.map(|previous| (previous.id, previous.created));
    let (old_id, old_created) = begun.unwrap_or_default();
    let has_outcome = !matches!(given.state, StepState::Pending | StepState::InProgress);
    LivenessCheck {
        id: given.id.clone().or(old_id).or(Some(id)),
        created: old_created.or(Some(now)),
        finished: has_outcome.then_some(now),
        ..given.clone()
    }
}
