//! `generate`: invented people for the profile's embedded engine.

use std::io::{self, IsTerminal};

use indicatif::ProgressBar;

use super::{Failure, Output, Session, args::Crowd, notice, opened, session::described};
use crate::{
    audit::Deed,
    backend::{BackendError, ErrorKind, HookedProjects},
    config::Source,
    demo::{self, DemoError},
};

/// Fills the engine and prints how many people it got.
pub async fn run(crowd: &Crowd, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile()?;
    if matches!(profile.source, Source::Remote(_)) {
        return Err(Failure::Usage("only an embedded profile can be filled; leave out --url, or pick one".to_owned()));
    }
    if profile.read_only {
        return Err(BackendError::new(ErrorKind::ReadOnly, "This profile is read-only.").into());
    }
    let engine = opened::engine(&profile.source, session.clock.clone(), HookedProjects::default())?;
    session.note(&profile, Deed::of("generate").asking(format!("{} invented people", crowd.count)))?;
    let progress =
        if io::stderr().is_terminal() { ProgressBar::new(crowd.count.into()) } else { ProgressBar::hidden() };
    let now = session.clock.now();
    let loaded =
        demo::generate_into(&engine, crowd.count.into(), crowd.seed, now, |loaded| progress.set_position(loaded)).await;
    progress.finish_and_clear();
    let loaded = loaded?;
    output.line(&loaded.to_string())?;
    notice(&format!("{loaded} invented people are in {}", described(&profile)));
    Ok(())
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Open(error) => error.into(),
            DemoError::Load(error) if error.kind == ErrorKind::Conflict => {
                Self::Other("these very people are there already; another --seed makes other people".to_owned())
            }
            DemoError::Load(error) => error.into(),
            DemoError::World(_) => Self::Other(error.to_string()),
        }
    }
}
