//! Codes by channel: whether they arrive, and how fast they are entered.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Case, Quantiles, quantiles};
use crate::{
    model::{CodeCheck, Gateway, Registration, StepKind, StepState, Timestamp},
    triage::Share,
};

/// Codes for one step over one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeChannel {
    /// E-mail or phone.
    pub step: StepKind,
    /// The gateway; `unknown` where the source does not tell it.
    pub gateway: String,
    /// Of those sent that cannot be entered any more or were, the share entered.
    pub confirmed: Share,
    /// Sent, and can still be entered.
    pub alive: usize,
    /// From the first code to the right one.
    pub time: Quantiles,
}

#[derive(Default)]
struct Tally {
    confirmed: Share,
    alive: usize,
    time: quantiles::Samples,
}

pub(super) fn over(cases: &[Case], now: Timestamp) -> Vec<CodeChannel> {
    let mut channels: BTreeMap<(StepKind, &str), Tally> = BTreeMap::new();
    for registration in cases.iter().map(|case| case.registration) {
        let settings = registration.flow.settings.as_ref();
        let codes = [
            (
                StepKind::EmailVerification,
                &registration.checks.email,
                settings.and_then(|flow| flow.email_gateway.as_ref()),
            ),
            (
                StepKind::PhoneVerification,
                &registration.checks.phone,
                settings.and_then(|flow| flow.phone_gateway.as_ref()),
            ),
        ];
        for (step, code, flows) in codes {
            let Some(code) = code else { continue };
            let gateway = code.gateway.as_ref().or(flows);
            // Where no code is sent, the address was only collected.
            if gateway != Some(&Gateway::None) {
                let tally = channels.entry((step, gateway.map_or("unknown", Gateway::as_str))).or_default();
                tally.add(code, registration, now);
            }
        }
    }
    let channel = |((step, gateway), tally): ((StepKind, &str), Tally)| CodeChannel {
        step,
        gateway: gateway.to_owned(),
        confirmed: tally.confirmed,
        alive: tally.alive,
        time: tally.time.quantiles(),
    };
    channels.into_iter().map(channel).collect()
}

impl Tally {
    fn add(&mut self, code: &CodeCheck, registration: &Registration, now: Timestamp) {
        let confirmed = code.state == StepState::Completed;
        let is_out = matches!(code.state, StepState::Pending | StepState::InProgress);
        if is_out && code.expires_at.map_or(registration.status.is_open(), |dies| dies > now) {
            self.alive += 1;
            return;
        }
        self.confirmed.count(confirmed);
        if confirmed {
            self.time.add(quantiles::span(code.created, code.validated));
        }
    }
}
