//! The real binary, killed at random moments while it writes: what it acknowledged is there afterwards, and what is
//! there is whole. `REGDESK_CRASH_KILLS` sets how many kills there are in all; 200 without it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod damage;
mod desk;
mod kills;
mod limits;
mod load;
