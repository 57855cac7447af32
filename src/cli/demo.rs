//! `demo`: the console on an engine in memory with invented people, gone when it closes.

use std::{path::PathBuf, sync::Arc};

use super::{
    Desk, Failure, Session,
    args::DemoArguments,
    console::{self, Look},
};
use crate::{
    config::{Profile, Source, WebhookSettings},
    demo::{self, Demo},
    model::Role,
};

/// Opens it; returns once the user leaves.
pub async fn run(arguments: &DemoArguments, session: &Session) -> Result<(), Failure> {
    let look = Look::of(session)?;
    let demo = Demo {
        count: arguments.crowd.count.into(),
        seed: arguments.crowd.seed,
        still: arguments.still,
        speed: arguments.speed,
    };
    let running = demo::open(demo, session.clock.clone()).await?;
    let profile = Profile {
        name: "demo".to_owned(),
        // In memory: nothing is written anywhere.
        source: Source::Embedded { data_dir: PathBuf::new() },
        journal: None,
        webhooks: WebhookSettings::default(),
        role: Role::default(),
        read_only: session.read_only(),
        production: false,
    };
    let engine = Arc::new(running.engine.clone());
    let desk = Desk::over(engine, None, profile, session.operator(), session.policy(), session.clock.clone());
    // People move for as long as `running` lives.
    console::open(desk, look, None, None).await
}
