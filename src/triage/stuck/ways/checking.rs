//! Document, selfie, screening, and the project's own steps.

use super::{Act, Limit, Limits, Place, Turn, Way, until_the_token_dies};
use crate::model::{StepKind, StepState};

const DOCUMENT: &StepKind = &StepKind::DocumentVerification;
const LIVENESS: &StepKind = &StepKind::BiometricVerification;

/// The service's codes for set-up mistakes and the like.
const WITHOUT_TEMPLATE: &[&str] = &["prompt_template_not_found", "document_settings_not_set"];
const WITHOUT_FORCE: &[&str] = &["already_exists", "document_validation_already_exists"];
const WITHOUT_COLLECTION: &[&str] = &["collection_not_set", "person_already_set"];

pub(super) const DOCUMENT_OPEN: Way = Way {
    id: "D-01",
    name: "Document step not passed yet",
    turn: Turn::User,
    limits: until_the_token_dies(20),
    act: Act::Resend,
    next_action: "Send the link again with tips for the scan, or name another document that is accepted.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.waits_for(DOCUMENT)),
};

pub(super) const DOCUMENT_HANGS: Way = Way {
    id: "D-02",
    name: "Document check hangs",
    turn: Turn::System,
    limits: Limits::stuck(Limit::Minutes(5)).warning_after(1),
    act: Act::Sync,
    next_action: "Sync it; if the check stays silent, review the scan by hand.",
    step: Place::At(DOCUMENT),
    find: |situation| {
        let hangs = matches!(situation.document_state(), Some(StepState::Pending | StepState::InProgress));
        situation.still(situation.is_open() && hangs)
    },
};

pub(super) const DOCUMENT_ATTEMPTS_SPENT: Way = Way {
    id: "D-03",
    name: "Document attempts exhausted",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Decide,
    next_action: "Review the failed scans by hand and decide; a new link alone does not help.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.is_open() && situation.is_exhausted(DOCUMENT)),
};

pub(super) const DOCUMENT_UNVERIFIED: Way = Way {
    id: "D-04",
    name: "Document scanned, not verified",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::hours(4)).warning_after(15),
    act: Act::Elsewhere,
    next_action: "In the service's own console set the document type, run the name look-up, and compare the faces \
                  again.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.is_open() && situation.document_unverified()),
};

pub(super) const REGISTRY_SILENT: Way = Way {
    id: "D-05",
    name: "Registry silent or not available",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::hours(4)).warning_after(30),
    act: Act::Decide,
    next_action: "Compare the names by hand and decide, or wait until the look-up can be run again.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.needs_review() && situation.registry_missing()),
};

pub(super) const NO_TEMPLATE: Way = Way {
    id: "D-06",
    name: "No template for this country's document",
    turn: Turn::Integrator,
    limits: Limits::AT_ONCE,
    act: Act::Elsewhere,
    next_action: "Have the owner of the project add the country's documents to it.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.is_open() && situation.was_refused(DOCUMENT, WITHOUT_TEMPLATE)),
};

pub(super) const NO_FORCE: Way = Way {
    id: "D-07",
    name: "Client did not replace the earlier scan",
    turn: Turn::Integrator,
    limits: Limits::AT_ONCE,
    act: Act::Elsewhere,
    next_action: "Tell the integrator to send `force` with a second scan.",
    step: Place::At(DOCUMENT),
    find: |situation| situation.still(situation.is_open() && situation.was_refused(DOCUMENT, WITHOUT_FORCE)),
};

pub(super) const SELFIE_OPEN: Way = Way {
    id: "L-01",
    name: "Selfie step not passed yet",
    turn: Turn::User,
    limits: until_the_token_dies(20),
    act: Act::Resend,
    next_action: "Send the link again, and suggest a phone.",
    step: Place::At(LIVENESS),
    find: |situation| situation.still(situation.waits_for(LIVENESS)),
};

pub(super) const POOR_SELFIES: Way = Way {
    id: "L-02",
    name: "Only poor selfies",
    turn: Turn::User,
    limits: Limits::stuck(Limit::Minutes(15)).given_up_after(7),
    act: Act::Resend,
    next_action: "Send the link again and say which rule was missed: light, distance, face in full and straight.",
    step: Place::At(LIVENESS),
    find: |situation| situation.still(situation.waits_for(LIVENESS) && situation.only_poor_selfies()),
};

pub(super) const SELFIE_ATTEMPTS_SPENT: Way = Way {
    id: "L-03",
    name: "Liveness attempts exhausted",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Decide,
    next_action: "Far misses: reject. Near misses: reopen it with a decision and have the person try while you watch.",
    step: Place::At(LIVENESS),
    find: |situation| situation.still(situation.is_open() && situation.is_exhausted(LIVENESS)),
};

pub(super) const FACE_SET_UP: Way = Way {
    id: "L-04",
    name: "Face collection set up wrongly, or person known already",
    turn: Turn::Integrator,
    limits: Limits::AT_ONCE,
    act: Act::Elsewhere,
    next_action: "Have the owner of the project fix its face collection, or settle the duplicate person.",
    step: Place::At(LIVENESS),
    find: |situation| situation.still(situation.is_open() && situation.was_refused(LIVENESS, WITHOUT_COLLECTION)),
};

pub(super) const COMPARE_MISSING: Way = Way {
    id: "L-05",
    name: "Selfie fine, faces never compared",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::hours(1)).warning_after(5),
    act: Act::Elsewhere,
    next_action: "In the service's own console crop the portrait, or run the compare again.",
    step: Place::At(&StepKind::FaceComparison),
    find: |situation| {
        let waits = situation.waits_for(&StepKind::FaceComparison);
        situation.still(waits || situation.is_open() && situation.compare_missing())
    },
};

pub(super) const SCREENING_SILENT: Way = Way {
    id: "C-01",
    name: "Screening has no result",
    turn: Turn::System,
    limits: Limits::stuck(Limit::Minutes(15)).warning_after(5),
    act: Act::Sync,
    next_action: "Sync it; if the lists stay silent, have the screening run again.",
    step: Place::At(&StepKind::CriminalHistory),
    find: |situation| situation.still(situation.waits_for(&StepKind::CriminalHistory)),
};

pub(super) const OWN_STEP_OPEN: Way = Way {
    id: "F-01",
    name: "Form, signature or other step open",
    turn: Turn::User,
    limits: until_the_token_dies(30),
    act: Act::Resend,
    next_action: "Send the link again.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.waits_for_a_step_of_the_project()),
};
