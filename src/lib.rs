//! regdesk: a terminal admin console for App Registrations, one person's attempt to open an account and prove who
//! they are.
//!
//! Facts flow up: a [`backend`] yields registrations in the types of [`model`], [`triage`] judges them, [`index`]
//! makes them searchable, [`app`] decides what to show and [`ui`] draws it. Commands flow down the same way. The
//! [`engine`] (in this process, on disk) and the [`remote`] client are two backends of the same kind; [`server`]
//! offers any backend over HTTP.
//!
//! # Who may import whom
//!
//! A module may use those to its right, never one to its left; `tests/architecture.rs` holds the code to it.
//!
//! ```text
//! main -> cli -> runtime -> ui -> app -> keys, backend -> index -> triage -> model
//!         cli -> demo -> engine
//!         cli -> server, remote -> wire -> backend
//!         cli -> config -> keys, remote, ui   (the words for remotes and themes)
//! ```
//!
//! [`text`], which makes strangers' text harmless, is open to all of them. Only `runtime`, `engine`, `remote`,
//! `server`, `config` and `cli` touch files, threads, sockets or clocks; everything else is a function of its
//! arguments.
pub mod app;
pub mod backend;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod index;
pub mod keys;
pub mod model;
pub mod remote;
pub mod runtime;
pub mod server;
pub mod text;
pub mod triage;
pub mod ui;
pub mod wire;
