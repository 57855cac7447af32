//! `purge`: erases what is no longer needed, or what a person asks to have erased.

use std::io;

use chrono::TimeDelta;

use super::{Failure, Output, Session, args::PurgeArguments, notice};
use crate::{
    audit::Deed,
    backend::ReadOnly,
    engine,
    model::{Contact, Personal, Registration, RegistrationId, Status},
};

/// Longest address or number that is read from standard input, bytes.
const LONGEST: u64 = 1024;

/// Whose registrations go.
enum Whom {
    /// What is over and has not changed since.
    Before(crate::model::Timestamp),
    /// One person, by whatever they are known by.
    Person(String),
}

/// Erases, or tells how many it would be.
pub fn run(arguments: &PurgeArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let (profile, data_dir) = session.embedded_in_full()?;
    if profile.read_only {
        return Err(ReadOnly::refusal().into());
    }
    let whom = whom(arguments, session)?;
    let ids = engine::find(&data_dir, |registration| whom.is(registration))?;
    output.line(&ids.len().to_string())?;
    if ids.is_empty() {
        return Ok(());
    }
    if !arguments.yes {
        return Err(Failure::Usage(format!("{} would be erased for good; say --yes to do it", ids.len())));
    }
    session.note(&profile, Deed::of("purge").asking(format!("{}: {} registrations", whom.word(), ids.len())))?;
    for id in &ids {
        session.note(&profile, Deed::on("purge", id))?;
    }
    engine::erase(&data_dir, &ids)?;
    session.note(&profile, Deed::of("purge").answered("erased"))?;
    notice(&format!("{} registrations were erased; backups and exports may still hold them", ids.len()));
    Ok(())
}

fn whom(arguments: &PurgeArguments, session: &Session) -> Result<Whom, Failure> {
    if let Some(span) = arguments.older_than {
        let age = TimeDelta::try_seconds(span.0);
        let before = age.and_then(|age| session.clock.now().checked_sub_signed(age));
        let before = before.ok_or_else(|| Failure::Usage("nothing can be as old as that".to_owned()))?;
        return Ok(Whom::Before(before));
    }
    let person = match arguments.person.as_deref() {
        Some("-") => {
            let mut line = String::new();
            let mut input = io::Read::take(io::stdin().lock(), LONGEST);
            io::BufRead::read_line(&mut input, &mut line).map_err(Failure::io("standard input"))?;
            line
        }
        given => given.unwrap_or_default().to_owned(),
    };
    match person.trim() {
        "" => Err(Failure::Usage("--person needs an e-mail address, a phone number or an id".to_owned())),
        person => Ok(Whom::Person(person.to_owned())),
    }
}

impl Whom {
    /// The word for the audit log, which must not say who it was.
    fn word(&self) -> String {
        match self {
            Self::Before(before) => format!("before {}", before.format("%Y-%m-%d")),
            Self::Person(_) => "one person".to_owned(),
        }
    }

    fn is(&self, registration: &Registration) -> bool {
        match self {
            Self::Before(before) => {
                let is_over = registration.status.is_final() || registration.status == Status::Expired;
                is_over && registration.updated_at < *before
            }
            Self::Person(person) => is_of(registration, person),
        }
    }
}

/// Whether a registration is of the person with this address, number or id.
fn is_of(registration: &Registration, person: &str) -> bool {
    let Contact { email, .. } = &registration.contact;
    let is_id = registration.id == RegistrationId::new(person) || registration.user_id.as_deref() == Some(person);
    let is_email = email.as_ref().is_some_and(|email| email.reveal().trim().eq_ignore_ascii_case(person));
    is_id || is_email || is_phone(&registration.contact, person)
}

/// A number is one with its country code: without it, it may be somebody else's.
fn is_phone(contact: &Contact, person: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let code = digits(contact.country_code.as_deref().unwrap_or_default());
    let phone = contact.phone.as_ref().map(Personal::reveal).map(digits).unwrap_or_default();
    !phone.is_empty() && person.starts_with('+') && digits(person) == code + &phone
}
