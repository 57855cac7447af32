//! `backup`, `restore` and `check`: what is done with an embedded engine that nobody has open.

use std::{fs, io, path::Path};

use serde_json::json;

use super::{
    Failure, Output, Session,
    args::{BackupArguments, RestoreArguments},
    notice, opened,
};
use crate::{
    audit::{Deed, Journal},
    backend::{BackendError, ErrorKind},
    engine::{self, CopyError, Findings},
    private,
};

/// Copies the engine and the audit log to a directory that it makes.
pub fn backup(arguments: &BackupArguments, session: &Session) -> Result<(), Failure> {
    let (profile, data_dir) = session.embedded_in_full()?;
    let directory = &arguments.directory;
    let shown = directory.display().to_string();
    if directory.exists() {
        return Err(Failure::Other(format!("{shown} is there already; name a directory to be made")));
    }
    session.note(&profile, Deed::of("backup"))?;
    // The name stands for a whole backup, so it is given last.
    let part = directory.with_extension(format!("{}.part", private::random_name()));
    private::create_new_directory(&part).map_err(Failure::io(shown.clone()))?;
    let copied = copy(&data_dir, &part).and_then(|bytes| {
        fs::rename(&part, directory).map_err(Failure::io(shown.clone()))?;
        Ok(bytes)
    });
    if copied.is_err() {
        // What was copied so far is of no use to anybody.
        let _ = fs::remove_dir_all(&part);
    }
    notice(&format!("{} bytes of registrations are in {shown}", copied?));
    Ok(())
}

fn copy(data_dir: &Path, into: &Path) -> Result<u64, Failure> {
    let bytes = engine::backup(data_dir, into)?;
    for name in Journal::FILES {
        copy_log(&data_dir.join(name), &into.join(name))?;
    }
    private::sync_directory(into).map_err(Failure::io(into.display().to_string()))?;
    Ok(bytes)
}

/// Copies a file of the audit log, if it is there.
fn copy_log(from: &Path, to: &Path) -> Result<(), Failure> {
    match fs::read(from) {
        Ok(bytes) => private::replace_file(to, &bytes).map_err(Failure::io(to.display().to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::io(from.display().to_string())(error)),
    }
}

/// Puts a backup in the place of the engine. The audit log goes on: only where there is none, the backup's is taken.
pub fn restore(arguments: &RestoreArguments, session: &Session) -> Result<(), Failure> {
    let (profile, data_dir) = session.embedded_in_full()?;
    if profile.read_only {
        let message = format!("Profile {} is read-only: nothing was restored.", profile.name);
        return Err(BackendError::new(ErrorKind::ReadOnly, message).into());
    }
    let findings = engine::check(&arguments.directory)?;
    if findings.mistaken > 0 {
        let message = format!("{} is damaged: {}", arguments.directory.display(), findings.mistakes.join("; "));
        return Err(Failure::Other(message));
    }
    if Journal::FILES.iter().all(|name| !data_dir.join(name).exists()) {
        private::create_directory(&data_dir).map_err(Failure::io(data_dir.display().to_string()))?;
        for name in Journal::FILES {
            copy_log(&arguments.directory.join(name), &data_dir.join(name))?;
        }
    }
    session.note(&profile, Deed::of("restore").asking(format!("{} registrations", findings.registrations)))?;
    let aside = engine::restore(&arguments.directory, &data_dir, arguments.replace, session.clock.now())?;
    notice(&format!("{} registrations are in {}", findings.registrations, data_dir.display()));
    if let Some(aside) = aside {
        notice(&format!("what was there is in {}", aside.display()));
    }
    Ok(())
}

/// Says whether everything is whole.
pub fn check(as_json: bool, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let Findings { registrations, events, mistakes, mistaken } = opened::check(&session.profile()?.source)?;
    if as_json {
        output.json(&json!({
            "registrations": registrations, "events": events, "mistaken": mistaken, "mistakes": mistakes,
        }))?;
    } else {
        output.line(&format!("{registrations} registrations, {events} events"))?;
        mistakes.iter().try_for_each(|mistake| output.line(mistake))?;
    }
    match mistaken {
        0 => Ok(()),
        1 => Err(Failure::Other("one thing is wrong; restore a backup".to_owned())),
        many => Err(Failure::Other(format!("{many} things are wrong; restore a backup"))),
    }
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Open(error) => error.into(),
            CopyError::Exists { .. } => Self::Other(format!("{error} --replace moves it aside")),
            CopyError::Io { .. } => Self::Other(error.to_string()),
        }
    }
}
