//! `generate`: invented people for the profile's embedded engine.

use super::{Failure, Output, Session, args::Crowd, notice};
use crate::{
    backend::{BackendError, ErrorKind},
    config::Source,
    demo::{self, DemoError},
    engine::Engine,
};

/// Fills the engine, a thousand people at a time: what was told to be there is there, also after a failure.
pub async fn run(crowd: &Crowd, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let Source::Embedded { data_dir } = &session.profile.source else {
        return Err(Failure::Usage("only an embedded profile can be filled; leave out --url, or pick one".to_owned()));
    };
    if session.profile.read_only {
        return Err(BackendError::new(ErrorKind::ReadOnly, "This profile is read-only.").into());
    }
    let engine = Engine::open(data_dir, session.clock.clone())?;
    let loaded = fill(&engine, crowd, session).await?;
    output.line(&loaded.to_string())?;
    notice(&format!("{loaded} invented people are in {}", data_dir.display()));
    Ok(())
}

/// Puts a crowd into an engine; how many they are.
pub async fn fill(engine: &Engine, crowd: &Crowd, session: &Session) -> Result<u64, Failure> {
    let now = session.clock.now();
    let loaded = demo::generate_into(engine, u64::from(crowd.count), crowd.seed, now, |_| {}).await;
    loaded.map_err(|error| match error {
        DemoError::Load(error) if error.kind == ErrorKind::Conflict => {
            Failure::Other("these very people are there already; other people have another --seed".to_owned())
        }
        DemoError::Load(error) => error.into(),
        other => Failure::Other(other.to_string()),
    })
}
