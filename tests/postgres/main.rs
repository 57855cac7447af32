//! The engine over a database that many share: who wins when two do the same, and what stays when something breaks.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod auditing;
mod claims;
mod consoles;
mod desks;
mod following;
mod kills;
mod moving;
mod opening;
#[path = "../crash/desk.rs"]
mod program;
mod programs;
mod projects;
mod races;
mod scale;
mod server;
mod serving;
#[path = "../pty/terminal.rs"]
#[allow(dead_code, reason = "shared with the tests of the terminal, which use the rest of it")]
mod terminal;
mod tls;
