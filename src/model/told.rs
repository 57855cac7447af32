//! What a source told of steps, verdicts and scores without showing the evidence for it.

use serde::{Deserialize, Serialize};

use super::{Outcome, Registration, Results, Scores, Step, StepState, timeline};

/// Steps, verdicts and scores as they were told. What the evidence says stands over them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    steps: Vec<Step>,
    results: Results,
    scores: Scores,
}

impl Told {
    /// What a registration tells beyond its evidence; `None` if the evidence says it all.
    pub fn beyond_the_evidence(registration: &Registration) -> Option<Self> {
        let told = Self {
            steps: registration.steps.clone(),
            results: registration.results.clone(),
            scores: registration.scores.clone(),
        };
        let mut from_evidence = registration.clone();
        timeline::derive(&mut from_evidence);
        let mut filled = from_evidence.clone();
        told.fill(&mut filled);
        (filled != from_evidence).then_some(told)
    }

    /// Fills what the evidence leaves open.
    pub fn fill(&self, registration: &mut Registration) {
        for told in &self.steps {
            match registration.steps.iter_mut().find(|step| step.kind == told.kind) {
                Some(step) if is_open(step) => *step = told.clone(),
                Some(_) => {}
                None => registration.steps.push(told.clone()),
            }
        }
        registration.steps.sort_by_key(|step| step.kind.position());
        let (results, told) = (&mut registration.results, &self.results);
        let verdicts = [
            (&mut results.document_verification, &told.document_verification),
            (&mut results.biometric_verification, &told.biometric_verification),
            (&mut results.liveness_detection, &told.liveness_detection),
            (&mut results.face_comparison, &told.face_comparison),
            (&mut results.criminal_history, &told.criminal_history),
            (&mut results.email_verification, &told.email_verification),
            (&mut results.phone_verification, &told.phone_verification),
        ];
        for (verdict, told) in verdicts {
            if verdict.as_ref().is_none_or(|verdict| *verdict == Outcome::Pending) && told.is_some() {
                verdict.clone_from(told);
            }
        }
        let (scores, told) = (&mut registration.scores, &self.scores);
        let numbers = [
            (&mut scores.liveness, told.liveness),
            (&mut scores.liveness_min, told.liveness_min),
            (&mut scores.face_compare, told.face_compare),
            (&mut scores.face_compare_min, told.face_compare_min),
            (&mut scores.name_match, told.name_match),
            (&mut scores.document_confidence, told.document_confidence),
        ];
        for (score, told) in numbers {
            *score = score.or(told);
        }
    }
}

/// The evidence says nothing of the step.
fn is_open(step: &Step) -> bool {
    step.state == StepState::Pending && step.started.is_none() && step.finished.is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Told;
    use crate::model::{
        DocumentCheck, Outcome, Registration, RegistrationId, Step, StepKind, StepState, Timestamp, timeline,
    };

    fn bare() -> Registration {
        let mut registration = Registration::new(RegistrationId::new("a"), Timestamp::UNIX_EPOCH);
        registration.steps = [StepKind::DocumentVerification, StepKind::Form]
            .map(|kind| Step { state: StepState::Completed, ..Step::pending(kind) })
            .to_vec();
        registration.results.document_verification = Some(Outcome::Passed);
        registration.scores.liveness = Some(0.9);
        registration
    }

    #[test]
    fn what_was_told_fills_what_the_evidence_leaves_open() {
        let mut registration = bare();
        let told = Told::beyond_the_evidence(&registration).unwrap();
        timeline::derive(&mut registration);
        assert_eq!(registration.scores.liveness, None);
        told.fill(&mut registration);
        assert_eq!(registration.step(&StepKind::Form).map(|step| &step.state), Some(&StepState::Completed));
        assert_eq!(registration.results.document_verification, Some(Outcome::Passed));
        assert_eq!(registration.scores.liveness, Some(0.9));
    }

    #[test]
    fn evidence_stands_over_what_was_told() {
        let mut registration = bare();
        let told = Told::beyond_the_evidence(&registration).unwrap();
        registration.checks.document = Some(DocumentCheck { state: StepState::Failed, ..DocumentCheck::default() });
        timeline::derive(&mut registration);
        told.fill(&mut registration);
        let step = registration.step(&StepKind::DocumentVerification).map(|step| &step.state);
        assert_eq!(step, Some(&StepState::Failed));
        assert_eq!(registration.results.document_verification, Some(Outcome::Failed));
    }

    #[test]
    fn nothing_is_kept_where_the_evidence_says_it_all() {
        let mut registration = Registration::new(RegistrationId::new("a"), Timestamp::UNIX_EPOCH);
        timeline::derive(&mut registration);
        assert_eq!(Told::beyond_the_evidence(&registration), None);
    }
}
