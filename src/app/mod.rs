//! The console's core: everything the console does, without terminal, clock, file or network.
//!
//! [`update`] takes the model, a message and the time, changes the model and returns effects as data; the runtime
//! carries them out and sends their results back as messages. `ui` reads the model and draws. Nothing here waits.

mod act;
mod ahead;
pub mod arrivals;
mod aside;
pub mod columns;
pub mod command;
pub mod copy;
pub mod create;
pub mod decide;
pub mod effect;
pub mod export;
pub mod facets;
pub mod filter;
pub mod flags;
pub mod handed_out;
pub mod help;
pub mod hints;
pub mod incident;
pub mod insights;
pub mod jobs;
mod kept;
mod leave;
pub mod list;
mod load;
pub mod look;
pub mod marks;
pub mod message;
pub mod model;
pub mod narrow;
pub mod news;
pub mod notes;
pub mod overlay;
pub mod palette;
mod pass;
pub mod plan;
pub mod queue;
pub mod reading;
pub mod registration;
mod requests;
pub mod resend;
pub mod reveal;
pub mod ring;
pub mod rows;
pub mod sample;
pub mod screens;
pub mod snooze;
pub mod sync;
pub mod unblock;
mod update;
pub mod views;
mod warm;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use command::{Command, Layer};
pub use effect::{Effect, Effects};
pub use kept::{Kept, KeptView};
pub use message::{Message, Room, Target};
pub use model::{Model, Profile, Toast, ToastKind};
pub use overlay::Overlay;
pub use requests::RequestId;
pub use screens::Screen;
pub use update::update;
