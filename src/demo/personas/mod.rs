//! The people of the demo: one table of what they do, how often, and when they began.

mod casts;
mod flagged;
mod given_away;
mod ordinary;
mod stuck;

use super::chance::Chance;
use super::stage::{Begun, FlowWish, Stage};
use super::story::Story;
use crate::model::{Flow, Gateway, StepKind};

/// Seconds.
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// One way to be.
pub(super) struct Persona {
    /// How common it is among those drawn by chance. Every persona appears once at least, common or not.
    pub(super) weight: u32,
    play: Play,
}

enum Play {
    /// One person.
    Alone { flow: FlowWish, begun: Begun, act: fn(&mut Story) },
    /// Several people who have something in common.
    Together(fn(&mut Stage, &mut Vec<Story>)),
}

const fn alone(weight: u32, flow: FlowWish, begun: Begun, act: fn(&mut Story)) -> Persona {
    Persona { weight, play: Play::Alone { flow, begun, act } }
}

/// Groups are rare: only their guaranteed appearance, and one in a thousand or so later.
const fn together(weight: u32, act: fn(&mut Stage, &mut Vec<Story>)) -> Persona {
    Persona { weight, play: Play::Together(act) }
}

impl Persona {
    /// Tells the stories of one appearance. None only if the stage has no flow or no people.
    pub(super) fn play(&self, stage: &mut Stage) -> Vec<Story> {
        let mut stories = Vec::new();
        match self.play {
            Play::Together(act) => act(stage, &mut stories),
            Play::Alone { flow, begun, act } => {
                if let Some(mut story) = stage.begin(flow, begun) {
                    act(&mut story);
                    stories.push(story);
                }
            }
        }
        stories
    }
}

/// Every persona, the most telling first: a demo of ten people shows the first ones.
pub(super) fn all() -> impl Iterator<Item = &'static Persona> {
    [ordinary::PERSONAS, flagged::PERSONAS, given_away::PERSONAS, casts::PERSONAS, stuck::PERSONAS]
        .into_iter()
        .flatten()
}

/// A persona by chance.
pub(super) fn draw(chance: &mut Chance) -> Option<&'static Persona> {
    let personas: Vec<&'static Persona> = all().collect();
    chance.weighted(&personas, |persona| persona.weight).copied()
}

// ---- flows to wish for --------------------------------------------------------------------------------------------

fn any(_: &Flow) -> bool {
    true
}

/// Papers and face are insisted on.
fn identifies(flow: &Flow) -> bool {
    flow.settings.is_mandatory(&StepKind::DocumentVerification)
        && flow.settings.is_mandatory(&StepKind::BiometricVerification)
}

/// Papers, face and criminal records are insisted on.
fn screens(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::CriminalHistory)
}

/// Papers, face and a form with birth date and document number.
fn asks_basics(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::BasicInformation)
}

/// The phone has to be confirmed.
fn confirms_phone(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::PhoneVerification)
}

/// Codes go out by WhatsApp.
fn by_whatsapp(flow: &Flow) -> bool {
    confirms_phone(flow) && flow.settings.phone_gateway == Some(Gateway::Whatsapp)
}

/// Consent is insisted on.
fn asks_consent(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::Consent) && flow.settings.asks_consent == Some(true)
}

/// Instructions are part of the flow for everybody.
fn instructs(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::Instructions)
}

/// The project has a form of its own.
fn asks_own_form(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.is_mandatory(&StepKind::Form)
}

/// Documents have to be scanned live.
fn scans_live(flow: &Flow) -> bool {
    identifies(flow) && flow.settings.scan_only == Some(true)
}

/// More than three wrong codes are allowed.
fn forgives_codes(flow: &Flow) -> bool {
    flow.settings.is_mandatory(&StepKind::EmailVerification)
        && flow.settings.attempt_limit(&StepKind::EmailVerification) > 3
}

/// Verification can be passed over.
fn lets_skip(flow: &Flow) -> bool {
    [StepKind::BasicInformation, StepKind::DocumentVerification, StepKind::BiometricVerification, StepKind::Form]
        .iter()
        .all(|step| !flow.settings.is_mandatory(step))
}
