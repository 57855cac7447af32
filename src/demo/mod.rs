//! Believable people for a demo, and their movement.
//!
//! Owns the invented world (`assets/demo`), the personas and the stories they tell. Everybody is invented, every
//! address and number lies in a range reserved for documentation or fiction, and all that happens goes through the
//! engine's rules, so that every timeline is a real history of events. Deterministic: the same count, seed and time
//! give the same bytes. Must not write to the store but through the engine.

mod allotment;
mod chance;
mod papers;
mod person;
mod personas;
mod stage;
mod story;
mod world;

use std::collections::VecDeque;

use self::personas::Persona;
use self::stage::Stage;
use crate::engine::Script;
use crate::model::{Flow, Project, Timestamp};

/// The lives of invented people up to `now`, one script each: first every persona once, then people as chance has it.
/// Streams, so that a million need no more memory than what must not repeat.
///
/// Ends early only if no active flow can be played at all. Fails only in a build with broken assets.
pub fn generate(
    count: u64,
    seed: u64,
    now: Timestamp,
    projects: &[Project],
    flows: &[Flow],
) -> Result<impl Iterator<Item = Script> + use<>, String> {
    People::new(seed, now, projects, flows).map(|people| people.take(usize::try_from(count).unwrap_or(usize::MAX)))
}

/// See [`generate`]; without an end.
struct People {
    stage: Stage,
    chance: chance::Chance,
    cast: VecDeque<&'static Persona>,
    ready: VecDeque<Script>,
}

impl People {
    fn new(seed: u64, now: Timestamp, projects: &[Project], flows: &[Flow]) -> Result<Self, String> {
        let world = world::world()?;
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
