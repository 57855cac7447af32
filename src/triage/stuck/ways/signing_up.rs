//! From the link to the codes, and what comes before the document.

use super::{Act, CODE, Find, Limit, Limits, Place, Turn, Way, until_the_token_dies};
use crate::model::StepKind;

const FORM: &StepKind = &StepKind::PersonalInfo;
const EMAIL: &StepKind = &StepKind::EmailVerification;
const PHONE: &StepKind = &StepKind::PhoneVerification;

/// The service's code for a number that another registration has.
const TAKEN: &[&str] = &["phone_is_registered_already"];

pub(super) const LINK_NEVER_OPENED: Way = Way {
    id: "S-00",
    name: "Link never opened",
    turn: Turn::User,
    limits: until_the_token_dies(30),
    act: Act::Resend,
    next_action: "Send the link again, on another channel if there is one.",
    step: Place::WhereItStands,
    find: |situation| situation.still(situation.is_running() && situation.is_untouched()),
};

pub(super) const FORM_LEFT: Way = Way {
    id: "S-01",
    name: "Sign-up form left half-way",
    turn: Turn::User,
    limits: until_the_token_dies(15),
    act: Act::Resend,
    next_action: "Send the link again.",
    step: Place::At(FORM),
    find: |situation| situation.still(situation.is_signing_up()),
};

pub(super) const FORM_REFUSED: Way = Way {
    id: "S-02",
    name: "Sign-up form refused",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Elsewhere,
    next_action: "Read the reason in the history; correct the data with the person, or the project's list of allowed \
                  mail domains.",
    step: Place::At(FORM),
    find: |situation| situation.still(situation.waits_for(FORM) && situation.has_failures(FORM)),
};

pub(super) const REGISTERED_ALREADY: Way = Way {
    id: "S-03",
    name: "Told to be registered already",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE.given_up_after(7),
    act: Act::Resend,
    next_action: "Send the link of the earlier registration again; another new one would be refused too.",
    step: Place::At(FORM),
    find: |situation| {
        situation.turned_away().or_else(|| {
            let at_the_form = situation.still(situation.is_at_the_form())?;
            Some(at_the_form.about(situation.earlier_one()?))
        })
    },
};

pub(super) const FLOW_HALTED: Way = Way {
    id: "S-04",
    name: "Flow paused, or no credits",
    turn: Turn::Integrator,
    limits: Limits::AT_ONCE,
    act: Act::Elsewhere,
    next_action: "Have the owner of the project resume the flow, or buy credits; until then nobody gets through.",
    step: Place::WhereItStands,
    find: |situation| {
        let unpaid = situation.refused_for_lack_of_credits().map(Find::since);
        unpaid.or_else(|| situation.still(situation.is_running() && situation.flow_is_paused()))
    },
};

pub(super) const EMAIL_CODE_OUT: Way = Way {
    id: "E-01",
    name: "E-mail code sent, not entered",
    turn: Turn::User,
    limits: CODE.warning_after(3),
    act: Act::Wait,
    next_action: "Wait for the code to be entered.",
    step: Place::At(EMAIL),
    find: |situation| situation.still(situation.waits_for(EMAIL) && situation.code(EMAIL).is_some()),
};

pub(super) const EMAIL_CODE_DIED: Way = Way {
    id: "E-02",
    name: "E-mail code expired",
    turn: Turn::User,
    limits: CODE,
    act: Act::Resend,
    next_action: "Have the person ask for a new code; if the link is dead too, send it again.",
    step: Place::At(EMAIL),
    find: |situation| situation.still(situation.is_running() && situation.code_died(EMAIL)),
};

pub(super) const EMAIL_CODES_SPENT: Way = Way {
    id: "E-03",
    name: "E-mail codes used up",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Resend,
    next_action: "Send the link again: that makes a new code possible.",
    step: Place::At(EMAIL),
    find: |situation| situation.still(situation.is_running() && situation.codes_spent(EMAIL)),
};

pub(super) const EMAIL_UNREACHABLE: Way = Way {
    id: "E-04",
    name: "E-mail address out of reach",
    turn: Turn::Operator,
    limits: Limits::stuck(Limit::Minutes(20)).given_up_after(7),
    act: Act::Create,
    next_action: "Call the person; create a new registration with the right address.",
    step: Place::At(EMAIL),
    find: |situation| situation.still(situation.is_running() && situation.code_sent_often(EMAIL)),
};

pub(super) const PHONE_CODE_DIED: Way = Way {
    id: "P-01",
    name: "Phone code not entered in time",
    turn: Turn::User,
    limits: CODE,
    act: Act::Resend,
    next_action: "Have the person ask for a new code; if the link is dead too, send it again.",
    step: Place::At(PHONE),
    find: |situation| {
        let waits = situation.waits_for(PHONE) && situation.code(PHONE).is_some();
        situation.still(situation.is_running() && (waits || situation.code_died(PHONE)))
    },
};

pub(super) const PHONE_CHANNEL_WRONG: Way = Way {
    id: "P-02",
    name: "Phone codes do not arrive",
    turn: Turn::User,
    limits: Limits::stuck(Limit::Minutes(10)).given_up_after(1),
    act: Act::Resend,
    next_action: "Send the link again and suggest the other channel: text message instead of WhatsApp, or the reverse.",
    step: Place::At(PHONE),
    find: |situation| {
        let often = situation.code_sent_often(PHONE) && situation.code_went_by_message(PHONE);
        situation.still(situation.is_running() && often)
    },
};

pub(super) const PHONE_CODES_SPENT: Way = Way {
    id: "P-03",
    name: "Phone codes used up",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Resend,
    next_action: "Send the link again: that makes a new code possible.",
    step: Place::At(PHONE),
    find: |situation| situation.still(situation.is_running() && situation.codes_spent(PHONE)),
};

pub(super) const PHONE_TAKEN: Way = Way {
    id: "P-04",
    name: "Phone belongs to another registration",
    turn: Turn::Operator,
    limits: Limits::AT_ONCE,
    act: Act::Links,
    next_action: "Look at the links by phone, and find out who owns the number.",
    step: Place::At(PHONE),
    find: |situation| situation.still(situation.is_running() && situation.was_refused(PHONE, TAKEN)),
};

pub(super) const PHONE_NEVER_ASKED: Way = Way {
    id: "P-05",
    name: "E-mail confirmed, phone never asked",
    turn: Turn::User,
    limits: until_the_token_dies(15),
    act: Act::Resend,
    next_action: "Send the link again.",
    step: Place::At(PHONE),
    find: |situation| situation.still(situation.waits_for(PHONE)),
};

pub(super) const NOTHING_AFTER_THE_CODES: Way = Way {
    id: "T-01",
    name: "Codes done, nothing after",
    turn: Turn::User,
    limits: until_the_token_dies(15),
    act: Act::Resend,
    next_action: "Send the link again, with the list of documents to have at hand.",
    step: Place::At(&StepKind::Instructions),
    find: |situation| situation.still(situation.waits_for(&StepKind::Instructions)),
};

pub(super) const BASICS_OPEN: Way = Way {
    id: "B-01",
    name: "Basic information open",
    turn: Turn::User,
    limits: until_the_token_dies(15),
    act: Act::Resend,
    next_action: "Send the link again.",
    step: Place::At(&StepKind::BasicInformation),
    find: |situation| situation.still(situation.waits_for(&StepKind::BasicInformation)),
};
