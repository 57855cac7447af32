//! `migrate-store`: everything from one store to another.

use super::{
    Failure, Output, Session,
    args::MigrateArguments,
    notice, opened,
    session::{described, in_full},
};
use crate::{
    audit::Deed,
    backend::{HookedProjects, ReadOnly},
    config::{Profile, Source},
    engine::{self, Engine, Moved},
};

/// A line on standard error after so many registrations.
const TOLD_EVERY: u64 = 10_000;

/// Moves, and prints how many registrations came over.
pub async fn run(arguments: &MigrateArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let named = |name| in_full(session.profile_at(name)?);
    let (from, to) = (named(&arguments.from)?, named(&arguments.to)?);
    if described(&from) == described(&to) {
        return Err(Failure::Usage("both are the same store".to_owned()));
    }
    if to.read_only {
        return Err(ReadOnly::refusal().into());
    }
    if let Source::Embedded { data_dir } = &from.source {
        // What is not there must not be made for this.
        engine::find(data_dir, |_| false)?;
    }
    let (source, target) = (open(&from, session)?, open(&to, session)?);
    session.note(&to, Deed::of("migrate-store").asking(described(&from)))?;
    let mut told = 0;
    let moved = source.move_to(&target, move |moved| {
        let so_far = moved.registrations + moved.there;
        if so_far / TOLD_EVERY > told / TOLD_EVERY {
            notice(&format!("{so_far} registrations so far"));
        }
        told = so_far;
    });
    let Moved { registrations, there, hooks } = moved.await?;
    output.line(&registrations.to_string())?;
    notice(&format!("{registrations} registrations are in {}, {there} were there already", described(&to)));
    notice(&format!("{hooks} events for webhooks are there as well; `regdesk check` reads everything once more"));
    Ok(())
}

fn open(profile: &Profile, session: &Session) -> Result<Engine, Failure> {
    opened::engine(&profile.source, session.clock.clone(), HookedProjects::default())
}
