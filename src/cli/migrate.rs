//! `migrate-store`: everything from one store to another, with the log of what operators did.

use super::{
    Failure, Output, Session,
    args::MigrateArguments,
    desk, notice, opened,
    session::{described, in_full},
};
use crate::{
    audit::{Carried, Deed},
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
    carry_log((&source, &from), (&target, &to), session)?;
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

/// Brings the audit log over, which goes on there with the move itself.
fn carry_log(
    (source, from): (&Engine, &Profile),
    (target, to): (&Engine, &Profile),
    session: &Session,
) -> Result<(), Failure> {
    let log = opened::journal_beside(target, to)?;
    let mut asked = described(from);
    if let (Some(ours), Some(theirs)) = (opened::journal_beside(source, from)?, &log) {
        match ours.carry_to(theirs).map_err(Failure::io(format!("the audit log of {asked}")))? {
            Carried::Whole(entries) => notice(&format!("{entries} entries of the audit log came over")),
            Carried::Apart => {
                // The log that stays is held to what it was by the one that goes on.
                let digest = ours.verify().map_err(Failure::io(ours.place()))?.digest;
                notice(&format!("the audit log stays in {}: there is another one in {}", ours.place(), theirs.place()));
                asked = format!("{asked}, whose audit log ends with {digest}");
            }
            Carried::Faulty(faults) => notice(&format!(
                "the audit log stays in {}: it has {faults} faults, which `regdesk audit --verify` tells",
                ours.place()
            )),
        }
    }
    desk::note(log.as_ref(), &session.operator(), Deed::of("migrate-store").asking(asked))
}

fn open(profile: &Profile, session: &Session) -> Result<Engine, Failure> {
    opened::engine(&profile.source, session.clock.clone(), HookedProjects::default())
}
