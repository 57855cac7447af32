//! regdesk: a terminal admin console for App Registrations.
//!
//! wip
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
pub mod triage;
pub mod ui;
pub mod wire;
