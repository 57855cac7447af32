//! `purge`: erases what is no longer needed, or what a person asks to have erased.

use std::{collections::HashSet, fs, io, path::PathBuf};

use chrono::TimeDelta;

use super::{Failure, Output, Session, args::PurgeArguments, notice};
use crate::{
    audit::Deed,
    backend::ReadOnly,
    config::{Profile, Source},
    engine::{self, FoundCopy},
    model::{Contact, Personal, Registration, RegistrationId, Status},
    remote::{self, RemoteConfig},
    runtime,
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
    let profile = session.profile_in_full()?;
    if profile.read_only {
        return Err(ReadOnly::refusal().into());
    }
    let whom = whom(arguments, session)?;
    match (&profile.source, &whom) {
        (Source::Remote(remote), Whom::Person(person)) => {
            let kept = Beside::of(&profile, remote, person, session)?;
            kept.purge(arguments.yes, session, output)
        }
        _ => registrations(&whom, arguments.yes, session, output),
    }
}

/// Registrations of the embedded engine, in its store and in the copies beside it.
fn registrations(whom: &Whom, yes: bool, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let (profile, data_dir) = session.embedded()?;
    let found = engine::find(&data_dir, |registration| whom.is(registration))?;
    let count = found.ids.len();
    output.line(&count.to_string())?;
    found.copies.iter().for_each(|copy| notice(&told(copy)));
    if found.is_empty() && !(yes && whom.person().is_some()) {
        return Ok(());
    }
    if !yes {
        let copies = if found.copies.is_empty() { "" } else { ", from the copies named as well" };
        return Err(Failure::Usage(format!("{count} would be erased for good{copies}; say --yes to do it")));
    }
    session.note(&profile, Deed::of("purge").asking(format!("{}: {count} registrations", whom.word())))?;
    let mut all: Vec<_> = found.all().into_iter().collect();
    all.sort();
    for id in all {
        session.note(&profile, Deed::on("purge", id))?;
    }
    engine::erase(&data_dir, &found)?;
    forget_filters(whom.person(), &profile, session)?;
    session.note(&profile, Deed::of("purge").answered("erased"))?;
    notice(&format!("{count} registrations were erased; backups and exports elsewhere may still hold them"));
    Ok(())
}

/// What is found in a copy, and what becomes of it.
fn told(copy: &FoundCopy) -> String {
    let path = copy.path.display();
    match &copy.ids {
        Some(ids) => format!("{path} holds {} of them, which are erased there, too", ids.len()),
        None => format!("{path} is of a former format or cannot be read, and goes as a whole"),
    }
}

/// Whoever was looked for at the console is in the filters that it remembers.
fn forget_filters(person: Option<&str>, profile: &Profile, session: &Session) -> Result<(), Failure> {
    let (Some(person), Some(path)) = (person, session.kept_at(profile)) else { return Ok(()) };
    runtime::forget_filters(&path, person).map_err(Failure::io(path.display().to_string()))?;
    notice(&format!("the filters that the console remembers for the profile {} are forgotten", profile.name));
    Ok(())
}

/// What is kept here of somebody whose registrations a remote has.
struct Beside<'a> {
    profile: &'a Profile,
    person: &'a str,
    annotations: Option<PathBuf>,
    mirror: Option<PathBuf>,
    /// Who it is: the id that was given, and those that a mirror knows by their address or number.
    ids: HashSet<RegistrationId>,
}

impl<'a> Beside<'a> {
    fn of(profile: &'a Profile, remote: &RemoteConfig, person: &'a str, session: &Session) -> Result<Self, Failure> {
        let mirror = session.mirror_file(profile).filter(|path| path.exists());
        let mut ids = HashSet::from([RegistrationId::new(person)]);
        if let Some(path) = &mirror {
            let found = runtime::mirrored(path, |registration| is_of(registration, person));
            ids.extend(found.map_err(Failure::io(path.display().to_string()))?);
        }
        Ok(Self { profile, person, annotations: remote.annotations.clone(), mirror, ids })
    }

    /// Whether a line of what was said is about them, or names them.
    fn is_about(&self, id: &RegistrationId, line: &str) -> bool {
        self.ids.contains(id) || line.to_lowercase().contains(&self.person.to_lowercase())
    }

    fn purge(&self, yes: bool, session: &Session, output: &mut Output) -> Result<(), Failure> {
        let is_about = |id: &RegistrationId, line: &str| self.is_about(id, line);
        let said = match &self.annotations {
            Some(path) => remote::annotations_about(path, is_about).map_err(Failure::io(path.display().to_string()))?,
            None => 0,
        };
        output.line(&said.to_string())?;
        if let Some(mirror) = &self.mirror {
            notice(&format!("{} is a mirror of everybody, and goes as a whole", mirror.display()));
        }
        if !yes {
            let message = format!(
                "{said} notes, claims and the like would be erased, with the filters and the mirror kept here; say --yes \
                 to do it"
            );
            return Err(Failure::Usage(message));
        }
        session.note(self.profile, Deed::of("purge").asking(format!("one person: {said} annotations")))?;
        if let Some(path) = &self.annotations {
            remote::forget_annotations(path, is_about).map_err(Failure::io(path.display().to_string()))?;
        }
        if let Some(path) = &self.mirror {
            fs::remove_file(path).map_err(Failure::io(path.display().to_string()))?;
        }
        forget_filters(Some(self.person), self.profile, session)?;
        session.note(self.profile, Deed::of("purge").answered("erased"))?;
        notice(&format!("{said} were erased here; the remote keeps its registrations itself"));
        Ok(())
    }
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

    /// The one person, by what they are known by.
    fn person(&self) -> Option<&str> {
        match self {
            Self::Before(_) => None,
            Self::Person(person) => Some(person),
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
