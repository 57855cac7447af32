//! `doctor`: checks the profile in use step by step, and says what to mend.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Desk, Failure, Output, Session};
use crate::{
    backend::{BackendError, ErrorKind, ListRequest},
    config::{Profile, Source},
    remote::{Finding, Health, probe},
};

/// Checks and prints. What is bad makes the call fail.
pub async fn run(as_json: bool, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile()?;
    let mut found = files(session, &profile);
    match &profile.source {
        Source::Remote(remote) => found.extend(probe(remote, &session.clock).await),
        Source::Embedded { .. } | Source::Shared { .. } => found.push(engine(session, &profile).await),
    }
    if as_json {
        output.json(&found.iter().map(object).collect::<Vec<Value>>())?;
    } else {
        let width = found.iter().map(|finding| finding.what.len()).max().unwrap_or_default();
        for finding in &found {
            let health = finding.health.as_str();
            output.line(&format!("{health:<7}  {:<width$}  {}", finding.what, finding.text))?;
        }
    }
    output.flush()?;
    let bad: Vec<&Finding> = found.iter().filter(|finding| finding.health == Health::Bad).collect();
    match bad.first() {
        None => Ok(()),
        Some(first) if ["token", "connection", "sign-in"].contains(&first.what) => {
            let message = format!("Profile {} cannot be worked with: see {} above.", profile.name, first.what);
            Err(BackendError::new(ErrorKind::Unreachable, message).into())
        }
        Some(first) => Err(Failure::Other(format!("profile {}: see {} above", profile.name, first.what))),
    }
}

fn object(finding: &Finding) -> Value {
    json!({ "check": finding.what, "health": finding.health.as_str(), "text": finding.text })
}

/// The files that the program reads and writes: others must not.
fn files(session: &Session, profile: &Profile) -> Vec<Finding> {
    let mut paths: Vec<(&'static str, std::path::PathBuf)> = Vec::new();
    paths.extend(session.config.file.clone().map(|file| ("configuration", file)));
    paths.extend(session.kept_at(profile).map(|file| ("console state", file)));
    if let Source::Embedded { data_dir } | Source::Shared { data_dir, .. } = &profile.source {
        paths.push(("data directory", data_dir.clone()));
    }
    paths.iter().map(|(what, path)| file(what, path)).collect()
}

fn file(what: &'static str, path: &Path) -> Finding {
    let shown = path.display();
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::new(what, Health::Good, format!("{shown} is not there yet"))
        }
        Err(error) => Finding::new(what, Health::Bad, format!("{shown}: {error}")),
        // What is set is no secret: tokens have no place in it.
        Ok(_) if what == "configuration" => Finding::new(what, Health::Good, format!("{shown}")),
        Ok(metadata) => match others(&metadata) {
            None => Finding::new(what, Health::Good, format!("{shown}, for its owner only")),
            Some(mode) => {
                let text = format!("{shown} is open to others (mode {mode:04o}); run `chmod go-rwx {shown}`");
                Finding::new(what, Health::Warning, text)
            }
        },
    }
}

/// The mode of a file that others than its owner may use.
#[cfg(unix)]
fn others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// The mode of a file that others than its owner may use.
#[cfg(not(unix))]
fn others(_metadata: &fs::Metadata) -> Option<u32> {
    None
}

async fn engine(session: &Session, profile: &Profile) -> Finding {
    let opened = Desk::open(profile.clone(), session.operator(), session.policy(), session.clock.clone());
    let desk = match opened {
        Ok(desk) => desk,
        Err(failure) => return Finding::new("engine", Health::Bad, failure.to_string()),
    };
    match desk.backend.list(ListRequest::page(1, 1)).await {
        Ok(page) => {
            let total = page.total.unwrap_or_default();
            Finding::new("engine", Health::Good, format!("opens; {total} registrations"))
        }
        Err(error) => Finding::new("engine", Health::Bad, error.message),
    }
}
