//! Believable people for a demo, and their movement.
//!
//! Owns the invented world (`assets/demo`), the personas and the stories they tell. Everybody is invented, every
//! address and number lies in a range reserved for documentation or fiction, and all that happens goes through the
//! engine's rules, so that every timeline is a real history of events. Deterministic: the same count, seed and time
//! give the same bytes. Must not write to the store but through the engine.

mod allotment;
mod chance;
mod movement;
mod moves;
mod papers;
mod person;
mod personas;
mod stage;
mod story;
mod world;

use std::collections::VecDeque;

use tokio::sync::mpsc;

pub use self::movement::Movement;
use self::movement::Mover;
use self::personas::Persona;
use self::stage::Stage;
use crate::backend::{Backend as _, BackendError, Clock, ErrorKind};
use crate::engine::{Engine, OpenError, Script};
use crate::model::{Flow, Project, Timestamp};

/// People written in one transaction: the more, the fewer pages of the store are written again and again.
const BATCH: usize = 20_000;

/// What a demo is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demo {
    /// How many people there are at the start.
    pub count: u64,
    /// Another seed gives other people.
    pub seed: u64,
    /// Nobody moves.
    pub still: bool,
    /// How much happens: 1 is a move every two seconds or so. Taken from 0.1 to 100.
    pub speed: f64,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The people could not be invented: the program was built with broken assets.
    #[error("the demo people cannot be read from {0}: the program was built with a broken file")]
    World(String),
    /// The engine could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The engine did not take the people.
    #[error(transparent)]
    Load(#[from] BackendError),
}

/// A throw-away engine with people in it. They move until this is dropped.
pub struct Running {
    /// The engine; clones of it live on, with nobody moving.
    pub engine: Engine,
    /// What keeps people moving; `None` for a demo that stands still.
    pub movement: Option<Movement>,
}

/// Opens an engine in memory, fills it, and lets people move. Needs a tokio runtime.
pub async fn open(demo: Demo, clock: Clock) -> Result<Running, DemoError> {
    let engine = Engine::in_memory(clock.clone())?;
    let people = People::of(&engine, demo.seed, clock.now()).await?;
    let (people, _) = load(&engine, people, demo.count, |_| {}).await?;
    let movement =
        (!demo.still).then(|| Movement::start(Mover::new(engine.clone(), clock, people, demo.seed), demo.speed));
    Ok(Running { engine, movement })
}

/// Fills an engine with the lives of invented people up to `now`, in large transactions, and tells after every thousand
/// how many are there. Returns how many were loaded. An engine that holds people of this seed already is an error:
/// their ids are the same, or at another time their tokens.
pub async fn generate_into(
    engine: &Engine,
    count: u64,
    seed: u64,
    now: Timestamp,
    progress: impl FnMut(u64) + Send,
) -> Result<u64, DemoError> {
    let people = People::of(engine, seed, now).await?;
    Ok(load(engine, people, count, progress).await?.1)
}

/// Loads so many of the people, and gives back those who are left.
async fn load(
    engine: &Engine,
    mut people: People,
    count: u64,
    mut progress: impl FnMut(u64) + Send,
) -> Result<(People, u64), DemoError> {
    let (sender, mut loaded_so_far) = mpsc::unbounded_channel();
    let engine = engine.clone();
    let loading = tokio::task::spawn_blocking(move || {
        let chosen = people.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX));
        let tell = |loaded| {
            // Nobody listening is no failure.
            let _ = sender.send(loaded);
        };
        let loaded = engine.load_scripts_by(chosen, BATCH, tell)?;
        Ok::<_, BackendError>((people, loaded))
    });
    while let Some(loaded) = loaded_so_far.recv().await {
        progress(loaded);
    }
    let stopped = |_| BackendError::new(ErrorKind::Storage, "The engine stopped while it was filled.");
    Ok(loading.await.map_err(stopped)??)
}

/// The lives of invented people up to `now`, one script each: first every persona once, then people as chance has it.
/// Streams, so that a million need no more memory than what must not repeat.
///
/// Ends early only if no active flow can be played at all.
pub fn generate(
    count: u64,
    seed: u64,
    now: Timestamp,
    projects: &[Project],
    flows: &[Flow],
) -> Result<impl Iterator<Item = Script> + use<>, DemoError> {
    let people = People::new(seed, now, projects, flows)?;
    Ok(people.take(usize::try_from(count).unwrap_or(usize::MAX)))
}

/// See [`generate`]; without an end.
struct People {
    stage: Stage,
    chance: chance::Chance,
    cast: VecDeque<&'static Persona>,
    ready: VecDeque<Script>,
}

impl People {
    /// People for the flows of an engine.
    async fn of(engine: &Engine, seed: u64, now: Timestamp) -> Result<Self, DemoError> {
        let (projects, flows) = (engine.projects().await?, engine.flows().await?);
        Self::new(seed, now, &projects, &flows)
    }

    fn new(seed: u64, now: Timestamp, projects: &[Project], flows: &[Flow]) -> Result<Self, DemoError> {
        let world = world::world().map_err(DemoError::World)?;
        Ok(Self {
            stage: Stage::new(world, seed, now, projects, flows),
            chance: chance::Chance::of(seed, u64::MAX),
            cast: personas::all().collect(),
            ready: VecDeque::new(),
        })
    }

    /// Plays a persona; how many came of it.
    fn play(&mut self, persona: &Persona) -> usize {
        let stories = persona.play(&mut self.stage);
        let played = stories.len();
        self.ready.extend(stories.into_iter().map(story::Story::into_script));
        played
    }
}

impl Iterator for People {
    type Item = Script;

    fn next(&mut self) -> Option<Script> {
        /// A persona that no flow fits is passed over; if so many do not fit, none does.
        const TRIES: u32 = 1_000;
        let mut tries = 0;
        while self.ready.is_empty() && tries < TRIES {
            let persona = self.cast.pop_front().or_else(|| personas::draw(&mut self.chance))?;
            if self.play(persona) == 0 {
                tries += 1;
            }
        }
        self.ready.pop_front()
    }
}
