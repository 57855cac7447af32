//! The table of the ways of being stuck.

mod checking;
mod deciding;
mod signing_up;

use super::{Act, Find, Limit, Limits, Place, Turn, Way};

/// The way of those who wait because a step stands still for everyone.
pub const STANDSTILL: &str = "X-06";

/// Every way of being stuck, in the order in which they are tried.
pub const WAYS: &[Way] = &[
    deciding::STATUS_UNKNOWN,
    deciding::STEP_STANDS_STILL,
    deciding::EXPIRED,
    deciding::TURNED_AWAY_AFTER_THE_END,
    deciding::NEVER_TOLD,
    deciding::CAME_BACK,
    deciding::SENT_BACK,
    checking::DOCUMENT_ATTEMPTS_SPENT,
    checking::SELFIE_ATTEMPTS_SPENT,
    signing_up::FLOW_HALTED,
    signing_up::REGISTERED_ALREADY,
    signing_up::EMAIL_CODES_SPENT,
    signing_up::PHONE_CODES_SPENT,
    signing_up::PHONE_TAKEN,
    checking::FACE_SET_UP,
    checking::NO_TEMPLATE,
    checking::NO_FORCE,
    signing_up::FORM_REFUSED,
    deciding::END_REFUSED,
    checking::DOCUMENT_HANGS,
    checking::DOCUMENT_UNVERIFIED,
    checking::REGISTRY_SILENT,
    checking::COMPARE_MISSING,
    checking::SCREENING_SILENT,
    deciding::TAKEN_NOT_DECIDED,
    deciding::NOBODY_TOOK_IT,
    deciding::RESENT_LINK_DIED,
    deciding::ALL_DONE,
    signing_up::EMAIL_UNREACHABLE,
    signing_up::EMAIL_CODE_DIED,
    signing_up::EMAIL_CODE_OUT,
    signing_up::PHONE_CHANNEL_WRONG,
    signing_up::PHONE_CODE_DIED,
    signing_up::LINK_NEVER_OPENED,
    signing_up::FORM_LEFT,
    signing_up::PHONE_NEVER_ASKED,
    signing_up::NOTHING_AFTER_THE_CODES,
    signing_up::BASICS_OPEN,
    checking::DOCUMENT_OPEN,
    checking::POOR_SELFIES,
    checking::SELFIE_OPEN,
    checking::OWN_STEP_OPEN,
];

/// The limits of a step that waits for the person: a warning after so many minutes, stuck with the token of creation,
/// hopeless after a week.
const fn until_the_token_dies(warning: u32) -> Limits {
    Limits::stuck(Limit::TokenLife).warning_after(warning).given_up_after(7)
}

/// The limits of a code that was sent: it lives for some minutes, and after a day it is forgotten.
const CODE: Limits = Limits::stuck(Limit::CodeLife).given_up_after(1);
