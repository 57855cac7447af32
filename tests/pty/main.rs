//! The real binary in a real terminal: what no screen snapshot can see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod calm;
mod chaos;
mod hostile;
mod paths;
mod scale;
#[allow(dead_code, reason = "shared with the recording, which uses the rest of it")]
mod terminal;
mod ways_out;
