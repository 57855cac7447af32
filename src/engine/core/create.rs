//! Opening a registration.

use super::command::Create;
use super::draft::{Draft, lifetime_end};
use super::event::Opening;
use super::{Event, Fact, Refusal, apply};
use crate::backend::TokenKind;
use crate::model::{Contact, FlowRef, Personal, ProjectRef, Timestamp};

/// Longest e-mail address (RFC 5321).
const EMAIL_LIMIT: usize = 254;

/// Digits of a phone number without country code (E.164 allows 15 with it).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 4..=15;

/// Longest name accepted, characters. Our own choice.
const NAME_LIMIT: usize = 200;

pub(super) fn create(create: &Create, now: Timestamp) -> Result<Draft, Refusal> {
    for (what, name, status) in
        [("project", &create.project.name, &create.project.status), ("flow", &create.flow.name, &create.flow.status)]
    {
        if let Some(status) = status.as_deref().filter(|status| *status != "active") {
            return Err(Refusal::conflict(
                "PreconditionFailed",
                format!("The {what} {name} is {status} and takes no new registrations. Choose an active one."),
            ));
        }
    }
    if create.flow.project_id != create.project.id {
        return Err(Refusal::invalid(
            "flow",
            format!("The flow {} does not belong to the project {}.", create.flow.name, create.project.name),
        ));
    }
    let contact = checked_contact(&create.contact)?;
    if let Some(taken) = create.taken {
        return Err(Refusal::taken(taken));
    }
    let event = Event {
        at: now,
        fact: Fact::Created(Box::new(Opening {
            id: create.id.clone(),
            user_id: create.user_id.clone(),
            project: ProjectRef::of(&create.project),
            flow: FlowRef {
                id: create.flow.id.clone(),
                name: Some(create.flow.name.clone()),
                status: create.flow.status.clone(),
                settings: Some(create.flow.settings.clone()),
            },
            contact,
            ip: create.origin.ip.clone(),
            user_agent: create.origin.user_agent.clone(),
            expires_at: lifetime_end(&create.flow.settings, now),
        })),
    };
    let Some(state) = apply(None, &event) else {
        return Err(Refusal::conflict("Conflict", "The registration could not be opened."));
    };
    let mut draft = Draft::of(state, now);
    draft.events.push(event);
    Ok(match create.token {
        Some(token) => draft.issue(token, TokenKind::Enrollee),
        None => draft,
    })
}

/// Checks the formats and brings them into the one shape that is stored: address in lower case, phone as digits.
fn checked_contact(given: &Contact) -> Result<Contact, Refusal> {
    let mut contact = given.clone();
    contact.email = tidy(given.email.as_ref()).map(|email| email.to_lowercase().into());
    contact.phone = tidy(given.phone.as_ref()).map(|phone| phone.replace([' ', '-', '(', ')'], "").into());
    contact.country_code =
        given.country_code.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned);
    contact.full_name = tidy(given.full_name.as_ref()).map(Personal::from);
    contact.first_name = tidy(given.first_name.as_ref()).map(Personal::from);
    contact.last_name = tidy(given.last_name.as_ref()).map(Personal::from);
    if contact.full_name.is_none() {
        contact.full_name = joined_name(&contact);
    }
    contact.language = Some(given.language.clone().unwrap_or_else(|| "en".to_owned()));
    if contact.email.is_none() && contact.phone.is_none() {
        return Err(Refusal::invalid("email", "Needs an email or a phone at least"));
    }
    if let Some(email) = &contact.email
        && !is_email(email.reveal())
    {
        return Err(Refusal::invalid("email", "Invalid email format: write it as name@example.com"));
    }
    if let Some(phone) = &contact.phone {
        check_phone(phone.reveal(), contact.country_code.as_deref())?;
    }
    check_texts(&contact)?;
    Ok(contact)
}

fn tidy(value: Option<&Personal>) -> Option<String> {
    value.map(|value| value.reveal().trim()).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn joined_name(contact: &Contact) -> Option<Personal> {
    let first = contact.first_name.as_ref()?.reveal();
    let last = contact.last_name.as_ref().map_or("", Personal::reveal);
    Some(format!("{first} {last}").trim().into())
}

fn check_phone(phone: &str, country_code: Option<&str>) -> Result<(), Refusal> {
    if !phone.bytes().all(|byte| byte.is_ascii_digit()) || !PHONE_DIGITS.contains(&phone.len()) {
        return Err(Refusal::invalid(
            "phone",
            "Invalid phone format: 4 to 15 digits, without the country code, which has a field of its own",
        ));
    }
    let Some(code) = country_code else {
        return Err(Refusal::invalid("country_code", "missing countryCode: a phone needs one, for example +57"));
    };
    let digits = code.strip_prefix('+').unwrap_or("");
    if !(1..=3).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::invalid(
            "country_code",
            "Invalid countryCode: `+` and one to three digits, for example +57",
        ));
    }
    Ok(())
}

/// Whether the texts are of a length that people's names and addresses have.
pub(super) fn check_texts(contact: &Contact) -> Result<(), Refusal> {
    let names =
        [("full_name", &contact.full_name), ("first_name", &contact.first_name), ("last_name", &contact.last_name)];
    for (field, name) in names {
        if name.as_ref().is_some_and(|name| name.reveal().chars().count() > NAME_LIMIT) {
            return Err(Refusal::invalid(field, format!("The name is longer than {NAME_LIMIT} characters.")));
        }
    }
    if contact.email.as_ref().is_some_and(|email| email.reveal().len() > EMAIL_LIMIT) {
        return Err(Refusal::invalid("email", format!("The e-mail address is longer than {EMAIL_LIMIT} characters.")));
    }
    Ok(())
}

/// One `@`, something before it, a domain with a dot after it, no blanks or control characters. Whether it can be
/// reached is what the code is for.
fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else {
        return false;
    };
    email.len() <= EMAIL_LIMIT
        && !local.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
        && !email.chars().any(|character| character.is_whitespace() || character.is_control())
}
