//! What a rule is asked about: one registration among the others, with the numbers in force for it.

use chrono::{NaiveDate, TimeDelta};

use super::{Context, Number, Rule, RuleOutcome, evaluate};
use crate::{
    model::{FlowSettings, Registration, RegistrationId, Requirement, StepKind},
    triage::{LinkKind, Lists, ThresholdFrom, links},
};

/// One registration before the rules.
pub struct Case<'a> {
    pub(super) rule: &'a Rule,
    pub(super) registration: &'a Registration,
    pub(super) context: Context<'a>,
}

impl<'a> Case<'a> {
    pub(super) fn settings(&self) -> Option<&'a FlowSettings> {
        self.registration.flow.settings.as_ref()
    }

    /// What the rules know by heart.
    pub(super) fn lists(&self) -> &'a Lists {
        &self.context.policy.lists
    }

    /// What another rule says of the same registration.
    pub(super) fn ask(&self, rule: &Rule) -> RuleOutcome {
        evaluate(rule, self.registration, self.context)
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.context.now.date_naive()
    }

    /// What an absent check means: not applicable where the flow skips the step, else not measured.
    pub(super) fn absent(&self, kind: &StepKind) -> RuleOutcome {
        match self.settings().and_then(|settings| settings.requirement(kind)) {
            Some(Requirement::Skip) => RuleOutcome::NotApplicable,
            _ => RuleOutcome::NotMeasured,
        }
    }

    /// A number of the rule: the configuration's, else the built-in one.
    pub(super) fn number(&self, number: &Number) -> Limit {
        match self.context.policy.number(self.rule, number.name, &self.registration.project) {
            Some(value) => Limit { value, from: ThresholdFrom::Configuration },
            None => Limit { value: number.default, from: ThresholdFrom::Default },
        }
    }

    /// The number in force: the configuration's, else the flow's, else the record's, else ours.
    pub(super) fn threshold(
        &self,
        number: &Number,
        flow: fn(&FlowSettings) -> Option<f64>,
        record: Option<f64>,
    ) -> Limit {
        let ours = self.number(number);
        if ours.from == ThresholdFrom::Configuration {
            return ours;
        }
        if let Some(value) = self.settings().and_then(flow).filter(|value| value.is_finite()) {
            return Limit { value, from: ThresholdFrom::Flow };
        }
        match record.filter(|value| value.is_finite()) {
            Some(value) => Limit { value, from: ThresholdFrom::Record },
            None => ours,
        }
    }

    /// How many counted failures a step allows.
    pub(super) fn attempt_limit(&self, kind: &StepKind) -> (u32, ThresholdFrom) {
        let told = self.settings().and_then(|settings| settings.step(kind)).and_then(|step| step.attempt_limit);
        match (told, self.registration.step(kind).and_then(|step| step.attempt_limit)) {
            (Some(limit), _) => (limit.max(1), ThresholdFrom::Flow),
            (None, Some(limit)) => (limit.max(1), ThresholdFrom::Record),
            (None, None) => (FlowSettings::DEFAULTS.attempt_limit, ThresholdFrom::Default),
        }
    }

    /// Whether anything at or past the document shows that the person went on.
    pub(super) fn went_on_to_the_document(&self) -> bool {
        let checks = &self.registration.checks;
        let document = StepKind::DocumentVerification.position();
        let reported = self.registration.current_step.as_ref().map(StepKind::position);
        checks.document.is_some()
            || checks.liveness.is_some()
            || reported.is_some_and(|position| (document..StepKind::ALL.len()).contains(&position))
    }

    /// This registration and the others that share a value of these kinds; `None` if it shares none of its own.
    pub(super) fn sharing(
        &self,
        kinds: &[LinkKind],
    ) -> Option<(links::Traces, Vec<(&'a RegistrationId, links::Traces)>)> {
        let own = self.context.links.traces(&self.registration.id)?;
        let has_any = own.keys.iter().any(|key| kinds.contains(&key.kind));
        has_any.then(|| (own, self.context.links.sharing(&self.registration.id, kinds).into_iter().collect()))
    }
}

/// A number to hold a measurement against.
#[derive(Clone, Copy)]
pub struct Limit {
    pub(super) value: f64,
    pub(super) from: ThresholdFrom,
}

impl Limit {
    /// A number that counts things.
    pub(super) fn count(self) -> usize {
        self.value as usize
    }

    /// A number of seconds.
    pub(super) fn seconds(self) -> TimeDelta {
        TimeDelta::seconds((self.value as i64).min(LONGEST_DAYS * 86_400))
    }

    /// A number of days.
    pub(super) fn days(self) -> TimeDelta {
        TimeDelta::days((self.value as i64).min(LONGEST_DAYS))
    }
}

/// A thousand years: no calendar overflows by it.
const LONGEST_DAYS: i64 = 365_250;
