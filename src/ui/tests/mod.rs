//! What the screens show, by key script.

#![allow(clippy::unwrap_used, clippy::panic)]

mod behaviour;
mod commands;
mod hostile;
mod insights;
mod pictures;
mod plain;
mod sizes;
mod themes;
