//! Behaviour of the console, by key script.

#![allow(clippy::unwrap_used, clippy::panic)]

mod around;
mod columns;
mod decide;
mod dialogs;
mod doing;
mod finding;
mod incident;
mod insights;
mod jobs;
mod load;
mod look;
mod marks;
mod notes;
mod queue;
mod random;
mod reveal;
mod screens;
mod unblock;
mod warm;
