//! The embedded backend: the rules of the flow (pure) and the store.

pub mod core;

pub use self::core::{Access, Command, Create, Digest, Event, Fact, Origin, Refusal, State, Sync};
