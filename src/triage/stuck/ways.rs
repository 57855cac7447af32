//! The table of the ways of being stuck.

use chrono::TimeDelta;

use super::{Limit, Place, Turn, Way};
use crate::model::{Status, StepKind, StepState};

const FORM: &StepKind = &StepKind::PersonalInfo;
const EMAIL: &StepKind = &StepKind::EmailVerification;
const PHONE: &StepKind = &StepKind::PhoneVerification;
const DOCUMENT: &StepKind = &StepKind::DocumentVerification;
const LIVENESS: &StepKind = &StepKind::BiometricVerification;

/// An expired registration is worth an operator's look for so long; our choice.
const WORTH_REVIVING: TimeDelta = TimeDelta::days(7);

/// The service's codes for set-up mistakes and the like.
const NO_TEMPLATE: &[&str] = &["prompt_template_not_found", "document_settings_not_set"];
const NO_FORCE: &[&str] = &["already_exists", "document_validation_already_exists"];
const NO_COLLECTION: &[&str] = &["collection_not_set", "person_already_set"];
const PHONE_TAKEN: &[&str] = &["phone_is_registered_already"];

/// Every way of being stuck, in the order in which they are tried.
pub const WAYS: &[Way] = &[
    Way {
        id: "X-04",
        name: "Status unknown",
        turn: Turn::System,
        limit: Limit::AtOnce,
        next_action: "Sync it, so that the status is computed again; if the word stays, it is new to this program.",
        step: Place::WhereItStands,
        applies: |situation| matches!(situation.status(), Status::Unknown(_)),
    },
    Way {
        id: "X-01",
        name: "Expired",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Try to send the link again; if that is refused, create a new registration.",
        step: Place::WhereItStands,
        applies: |situation| *situation.status() == Status::Expired && situation.expired_for() < WORTH_REVIVING,
    },
    Way {
        id: "M-04",
        name: "The person answered, nobody looked",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Look at the new evidence and decide.",
        step: Place::WhereItStands,
        applies: |situation| situation.is_open() && situation.came_back(),
    },
    Way {
        id: "M-03",
        name: "Waiting for the person's answer",
        turn: Turn::User,
        limit: Limit::Minutes(72 * 60),
        next_action: "Remind the person with a fresh link.",
        step: Place::WhereItStands,
        applies: |situation| situation.is_open() && situation.was_sent_back(),
    },
    Way {
        id: "D-03",
        name: "Document attempts exhausted",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Review the failed scans by hand and decide; a new link alone does not help.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.is_open() && situation.is_exhausted(DOCUMENT),
    },
    Way {
        id: "L-03",
        name: "Liveness attempts exhausted",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Far misses: reject. Near misses: have the person try again while you watch.",
        step: Place::At(LIVENESS),
        applies: |situation| situation.is_open() && situation.is_exhausted(LIVENESS),
    },
    Way {
        id: "E-03",
        name: "E-mail codes used up",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Send the link again: that makes a new code possible.",
        step: Place::At(EMAIL),
        applies: |situation| situation.is_running() && situation.codes_spent(EMAIL),
    },
    Way {
        id: "P-03",
        name: "Phone codes used up",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Send the link again: that makes a new code possible.",
        step: Place::At(PHONE),
        applies: |situation| situation.is_running() && situation.codes_spent(PHONE),
    },
    Way {
        id: "P-04",
        name: "Phone belongs to another registration",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Look at the links by phone, and find out who owns the number.",
        step: Place::At(PHONE),
        applies: |situation| situation.is_running() && situation.was_refused(PHONE, PHONE_TAKEN),
    },
    Way {
        id: "L-04",
        name: "Face collection set up wrongly, or person known already",
        turn: Turn::Integrator,
        limit: Limit::AtOnce,
        next_action: "Fix the collection in the project, or settle the duplicate person.",
        step: Place::At(LIVENESS),
        applies: |situation| situation.is_open() && situation.was_refused(LIVENESS, NO_COLLECTION),
    },
    Way {
        id: "D-06",
        name: "No template for this country's document",
        turn: Turn::Integrator,
        limit: Limit::AtOnce,
        next_action: "Add the country's documents to the project.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.is_open() && situation.was_refused(DOCUMENT, NO_TEMPLATE),
    },
    Way {
        id: "D-07",
        name: "Client did not replace the earlier scan",
        turn: Turn::Integrator,
        limit: Limit::AtOnce,
        next_action: "Tell the integrator to send `force` with a second scan.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.is_open() && situation.was_refused(DOCUMENT, NO_FORCE),
    },
    Way {
        id: "S-02",
        name: "Sign-up form refused",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Correct the data, or the list of allowed mail domains.",
        step: Place::At(FORM),
        applies: |situation| situation.waits_for(FORM) && situation.has_failures(FORM),
    },
    Way {
        id: "N-02",
        name: "End was asked for, the service disagreed",
        turn: Turn::Operator,
        limit: Limit::AtOnce,
        next_action: "Sync it to see the blockers, then clear them or decide.",
        step: Place::At(&StepKind::End),
        applies: |situation| situation.needs_review() && situation.end_was_refused(),
    },
    Way {
        id: "D-02",
        name: "Document check hangs",
        turn: Turn::System,
        limit: Limit::Minutes(5),
        next_action: "Sync it; if the check stays silent, run it again or review the scan by hand.",
        step: Place::At(DOCUMENT),
        applies: |situation| {
            situation.is_open()
                && matches!(situation.document_state(), Some(StepState::Pending | StepState::InProgress))
        },
    },
    Way {
        id: "D-04",
        name: "Document scanned, not verified",
        turn: Turn::Operator,
        limit: Limit::Minutes(4 * 60),
        next_action: "Set the document type, run the name look-up, then compare the faces again.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.is_open() && situation.document_unverified(),
    },
    Way {
        id: "D-05",
        name: "Registry silent or not available",
        turn: Turn::Operator,
        limit: Limit::Minutes(4 * 60),
        next_action: "Try the look-up again later, or review the names by hand.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.needs_review() && situation.registry_missing(),
    },
    Way {
        id: "L-05",
        name: "Selfie fine, faces never compared",
        turn: Turn::Operator,
        limit: Limit::Minutes(60),
        next_action: "Crop the portrait or run the compare again.",
        step: Place::At(&StepKind::FaceComparison),
        applies: |situation| {
            situation.waits_for(&StepKind::FaceComparison) || situation.is_open() && situation.compare_missing()
        },
    },
    Way {
        id: "C-01",
        name: "Screening has no result",
        turn: Turn::System,
        limit: Limit::Minutes(15),
        next_action: "Sync it; if the lists stay silent, run the screening again.",
        step: Place::At(&StepKind::CriminalHistory),
        applies: |situation| situation.waits_for(&StepKind::CriminalHistory),
    },
    Way {
        id: "M-01",
        name: "Waiting for a reviewer",
        turn: Turn::Operator,
        limit: Limit::Minutes(4 * 60),
        next_action: "Open it, look at flags and evidence, and decide: approve or reject.",
        step: Place::WhereItStands,
        applies: |situation| situation.needs_review(),
    },
    Way {
        id: "X-02",
        name: "Resent link died unused",
        turn: Turn::User,
        limit: Limit::LinkLife,
        next_action: "Agree on a time, and send the link while you are on the phone.",
        step: Place::WhereItStands,
        applies: |situation| situation.is_running() && situation.resent_link_died(),
    },
    Way {
        id: "N-01",
        name: "All done, still open",
        turn: Turn::System,
        limit: Limit::Minutes(15),
        next_action: "Sync it: the service computes the status from the evidence.",
        step: Place::At(&StepKind::End),
        applies: |situation| situation.is_running() && situation.all_done(),
    },
    Way {
        id: "E-04",
        name: "E-mail address out of reach",
        turn: Turn::Operator,
        limit: Limit::Minutes(20),
        next_action: "Call the person; create a new registration with the right address.",
        step: Place::At(EMAIL),
        applies: |situation| situation.is_running() && situation.code_sent_often(EMAIL),
    },
    Way {
        id: "E-02",
        name: "E-mail code expired",
        turn: Turn::User,
        limit: Limit::CodeLife,
        next_action: "Have the person ask for a new code; if the link is dead too, send it again.",
        step: Place::At(EMAIL),
        applies: |situation| situation.is_running() && situation.code_died(EMAIL),
    },
    Way {
        id: "E-01",
        name: "E-mail code sent, not entered",
        turn: Turn::User,
        limit: Limit::CodeLife,
        next_action: "Wait for the code to be entered.",
        step: Place::At(EMAIL),
        applies: |situation| situation.waits_for(EMAIL) && situation.code(EMAIL).is_some(),
    },
    Way {
        id: "P-02",
        name: "Phone codes do not arrive",
        turn: Turn::User,
        limit: Limit::Minutes(10),
        next_action: "Suggest the other channel: text message instead of WhatsApp, or the reverse.",
        step: Place::At(PHONE),
        applies: |situation| {
            situation.is_running() && situation.code_sent_often(PHONE) && situation.code_went_by_message(PHONE)
        },
    },
    Way {
        id: "P-01",
        name: "Phone code not entered in time",
        turn: Turn::User,
        limit: Limit::CodeLife,
        next_action: "Have the person ask for a new code; if the link is dead too, send it again.",
        step: Place::At(PHONE),
        applies: |situation| {
            situation.is_running()
                && (situation.code_died(PHONE) || situation.waits_for(PHONE) && situation.code(PHONE).is_some())
        },
    },
    Way {
        id: "S-00",
        name: "Link never opened",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again, on another channel if there is one.",
        step: Place::WhereItStands,
        applies: |situation| situation.is_running() && situation.is_untouched(),
    },
    Way {
        id: "S-01",
        name: "Sign-up form left half-way",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again.",
        step: Place::At(FORM),
        applies: |situation| {
            situation.waits_for(FORM) || situation.waits_for(&StepKind::Consent) || situation.waits_for(EMAIL)
        },
    },
    Way {
        id: "P-05",
        name: "E-mail confirmed, phone never asked",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again.",
        step: Place::At(PHONE),
        applies: |situation| situation.waits_for(PHONE),
    },
    Way {
        id: "T-01",
        name: "Codes done, nothing after",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Remind the person, with the list of documents to have at hand.",
        step: Place::At(&StepKind::Instructions),
        applies: |situation| situation.waits_for(&StepKind::Instructions),
    },
    Way {
        id: "B-01",
        name: "Basic information open",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again.",
        step: Place::At(&StepKind::BasicInformation),
        applies: |situation| situation.waits_for(&StepKind::BasicInformation),
    },
    Way {
        id: "D-01",
        name: "Document step not passed yet",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again with tips for the scan, or name another document that is accepted.",
        step: Place::At(DOCUMENT),
        applies: |situation| situation.waits_for(DOCUMENT),
    },
    Way {
        id: "L-02",
        name: "Only poor selfies",
        turn: Turn::User,
        limit: Limit::Minutes(15),
        next_action: "Tell the person which rule they miss: light, distance, face in full and straight.",
        step: Place::At(LIVENESS),
        applies: |situation| situation.waits_for(LIVENESS) && situation.only_poor_selfies(),
    },
    Way {
        id: "L-01",
        name: "Selfie step not passed yet",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again, and suggest a phone.",
        step: Place::At(LIVENESS),
        applies: |situation| situation.waits_for(LIVENESS),
    },
    Way {
        id: "F-01",
        name: "Form, signature or other step open",
        turn: Turn::User,
        limit: Limit::TokenLife,
        next_action: "Send the link again.",
        step: Place::WhereItStands,
        applies: |situation| situation.waits_for_a_step_of_the_project(),
    },
];
