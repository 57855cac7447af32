//! Codes sent to e-mail address and phone.

use chrono::TimeDelta;

use super::command::Origin;
use super::draft::Draft;
use super::{Digest, Fact, Refusal};
use crate::backend::{Channel, ErrorKind};
use crate::model::{Attempt, CodeOutcome, FlowSettings, Gateway, Personal, StepState, Timestamp};

/// Why a wrong code failed, in the service's words.
const WRONG_CODE: &str = "otp_does_not_match";

/// Codes that go out to one channel of a registration in [`SENDS_WINDOW`]. Our own choice; the service documents none.
const SENDS_LIMIT: usize = 5;

/// See [`SENDS_LIMIT`].
const SENDS_WINDOW: TimeDelta = TimeDelta::hours(1);

pub(super) fn send(draft: Draft, channel: Channel, code: Option<Digest>, origin: &Origin) -> Result<Draft, Refusal> {
    draft.require_open()?;
    refuse_validated(&draft, channel)?;
    let settings = draft.settings();
    let contact = &draft.state.registration.contact;
    let (address, gateway) = match channel {
        Channel::Email => (&contact.email, settings.email_gateway.clone().unwrap_or(Gateway::Mailgun)),
        // The service delivers by WhatsApp where a flow does not say otherwise.
        Channel::Phone => (&contact.phone, settings.phone_gateway.clone().unwrap_or(Gateway::Whatsapp)),
    };
    if address.is_none() {
        return Err(Refusal::invalid(
            channel.as_str(),
            format!("The registration has no {} to send a code to.", channel.as_str()),
        ));
    }
    if gateway == Gateway::None {
        return Err(Refusal::conflict(
            "gateway_not_set",
            format!("The flow collects the {} without verifying it, so there is no code to send.", channel.as_str()),
        ));
    }
    let spent = refuse_exhausted(&draft, channel)?;
    // What was sent by somebody else is a report: it cannot be held back any more.
    if code.is_some() {
        refuse_flood(&draft, channel)?;
    }
    let minutes = settings.code_minutes.unwrap_or(FlowSettings::DEFAULTS.code_minutes);
    let expires_at = draft.at + TimeDelta::minutes(minutes.into());
    Ok(draft.begin()?.push(Fact::CodeSent {
        channel,
        code,
        gateway,
        expires_at,
        ip: origin.ip.as_deref().map(Personal::from),
        spent,
    }))
}

/// Tries a code. Wrong and dead codes become events, because they count.
pub(super) fn enter(draft: Draft, channel: Channel, code: Digest) -> Result<Draft, Refusal> {
    draft.require_open()?;
    refuse_validated(&draft, channel)?;
    refuse_exhausted(&draft, channel)?;
    let expires_at = draft.state.code_check(channel).and_then(|check| check.expires_at);
    let Some(expected) = draft.state.code(channel) else {
        return Err(no_code(&draft, channel));
    };
    if expires_at.is_some_and(|expires_at| expires_at <= draft.at) {
        return Ok(draft.push(Fact::CodeDied { channel }));
    }
    if *expected == code { Ok(draft.push(Fact::CodeAccepted { channel })) } else { Ok(mistyped(draft, channel)) }
}

/// Takes the word of whoever sent and checked the code.
pub(super) fn record(draft: Draft, channel: Channel, outcome: CodeOutcome, origin: &Origin) -> Result<Draft, Refusal> {
    if outcome == CodeOutcome::Sent {
        return send(draft, channel, None, origin);
    }
    draft.require_open()?;
    refuse_validated(&draft, channel)?;
    refuse_exhausted(&draft, channel)?;
    let draft = draft.begin()?;
    Ok(match outcome {
        CodeOutcome::Passed => draft.push(Fact::CodeAccepted { channel }),
        CodeOutcome::Failed | CodeOutcome::Sent => mistyped(draft, channel),
    })
}

fn mistyped(draft: Draft, channel: Channel) -> Draft {
    let attempt = Attempt {
        step: channel.step(),
        at: None,
        reason: Some(WRONG_CODE.to_owned()),
        counts: true,
        score: None,
        document_number: None,
    };
    draft.push(Fact::CodeMistyped { channel }).push(Fact::AttemptFailed { attempt })
}

fn refuse_validated(draft: &Draft, channel: Channel) -> Result<(), Refusal> {
    if draft.state.code_check(channel).is_some_and(|check| check.state == StepState::Completed) {
        return Err(Refusal::conflict("already_validated", format!("The {} is validated already.", channel.as_str())));
    }
    Ok(())
}

/// The wrong codes that count, however many codes were sent meanwhile; refused once they are as many as are allowed.
fn refuse_exhausted(draft: &Draft, channel: Channel) -> Result<u32, Refusal> {
    let limit = draft.settings().attempt_limit(&channel.step());
    let spent = spent(draft, channel);
    if spent >= limit { Err(Refusal::codes_exhausted(&channel.step(), limit)) } else { Ok(spent) }
}

/// Wrong codes that nobody has forgiven.
fn spent(draft: &Draft, channel: Channel) -> u32 {
    draft.state.registration.counted_failures(&channel.step())
}

/// Whoever sends a link, or reopens a registration, gives the person another chance; the person cannot.
pub(super) fn forgive(draft: Draft) -> Draft {
    let any = [Channel::Email, Channel::Phone].into_iter().any(|channel| spent(&draft, channel) > 0);
    if any { draft.push(Fact::WrongCodesForgiven) } else { draft }
}

/// Codes cost money, and the person on whom they rain has perhaps not asked for them.
fn refuse_flood(draft: &Draft, channel: Channel) -> Result<(), Refusal> {
    let since = draft.at - SENDS_WINDOW;
    let recent: Vec<Timestamp> = draft.state.sends_since(channel, since).collect();
    match recent.first() {
        Some(oldest) if recent.len() >= SENDS_LIMIT => {
            let wait = (*oldest - since).to_std().unwrap_or_default();
            Err(Refusal::too_many_codes(channel, SENDS_LIMIT, wait))
        }
        _ => Ok(()),
    }
}

fn no_code(draft: &Draft, channel: Channel) -> Refusal {
    let died = draft.state.code_check(channel).is_some_and(|check| check.state == StepState::Expired);
    if died {
        return dead_code(channel);
    }
    let code = match channel {
        Channel::Email => "email_validation_not_found",
        Channel::Phone => "phone_validation_not_found",
    };
    Refusal::new(ErrorKind::NotFound, code, format!("No code was sent to the {}. Send one first.", channel.as_str()))
}

/// The answer to a code that came too late.
pub(super) fn dead_code(channel: Channel) -> Refusal {
    let code = match channel {
        Channel::Email => "emailValidation_has_expired",
        Channel::Phone => "phoneValidation_has_expired",
    };
    Refusal::new(ErrorKind::ExpiredThing, code, "The code has expired. Send a new one.")
}

/// The answer to a wrong code, after it was counted.
pub(super) fn wrong_code(draft: &Draft, channel: Channel) -> Refusal {
    let limit = draft.settings().attempt_limit(&channel.step());
    let spent = draft.state.code_check(channel).map_or(0, |check| check.attempts);
    let left = limit.saturating_sub(spent);
    let advice = if left == 0 { "Send the link again." } else { "Look at the latest message and try again." };
    Refusal::new(
        ErrorKind::WrongCode,
        WRONG_CODE,
        format!("The code is wrong; {left} of {limit} attempts are left. {advice}"),
    )
}
