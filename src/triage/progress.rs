//! Where a registration stands and when it last moved.

use crate::model::{Checks, Moment, Registration, Requirement, Status, Step, StepKind, StepState, Timestamp};

/// Steps that are owed although a source does not tell its flow.
const ALWAYS_OWED: &[StepKind] =
    &[StepKind::PersonalInfo, StepKind::DocumentVerification, StepKind::BiometricVerification];

/// The step a registration stands at. List, facets and `step:` all mean this one.
///
/// The first step that is owed and not finished: that is where it waits, whatever was reported last. A list row
/// without evidence cannot tell that, so there the step reported last is the best answer.
pub fn where_it_stands(registration: &Registration) -> StepKind {
    if matches!(registration.status, Status::Completed | Status::CompletedWithoutKyc) {
        return StepKind::End;
    }
    let reported = registration.current_step.clone();
    let open = first_open_step(registration).map(|step| step.kind.clone());
    let nothing_known = registration.checks == Checks::default() && registration.failed_attempts.is_empty();
    let stands = if nothing_known { reported.or(open) } else { open.or(reported) };
    stands.unwrap_or(if registration.steps.is_empty() { StepKind::PersonalInfo } else { StepKind::End })
}

/// The first step that is owed and not settled; the end itself is never owed.
pub(super) fn first_open_step(registration: &Registration) -> Option<&Step> {
    registration.steps.iter().find(|step| is_owed(step) && !step.state.is_settled())
}

/// Whether the flow insists on a step (or, where it does not say, every flow does).
pub(super) fn is_owed(step: &Step) -> bool {
    match &step.requirement {
        Some(requirement) => *requirement == Requirement::Mandatory && step.kind != StepKind::End,
        None => ALWAYS_OWED.contains(&step.kind),
    }
}

/// Whether a step is done.
pub(super) fn is_completed(registration: &Registration, kind: &StepKind) -> bool {
    registration.step(kind).is_some_and(|step| step.state == StepState::Completed)
}

/// When anything about a registration last changed: its own last change and every time the evidence holds.
pub fn last_move(registration: &Registration) -> Timestamp {
    evidence(registration)
        .chain(registration.link_resent)
        .map(|moment| moment.at)
        .fold(registration.updated_at, Timestamp::max)
}

/// Whether it came back: since the last decision with a time, its status has become another or evidence has come in.
/// A link that the desk has sent once more is no such move.
pub fn has_returned(registration: &Registration) -> bool {
    let Some((last, decided)) = registration.reviews.last().and_then(|last| Some((last, last.at?))) else {
        return false;
    };
    registration.status != last.to || evidence(registration).any(|moment| moment.at > decided)
}

/// Every moment that the evidence holds.
fn evidence(registration: &Registration) -> impl Iterator<Item = Moment> {
    let checks = &registration.checks;
    let code = |code: Option<&crate::model::CodeCheck>| code.map(|code| [code.created, code.last_sent, code.validated]);
    let pair = |created: Option<Moment>, finished: Option<Moment>| [created, finished, None];
    let moments = [
        checks.consent.as_ref().map(|consent| pair(consent.created, consent.answered)),
        checks.information.as_ref().map(|information| pair(information.created, information.submitted)),
        code(checks.email.as_ref()),
        code(checks.phone.as_ref()),
        checks.document.as_ref().map(|document| pair(document.created, document.finished)),
        checks.liveness.as_ref().map(|liveness| pair(liveness.created, liveness.finished)),
        checks.face.as_ref().map(|face| pair(face.compared, None)),
        checks.background.as_ref().map(|background| pair(background.requested, None)),
        checks.form.as_ref().map(|form| pair(form.submitted, None)),
        checks.signature.as_ref().map(|signature| pair(signature.signed, None)),
        Some([checks.basic_information, checks.instructions, None]),
    ];
    let attempts = registration.failed_attempts.iter().filter_map(|attempt| attempt.at);
    moments.into_iter().flatten().flatten().flatten().chain(attempts)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{has_returned, last_move, where_it_stands};
    use crate::{
        model::{Moment, Review, Status, StepKind},
        triage::testing::{at, begun},
    };

    #[test]
    fn the_reported_step_wins_over_the_first_unfinished_one() {
        let mut registration = begun();
        assert_eq!(where_it_stands(&registration), StepKind::Consent);
        registration.current_step = Some(StepKind::DocumentVerification);
        assert_eq!(where_it_stands(&registration), StepKind::DocumentVerification);
        registration.status = Status::Completed;
        assert_eq!(where_it_stands(&registration), StepKind::End);
    }

    #[test]
    fn an_evidence_time_later_than_the_record_is_the_last_move() {
        let mut registration = begun();
        let later = at(0) + TimeDelta::hours(3);
        assert_eq!(last_move(&registration), registration.updated_at);
        registration.checks.instructions = Some(Moment::event(later));
        assert_eq!(last_move(&registration), later);
    }

    #[test]
    fn what_moves_after_a_decision_has_come_back_and_a_resent_link_is_no_move() {
        let mut registration = begun();
        let decided = at(50_000);
        assert!(!has_returned(&registration), "nobody has decided yet");
        let review = Review::noted(Status::NeedsManualVerification, Status::Ongoing, None);
        registration.status = Status::Ongoing;
        registration.reviews.push(Review { at: Some(decided), ..review });
        registration.link_resent = Some(Moment::event(decided + TimeDelta::hours(1)));
        assert!(!has_returned(&registration));
        registration.checks.instructions = Some(Moment::event(decided + TimeDelta::hours(2)));
        assert!(has_returned(&registration), "the person went on");
        registration.checks.instructions = None;
        registration.status = Status::NeedsManualVerification;
        assert!(has_returned(&registration), "it waits for the desk again");
        registration.reviews.clear();
        assert!(!has_returned(&registration));
    }
}
