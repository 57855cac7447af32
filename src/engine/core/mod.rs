//! The rules of the flow, pure: a state and a command give events, a state and an event give the next state.
//!
//! No I/O, no clock, nothing random: time, ids, tokens and codes come in as values. [`decide`] says what a command
//! leads to, [`apply()`] what an event does: events applied in their order give the snapshot. [`advance`] does both at
//! once for whoever holds the state, and [`run()`] adds what every access brings with it (the end of a lifetime that has
//! passed, and the note in the access log).
//!
//! Versions: a registration's `version` counts its events except access notes and deliveries to webhooks, so that being
//! looked at and told of does not outdate what an operator has seen.

mod annotations;
mod announcements;
mod apply;
mod codes;
mod command;
mod completeness;
mod create;
mod digest;
mod draft;
mod event;
mod import;
mod lifecycle;
mod record;
mod refusal;
mod run;
mod state;
mod sync;
#[cfg(test)]
mod tests;
mod transitions;

pub use announcements::announcements;
pub use apply::{apply, replay};
pub use command::{Access, Command, Create, Origin, Sync};
pub use completeness::{Verdict, completeness};
pub use digest::Digest;
pub use event::{Event, Fact, Opening};
pub use refusal::Refusal;
pub use run::{Run, advance, decide, fold, run};
pub use state::State;
